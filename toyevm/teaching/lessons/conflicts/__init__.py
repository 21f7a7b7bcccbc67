"""Lesson 03: which transactions conflict, as matrix, graph and hot spots."""
