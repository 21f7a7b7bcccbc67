"""Canonical data: the few shapes in which an answer may leave the notebook it was made in.

A mark must not depend on a student's `__eq__`. So an answer is first copied into plain data (None, bool, int, float,
str, bytes, list, dict), by exact type and not by asking the object, and two values are the same when their types are.
What another process has to say travels as JSON; what JSON lacks (bytes, sets, keys that are not text) is written as
an object with one key that begins with a dollar.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeAlias

from toyevm.errors import InputError

Plain: TypeAlias = Any  # None | bool | int | float | str | bytes | list[Plain] | dict[Plain, Plain]

MOST_NODES, DEEPEST, LONGEST_INTEGER = 20_000, 40, 4_096  # the last in bits: more than a word times a word
LONGEST_SHOWN = 120  # characters
_LEAVES = (bool, float, str, bytes)
_LEAST_MARK = "$"


def canonical(value: object) -> Plain:
    """Return `value` as plain data: tuples become lists, sets sorted lists under "$set", `...` becomes None.

    Raises:
        InputError: it is of another type (a subclass is another type), too large, or too deep.

    >>> canonical((1, True, {"a": b"x"}))
    [1, True, {'a': b'x'}]
    """
    budget = [MOST_NODES]
    return _copy(value, budget, DEEPEST)


def _copy(value: object, budget: list[int], depth: int) -> Plain:
    budget[0] -= len(value) // 64 + 1 if type(value) in (str, bytes) else 1  # type: ignore[arg-type]
    if budget[0] < 0 or depth == 0:
        raise InputError("the answer is too large", expected=f"at most {MOST_NODES:,} values, {DEEPEST} deep")
    if value is None or value is Ellipsis or value is NotImplemented:
        return None
    kind = type(value)
    if kind in _LEAVES:
        return value
    if kind is int:
        if int.bit_length(value) > LONGEST_INTEGER:  # type: ignore[arg-type]
            raise InputError("a number is too large", expected=f"at most {LONGEST_INTEGER:,} bits")
        return value
    if kind in (list, tuple):
        return [_copy(item, budget, depth - 1) for item in value]  # type: ignore[attr-defined]
    if kind in (set, frozenset):
        items = [_copy(item, budget, depth - 1) for item in value]  # type: ignore[attr-defined]
        return {"$set": sorted(items, key=to_text)}
    if kind is dict:
        pairs = value.items()  # type: ignore[attr-defined]
        return {_key(_copy(key, budget, depth - 1)): _copy(item, budget, depth - 1) for key, item in pairs}
    raise InputError(f"an answer cannot be of type {kind.__name__}", expected="numbers, text, bytes, lists, dicts")


def _key(key: Plain) -> Plain:
    if isinstance(key, list):
        return tuple(_key(item) for item in key)
    if isinstance(key, dict):
        raise InputError("a set cannot be a key", expected="a number, text, bytes, or a tuple of them")
    return key


def same(left: Plain, right: Plain) -> bool:
    """Return whether two canonical values are equal in type and in content.

    >>> same(1, True), same([1, 2], [1, 2]), same(2.0, 2)
    (False, True, False)
    """
    if type(left) is not type(right):
        return False
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return len(left) == len(right) and to_text(left) == to_text(right)
    return bool(left == right)


def to_text(value: Plain) -> str:
    """Return canonical data as JSON, the same text for the same value.

    >>> to_text({"b": b"\\x01", "a": [None, True]})
    '{"a":[null,true],"b":{"$bytes":"01"}}'
    """
    return json.dumps(_to_json(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_text(text: str) -> Plain:
    """Return the canonical data of `to_text`.

    Raises:
        InputError: the text is not such JSON.

    >>> from_text('{"b":{"$bytes":"01"}}')
    {'b': b'\\x01'}
    """
    try:
        return canonical(_from_json(json.loads(text)))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise InputError("not canonical data", expected="what to_text writes") from None


def _to_json(value: Plain) -> Any:
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    if isinstance(value, (list, tuple)):
        return [_to_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"$set"}:
        return {"$set": [_to_json(item) for item in value["$set"]]}
    if all(isinstance(key, str) and not key.startswith(_LEAST_MARK) for key in value):
        return {key: _to_json(item) for key, item in value.items()}
    pairs = [[_to_json(key), _to_json(item)] for key, item in value.items()]
    return {"$dict": sorted(pairs, key=lambda pair: json.dumps(pair[0], sort_keys=True))}


def _from_json(value: Any) -> Plain:
    if isinstance(value, list):
        return [_from_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"$bytes"}:
        return bytes.fromhex(value["$bytes"])
    if set(value) == {"$set"}:
        return {"$set": [_from_json(item) for item in _list(value["$set"])]}
    if set(value) == {"$dict"}:
        return {_key(_from_json(key)): _from_json(item) for key, item in value["$dict"]}
    return {key: _from_json(item) for key, item in value.items()}


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise TypeError
    return value


def show_plain(value: Plain) -> str:
    """Return an answer for a reader, cut where it gets long: a dict after a whole entry.

    >>> show_plain(12345), show_plain("SSTORE"), show_plain({"name": "Ann", "root": "0" * 120})
    ('12,345', "'SSTORE'", "{'name': 'Ann', …}")
    """
    text = f"{value:,}" if type(value) is int and abs(value) < 10**15 else _as_written(value)
    if len(text) <= LONGEST_SHOWN:
        return text
    return _whole_entries(value) if isinstance(value, dict) and not _is_set(value) else text[: LONGEST_SHOWN - 3] + "…"


def show_argument(value: Plain) -> str:
    """Return an argument as a student would write it: between commas, 1,000 would be two arguments.

    >>> show_argument(12345), show_argument("SSTORE")
    ('12345', "'SSTORE'")
    """
    return str(value) if type(value) is int else show_plain(value)


def _whole_entries(value: dict[Plain, Plain]) -> str:
    entries, length = [], 0
    for key, entry in value.items():
        length += len(shown := f"{key!r}: {show_plain(entry)}, ")
        if length > LONGEST_SHOWN:
            break
        entries.append(shown)
    return f"{{{''.join(entries)}…}}"


def show_apart(left: Plain, right: Plain) -> tuple[str, str]:
    """Return two different values for a reader: whole, or the entries that differ, where they would be cut before.

    >>> show_apart({"name": "x" * 120, "root": 1}, {"name": "x" * 120, "root": 2})
    ("{…, 'root': 1}", "{…, 'root': 2}")
    """
    if all(len(_as_written(value)) <= LONGEST_SHOWN for value in (left, right)):
        return show_plain(left), show_plain(right)
    if isinstance(left, dict) and isinstance(right, dict):
        keys = [key for key in {**left, **right} if not same(left.get(key, ...), right.get(key, ...))]
        return _entries(left, keys), _entries(right, keys)
    if isinstance(left, list) and isinstance(right, list):
        pairs = zip(left, right, strict=False)
        at = next((i for i, pair in enumerate(pairs) if not same(*pair)), min(len(left), len(right)))
        before = "…, " if at else ""
        shown = [show_plain(side[at : at + 3])[1:-1] or "no more" for side in (left, right)]
        return f"[{before}{shown[0]}]", f"[{before}{shown[1]}]"
    return show_plain(left), show_plain(right)


def _entries(value: dict[Plain, Plain], keys: Sequence[Plain]) -> str:
    shown = (f"{key!r}: {show_plain(value[key])}" for key in keys if key in value)
    return f"{{…, {', '.join(shown) or 'no more'}}}"


def _as_written(value: Plain) -> str:
    """Return data as Python writes it; what is a list in a set was a tuple, for a list cannot be in one."""
    if isinstance(value, list):
        return f"[{', '.join(map(_as_written, value))}]"
    if _is_set(value):
        items = (tuple(item) if isinstance(item, list) else item for item in value["$set"])
        return f"{{{', '.join(map(_as_written, items))}}}" if value["$set"] else "set()"
    return repr(value)


def _is_set(value: Plain) -> bool:
    return isinstance(value, dict) and set(value) == {"$set"}


def kind_of(value: Plain) -> str:
    """Return what a student calls the type of an answer."""
    if _is_set(value):
        return "a set"
    names = {int: "a number", str: "text", list: "a list", dict: "a dict", bool: "true or false", float: "a float"}
    return names.get(type(value), type(value).__name__)
