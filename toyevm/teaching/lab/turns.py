"""A turn: what a student tries inside a lesson, answered at once and never graded.

The cell holds the student's lines and one call. What is right, how it is compared and what is said stand out of sight,
in the lesson's package: `answers.py` there has a function for each turn, from any value at all to a `Reply`. It need
not check every type: what its readers, or anything it calls, refuse with an InputError is told to the student.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from numbers import Integral
from typing import Any, TypeAlias

from toyevm.deadline import OutOfTime, depth_limit, time_limit
from toyevm.errors import InputError
from toyevm.teaching.lab.items import pick
from toyevm.teaching.lab.verdicts import Status

LESSONS = "toyevm.teaching.lessons"
PATIENCE = 5.0  # seconds that a student's function gets
LONGEST_SHOWN = 60  # characters of a student's value that a message repeats


@dataclass(frozen=True, slots=True)
class Reply:
    """What a turn says to an answer.

    Args:
        text: Markdown; of a wrong answer it ends in a question.
        belief: the id of the misconception that a wrong answer shows, or "" where it shows none that is known.
        shown: what the answer did, as plain text that keeps its columns: a graph, a table.
    """

    status: Status
    text: str
    belief: str = ""
    shown: str = ""


Turn: TypeAlias = Callable[[Any], Reply]


def missing(what: str) -> Reply:
    """Say what to put where nothing is yet."""
    return Reply(Status.MISSING, f"Missing: {what}")


def malformed(text: str) -> Reply:
    """Say why this is no answer: the text ends in a question, or says what is expected."""
    return Reply(Status.MALFORMED, text)


def wrong(belief: str, text: str, shown: str = "") -> Reply:
    """Say what this answer did, and ask the next question."""
    return Reply(Status.WRONG, text, belief, shown)


def right(text: str, shown: str = "") -> Reply:
    """Confirm, and ask what follows."""
    return Reply(Status.RIGHT, text, shown=shown)


def turns_of(lesson: str) -> Mapping[str, Turn]:
    """Return the turns of a lesson, such as "03-conflicts", by name; none, if its package has no answers."""
    name = f"{LESSONS}.{lesson[3:].replace('-', '_')}"
    if find_spec(name) is None or find_spec(f"{name}.answers") is None:
        return {}
    turns: Mapping[str, Turn] = import_module(f"{name}.answers").TURNS
    return turns


def take_turn(lesson: str, name: str, answer: object) -> Reply:
    """Return what a lesson says to an answer.

    Raises:
        InputError: the lesson has no such turn.
    """
    turn = pick(turns_of(lesson), name, "turn")
    try:
        return turn(answer)
    except InputError as error:
        return malformed(unreadable(error))


def unreadable(error: InputError) -> str:
    """Return what a student reads whose value is refused: a sentence, whether it ends in a question or not."""
    return f"This cannot be read: {error}{'' if str(error).endswith('?') else '.'}"


def in_words(reply: Reply) -> str:
    """Return a reply as Markdown, below what the answer did."""
    return f"```text\n{reply.shown}\n```\n\n{reply.text}" if reply.shown else reply.text


def call(function: Any, *arguments: Any, seconds: float = PATIENCE) -> Any:
    """Return what a student's function returns.

    Raises:
        InputError: it is none, it fails or leaves Python, or it does not come to an end.
    """
    if not callable(function):
        raise InputError(repeat(function), expected="a function: what begins with `def`")
    given = f"given {', '.join(map(repeat, arguments))}, " if arguments else ""
    try:
        with time_limit(seconds), depth_limit():
            return function(*arguments)
    except OutOfTime:
        ending = f"it did not come back within {seconds:g} seconds. Which loop never ends, or takes very long?"
        raise InputError(f"{given}{ending}") from None
    except (Exception, SystemExit) as error:  # whatever it is, it is the student's own, and told to them
        told = str(error) if isinstance(error, InputError) else f"it ended in {type(error).__name__}: {error}"
        raise InputError(f"{given}{told}") from error


# What turns read. Each raises InputError for anything else, with what was expected.


def is_blank(answer: object) -> bool:
    """Tell whether nothing is filled in yet: None, or a list or tuple of nothing else."""
    return answer is None or (isinstance(answer, (list, tuple)) and all(entry is None for entry in answer))


def repeat(answer: object) -> str:
    """Return a student's value as a message repeats it.

    >>> repeat("x" * 99)[-5:], repeat([1, 2])
    ("xxx…'", '[1, 2]')
    """
    try:
        text = repr(answer)
    except Exception:  # an object of the student's may do anything when it is asked for its name
        text = f"a {type(answer).__name__}"
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 2]}…{text[-1]}"


def read_number(answer: object, least: int, most: int, what: str = "a whole number") -> int:
    """Return a whole number of a range, whether Python's or another library's; True is none."""
    if not isinstance(answer, Integral) or isinstance(answer, bool) or not least <= int(answer) <= most:
        raise InputError(repeat(answer), expected=f"{what} from {least:,} to {most:,}")
    return int(answer)


def read_list(answer: object, what: str, most: int = 1_000) -> list[Any]:
    """Return the entries of a list or tuple."""
    if not isinstance(answer, (list, tuple)):
        example = "" if "such as" in what else ", such as [ … ]"
        raise InputError(repeat(answer), expected=f"a list of {what}{example}")
    if len(answer) > most:
        raise InputError(f"{len(answer):,} entries", expected=f"at most {most:,}")
    return list(answer)


def read_numbers(answer: object, least: int, most: int, what: str) -> list[int]:
    """Return a list of whole numbers of a range."""
    return [read_number(entry, least, most, f"a list of {what}; each") for entry in read_list(answer, what)]


def read_pairs(answer: object, what: str) -> list[tuple[Any, Any]]:
    """Return a list of pairs, whatever is in them."""
    return [read_pair(entry, f"a list of {what}, each a pair such as (0, 1)") for entry in read_list(answer, what)]


def read_pair(answer: object, expected: str) -> tuple[Any, Any]:
    """Return a pair, whatever is in it."""
    if not isinstance(answer, (list, tuple)) or len(answer) != 2:
        raise InputError(repeat(answer), expected=expected)
    return answer[0], answer[1]


def read_words(answer: object, what: str, most: int = 2_000) -> str:
    """Return a text."""
    if not isinstance(answer, str):
        raise InputError(repeat(answer), expected=f"a text: {what}")
    if len(answer) > most:
        raise InputError(f"a text of {len(answer):,} characters", expected=f"{what}, at most {most:,} characters")
    return answer


def read_one_of(answer: object, names: Sequence[str], what: str) -> str:
    """Return one of several words; capitals and spaces around it do not count."""
    words = {name.casefold(): name for name in names}
    expected = f"{what}: {' | '.join(names)}"
    key = read_words(answer, expected).strip().casefold()
    if key not in words:
        raise InputError(repeat(answer), expected=expected)
    return words[key]
