"""The motion engine: tokenizer, masked transformer, decoding. Knows nothing of Blender."""

__version__ = "0.1.0"
