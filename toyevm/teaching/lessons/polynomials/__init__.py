"""Lesson 12: polynomials over a small field, and how a few random points catch a lie."""

from __future__ import annotations

from toyevm.teaching.lessons.polynomials.field import domain, interpolate, inverse, through, value
from toyevm.teaching.lessons.polynomials.fri import fold_down
from toyevm.teaching.lessons.polynomials.machine import POINTS, ROWS, extended
from toyevm.teaching.lessons.polynomials.studies import liars, one_point, true_and_false

word = dict(zip(POINTS, extended(ROWS), strict=True))  # what the lesson hides a lie in

__all__ = [
    "POINTS", "ROWS", "domain", "extended", "fold_down", "interpolate", "inverse", "liars", "one_point", "through",
    "true_and_false", "value", "word",
]  # fmt: skip
