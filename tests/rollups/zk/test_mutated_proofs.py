"""A sample of the changed bytes of a proof; `python -m tests.rollups.zk.mutated_proofs` changes them all."""

import json
import random
import sys

import pytest

from tests.rollups.zk.hostile import checks, false_trace
from tests.rollups.zk.mutated_proofs import flipped, main, refuse, refuse_bytes, refuse_others, remembered, target
from toyevm.rollups.zk import stark

EVERY = 997


def test_changed_bytes_and_forged_proofs_are_refused_by_name_and_nearly_all_checks_are_first_somewhere() -> None:
    reasons, faults = refuse_bytes(0, range(0, len(target().proof), EVERY))
    others, more = refuse_others()
    every = checks(target())
    assert faults + more == []
    assert len(every & (reasons + others).keys()) >= 0.95 * len(every)
    assert (reasons + others).keys() <= every


def test_answers_from_memory_are_those_of_the_verifier() -> None:
    coin = random.Random(2)
    proofs = [flipped(coin.randrange(start, start + size), 0) for _, start, size, _ in target().sections]
    proofs += [target().proof, target().proof[:-1], target().proven(false_trace(target()))]
    plain = [target().answer(proof) for proof in proofs]
    with remembered(target()):
        assert [target().answer(proof) for proof in proofs] == plain


def test_an_accepted_proof_and_an_error_are_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refuse(iter([("honest", target().proof)]))[1] == ["honest: accepted, for None"]
    monkeypatch.setattr(stark, "_verify", lambda *_: 1 / 0)
    assert refuse(iter([("any", b"")]))[1] == ["any: ZeroDivisionError('division by zero')"]


def test_the_command_says_what_it_found(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["mutated_proofs", "--every", "20000", "--jobs", "1", "--seed", "5"])
    assert main() == 0
    said = json.loads(capsys.readouterr().out)
    assert said["faults"] == said["unnamed"] == []
    assert said["bytes"] == 9
