"""The classroom: everything that the lessons need and the system does not know of."""
