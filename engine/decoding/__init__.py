"""Iterative parallel decoding: schedule, sampling, the one loop."""
