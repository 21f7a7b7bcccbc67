"""`toyevm prove` writes a proof and its statement, `toyevm verify` checks them; bad files get one clear line."""

from __future__ import annotations

import json
import lzma
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest.mock import Mock

import pytest

from tests.support.command import Command
from toyevm.bench import statement_file
from toyevm.bench.proving import STEPS
from toyevm.cli import prove
from toyevm.rollups.zk.field import P
from toyevm.rollups.zk.parallel import HelperDied
from toyevm.rollups.zk.payments.proofs import MAX_COUNT
from toyevm.rollups.zk.payments.values import CAPACITY, LIMIT
from toyevm.rollups.zk.security import SECURITY_SETS
from toyevm.rollups.zk.stark import PHASES, ProofCheck

KEYS = (
    "transactions", "proveSeconds", "proofBytes", "proofSeconds", "statementSeconds", "securityBits", "assumption",
    "peakMemoryBytes",
)  # fmt: skip


class Files(NamedTuple):
    """A proof and its statement."""

    proof: Path
    statement: Path

    @property
    def arguments(self) -> tuple[Any, ...]:
        return ("--out", self.proof, "--statement", self.statement)

    @property
    def contents(self) -> tuple[bytes, bytes]:
        return self.proof.read_bytes(), self.statement.read_bytes()


@pytest.fixture(scope="module")
def proven() -> tuple[bytes, bytes]:
    """The files of three payments."""
    return _proven(3)


def _proven(count: int) -> tuple[bytes, bytes]:
    _, proof, text, reason = prove._prove(count, "proven", 1, lambda phase: None)
    assert reason is None
    return proof, text.encode()


@pytest.fixture
def files(tmp_path: Path, proven: tuple[bytes, bytes]) -> Files:
    made = Files(tmp_path / "proof", tmp_path / "statement.json")
    made.proof.write_bytes(proven[0])
    made.statement.write_bytes(proven[1])
    return made


def verified(toyevm: Command, files: Files) -> tuple[int, Any]:
    answer = toyevm("verify", files.proof, "--statement", files.statement)
    assert answer.err == ""
    return answer.code, answer.json


def changed(files: Files, change: Callable[[dict[str, Any]], object]) -> None:
    value = json.loads(files.statement.read_text())
    change(value)
    files.statement.write_text(json.dumps(value))


@pytest.mark.parametrize("security", SECURITY_SETS)
def test_what_is_proven_is_verified_and_the_report_has_the_keys_of_the_contract(
    toyevm: Command, tmp_path: Path, security: str
) -> None:
    files = Files(tmp_path / "proof", tmp_path / "statement")
    report = toyevm.succeeds("prove", "--transactions", "2", *files.arguments, "--security", security)
    assert tuple(report) == KEYS
    assert report["transactions"] == 2
    assert report["proofBytes"] == files.proof.stat().st_size
    assert report["assumption"].startswith(SECURITY_SETS[security].assumption)
    assert 90 < report["securityBits"] < 130
    assert min(report[key] for key in ("proveSeconds", "proofSeconds", "statementSeconds")) > 0
    assert 10**7 < report["peakMemoryBytes"] < 10**10
    assert verified(toyevm, files) == (0, {"valid": True, "reason": None})
    assert sorted(tmp_path.iterdir()) == sorted(files)


def test_the_same_seed_gives_the_same_files_and_another_one_others(proven: tuple[bytes, bytes]) -> None:
    assert _proven(3) == proven
    _, proof, text, _ = prove._prove(3, "proven", 2, lambda phase: None)
    assert proof != proven[0]
    assert text.encode() != proven[1]


def test_on_a_terminal_it_is_sentences(toyevm: Command, files: Files) -> None:
    answer = toyevm.on_terminal("prove", "--transactions", "1", *files.arguments)
    assert answer.err == ""
    assert "Payments: 1, proven in" in answer.out
    assert "the least of all rounds" in " ".join(answer.out.split())
    assert "valid: the proof holds" in toyevm.on_terminal("verify", files.proof, "--statement", files.statement).out
    files.proof.write_bytes(b"")
    assert "refused: roots" in toyevm.on_terminal("verify", files.proof, "--statement", files.statement).out


def test_progress_goes_through_the_phases_on_a_terminal_only(
    toyevm: Command, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert toyevm("prove", "--transactions", "1", *files.arguments).err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    answer = toyevm("prove", "--transactions", "1", *files.arguments)
    assert json.loads(answer.out)["transactions"] == 1
    assert f"phases: {PHASES[-1]}" in answer.err


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="no pseudo-terminals here")
def test_progress_is_drawn_on_a_pseudo_terminal_beside_an_answer_that_is_piped(files: Files) -> None:
    reading, terminal = os.openpty()
    call = [sys.executable, "-c", "from toyevm.cli import main; main()", "prove", "--transactions", "1"]
    environment = {**os.environ, "TERM": "xterm", "NO_COLOR": "1", "COLUMNS": "100"}
    with subprocess.Popen(
        [*call, *map(str, files.arguments)], stdout=subprocess.PIPE, stderr=terminal, env=environment
    ) as process:
        os.close(terminal)
        drawn = _read_all(reading).decode()
        assert process.stdout is not None
        report = json.loads(process.stdout.read())
    os.close(reading)
    assert (process.returncode, tuple(report)) == (0, KEYS)
    steps = [(name, int(done)) for name, done in re.findall(rf"phases: (\w+) \S* *(\d+)/{STEPS}\b", drawn)]
    assert {name for name, _ in steps} <= {"trace", *PHASES}
    assert [done for _, done in steps] == sorted(done for _, done in steps)
    assert steps[-1] == (PHASES[-1], STEPS - 1)


def _read_all(terminal: int) -> bytes:
    read = b""
    try:
        while some := os.read(terminal, 4096):
            read += some
    except OSError:  # on Linux, a terminal that nobody has open any more
        pass
    return read


@pytest.mark.parametrize("count", ["0", "-1", "4097", "99999999999999999999", "x", "1.5"])
def test_a_wrong_number_of_payments_is_refused_and_nothing_is_written(
    toyevm: Command, files: Files, count: str
) -> None:
    before = files.contents
    assert "--transactions" in toyevm.refuses("prove", "--transactions", count, *files.arguments)
    assert files.contents == before
    assert sorted(files.proof.parent.iterdir()) == sorted(files)


def test_unknown_names_and_impossible_places_are_refused_before_anything_is_proven(
    toyevm: Command, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prove, "_prove", None)
    good, folder = files.arguments, files.proof.parent
    wrong = (
        ((*good, "--security", "toy"), "proven | small"),
        (("--out", folder / "no" / "proof", *good[2:]), "--out: no folder"),
        ((*good[:2], "--statement", folder / "no" / "proof"), "--statement: no folder"),
        (("--out", folder, *good[2:]), "is no file"),
        (("--out", files.statement, *good[2:]), "is --out, too"),
        (("--out", folder / ".." / folder.name / "statement.json", *good[2:]), "is --out, too"),
        (("--out", "/dev/null", *good[2:]), "is no file"),
        (("--out", folder / ("x" * 300), *good[2:]), "File name too long"),
    )
    for arguments, says in wrong:
        assert says in toyevm.refuses("prove", "--transactions", "2", *arguments)


def test_a_failing_run_leaves_good_files_as_they_are(
    toyevm: Command, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files.contents
    with monkeypatch.context() as patch:
        refuses = lambda self, proof: ProofCheck(False, "some reason")  # noqa: E731
        patch.setattr(statement_file.SignedStatement, "check_proof", refuses)
        answer = toyevm("prove", "--transactions", "2", *files.arguments)
        assert (answer.code, answer.out) == (1, "")
        assert answer.err == "toyevm: the proof was refused: some reason\n"
    whole = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if "statement" in self.name:
            raise OSError(28, "No space left on device")
        return whole(self, data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        assert "No space left" in toyevm.refuses("prove", "--transactions", "2", *files.arguments)
    for error, says in ((MemoryError(), "not enough memory"), (HelperDied("a helper was killed"), "was killed")):
        with monkeypatch.context() as patch:
            patch.setattr(prove, "prove_batch", Mock(side_effect=error))
            assert says in toyevm.refuses("prove", "--transactions", "2", *files.arguments)
    assert files.contents == before
    assert sorted(files.proof.parent.iterdir()) == sorted(files)


def test_a_damaged_proof_is_a_failed_check_with_the_verifiers_reason(toyevm: Command, files: Files) -> None:
    proof, random = files.proof.read_bytes(), Random(1)
    damaged = [b"", proof[:-1], proof + b"\0", proof[: len(proof) // 2], b"\xff" * len(proof)]
    for place in random.sample(range(len(proof)), 10):
        flipped = bytearray(proof)
        flipped[place] ^= 1 << random.randrange(8)
        damaged.append(bytes(flipped))
    for data in damaged:
        files.proof.write_bytes(data)
        code, answer = verified(toyevm, files)
        assert (code, answer["valid"]) == (1, False)
        assert answer["reason"]


def _swap_signatures(value: Any) -> None:
    first, second = value["payments"][:2]
    first["signature"], second["signature"] = second["signature"], first["signature"]


UNTRUE: dict[str, tuple[Callable[[Any], object], str]] = {
    "another old root": (lambda value: value.update(oldRoot=value["newRoot"]), "constraints"),
    "another new root": (lambda value: value.update(newRoot=value["oldRoot"]), "constraints"),
    "another count": (lambda value: value.update(count=4), "constraints"),
    "a larger count": (lambda value: value.update(count=5), ""),
    "other parameters": (lambda value: value.update(security="small"), ""),
    "a payment less": (lambda value: value["payments"].pop(), "count: 3, but there are 2"),
    "another order": (lambda value: value["payments"].reverse(), "digest: "),
    "another amount": (lambda value: value["payments"][0].update(amount=1), "payment 0: signed by"),
    "swapped signatures": (_swap_signatures, "payment 0: signed by"),
    "a signature of zeros": (lambda value: value["payments"][1].update(signature="0x" + "00" * 65), "payment 1: "),
    "another chain": (lambda value: value.update(chainId=2), "payment 0: signed by"),
    "nobody's account": (lambda value: value["accounts"].clear(), "is nobody's"),
}


@pytest.mark.parametrize("name", UNTRUE)
def test_an_untrue_statement_is_a_failed_check(toyevm: Command, files: Files, name: str) -> None:
    change, reason = UNTRUE[name]
    changed(files, change)
    code, answer = verified(toyevm, files)
    assert (code, answer["valid"]) == (1, False)
    assert answer["reason"].startswith(reason) or reason in answer["reason"]


MALFORMED: dict[str, Callable[[Any], object]] = {
    "a field is missing": lambda value: value.pop("count"),
    "a field too many": lambda value: value.update(more=1),
    "another format": lambda value: value.update(format="toyevm payments 2"),
    "unknown parameters": lambda value: value.update(security="weak"),
    "parameters that are no name": lambda value: value.update(security=["proven"]),
    "no payments": lambda value: value.update(count=0),
    "too many": lambda value: value.update(count=4097),
    "a count that is true": lambda value: value.update(count=True),
    "a huge count": lambda value: value.update(count=2**70),
    "a root that is too short": lambda value: value.update(oldRoot="0x00"),
    "a root above p": lambda value: value.update(newRoot="0x" + P.to_bytes(4, "little").hex() + "00" * 28),
    "a digest that is a number": lambda value: value.update(digest=5),
    "payments that are no list": lambda value: value.update(payments={}),
    "accounts that are no object": lambda value: value.update(accounts=[]),
    "an account above the tree": lambda value: value["accounts"].update({"16384": "0x" + "00" * 20}),
    "two accounts of one owner": lambda value: value["accounts"].update({"200": value["accounts"]["1"]}),
    "a number twice": lambda value: value["accounts"].update({"0x1": "0x" + "11" * 20}),
    "an address that is too short": lambda value: value["accounts"].update({"5": "0x00"}),
    "a payment that is null": lambda value: value["payments"].append(None),
    "a payer above the tree": lambda value: value["payments"][0].update(payer=2**14),
    "an amount of 29 bits": lambda value: value["payments"][0].update(amount=2**28),
    "an amount below zero": lambda value: value["payments"][0].update(amount=-1),
    "an amount with a fraction": lambda value: value["payments"][0].update(amount=1.5),
    "a nonce of p": lambda value: value["payments"][0].update(nonce=P),
    "no nonce": lambda value: value["payments"][0].update(nonce=None),
    "a signature that is too long": lambda value: value["payments"][0].update(signature="0x" + "00" * 66),
    "a parity of 2": lambda value: value["payments"][0].update(signature="0x" + "00" * 64 + "02"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_statement_is_bad_input(toyevm: Command, files: Files, name: str) -> None:
    changed(files, MALFORMED[name])
    assert str(files.statement) in toyevm.refuses("verify", files.proof, "--statement", files.statement)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b"9" * 5000, b"NaN"])
def test_a_statement_that_is_no_json_object_is_bad_input(toyevm: Command, files: Files, data: bytes) -> None:
    files.statement.write_bytes(data)
    toyevm.refuses("verify", files.proof, "--statement", files.statement)


def test_files_that_cannot_be_read_are_bad_input(toyevm: Command, files: Files) -> None:
    folder = files.proof.parent
    for proof, statement in ((folder / "no", files.statement), (files.proof, folder / "no"), (folder, files.statement)):
        assert str(folder) in toyevm.refuses("verify", proof, "--statement", statement)


def test_a_statement_without_end_is_bad_input(toyevm: Command, files: Files) -> None:
    assert "/dev/zero: too long (expected at most" in toyevm.refuses("verify", files.proof, "--statement", "/dev/zero")
    bomb = files.statement.with_suffix(".json.xz")
    bomb.write_bytes(lzma.compress(b" " * (statement_file.MAX_STATEMENT + 1)))
    assert bomb.stat().st_size < 10_000
    assert "too long" in toyevm.refuses("verify", files.proof, "--statement", bomb)
    bomb.write_bytes(lzma.compress(files.statement.read_bytes())[:-20])
    assert "not JSON" in toyevm.refuses("verify", files.proof, "--statement", bomb)
    bomb.write_bytes(lzma.compress(files.statement.read_bytes()))
    assert verified(toyevm, files._replace(statement=bomb))[0] == 0


def test_the_largest_statement_is_short_enough(files: Files) -> None:
    value = json.loads(files.statement.read_text())
    value["accounts"] = {str(number): f"0x{number:040x}" for number in range(CAPACITY)}
    value["payments"] = [dict.fromkeys(("payer", "payee"), CAPACITY - 1) | {"amount": LIMIT - 1, "nonce": P - 1,
        "signature": "0x" + "00" * 65}] * MAX_COUNT  # fmt: skip
    files.statement.write_text(json.dumps(value, indent=1))
    assert len(statement_file.read_statement(files.statement).payments) == MAX_COUNT


def test_without_numpy_both_commands_say_what_to_install(
    toyevm: Command, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toyevm.rollups.zk_rollup.needs.find_spec", lambda name: None)
    for arguments in (("prove", "--transactions", "1", *files.arguments), ("verify", files.proof, "--statement", "x")):
        assert "numpy is not installed (expected pip install 'toyevm[course]')" in toyevm.refuses(*arguments)


def test_the_parameters_are_the_statements_and_never_the_proofs(
    toyevm: Command, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    weak = replace(SECURITY_SETS["proven"], parameters=replace(SECURITY_SETS["proven"].parameters, queries=1))
    with monkeypatch.context() as patch:
        patch.setitem(SECURITY_SETS, "proven", weak)
        toyevm.succeeds("prove", "--transactions", "2", *files.arguments)
        assert verified(toyevm, files)[0] == 0
    assert verified(toyevm, files)[0] == 1
