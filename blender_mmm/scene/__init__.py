"""Between bpy and plain arrays: reading rigs, writing curves, making a character. No decisions."""
