"""What a scheduler may say when a core is free, and what is no move.

    {"do": "run", "tx": 5}       execute transaction 5; it reads the newest finished values below it
    {"do": "commit"}             check the lowest transaction that is not final, and make it final if it holds
    {"do": "commit unchecked"}   the same without the check: it costs no time, and may be wrong
    {"do": "wait"}               until something happens
    {"do": "wait", "until": 900} until something happens, or that time has come

A move is a line of JSON. Anything else is a foul, which ends the bout.
"""

from __future__ import annotations

from reprlib import repr as shorten
from typing import Any, Literal, NamedTuple, cast

from toyevm.errors import InputError
from toyevm.teaching.grading.plainjson import read_json

Action = Literal["run", "commit", "commit unchecked", "wait"]
ACTIONS: tuple[Action, ...] = ("run", "commit", "commit unchecked", "wait")
LONGEST = 1_000  # bytes of a line
LATEST = 10**15  # in units of gas: no bout lasts as long


class CoreMove(NamedTuple):
    """What a core is to do; `tx_index` of a run, else -1; `until` of a wait that has an end, else -1."""

    action: Action
    tx_index: int = -1
    until: int = -1


class Foul(Exception):
    """A scheduler said what is no move, said nothing in time, or has ended; the words are for its team."""


def read_move(line: bytes, transactions: int) -> CoreMove:
    """Return a move.

    Raises:
        Foul: it is none.

    >>> read_move(b'{"do": "run", "tx": 2}', 3), read_move(b'{"do": "wait"}', 3)
    (CoreMove(action='run', tx_index=2, until=-1), CoreMove(action='wait', tx_index=-1, until=-1))
    """
    try:
        said: Any = read_json(line)
    except InputError as error:
        raise Foul(f"no JSON: {error.what}") from None
    match said:
        case {"do": "run", "tx": int(tx_index)} if type(tx_index) is int and 0 <= tx_index < transactions:
            return CoreMove("run", tx_index)
        case {"do": "wait", "until": int(until)} if type(until) is int and 0 <= until <= LATEST:
            return CoreMove("wait", until=until)
        case {"do": str(action), **rest} if "until" in rest:
            raise Foul(f"no time to wait until: {shorten(said)}")
        case {"do": str(action)} if action in ACTIONS and action != "run":
            return CoreMove(cast(Action, action))
    raise Foul(f"no move: {shorten(said)}")
