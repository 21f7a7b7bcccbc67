"""Blocks to run: real ones and, later, generated ones."""
