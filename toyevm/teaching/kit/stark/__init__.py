"""Figures of a STARK, for any AIR: a trace, its rules, words and folds, and a proof that is tampered with."""
