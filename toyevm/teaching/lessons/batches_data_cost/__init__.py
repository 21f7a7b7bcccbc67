"""Lesson 09: what a layer leaves on L1: how many bytes, at what price, and whether they are there."""
