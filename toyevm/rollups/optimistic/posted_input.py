"""What a proof brings besides its witness for a step that runs a precompile: gas, and its input if that is long.

    8 bytes    gas, besides what each step pays for in any case
    the rest   the input, if it is too long for a witness

Nothing is brought where neither is needed. The OP Stack asks for the same before L1 runs a precompile for a game.
"""

from __future__ import annotations

from typing import NamedTuple

from toyevm.errors import DecodingError

GAS_SIZE = 8
COVERED_GAS = 10_000  # of a precompile, in the price of any step: a recovered signer, a point times a number


class PostedInput(NamedTuple):
    """Gas for a step's precompile, above `COVERED_GAS`, and its input; empty if the witness holds it."""

    gas: int = 0
    input: bytes = b""


def encode_posted(posted: PostedInput) -> bytes:
    """Return it as it is brought before L1."""
    return posted.gas.to_bytes(GAS_SIZE, "big") + posted.input if any(posted) else b""


def decode_posted(data: bytes) -> PostedInput:
    """Return what was brought; DecodingError if it is too short."""
    if 0 < len(data) < GAS_SIZE:
        raise DecodingError(f"gas in {len(data)} bytes", expected=f"{GAS_SIZE}")
    return PostedInput(gas_of(data), data[GAS_SIZE:])


def gas_of(data: bytes) -> int:
    """Return the gas that was brought."""
    return int.from_bytes(data[:GAS_SIZE], "big")
