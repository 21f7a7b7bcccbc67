"""Every byte of a proof of 16 payments, by the default parameters, with one random bit changed: each is refused.

    python -m tests.rollups.zk.mutated_proofs --jobs 2        all of them: four minutes of one core
    python -m tests.rollups.zk.mutated_proofs --every 100     one in a hundred

With them go proofs cut off, made longer, with numbers not below p, and forged ones (`hostile`). Prints how many were
refused for which reason, and which checks were first for none. Ends with 1 if a proof was accepted, if anything was
raised, or if fewer than 95 % of the checks were the first to refuse something.

A check takes 15 to 40 ms, and there are 170,000 bytes. But most of what the verifier computes is the same for all, up
to the changed byte: what its pure functions answered for the honest proof is remembered by their arguments. It is the
verifier itself that runs; a test compares the answers with those that it gives without.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from copy import copy
from functools import cache, partial, wraps
from itertools import chain
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

from tests.rollups.zk.hostile import Target, attacks, checks, damaged
from tests.rollups.zk.payments.batches import random_accounts, random_payments
from toyevm.rollups.zk import composition, fri, stark
from toyevm.rollups.zk.deep import Opened
from toyevm.rollups.zk.payments.air import PaymentStatement, payments_air
from toyevm.rollups.zk.payments.digest import batch_digest
from toyevm.rollups.zk.payments.trace import payments_trace
from toyevm.rollups.zk.transcript import Transcript

PAYMENTS = 16
CHUNK = 1_000
PURE = [
    (stark._Shape, "transcript"),
    (Transcript, "challenges"),
    (stark, "composition_at"),
    (stark, "joined_chunks"),
    (stark, "deep_word"),
    (stark, "opening_size"),
    (stark, "root_of"),
    (composition, "_periodic_at"),
    (composition, "inverse_extended"),
    (fri, "root_of"),
    (fri, "opening_size"),
    (fri, "fold"),
]


@cache
def target() -> Target:
    """Prove 16 payments."""
    coin = random.Random(PAYMENTS)
    tree = random_accounts(coin)
    payments = random_payments(coin, tree, PAYMENTS)
    statement = PaymentStatement(tree.root, tree.after(payments).root, batch_digest(payments), PAYMENTS)
    return Target(payments_air(statement), payments_trace(tree, payments), stark.StarkParameters())


@contextmanager
def remembered(target: Target) -> Iterator[None]:
    """Let the verifier take from memory what it has computed for the honest proof."""
    with pytest.MonkeyPatch.context() as patch:
        memories = [_remember(patch, owner, name) for owner, name in PURE]
        target.answer(target.proof)
        for memory in memories:
            memory.full = True
        yield


class _Memory:
    """Answers of a function by its arguments; once it is full, nothing is added."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.answers: dict[Hashable, Any] = {}
        self.full = False

    def __call__(self, *arguments: Any) -> Any:
        key = tuple(map(_key, arguments))
        if key in self.answers:
            answer, drawn = self.answers[key]
        else:
            answer = self.function(*arguments)
            drawn = getattr(arguments[0], "_drawn", None)
            if not self.full:
                self.answers[key] = copy(answer), drawn
        if drawn is not None:
            arguments[0]._drawn = drawn
        return copy(answer)


def _remember(patch: pytest.MonkeyPatch, owner: Any, name: str) -> _Memory:
    memory = _Memory(getattr(owner, name))
    patch.setattr(owner, name, wraps(memory.function)(lambda *arguments: memory(*arguments)))
    return memory


def _key(argument: Any) -> Hashable:
    """Return what two equal arguments have in common, and no two others."""
    if isinstance(argument, np.ndarray):
        return argument.dtype.str, argument.shape, argument.tobytes()
    if isinstance(argument, Transcript):
        return argument._state, argument._drawn
    if isinstance(argument, list | tuple):
        return tuple(map(_key, argument))
    if isinstance(argument, dict):
        return tuple(argument.items())
    return _key(list(vars(argument).values())) if isinstance(argument, Opened) else argument


def refuse(proofs: Iterator[tuple[str, bytes]]) -> tuple[Counter[str], list[str]]:
    """Return how many proofs were refused for each reason, and what went wrong."""
    reasons: Counter[str] = Counter()
    faults = []
    for name, proof in proofs:
        try:
            answer = target().answer(proof)
        except Exception as error:
            faults.append(f"{name}: {error!r}")
            continue
        reasons[re.sub(r"end: \d+ bytes", "end: bytes", str(answer.reason))] += 1
        if answer.valid or not answer.reason:
            faults.append(f"{name}: accepted, for {answer.reason}")
    return reasons, faults


def refuse_bytes(seed: int, places: range) -> tuple[Counter[str], list[str]]:
    """Change one bit of each of these bytes; seed and place decide which."""
    bits = {place: random.Random(f"{seed} {place}").randrange(8) for place in places}
    proofs = ((f"byte {place}, bit {bit}", flipped(place, bit)) for place, bit in bits.items())
    with remembered(target()):
        return refuse(proofs)


def flipped(place: int, bit: int) -> bytes:
    """Return the honest proof with one bit changed."""
    proof = target().proof
    return proof[:place] + bytes([proof[place] ^ 1 << bit]) + proof[place + 1 :]


@cache
def refuse_others() -> tuple[Counter[str], list[str]]:
    """Try what is not a changed bit: proofs cut off, made longer, with p for an element, and forged."""
    return refuse(chain(damaged(target(), [], random.Random(0)), attacks(target())))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="change each so-manieth byte only")
    parser.add_argument("--seed", type=int, default=0, help="decides on the bits")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    started, size = time.perf_counter(), len(target().proof)
    chunks = [range(start, min(start + CHUNK, size), options.every) for start in range(0, size, CHUNK)]
    if options.every > CHUNK:
        chunks = [range(options.seed % options.every, size, options.every)]
    reasons, faults = refuse_others()
    with ProcessPoolExecutor(options.jobs, get_context("fork")) as pool:
        for done, (found, wrong) in enumerate(pool.map(partial(refuse_bytes, options.seed), chunks), start=1):
            reasons, faults = reasons + found, faults + wrong
            if sys.stderr.isatty():
                print(f"\r{done} of {len(chunks)} thousand bytes, {len(faults)} wrong", end="", file=sys.stderr)
    never = sorted(checks(target()) - reasons.keys())
    share = 1 - len(never) / len(checks(target()))
    result = {
        "bytes": sum(map(len, chunks)),
        "proofBytes": size,
        "refused": dict(reasons.most_common()),
        "checks": len(checks(target())),
        "neverFirst": never,
        "unnamed": sorted(reasons.keys() - checks(target())),
        "faults": faults[:20],
        "seconds": round(time.perf_counter() - started),
    }
    print(json.dumps(result, indent=2))
    return int(bool(faults) or share < 0.95 or bool(result["unnamed"]))


if __name__ == "__main__":
    sys.exit(main())
