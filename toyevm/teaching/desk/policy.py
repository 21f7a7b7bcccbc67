"""What the instructor decides, in a file that no run writes to: points and comments by hand, late days, attempts.

The marks of the marker stay in the journal as they are; this is laid over them each time marks are shown. So it
survives every rerun, and taking a line out takes it back.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from toyevm.errors import InputError

T = TypeVar("T")

NAME = "overrides.toml"
MOST = 1_000_000  # minutes, hours, points: beyond it, dates end
ATTEMPTS = ("latest", "first", "best")
_MOMENT = "a date and a time, such as 2027-03-01T23:59:00+01:00"
_KINDS = {"str": "a text", "datetime": _MOMENT, "float": "a number from 0 to 1,000,000"}
TEMPLATE = """\
# Yours: `toyevm grade` reads this file and never changes it.

# attempts = "latest"        # which attempt counts: latest, first or best

# [late]
# due = 2027-03-01T23:59:00+01:00
# grace_minutes = 15         # so late is in time
# percent_per_day = 10       # for each day begun after that, of what was earned
# most_percent = 50

# [[override]]               # as many as you like
# student = "ada"
# item = "double"            # without it: the whole submission
# points = 2
# comment = "Right idea; see me about the stack."
# extension_hours = 48       # of the whole submission only
"""


@dataclass(frozen=True, slots=True)
class Late:
    """When it is due, where the place where it was handed in does not know, and what being late costs."""

    grace_minutes: float = 0
    percent_per_day: float = 0
    most_percent: float = 100
    due: datetime | None = None

    def percent(self, late: timedelta, extension: timedelta = timedelta()) -> float:
        """Return how much of what was earned is taken off.

        >>> Late(15, 10, 25).percent(timedelta(minutes=15)), Late(15, 10, 25).percent(timedelta(days=1, hours=1))
        (0, 20)
        """
        days = (late - extension - timedelta(minutes=self.grace_minutes)) / timedelta(days=1)
        return min(self.most_percent, self.percent_per_day * max(0, math.ceil(days)))


@dataclass(frozen=True, slots=True)
class Override:
    """What an instructor says about a student's item, or, where `item` is "", about the whole submission."""

    student: str
    item: str = ""
    points: float | None = None
    comment: str = ""
    extension_hours: float = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """All of it; by student and item, "" for the whole submission."""

    late: Late
    attempts: str
    overrides: Mapping[tuple[str, str], Override]

    def counting(self, attempts: Sequence[T]) -> Sequence[T]:
        """Return those of a student's attempts, the first one first, of which one will count."""
        return attempts if self.attempts == "best" else attempts[:1] if self.attempts == "first" else attempts[-1:]

    def of(self, student: str, item: str = "") -> Override:
        """Return what was said, or that nothing was."""
        return self.overrides.get((student, item), Override(student, item))


def write_template(desk: Path) -> None:
    """Write a file of comments, where there is none."""
    with suppress(FileExistsError), (desk / NAME).open("x") as file:
        file.write(TEMPLATE)


def read_late(desk: Path) -> Late:
    """Return what can be known before the class is: when it is due."""
    return _made(Late, _read(desk / NAME).get("late", {}), f"{desk / NAME} [late]")


def read_policy(desk: Path, students: Mapping[str, str] | Iterable[str], items: Mapping[str, float]) -> Policy:
    """Return the instructor's policy.

    Args:
        students: those of the class; a mapping gives the student who is meant by a name, such as a code.
        items: and what each is worth.

    Raises:
        InputError: something in it cannot be meant: an unknown name, points that the item has not.
    """
    path, document = desk / NAME, _read(desk / NAME)
    names = students if isinstance(students, Mapping) else {name: name for name in students}
    known = {"attempts", "late", "override"}
    if unknown := document.keys() - known:
        raise InputError(f"there is no {min(unknown)!r} here", str(path), " | ".join(sorted(known)))
    attempts = document.get("attempts", ATTEMPTS[0])
    if attempts not in ATTEMPTS:
        raise InputError(f"attempts: {attempts!r}", str(path), " | ".join(ATTEMPTS))
    late = _made(Late, document.get("late", {}), f"{path} [late]")
    overrides: dict[tuple[str, str], Override] = {}
    tables = document.get("override", [])
    for number, table in enumerate(tables if isinstance(tables, list) else [tables], 1):
        where = f"{path} [[override]] {number}"
        override = _checked(_made(Override, table, where), names, items, where)
        if (override.student, override.item) in overrides:
            raise InputError(f"{override.student} has a second one for {override.item or 'the whole'}", where, "one")
        overrides[override.student, override.item] = override
    return Policy(late, attempts, overrides)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InputError(
            f"cannot read it: {error.strerror}", str(path), "a file on a desk, which is a folder"
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"not TOML: {error}", str(path), "TOML in UTF-8") from error


def _made(kind: type[T], table: Any, where: str) -> T:
    """Return a table as a value of its kind; a field is a text, a moment, or a number that is not negative."""
    if not isinstance(table, dict):
        raise InputError("not a table", where)
    wanted = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    for name, value in table.items():
        if name not in wanted:
            raise InputError(f"there is no {name!r} here", where, " | ".join(wanted))
        expected = next(text for kind, text in _KINDS.items() if kind in str(wanted[name].type))
        number = type(value) in (int, float) and 0 <= value <= MOST
        if not {"a text": isinstance(value, str), _MOMENT: type(value) is datetime}.get(expected, number):
            raise InputError(f"{name} = {value!r}", where, expected)
    if missing := [name for name, field in wanted.items() if field.default is MISSING and name not in table]:
        raise InputError(f"{missing[0]} is missing", where)
    return kind(**table)


def _checked(override: Override, names: Mapping[str, str], items: Mapping[str, float], where: str) -> Override:
    """Return an override whose student and item there are, under the student's own name."""
    if override.student not in names:
        raise InputError(f"no student {override.student!r} in this class", where, "an id as in register.json")
    if override.item and override.item not in items:
        raise InputError(f"no item {override.item!r}", where, " | ".join(items))
    if override.points is not None and not override.item:
        raise InputError("points without an item", where, "the item they are for")
    if override.extension_hours and override.item:
        raise InputError("an item has no date of its own", where, "extension_hours without an item")
    if override.points is not None and override.points > items[override.item]:
        raise InputError(f"{override.points:g} points", where, f"at most {items[override.item]:g}")
    student = names[override.student]
    return Override(student, override.item, override.points, override.comment, override.extension_hours)
