"""Lesson 04: plans of jobs on cores, moved by hand or by a rule, and one run on real processes."""
