"""A version table to be read by eye: one location, and who has written there, in whatever order."""

from __future__ import annotations

BEFORE = "before"
INITIAL = 100
ENTRIES = {"A.0": 105, "C.1": 114, "E.0": 120}  # by version; in time, E wrote first and A last
READERS = ("C", "D", "E", "F")  # whose reads are asked for


def entry_below(reader: str) -> str:
    """Return the version that a transaction reads: that of the highest writer below it.

    >>> entry_below("B"), entry_below("A")
    ('A.0', 'before')
    """
    return max((version for version in ENTRIES if version[0] < reader), default=BEFORE)


def entry_of(answer: object) -> str | None:
    """Return the version that an answer names, as such, by its letter or by its value; None if there is no such one."""
    by_value = {value: version for version, value in ENTRIES.items()} | {INITIAL: BEFORE}
    if type(answer) is int:
        return by_value.get(answer)
    if not isinstance(answer, str):
        return None
    said = answer.strip().casefold()
    if said.isdigit():
        return by_value.get(int(said))
    named = {version.casefold(): version for version in (*ENTRIES, BEFORE)}
    return named.get(said) or {version[0].casefold(): version for version in ENTRIES}.get(said)
