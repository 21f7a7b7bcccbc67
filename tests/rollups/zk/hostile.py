"""Hostile proofs for any AIR: damage of every kind, and provers that keep to all rules but one.

    target = Target(air, trace, parameters)
    found = first_refusals(target, damaged(target, places, coin) | attacks(target))
    found.keys() <= checks(target)

The first gives each reason that was given, with a proof that it was given for; the second all reasons that the verifier
can have.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any, NamedTuple

import numpy as np
import pytest

from toyevm.rollups.zk import fri, stark, transcript
from toyevm.rollups.zk.air import Air
from toyevm.rollups.zk.composition import composition_at, joined_chunks
from toyevm.rollups.zk.encoding import Reader, encode
from toyevm.rollups.zk.extension import inverse_extended, multiply_extended
from toyevm.rollups.zk.field import Elements, P, add, subtract


class Section(NamedTuple):
    """Bytes of a proof that the verifier reads at once, and under which name."""

    what: str
    start: int
    size: int
    elements: bool


@dataclass(frozen=True)
class Target:
    """A statement with its honest proof; `trace` satisfies the AIR."""

    air: Air
    trace: Elements
    parameters: stark.StarkParameters

    def proven(self, trace: Elements | None = None) -> bytes:
        return stark.prove(self.air, self.trace if trace is None else trace, self.parameters)

    def answer(self, proof: bytes) -> stark.ProofCheck:
        return stark.verify(self.air, len(self.trace), proof, self.parameters)

    @cached_property
    def proof(self) -> bytes:
        return self.proven()

    @cached_property
    def sections(self) -> list[Section]:
        """Return what the verifier reads of the honest proof, in order; what has no bytes is left out."""
        if reason := self.answer(self.proof).reason:
            raise ValueError(f"the honest proof is refused: {reason}")
        return [section for section in reads(self, self.proof) if section.size]

    @property
    def fri(self) -> fri.FriShape:
        one = self.parameters
        return fri.fri_shape(len(self.trace), one.blowup, one.arity, one.final)


def reads(target: Target, proof: bytes) -> list[Section]:
    """Return what the verifier asks for, in order, until it has read all or refuses."""
    found: list[Section] = []

    class Recorder(Reader):
        def take(self, count: int, what: str) -> bytes:
            found.append(Section(what, self._place, count, False))
            return super().take(count, what)

        def elements(self, count: int, what: str) -> Elements:
            try:
                return super().elements(count, what)
            finally:
                found[-1] = found[-1]._replace(elements=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stark, "Reader", Recorder)
        target.answer(proof)
    return found


def checks(target: Target) -> set[str]:
    """Return all reasons that the verifier can have to refuse a proof of this statement."""
    found = {f"{one.what}: the proof ends too early" for one in target.sections}
    found |= {f"{one.what}: an element is not below p" for one in target.sections if one.elements}
    found |= {f"{what} rows: they do not lead to the root" for what in ("trace", "quotient")}
    layers = range(len(target.fri.folds))
    found |= {f"fri layer {k}: the computed values are not the committed ones" for k in layers}
    return found | {
        "constraints: they do not hold outside the domain",
        "grinding: too little work",
        "fri final polynomial: its values are not the folded ones",
        "end: bytes are left over",
    }


def first_refusals(target: Target, proofs: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """Return each reason, with the first proof that it was given for. That of an accepted proof is "None"."""
    found: dict[str, str] = {}
    for name, proof in proofs:
        reason = re.sub(r"end: \d+ bytes", "end: bytes", str(target.answer(proof).reason))
        found.setdefault(reason, name)
    return found


def damaged(target: Target, places: Iterable[int], coin: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield proofs with a bit of a byte changed; with p for an element; cut off, and with something added."""
    proof = target.proof
    for place in places:
        yield f"byte {place}", _written(proof, place, bytes([proof[place] ^ 1 << coin.randrange(8)]))
    for what, start, size, elements in target.sections:
        for place in (start, start + size - 4) if elements else ():
            yield f"p in {what}", _written(proof, place, P.to_bytes(4, "little"))
        for cut in {start, start + 1, start + size // 2, start + size - 1}:
            yield f"cut in {what}", proof[:cut]
    for more in (b"\0", bytes(32), proof):
        yield "added", proof + more
        yield "added in front", more + proof


def _written(proof: bytes, place: int, part: bytes) -> bytes:
    return proof[:place] + part + proof[place + len(part) :]


# Provers that keep to all rules but one


def attacks(target: Target) -> Iterator[tuple[str, bytes]]:
    """Yield forged proofs in which all is in order but one thing, so that only one check can tell."""
    for bit in {0, target.parameters.grinding - 1}:
        yield f"work but for bit {bit}", without_work(target, bit)
    yield "another word", with_word_of_zeros(target)
    for k in range(len(target.fri.folds)):
        yield f"another fold {k}", with_fold_of_zeros(target, k)
    yield "false trace", target.proven(false_trace(target))
    yield "false claims", with_fitting_claims(target, false_trace(target))


def false_trace(target: Target) -> Elements:
    """Return the trace with one cell of its second row changed, the first that the AIR looks at in the next row."""
    trace = target.trace.copy()
    trace[1, target.air.looks_ahead[0]] += np.uint64(1)
    return trace % np.uint64(P)


def without_work(target: Target, bit: int = 0) -> bytes:
    """Take a nonce whose hash has but one bit wrong."""

    def grind(self: Any, bits: int) -> int:
        begun, mask = self._begin_grinding(), (1 << bits) - 1
        hashes = ((nonce, begun.copy()) for nonce in count())
        for nonce, tried in hashes:
            tried.update(nonce.to_bytes(transcript.NONCE_BYTES, "little"))
            if int.from_bytes(tried.digest(), "big") & mask == 1 << bit:
                break
        self.check_grinding(nonce, bits)
        return nonce

    return _patched(target, transcript.Transcript, "grind", grind)


def with_word_of_zeros(target: Target, trace: Elements | None = None) -> bytes:
    """Show that zero is of low degree, and not the word that follows from what was claimed."""
    honest = fri.commit
    return _patched(target, fri, "commit", lambda word, *rest: honest(word * np.uint64(0), *rest), trace)


def with_fold_of_zeros(target: Target, which: int) -> bytes:
    """Fold to zero once, and go on from there in order."""
    honest, numbers = fri.fold, count()

    def fold(*arguments: Elements) -> Elements:
        return honest(*arguments) * np.uint64(next(numbers) != which)

    return _patched(target, fri, "fold", fold)


def with_fitting_claims(target: Target, trace: Elements, but: int | None = None) -> bytes:
    """Claim of the quotient what fits the other claims, but for a coefficient: then the word is of no low degree."""
    honest, drawn = stark.quotient_chunks, []
    claims = stark._claims

    def quotient_chunks(air: Air, rows: Any, size: int, factors: Elements, *team: Any) -> Elements:
        drawn.append(factors)
        return honest(air, rows, size, factors, *team)

    def fitting(shape: Any, z: Elements, *polynomials: Elements) -> Elements:
        values = claims(shape, z, *polynomials)
        width, every = shape.air.width, shape.air.width + shape.chunk_columns
        right = composition_at(shape.air, shape.size, z, values[:width], values[every:], drawn[0])
        wrong = joined_chunks(shape.air, shape.size, z, values[width:every])
        missing = subtract(right, wrong)
        missing[[] if but is None else but] = 0
        values[width] = add(values[width], missing)
        return values

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stark, "quotient_chunks", quotient_chunks)
        return _patched(target, stark, "_claims", fitting, trace)


def _patched(target: Target, owner: Any, name: str, other: Callable[..., Any], trace: Elements | None = None) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, other)
        return target.proven(trace)


# Provers that know which check is missing: each makes up, after the queries are drawn, what that check would have bound


def with_fitting_quotient_rows(target: Target) -> bytes:
    """Open other rows of the quotient than the committed ones: those with which the word is zero, as was shown."""
    honest = fri.commit
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fri, "commit", lambda word, *rest: honest(word * np.uint64(0), *rest))
        proof = with_fitting_claims(target, false_trace(target))
    seen = _overheard(target, proof, stark, "deep_word")[0][0]
    (rows, chunk_rows), at, opened = seen
    width = chunk_rows.shape[1]
    base = stark.deep_word((rows, chunk_rows * np.uint32(0)), at, opened)
    units = [np.broadcast_to(np.eye(width, dtype=np.uint32)[k], chunk_rows.shape) for k in range(5)]
    each = np.stack([subtract(stark.deep_word((rows, unit), at, opened), base) for unit in units], axis=-1)
    fitting = chunk_rows * np.uint32(0)
    for i in range(len(at)):
        fitting[i, :5] = _solved(each[i].tolist(), [-value for value in base[i].tolist()])
    return _written(proof, _place(target, proof, "quotient rows"), fitting.tobytes())


def with_fitting_layer(target: Target) -> bytes:
    """Send other values of the last FRI layer than the committed ones: those that fold to the last polynomial."""
    proof = with_fitting_claims(target, false_trace(target))
    (values, at, beta), folded = _overheard(target, proof, fri, "fold")[-1]
    right = _overheard(target, proof, fri, "linear")[-1][1]
    known = _overheard(target, proof, fri, "_grouped")[-1][1][1]
    place = _place(target, proof, f"fri layer {len(target.fri.folds) - 1}")
    for i, row in enumerate(known):
        unit = np.zeros_like(values)
        unit[np.argmin(row), i, 0] = 1  # the first that is not known
        missing = multiply_extended(subtract(right[i], folded[i]), inverse_extended(fri.fold(unit, at, beta)[i]))
        entry = encode(add(values[np.argmin(row), i], missing))
        proof = _written(proof, place + len(entry) * int((~known[:i]).sum()), entry)
    return proof


def with_p_for_zero(target: Target) -> bytes:
    """Claim p where 0 is meant: the same number, and another proof."""
    honest = stark._claims

    def claims(*arguments: Any) -> Elements:
        values = honest(*arguments)
        return values + np.uint64(P) * (values == 0)

    return _patched(target, stark, "_claims", claims)


def _overheard(target: Target, proof: bytes, owner: Any, name: str) -> list[tuple[Any, Any]]:
    """Return the arguments and results of a function while the verifier reads a proof."""
    honest, calls = getattr(owner, name), []

    def listening(*arguments: Any) -> Any:
        calls.append((arguments, honest(*arguments)))
        return calls[-1][1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, listening)
        target.answer(proof)
    return calls


def _place(target: Target, proof: bytes, what: str) -> int:
    """Return where a section of any proof starts: what stands before it depends on the queries."""
    return next(section.start for section in reads(target, proof) if section.what == what)


def _solved(matrix: list[list[int]], right: list[int]) -> list[int]:
    """Return x with matrix * x = right, modulo p, by elimination."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for k in range(len(rows)):
        pivot = next(i for i in range(k, len(rows)) if rows[i][k] % P)
        rows[k], rows[pivot] = rows[pivot], rows[k]
        inverse = pow(rows[k][k], -1, P)
        rows[k] = [value * inverse % P for value in rows[k]]
        for i in range(len(rows)):
            if i != k:
                rows[i] = [(a - rows[i][k] * b) % P for a, b in zip(rows[i], rows[k], strict=True)]
    return [row[-1] for row in rows]
