"""Lesson 02: a chain on one computer, the order of a block, trees, hashes and the fee market."""
