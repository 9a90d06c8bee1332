"""One way to read or write a file per format."""
