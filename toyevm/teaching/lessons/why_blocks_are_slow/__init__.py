"""Lesson 00: one slider for the cores, and blocks under growing load."""
