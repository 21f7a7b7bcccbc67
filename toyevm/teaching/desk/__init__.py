"""The instructor's desk: a class hands in, is marked, and its marks go out.

A desk is a folder, one for an assignment. What stands on it:

    register.json    who handed in what, how late, who did not: written by every run, whole
    journal.jsonl    what the marker found: a line for each submission, on disk as soon as it is finished
    overrides.toml   the instructor's: points and comments by hand, late days, which attempt counts; only read
    notebooks/       each notebook that was marked, named after its content
    intake.csv, marks.csv    the register and the marks, for people

    register ─┐
    journal  ─┼─ marks_of ─> a row for each student and item
    overrides ┘
"""
