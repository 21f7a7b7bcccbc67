"""The book: seven payments from Ann to Bob as a trace that fits on a page, and AIRs for it, whole and weakened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from toyevm.errors import InputError
from toyevm.rollups.zk.air import Air, BoundaryConstraint, Columns
from toyevm.rollups.zk.field import P, elements
from toyevm.rollups.zk.stark import ProofCheck, StarkParameters, prove, verify
from toyevm.teaching.kit.stark.named_table import NamedTable
from toyevm.teaching.kit.stark.tampering import Proven, proof_of

AMOUNTS = (5, 3, 9, 0, 12, 1, 4)
ANN, BOB = 40, 20  # ether that they have at first
AMOUNT_BITS, ANN_BITS = 4, 6
ROWS = len(AMOUNTS) + 1
COLUMNS = (
    "ann", "bob", "amount",
    *(f"amount bit {1 << k}" for k in range(AMOUNT_BITS)), *(f"ann bit {1 << k}" for k in range(ANN_BITS)),
)  # fmt: skip
ROLES = ("balance", "balance", "payment", *["amount's bits"] * AMOUNT_BITS, *["Ann's bits"] * ANN_BITS)
FAMILIES = ("Ann pays", "Bob gets", "amount's bits are 0 or 1", "amount has these bits", "Ann's bits are 0 or 1",
            "Ann has these bits")  # fmt: skip
SIZES = (1, 1, AMOUNT_BITS, 1, ANN_BITS, 1)  # how many constraints a family has
LOOKS_AHEAD = (0, 1)
SMALL = StarkParameters(blowup=4, queries=12, grinding=0, arity=2, final=1)  # of the lesson's short proofs
WORKED = replace(SMALL, grinding=8)  # of the one that is tampered with


class BookRow:
    """A row by names: `ann`, `bob`, `amount`, and the lists `amount_bits` and `ann_bits`, the bit for 1 first."""

    def __init__(self, columns: Columns) -> None:
        self.ann, self.bob = columns[0], columns[1]
        if len(columns.values) > len(LOOKS_AHEAD):
            self.amount = columns[2]
            self.amount_bits = [columns[3 + k] for k in range(AMOUNT_BITS)]
            self.ann_bits = [columns[3 + AMOUNT_BITS + k] for k in range(ANN_BITS)]


Rule = Callable[[BookRow, BookRow], list[Columns]]


def total(bits: Sequence[Columns]) -> Columns:
    """Return the number that bits stand for."""
    result = bits[0]
    for k, bit in enumerate(bits[1:], 1):
        result = result + bit * (1 << k)
    return result


RULES: tuple[Rule, ...] = (
    lambda now, following: [following.ann - now.ann + now.amount],
    lambda now, following: [following.bob - now.bob - now.amount],
    lambda now, _: [bit * (bit - 1) for bit in now.amount_bits],
    lambda now, _: [now.amount - total(now.amount_bits)],
    lambda now, _: [bit * (bit - 1) for bit in now.ann_bits],
    lambda now, _: [now.ann - total(now.ann_bits)],
)


def book_air(last: tuple[int, int], without: Sequence[str] = (), label: str = "book") -> Air:
    """Return the AIR of a book that ends with these balances; a weakened one lacks some families.

    Args:
        label: what the transcript begins with, besides all else that both sides know.
    """
    kept = [k for k, family in enumerate(FAMILIES) if family not in without]
    return Air(
        name=label,
        width=len(COLUMNS),
        degree=2,
        transition_count=sum(SIZES[k] for k in kept),
        transitions=lambda now, following, _: [
            part for k in kept for part in RULES[k](BookRow(now), BookRow(following))
        ],
        boundary=(
            BoundaryConstraint(0, 0, ANN),
            BoundaryConstraint(0, 1, BOB),
            BoundaryConstraint(ROWS - 1, 0, last[0] % P),
            BoundaryConstraint(ROWS - 1, 1, last[1] % P),
        ),
        looks_ahead=LOOKS_AHEAD,
    )


def book(amounts: Sequence[int] = AMOUNTS, without: Sequence[str] = ()) -> NamedTable:
    """Return the book of seven amounts, whatever they are: its bits are those of the numbers modulo 16 and 64.

    Raises:
        InputError: not seven amounts.
    """
    if len(amounts) != ROWS - 1:
        raise InputError(f"{len(amounts)} amounts", expected=f"{ROWS - 1}")
    ann, rows = ANN, []
    for amount in (*amounts, 0):
        bits = [*_bits(amount, AMOUNT_BITS), *_bits(ann, ANN_BITS)]
        rows.append([ann, (ANN + BOB - ann) % P, amount % P, *bits])
        ann = (ann - amount) % P
    families = tuple(name for name, size in zip(FAMILIES, SIZES, strict=True) if name not in without
                     for _ in range(size))  # fmt: skip
    last = rows[-1]
    return NamedTable(book_air((last[0], last[1]), without), elements(rows), COLUMNS, ROLES, families)


def _bits(number: int, count: int) -> list[int]:
    return [number >> k & 1 for k in range(count)]


def proven(table: NamedTable, air: Air | None = None) -> ProofCheck:
    """Return what the verifier of an AIR says to an honest prover's proof for a table, be it true or false."""
    asked = air or table.air
    return verify(asked, len(table.trace), prove(asked, table.trace, SMALL), SMALL)


def book_proof(amounts: Sequence[int] = AMOUNTS) -> Proven:
    """Return a short proof of the book, with a little work in it."""
    return proof_of(book(amounts), WORKED)
