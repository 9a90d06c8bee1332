"""What the add-on and the engine say to each other; plain values, no torch, no bpy."""

PROTOCOL_VERSION = 1
