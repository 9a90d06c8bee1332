"""A request's life outside Blender: the job, the queue and the engine's child process. No bpy here."""
