"""The machine against other people's tests: a fixed sample of the public ones, and all that we generated ourselves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.sampling import MAINNET, SubCase, family_of, sample
from tests.support.drivers import replace_instruction
from tests.support.vectors import FILES, FOLDER
from toyevm.bench.replay import named_backends, replay_block
from toyevm.vm.frame import Frame
from toyevm.workloads.json_input import read_json
from toyevm.workloads.mainnet import load_block
from toyevm.workloads.statetests import run_file

SIZE = 300
TIMEOUT = 60.0


@pytest.fixture(scope="module")
def cases(toyevm_data: Path) -> list[SubCase]:
    return sample(toyevm_data, SIZE)


def run_case(case: SubCase) -> dict[str, Any]:
    outcomes = run_file((case.file, case.content), timeout=TIMEOUT)
    (row,) = outcomes.rows
    return row | {"index": case.post_index}


def failures(path: Path) -> list[Any]:
    outcomes = run_file((path.name, path.read_bytes()), timeout=TIMEOUT)
    assert outcomes.rows
    assert (outcomes.unsupported, outcomes.others, outcomes.problems) == (0, 0, [])
    return [row for row in outcomes.rows if not row["pass"]]


@pytest.mark.data
def test_every_sampled_case_passes(cases: list[SubCase]) -> None:
    assert [row for row in map(run_case, cases) if not row["pass"]] == []


@pytest.mark.data
def test_the_sample_has_its_size_and_covers_every_fork(cases: list[SubCase]) -> None:
    keys = [case[:4] for case in cases]
    assert len(set(keys)) == len(keys) == SIZE
    assert {case.fork for case in cases} == {"London", "Paris", "Shanghai", "Cancun", "Prague", "Osaka"}
    assert len({case.file for case in cases}) > SIZE // 5
    assert not any(map(family_of, {case.file for case in cases}))


@pytest.mark.data
@pytest.mark.parametrize("block", MAINNET)
def test_a_real_block_passes_its_checks(toyevm_data: Path, block: str) -> None:
    report = replay_block(toyevm_data / "mainnet" / f"{block}.json.xz", named_backends("sequential"), 1)
    assert report["block"] == int(block)
    assert all(report["checks"].values()), report["checks"]
    assert set(report["checks"]) >= {"gasUsed", "receiptsRoot", "logsBloom", "transactionsRoot"}
    assert report["backends"]["sequential"]["equal"]


@pytest.mark.data
@pytest.mark.parametrize("block", MAINNET)
def test_a_real_block_has_the_size_it_was_recorded_with(toyevm_data: Path, block: str) -> None:
    path = toyevm_data / "mainnet" / f"{block}.json.xz"
    real = load_block(path)
    assert len(replace(real.block, header=real.expected).encode()) == int(read_json(path)["block"]["size"], 16)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_generated_case_passes(path: Path) -> None:
    assert failures(path) == []


def test_the_generated_cases_are_there() -> None:
    assert len(FILES) >= 15, FOLDER


def unsigned_remainder(frame: Frame) -> None:
    dividend, divisor = frame.stack.pop(), frame.stack.pop()
    frame.stack.append(dividend % divisor if divisor else 0)


def test_a_faulty_machine_fails_the_generated_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """One unit of gas too much for one instruction; no signs in another."""
    with monkeypatch.context() as patch:
        replace_instruction(patch, "SLOAD", None, gas=1)
        assert failures(FOLDER / "storage.json")
        assert failures(FOLDER / "access.json")
    with monkeypatch.context() as patch:
        replace_instruction(patch, "SMOD", unsigned_remainder)
        assert failures(FOLDER / "alu.json")


@pytest.mark.data
def test_a_faulty_machine_fails_the_sample(cases: list[SubCase], monkeypatch: pytest.MonkeyPatch) -> None:
    replace_instruction(monkeypatch, "SSTORE", None, gas=1)
    assert any(not run_case(case)["pass"] for case in cases[:60])
