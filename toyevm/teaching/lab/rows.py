"""Read hand-written TOML, and name the file, item and field of each mistake.

`Row` is a table of TOML that knows where it stands. It hands out fields by type, once each; `done` complains of those
that nobody asked for, so that a misspelt field is not silently ignored.
"""

from __future__ import annotations

import tomllib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from zlib import compress, decompress
from zlib import error as ZlibError

from toyevm.errors import InputError
from toyevm.teaching.lab.variants import fill

T = TypeVar("T")
_MISSING: Any = object()
_WORDS = {str: "text", int: "a whole number", bool: "true or false", list: "a list", dict: "a table"}


def read_toml(path: Path, tables: Sequence[str]) -> Row:
    """Return the top of a TOML file, in which only these tables may stand.

    Raises:
        InputError: it cannot be read, is not TOML, or has another table.
    """
    try:
        document = tomllib.loads(unseal(path.read_bytes()).decode())
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        raise InputError(f"not TOML: {error}", where=str(path)) from None
    if strange := sorted(set(document) - set(tables)):
        raise InputError(f"unknown table {strange[0]!r}", where=str(path), expected=" | ".join(tables))
    return Row(document, path.name)


SEAL = b"# What this lesson asks. It is packed so that no answer is read in passing; it is no secret.\n# "


def seal(data: bytes) -> bytes:
    """Return a file packed (once), so that nobody reads in passing what they are about to be asked.

    >>> unseal(seal(b"right = true")), unseal(b"right = true"), b"right" in seal(b"right = true")
    (b'right = true', b'right = true', False)
    """
    return data if data.startswith(SEAL) else SEAL + b64encode(compress(data, 9)) + b"\n"


def unseal(data: bytes) -> bytes:
    """Return a file as it was before `seal`, or as it is; raise ValueError for a damaged one."""
    if not data.startswith(SEAL):
        return data
    try:
        return decompress(b64decode(data.removeprefix(SEAL).strip(), validate=True))
    except ZlibError as damage:
        raise ValueError(str(damage)) from damage


class Row:
    """One table, and in `where` the words that lead a reader to it."""

    def __init__(self, fields: Mapping[str, Any], where: str) -> None:
        self.where = where
        self._left = dict(fields)

    def text(self, name: str, default: str = _MISSING) -> str:
        value = self._take(name, str, default)
        if value == "" and default is _MISSING:
            raise self.error(name, "is empty", "text")
        return value

    def number(self, name: str, default: int = _MISSING) -> int:
        value = self._take(name, int, default)
        if isinstance(value, bool):
            raise self.error(name, "is true or false", "a whole number")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        return self._take(name, bool, default)

    def texts(self, name: str, default: Sequence[str] = _MISSING) -> tuple[str, ...]:
        """Return a list of texts."""
        values = self._take(name, list, default)
        if strange := [value for value in values if not isinstance(value, str)]:
            raise self.error(name, f"holds {strange[0]!r}", "a list of texts")
        return tuple(values)

    def table(self, name: str, default: Mapping[str, Any] = _MISSING) -> dict[str, Any]:
        return dict(self._take(name, dict, default))

    def row(self, name: str) -> Row | None:
        """Return a table inside this one, or None."""
        fields = self._take(name, dict, None)
        return None if fields is None else Row(fields, f"{self.where}, {name}")

    def rows(self, name: str, key: str = "id") -> list[Row]:
        """Return a list of tables; each says where it stands by its `key`, or by its number."""
        found = self._take(name, list, [])
        for number, fields in enumerate(found, 1):
            if not isinstance(fields, dict):
                raise self.error(name, f"entry {number} is {fields!r}", "a table")
        return [
            Row(fields, f"{self.where}, {name} {fields.get(key, number)!r}") for number, fields in enumerate(found, 1)
        ]

    def value(self, name: str, default: Any = _MISSING) -> Any:
        """Return a field of any type."""
        if name not in self._left and default is _MISSING:
            raise self.error(name, "is missing", "")
        return self._left.pop(name, default)

    def rest(self) -> dict[str, Any]:
        """Return all fields that nobody has asked for."""
        rest, self._left = self._left, {}
        return rest

    def fill(self, numbers: Mapping[str, int]) -> None:
        """Fill the holes in all fields that nobody has asked for yet."""
        self._left = {name: fill(value, numbers) for name, value in self._left.items()}

    def done(self) -> None:
        """Refuse fields that nobody has asked for."""
        for name in self._left:
            raise self.error(name, "is no field of this table", "")

    def error(self, name: str, what: str, expected: str) -> InputError:
        return InputError(f"field {name!r} {what}", where=self.where, expected=expected)

    def _take(self, name: str, kind: type[T], default: Any) -> T:
        value = self.value(name, default)
        if value is default and default is not _MISSING:
            return default  # type: ignore[no-any-return]
        if not isinstance(value, kind):
            raise self.error(name, f"is {value!r}", _WORDS[kind])
        return value


def unique(names: Sequence[str], where: str) -> None:
    """Refuse two items of one name."""
    for index, name in enumerate(names):
        if name in names[:index]:
            raise InputError(f"two items have the id {name!r}", where=where)
