"""Measurements: the machine against other machines, real blocks, and every backend on the same work."""
