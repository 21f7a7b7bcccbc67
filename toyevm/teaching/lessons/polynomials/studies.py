"""What lesson 12 runs: changed blocks compared at one point, a false quotient, and liars who try again and again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from random import Random
from statistics import mean

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import call
from toyevm.teaching.lessons.polynomials.field import GENERATOR, P, interpolate, length
from toyevm.teaching.lessons.polynomials.fri import FALSE_ROWS, fold_down
from toyevm.teaching.lessons.polynomials.machine import (
    POINTS,
    ROWS,
    ZEROS,
    constraint_values,
    extended,
    quotient_values,
)
from toyevm.teaching.lessons.polynomials.proof import prove, tries_to_guess, verify
from toyevm.transactions import encode_transaction
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.wallets import wallet

BIG_P = 2_130_706_433  # the field of `toyevm.rollups.zk`
LIARS = 20


@cache
def mixed_block() -> tuple[bytes, ...]:
    """Return the transactions of the block that runs through all lessons, encoded."""
    return tuple(map(encode_transaction, APPLICATIONS["mixed"](40).block.transactions))


def fingerprint(data: bytes, x: int) -> int:
    """Return the value at x of the polynomial whose coefficients are these bytes, modulo 2,130,706,433.

    >>> fingerprint(bytes([5, 2, 1]), 3)
    20
    """
    total = 0
    for byte in reversed(data):
        total = (total * x + byte) % BIG_P
    return total


def changed_copies() -> list[bytes]:
    """Return copies of the mixed block, in each of which another transaction goes to Mallory."""
    raws = mixed_block()
    copies = []
    for k, (raw, transaction) in enumerate(zip(raws, APPLICATIONS["mixed"](40).block.transactions, strict=True)):
        to = transaction.to
        if to is not None:
            changed = raw.replace(to, wallet("Mallory").address, 1)
            copies.append(b"".join([*raws[:k], changed, *raws[k + 1 :]]))
    return copies


def compare_copies() -> str:
    """Return how many changed copies of the mixed block are seen at one random point each."""
    block, draw = b"".join(mixed_block()), Random(12)
    copies = changed_copies()
    points = [draw.randrange(BIG_P) for _ in copies]
    seen = sum(fingerprint(block, x) != fingerprint(copy, x) for x, copy in zip(points, copies, strict=True))
    return (
        f"{len(copies)} false copies of the {len(block):,} bytes; in each, another transaction goes to Mallory. "
        f"Each was compared at one random point: {seen} of {len(copies)} differ there (simulated)"
    )


def quotients() -> str:
    """Return the coefficients of two quotients: that of the true rows, and that of the rows with a false step."""
    rows = []
    for name, each in (("true rows", ROWS), ("false rows", FALSE_ROWS)):
        found = interpolate(quotient_values(extended(each)), GENERATOR)
        rows.append(f"{name:<11} {length(found):>2} coefficients: {_line(found[: length(found)])}")
    return "\n".join(rows)


def folded() -> str:
    """Return the last two lists to which the two quotients are folded."""
    rows = [f"{'':<11} {'8 values':<24} 4 values"]
    for name, each in (("true rows", ROWS), ("false rows", FALSE_ROWS)):
        before, last = fold_down(quotient_values(extended(each)))[-2:]
        rows.append(f"{name:<11} {_line(before):<24} {_line(last)}")
    return "\n".join(rows)


def verdicts(forge: object = None) -> str:
    """Return what both verifiers say to the true proof, and to one of the false rows with a student's quotient."""
    made = _made_by(forge)
    name = "your proof, claim 77" if made else "a false proof, claim 77 (made for you: `forge` is not there yet)"
    proofs = {
        "true rows, claim 26": prove(ROWS, quotient_values(extended(ROWS))),
        name: prove(FALSE_ROWS, made or quotient_values(extended(FALSE_ROWS))),
    }
    rows = []
    for name, proof in proofs.items():
        rows.append(name)
        for who, folds in (("first", False), ("whole", True)):
            check = verify(proof, folds=folds)
            rows.append(f"  the {who} verifier {'accepts' if check.valid else f'refuses: {check.reason}'}")
    return "\n".join(rows)


def _made_by(forge: object) -> list[int] | None:
    """Return the 32 numbers that a student's function makes of the false rows, if it makes any."""
    trace = extended(FALSE_ROWS)
    try:
        made = call(forge, constraint_values(trace), list(ZEROS))
    except InputError:
        return None
    if not isinstance(made, (list, tuple)) or len(made) != len(POINTS) or any(type(each) is not int for each in made):
        return None
    return [each % P for each in made]


@cache
def every_claim() -> str:
    """Return how many of the 96 false claims about the last row each verifier accepts."""
    proofs = [
        prove(rows, quotient_values(extended(rows))) for k in range(P) if (rows := (*ROWS[:-1], k)) != tuple(ROWS)
    ]
    first, whole = (sum(verify(proof, folds=folds).valid for proof in proofs) for folds in (False, True))
    return f"{len(proofs)} false claims about the last row: the first verifier accepts {first}, the whole one {whole}"


@cache
def liars(queries: Sequence[int] = (1, 2, 3, 4)) -> str:
    """Return how often liars must try, on average, until the whole verifier accepts a false proof."""
    tried = [(each, mean(tries_to_guess(each, seed) for seed in range(LIARS))) for each in queries]
    found = ", ".join(f"{each} quer{'y' if each == 1 else 'ies'}: {tries:.0f} proofs" for each, tries in tried)
    return f"{LIARS} liars tried until the whole verifier accepted. On average (simulated): {found}"


def _line(values: Iterable[int]) -> str:
    return " ".join(f"{each:>2}" for each in values)
