"""What lesson 12 runs: changed blocks compared at one point, a false quotient, and liars who try again and again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from random import Random
from statistics import mean

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import call
from toyevm.teaching.lessons.polynomials.answers_points import numbers_of
from toyevm.teaching.lessons.polynomials.field import GENERATOR, P, in_columns, interpolate, length, value
from toyevm.teaching.lessons.polynomials.fri import FALSE_ROWS, fold_down
from toyevm.teaching.lessons.polynomials.machine import (
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
    seen = sum(value(block, x, BIG_P) != value(copy, x, BIG_P) for x, copy in zip(points, copies, strict=True))
    return (
        f"{len(copies)} false copies of the {len(block):,} bytes; in each, another transaction goes to Mallory. "
        f"Each was compared at one random point: {seen} of {len(copies)} differ there (simulated)"
    )


def quotients() -> str:
    """Return the coefficients of two quotients: of the true rows, and of Mallory's, with the claim 77."""
    rows = []
    for name, each in (("true rows", ROWS), ("false rows", FALSE_ROWS)):
        found = interpolate(quotient_values(extended(each)), GENERATOR)
        rows.append(f"{name:<11} {length(found):>2} coefficients: {in_columns(found[: length(found)])}")
    rows.append("            four repeat: the false step, at 75, adds a multiple of 1 / (x - 75), and 75^4 = 1")
    return "\n".join(rows)


def folded() -> str:
    """Return the last two lists to which the two quotients are folded."""
    rows = [f"{'':<11} {'8 values':<24} 4 values"]
    for name, each in (("true rows", ROWS), ("false rows", FALSE_ROWS)):
        before, last = fold_down(quotient_values(extended(each)))[-2:]
        rows.append(f"{name:<11} {in_columns(before):<24} {in_columns(last)}")
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
        return numbers_of(call(forge, constraint_values(trace), list(ZEROS)))
    except InputError:
        return None


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
