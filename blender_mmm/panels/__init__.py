"""One panel per file, and what they draw with."""
