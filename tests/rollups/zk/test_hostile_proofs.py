"""Every byte of a proof is bound: whatever is changed, cut or added, the verifier says no and which check did."""

import random
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toyevm.rollups.zk import encoding, fibonacci, field, fri, stark

ROWS = 64
PARAMETERS = stark.StarkParameters(blowup=4, queries=3, grinding=8, arity=4, final=4)
STATEMENT = fibonacci.fibonacci_square(ROWS, 3)
PROOF = stark.prove(STATEMENT, fibonacci.fibonacci_trace(ROWS, 3), PARAMETERS)
SOURCES = [Path(str(module.__file__)) for module in (stark, fri, encoding)]


def answer(proof: bytes) -> stark.ProofCheck:
    return stark.verify(STATEMENT, ROWS, proof, PARAMETERS)


def refusals(places: Iterable[int]) -> set[str]:
    """Return why damaged proofs are refused; bytes are changed at `places`, or an element from there is p."""
    coin = random.Random(1)
    proofs = [PROOF[:size] for size in range(0, len(PROOF), 16)] + [PROOF + b"\0", forged_end()]
    for place in places:
        bit, element = 1 << coin.randrange(8), place // 4 * 4
        proofs.append(PROOF[:place] + bytes([PROOF[place] ^ bit]) + PROOF[place + 1 :])
        if element == place:  # p is the same number as 0, and not its encoding
            proofs.append(PROOF[:element] + field.P.to_bytes(4, "little") + PROOF[element + 4 :])
    found = {answer(proof).reason for proof in proofs}
    assert None not in found
    return {str(reason) for reason in found}


def test_sampled_bytes_are_bound_and_nearly_all_checks_are_the_first_to_say_no_somewhere() -> None:
    assert answer(PROOF).valid
    found = refusals(range(0, len(PROOF), 8))
    assert len(found & CHECKS) >= 0.95 * len(CHECKS), sorted(CHECKS - found)
    assert found <= CHECKS


@pytest.mark.whole
def test_every_byte_is_bound() -> None:
    assert refusals(range(len(PROOF))) <= CHECKS


def forged_end() -> bytes:
    """Return a proof whose last polynomial is zero: all else is in order, so only its values can give it away."""
    honest = fri.commit

    def commit(word: field.Elements, shape: fri.FriShape, transcript: stark.Transcript) -> fri.FriCommitment:
        class Deaf(type(transcript)):  # type: ignore[misc]
            def absorb(self, label: bytes, message: bytes) -> None:
                super().absorb(label, bytes(len(message)) if label == b"fri final" else message)

        transcript.__class__ = Deaf
        found = honest(word, shape, transcript)
        return fri.FriCommitment(found.words, found.trees, found.final * 0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fri, "commit", commit)
        return stark.prove(STATEMENT, fibonacci.fibonacci_trace(ROWS, 3), PARAMETERS)


def checks() -> set[str]:
    """Return all reasons, by what is read in which part of a proof."""
    elements_ = ["values outside the domain", "fri final polynomial", "trace rows", "quotient rows"]
    elements_ += ["fri layer 0", "fri layer 1"]
    hashes = ["roots", "fri roots", "grinding", "trace hashes", "quotient hashes"]
    found = {f"{what}: an element is not below p" for what in elements_}
    found |= {f"{what}: the proof ends too early" for what in elements_ + hashes}
    found |= {f"{what} rows: they do not lead to the root" for what in ("trace", "quotient")}
    found |= {f"fri layer {k}: the computed values are not the committed ones" for k in (0, 1)}
    return found | {
        "constraints: they do not hold outside the domain",
        "grinding: too little work",
        "fri final polynomial: its values are not the folded ones",
        "end: 1 bytes are left over",
    }


CHECKS = checks()


def test_the_list_of_checks_is_complete() -> None:
    """As many kinds of refusal stand in the source as there are kinds in the list."""
    written = {kind for source in SOURCES for kind in re.findall(r'Rejected\(f?"[^"]*: ([^"]*)"', source.read_text())}
    kinds = {re.sub(r"^\d+", "{len(self._data) - self._place}", check.partition(": ")[2]) for check in CHECKS}
    assert written == kinds


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(0, len(PROOF)))
def test_arbitrary_bytes_are_refused_and_nothing_is_raised(noise: bytes, place: int) -> None:
    assert not answer(noise).valid
    assert not answer(PROOF[:place] + noise + b"\1" + PROOF[place:]).valid


def test_nothing_changes_when_python_drops_assertions() -> None:
    program = (
        "from tests.rollups.zk import test_hostile_proofs as t\n"
        "proofs = [t.PROOF, b'', t.PROOF[:-1], t.PROOF + b'0', b'1' + t.PROOF[1:], t.PROOF[:-1] + b'0']\n"
        "print([t.answer(proof) for proof in proofs])"
    )
    root = Path(__file__).parents[3]
    said = [
        subprocess.run([sys.executable, *flags, "-c", program], cwd=root, capture_output=True, text=True, check=True)
        for flags in ([], ["-O"])
    ]
    assert said[0].stdout == said[1].stdout
    assert said[0].stdout.count("valid=True") == 1
