"""Skeleton, rotations and clips as plain numpy arrays; shared by the engine and the add-on."""
