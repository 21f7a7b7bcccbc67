"""Lesson 12: polynomials over a small field, and how a few random points catch a lie."""
