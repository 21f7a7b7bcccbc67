"""Lesson 12: polynomials over a small field, and how a few random points catch a lie."""

from __future__ import annotations

from toyevm.teaching.lessons.polynomials.extension_player import ExtensionPlayer
from toyevm.teaching.lessons.polynomials.extension_view import show_extension
from toyevm.teaching.lessons.polynomials.field import domain, interpolate, inverse, through, value
from toyevm.teaching.lessons.polynomials.fold_view import show_folds
from toyevm.teaching.lessons.polynomials.fri import FALSE_ROWS
from toyevm.teaching.lessons.polynomials.machine import POINTS, ROWS, extended
from toyevm.teaching.lessons.polynomials.studies import compare_copies, every_claim, folded, liars, quotients, verdicts

codeword = dict(zip(POINTS, extended(ROWS), strict=True))  # what the lesson hides a lie in

__all__ = [
    "FALSE_ROWS", "POINTS", "ROWS", "ExtensionPlayer", "codeword", "compare_copies", "domain", "every_claim",
    "extended", "folded", "interpolate", "inverse", "liars", "quotients", "show_extension", "show_folds", "through",
    "value", "verdicts",
]  # fmt: skip
