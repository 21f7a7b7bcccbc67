"""A proof, byte by byte: what each is for, and which check says no first when one of its bits is flipped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from toyevm.errors import InputError
from toyevm.rollups.zk.air import Air
from toyevm.rollups.zk.stark import StarkParameters, parts, prove, verify
from toyevm.teaching.kit.stark.named_table import NamedTable

MEANINGS = {
    "roots": "the Merkle roots of trace and quotient",
    "values outside the domain": "what all columns are at z and at the next point",
    "fri roots": "a Merkle root for each folded word",
    "fri final polynomial": "what is left after the last fold",
    "grinding": "a number that was found by work",
    "trace rows": "rows of the extended trace, where queries look",
    "trace hashes": "the Merkle paths of these rows",
    "quotient rows": "rows of the quotient, where queries look",
    "quotient hashes": "the Merkle paths of these rows",
}


@dataclass(frozen=True)
class Proven:
    """A statement and its proof."""

    air: Air
    size: int
    proof: bytes
    parameters: StarkParameters

    @cached_property
    def parts(self) -> list[tuple[str, int, int]]:
        """Each part of the proof: what it is, its first byte, and the byte after its last."""
        found: list[tuple[str, int, int]] = []
        at = 0
        for what, count in parts(self.air, self.size, self.proof, self.parameters):
            begin = found.pop()[1] if found and found[-1][0] == what else at
            at += count
            if at > begin:
                found.append((what, begin, at))
        return found

    def part_of(self, place: int) -> str:
        """Return what the byte at a place is for.

        Raises:
            InputError: the proof has no such byte.
        """
        if not 0 <= place < len(self.proof):
            raise InputError(f"no byte {place}", expected=f"0 to {len(self.proof) - 1}")
        return next(what for what, begin, end in self.parts if begin <= place < end)

    def answer(self, place: int | None = None) -> str:
        """Return what the verifier says if the lowest bit of a byte is flipped: "accepted", or its reason."""
        proof = self.proof
        if place is not None:
            self.part_of(place)
            proof = proof[:place] + bytes([proof[place] ^ 1]) + proof[place + 1 :]
        check = verify(self.air, self.size, proof, self.parameters)
        return "accepted" if check.valid else str(check.reason)

    def check_of(self, place: int) -> str:
        """Return which check says no first, in a word or two."""
        return self.answer(place).partition(":")[0]


def meaning(part: str) -> str:
    """Return what a part of a proof is, in words."""
    other = (
        "the Merkle paths of these values" if part.endswith("hashes") else "values of a folded word, where queries look"
    )
    return MEANINGS.get(part, other)


def proof_of(table: NamedTable, parameters: StarkParameters) -> Proven:
    """Return the proof of a table."""
    return Proven(table.air, len(table.trace), prove(table.air, table.trace, parameters), parameters)
