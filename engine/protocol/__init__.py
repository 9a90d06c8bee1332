"""What the add-on and the engine say to each other; plain values, no torch, no bpy."""

#: 2: requests carry clips, a finished job carries several takes.
PROTOCOL_VERSION = 2
