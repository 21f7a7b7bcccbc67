"""Scripts: what a hunter hands in, read from JSON and checked before anything is played.

    [{"name": "too early", "moves": [
        {"do": "deposit", "who": "Ann", "gwei": 5},
        {"do": "propose"}, {"do": "settle"},
        {"do": "withdraw", "who": "Ann", "gwei": 5}, {"do": "propose"}, {"do": "settle"},
        {"do": "prove", "message": 0}, {"do": "finalize", "message": 0}]}]

What a move may say is what the method of `RollupStage` of that name takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter, signature
from pathlib import Path
from reprlib import repr as shorten
from typing import Any

from toyevm.errors import InputError
from toyevm.rollups.optimistic.liars import LIARS
from toyevm.teaching.hunt.stage import MOVES, PEOPLE
from toyevm.workloads.json_input import parse_bytes, read_json

MOST_SCRIPTS, MOST_MOVES, MOST_BYTES = 20, 40, 1 << 20
MOST_GWEI, MOST_WEI, MOST_HOURS, MOST_ARGUMENTS = 10**12, 10**21, 10_000, 10


@dataclass(frozen=True)
class HuntMove:
    """A move: what is done, and how."""

    do: str
    fields: Mapping[str, Any]

    def __str__(self) -> str:
        return " ".join([self.do, *(f"{name}={shorten(value)}" for name, value in self.fields.items())])


@dataclass(frozen=True)
class Script:
    """Moves, one after the other, on a rollup that nobody has touched before."""

    name: str
    moves: tuple[HuntMove, ...]


def read_scripts(path: Path) -> tuple[Script, ...]:
    """Read scripts.

    Raises:
        InputError: there are none, or too many, or one has a move that there is not; the line says which.
    """
    document: Any = read_json(path, MOST_BYTES)
    if not isinstance(document, list) or not document:
        raise InputError("no list of scripts", str(path), '[{"name": …, "moves": […]}, …]')
    if len(document) > MOST_SCRIPTS:
        raise InputError(f"{len(document)} scripts", str(path), f"{MOST_SCRIPTS} at most")
    return tuple(_script(each, f"{path} [{number}]") for number, each in enumerate(document))


def _script(document: Any, where: str) -> Script:
    match document:
        case {"name": str(name), "moves": list(moves), **rest} if not rest and name.isprintable() and len(name) <= 80:
            if not 1 <= len(moves) <= MOST_MOVES:
                raise InputError(f"{len(moves)} moves", where, f"1 to {MOST_MOVES}")
            return Script(name, tuple(_move(each, f"{where} move {at}") for at, each in enumerate(moves)))
    raise InputError("no script", where, '{"name": "…", "moves": […]}')


def _move(document: Any, where: str) -> HuntMove:
    if not isinstance(document, dict) or document.get("do") not in tuple(MOVES):
        raise InputError(f"no move: {shorten(document)}", where, "do: " + " | ".join(MOVES))
    done = document["do"]
    fields = list(signature(MOVES[done]).parameters.values())[1:]  # without the stage
    given = {name: value for name, value in document.items() if name != "do"}
    names = [field.name for field in fields]
    missing = [field.name for field in fields if field.default is Parameter.empty and field.name not in given]
    if missing or set(given) - set(names):
        raise InputError(f"{done} with {', '.join(given) or 'nothing'}", where, ", ".join(names) or "nothing")
    return HuntMove(done, {name: READERS[name](value, f"{where}: {name}") for name, value in given.items()})


def _one_of(names: tuple[str, ...]) -> Callable[[Any, str], str]:
    def read(value: Any, where: str) -> str:
        if not isinstance(value, str) or value not in names:
            raise InputError(shorten(value), where, " | ".join(names))
        return value

    return read


def _whole(most: int) -> Callable[[Any, str], int]:
    def read(value: Any, where: str) -> int:
        if type(value) is not int or not 0 <= value <= most:
            raise InputError(shorten(value), where, f"a whole number, 0 to {most:,}")
        return value

    return read


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise InputError(shorten(value), where, "true or false")
    return value


def _word(value: Any, where: str) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 40 or not value.isprintable():
        raise InputError(shorten(value), where, "a name")
    return value


def _arguments(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST_ARGUMENTS or not all(type(one) in (int, str) for one in value):
        raise InputError(shorten(value), where, 'a list of numbers, names and "0x…"')
    return value


READERS: dict[str, Callable[[Any, str], Any]] = {
    "who": _one_of(PEOPLE),
    "sender": _one_of(PEOPLE),
    "to": _word,
    "name": _word,
    "gwei": _whole(MOST_GWEI),
    "wei": _whole(MOST_WEI),
    "hours": _whole(MOST_HOURS),
    "message": _whole(MOST_MOVES),
    "proposal": _whole(MOST_MOVES),
    "forced": _flag,
    "skips": _one_of(("deposits", "forced", "all")),
    "lies": _flag,
    "watched": _flag,
    "attack": _one_of(tuple(LIARS)),
    "contract": _one_of(("portal", "game")),
    "function": _word,
    "arguments": _arguments,
    "code": parse_bytes,
    "data": parse_bytes,
}
