"""Networks and their sizes; nothing here knows of files or requests."""
