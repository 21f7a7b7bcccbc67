"""Numbers of the field that only know +, - and *: what a constraint may do with them, and nothing else."""

from __future__ import annotations

from typing import NoReturn

from toyevm.errors import InputError
from toyevm.rollups.zk.field import P

NOT_A_POLYNOMIAL = "a rule may only add, subtract and multiply"


class FieldCell:
    """A cell of a trace, as a student's rule meets it."""

    def __init__(self, value: int) -> None:
        self.value = value % P

    def __add__(self, other: FieldCell | int) -> FieldCell:
        return FieldCell(self.value + number(other))

    def __sub__(self, other: FieldCell | int) -> FieldCell:
        return FieldCell(self.value - number(other))

    def __mul__(self, other: FieldCell | int) -> FieldCell:
        return FieldCell(self.value * number(other))

    def __rsub__(self, other: int) -> FieldCell:
        return FieldCell(number(other) - self.value)

    def __neg__(self) -> FieldCell:
        return FieldCell(-self.value)

    def __pow__(self, exponent: int) -> FieldCell:
        if type(exponent) is not int or exponent < 0:
            _refuse()
        return FieldCell(pow(self.value, exponent, P))

    __radd__, __rmul__ = __add__, __mul__

    def _no(self, *_: object) -> NoReturn:
        _refuse()

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _no
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __rpow__ = _no
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __invert__ = __abs__ = __int__ = __index__ = _no
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return str(self.value if self.value <= P // 2 else self.value - P)


class NamedCells:
    """Cells of a row, by the names of their columns; `_read` are the names of those that somebody has used."""

    def __init__(self, **cells: FieldCell) -> None:
        self._cells = cells
        self._read: set[str] = set()

    def __getattr__(self, name: str) -> FieldCell:
        if name.startswith("_") or name not in self._cells:
            raise AttributeError(f"there is no {name!r} in this row; there are {', '.join(self._cells)}")
        self._read.add(name)
        return self._cells[name]

    def __repr__(self) -> str:
        return ", ".join(f"{name} {cell}" for name, cell in self._cells.items())


def names_read(**rows: NamedCells) -> set[str]:
    """Return the cells that were used, as a student writes them.

    >>> now = NamedCells(ann=FieldCell(40))
    >>> now.ann, names_read(now=now)
    (40, {'now.ann'})
    """
    return {f"{row}.{name}" for row, cells in rows.items() for name in cells._read}


def number(value: object) -> int:
    """Return the number behind a cell or a constant.

    Raises:
        InputError: it is neither.
    """
    if isinstance(value, FieldCell):
        return value.value
    if type(value) is int:
        return value
    raise InputError(NOT_A_POLYNOMIAL)


def _refuse() -> NoReturn:
    raise InputError(NOT_A_POLYNOMIAL)
