"""What marks depend on, as a hash: where it is the same, a submission need not be marked again.

That is the notebook, what was asked and how it is marked, the student's numbers, the limits, and how answers are
isolated. The marker is not in it: an update in mid-term changes nobody's marks unasked. Each entry names it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from typing import Any

from toyevm.teaching.grading.mark import Assignment
from toyevm.teaching.grading.sandbox import Limits
from toyevm.teaching.lab.course import PACKAGE
from toyevm.teaching.lab.variants import Variant

_MARKER = ("*.py", "vm/**/*.py", "teaching/lab/*.py", "teaching/grading/**/*.py")


def content_hash(parts: Iterable[Any]) -> str:
    """Return a hash of parts, of bytes or of what `repr` tells apart.

    >>> content_hash([b"ab", b"c"]) == content_hash([b"a", b"bc"])
    False
    """
    total = sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode()
        total.update(b"%d:" % len(data) + data)
    return total.hexdigest()


def conditions(what: Assignment, limits: Limits, isolation: str) -> str:
    """Return a hash of all that is the same for the whole class."""
    sources = what.sources.items.read_bytes(), what.sources.marking.read_bytes()
    return content_hash([what.release, *sources, sorted(what.files.items()), asdict(limits), isolation])


def key_of(conditions: str, notebook: str, variant: Variant | None) -> str:
    """Return the key of a submission, from the hashes of what it depends on."""
    return content_hash([conditions, notebook, variant])


@cache
def marker() -> str:
    """Return a hash of the sources that what an answer earns can hang on."""
    paths = sorted({path for pattern in _MARKER for path in PACKAGE.glob(pattern)})
    return content_hash(part for path in paths for part in (path.relative_to(PACKAGE).as_posix(), path.read_bytes()))
