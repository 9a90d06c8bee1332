"""The engine as a child process."""
