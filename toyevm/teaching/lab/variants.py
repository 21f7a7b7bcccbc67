"""A variant is the same item with other numbers: each student their own, from one release.

Off by default: a class that discusses a question must have one question. An item that can vary declares `parameters`,
and writes `{a}`, or a sum such as `{2 * a - b}`, wherever a number depends on them: in the prompt, the program, the
cases, the symptoms and messages. A text that is nothing but one such hole becomes the number itself. Which numbers a
student gets follows from student, release and item alone, so the marker needs no list.
"""

from __future__ import annotations

import ast
import json
import operator
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from toyevm.errors import InputError

VARIANT = "variant.json"
_HOLE = re.compile(r"\{([^{}]+)\}")
_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of an item that a variant may change."""

    default: int
    choices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """Whose numbers: a student, in a release (a word the instructor chooses, so that next year differs)."""

    student: str
    release: str

    def draw(self, item_id: str, parameters: Mapping[str, Parameter]) -> dict[str, int]:
        """Return the student's numbers for an item, no two of them equal where the choices allow it.

        >>> Variant("ann", "2025").draw("x", {"a": Parameter(1, (1, 2, 3)), "b": Parameter(2, (1, 2, 3))})
        {'a': 1, 'b': 3}
        """
        seed = sha256("\0".join((self.release, self.student, item_id)).encode()).digest()
        chance, numbers = random.Random(seed), dict[str, int]()
        for name, parameter in sorted(parameters.items()):
            free = [choice for choice in parameter.choices if choice not in numbers.values()]
            numbers[name] = chance.choice(free or list(parameter.choices))
        return numbers


def read_variant(path: Path) -> Variant | None:
    """Return whose numbers a student's copy has, or None where there is no such file: then all have the same.

    Raises:
        InputError: the file is damaged.
    """
    try:
        document = json.loads(path.read_bytes())
        return Variant(str(document["student"]), str(document["release"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError):
        raise InputError("does not say whose numbers to use", str(path), "the file as it was handed out") from None


def variant_bytes(variant: Variant) -> bytes:
    """Return what a release writes to `variant.json` beside items.toml: whose numbers a student's copy has."""
    return (json.dumps(asdict(variant), sort_keys=True) + "\n").encode()


def numbers_for(item_id: str, parameters: Mapping[str, Parameter], variant: Variant | None) -> dict[str, int]:
    """Return an item's numbers: the student's, or the common ones."""
    if variant is not None:
        return variant.draw(item_id, parameters)
    return {name: parameter.default for name, parameter in parameters.items()}


def fill(value: Any, numbers: Mapping[str, int]) -> Any:
    """Return a TOML value with its holes filled; what is in braces and no sum of these numbers stays as it is.

    >>> fill({"program": ["PUSH1 {a}"], "symptom": "{a - b}", "prompt": "a set {x}"}, {"a": 7, "b": 9})
    {'program': ['PUSH1 7'], 'symptom': -2, 'prompt': 'a set {x}'}
    """
    if not numbers:
        return value
    if isinstance(value, dict):
        return {key: fill(part, numbers) for key, part in value.items()}
    if isinstance(value, list):
        return [fill(part, numbers) for part in value]
    if not isinstance(value, str):
        return value
    whole = _HOLE.fullmatch(value)
    if whole and (number := _evaluate(whole[1], numbers)) is not None:
        return number
    return _HOLE.sub(lambda hole: str(_or(_evaluate(hole[1], numbers), hole[0])), value)


def _or(number: int | None, text: str) -> int | str:
    return text if number is None else number


def _evaluate(text: str, numbers: Mapping[str, int]) -> int | None:
    """Return the value of a sum of these numbers, or None if it is none."""
    try:
        return _sum(ast.parse(text.strip(), mode="eval").body, numbers)
    except (SyntaxError, ValueError, LookupError, ZeroDivisionError):
        return None


def _sum(node: ast.AST, numbers: Mapping[str, int]) -> int:
    match node:
        case ast.Constant(value=int() as number):
            return number
        case ast.Name(id=name):
            return numbers[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_sum(left, numbers), _sum(right, numbers))
    raise ValueError
