"""The engine as a child process: requests on stdin, events on stdout."""
