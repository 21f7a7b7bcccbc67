"""The errors that several modules share, in one tree.

    ToyevmError
    ├── InputError             bad input from a user: the command prints one line and exits with 2
    │   ├── DecodingError      bytes that are not canonical RLP, or not a transaction
    │   ├── InvalidSignature   no public key fits the signature
    │   └── AssemblerError     line, token, what was expected
    ├── InvalidTransaction     may not enter a block; the state is as it was
    ├── InvalidBlock           the header and the execution disagree
    ├── InvalidProof           a proof that does not show what it should
    ├── NotProvable            a settlement cannot make this block final
    ├── FrameFailure           inside the machine: ends one call frame, undoes what it did
    │   ├── Revert             the code asked for it: gas that is left goes back
    │   └── ExceptionalHalt    everything else (`Halt` lists it): all gas of the frame is gone
    │       └── PrecompileFailure  a precompile refuses its input
    └── Suspend                a view is not ready to answer; see `simulation.conversation`

Inside the machine a failure is an exception; at its border it is a value (`TxResult.succeeded`, `TxResult.error`).
"""

from __future__ import annotations

import re
from enum import StrEnum
from traceback import walk_tb

from toyevm.types import Location

_A_CELL = re.compile(r"ipykernel_\d+[/\\]|<ipython-input")  # how Jupyter and IPython name the code of a cell


class ToyevmError(Exception):
    """The root: catching it catches everything toyevm raises on purpose."""


class InputError(ToyevmError):
    """A user's input is not what it should be: what is wrong, in which file, option or field, what would be right.

    >>> str(InputError("not hexadecimal: 'zz'", where="--code", expected="an even number of hex digits"))
    "--code: not hexadecimal: 'zz' (expected an even number of hex digits)"
    """

    def __init__(self, what: str, where: str = "", expected: str = "") -> None:
        self.what, self.where, self.expected = what, where, expected
        super().__init__((f"{where}: " if where else "") + what + (f" (expected {expected})" if expected else ""))

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in a notebook instead of a traceback: one line, with the line of the cell."""
        lines = [at for frame, at in walk_tb(self.__traceback__) if _A_CELL.search(frame.f_code.co_filename)]
        return [f"Line {lines[-1]} of the cell: {self}" if lines else str(self)]


class DecodingError(InputError):
    """Bytes that do not decode."""


class InvalidSignature(InputError):
    """A signature from which no public key can be recovered."""


class AssemblerError(InputError):
    """A line of assembly that cannot be translated."""

    def __init__(self, line: int, token: str, what: str, expected: str = "") -> None:
        self.line, self.token = line, token
        super().__init__(what, where=f"line {line}", expected=expected)


class InvalidTransaction(ToyevmError):
    """A transaction that may not enter a block: `reason` is a stable identifier such as "nonce-too-low".

    `limit` and `actual` are the two numbers that disagree, where there are two.
    """

    def __init__(self, reason: str, limit: int | None = None, actual: int | None = None) -> None:
        self.reason, self.limit, self.actual = reason, limit, actual
        super().__init__(reason if limit is None else f"{reason}: {actual} against {limit}")


class InvalidBlock(ToyevmError):
    """A block whose parts do not fit together; `tx_index` names the transaction at fault, if one is."""

    def __init__(self, reason: str, tx_index: int | None = None) -> None:
        self.reason, self.tx_index = reason, tx_index
        super().__init__(reason if tx_index is None else f"transaction {tx_index}: {reason}")


class InvalidProof(ToyevmError):
    """A proof that does not show what it should: a Merkle path that leads elsewhere, a blob that is another."""


class NotProvable(ToyevmError):
    """A block that a settlement cannot make final: `tx_index` names the transaction at fault, if one is."""

    def __init__(self, tx_index: int | None, reason: str) -> None:
        self.tx_index, self.reason = tx_index, reason
        super().__init__(reason if tx_index is None else f"transaction {tx_index}: {reason}")


class FrameFailure(ToyevmError):
    """Ends the running frame and undoes its effects; `name` is what a user reads."""

    name: str


class Revert(FrameFailure):
    """REVERT: undo, but hand back the gas that is left and `output`."""

    name = "revert"

    def __init__(self, output: bytes) -> None:
        self.output = output
        super().__init__(f"revert with {len(output)} bytes")


class Halt(StrEnum):
    """The ways in which a frame can fail without wanting to."""

    OUT_OF_GAS = "out of gas"
    STACK_UNDERFLOW = "stack underflow"
    STACK_OVERFLOW = "stack overflow"
    INVALID_OPCODE = "invalid opcode"
    INVALID_JUMP = "invalid jump"
    WRITE_IN_STATIC_CALL = "write in static call"
    RETURN_DATA_OUT_OF_BOUNDS = "return data out of bounds"
    INIT_CODE_TOO_LARGE = "init code too large"
    CODE_TOO_LARGE = "code too large"
    INVALID_CODE_PREFIX = "code starts with 0xef"
    ADDRESS_COLLISION = "address collision"
    PRECOMPILE_FAILURE = "precompile failure"


class ExceptionalHalt(FrameFailure):
    """Undo, and take all the gas of the frame."""

    def __init__(self, halt: Halt, detail: str = "") -> None:
        self.halt, self.detail, self.name = halt, detail, halt.value
        super().__init__(f"{halt.value}: {detail}" if detail else halt.value)


class PrecompileFailure(ExceptionalHalt):
    """A precompile refuses its input; `detail` says why."""

    def __init__(self, detail: str) -> None:
        super().__init__(Halt.PRECOMPILE_FAILURE, detail)


class Suspend(ToyevmError):
    """The view cannot answer this read yet; the machine is as it was before the step and may be run again."""

    def __init__(self, location: Location) -> None:
        self.location, self.is_rewound = location, False  # gas and pc are put back by whoever took them
        super().__init__(location)
