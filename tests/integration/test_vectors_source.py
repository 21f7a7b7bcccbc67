"""The stored state tests are what their generator writes, and they test what they claim to.

Whether toyevm agrees with them is another test's business; here the machine is not even imported.
"""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
FILES = sorted(VECTORS.glob("*.json"))
FORKS = {"London", "Paris", "Shanghai", "Cancun", "Prague", "Osaka"}
SAMPLE = ("keccak", "logs", "transient", "transactions", "delegation")
NO_LOGS = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """The generator; it needs the executable specification."""
    pytest.importorskip("ethereum.forks.osaka", reason="EELS is not installed: pip install 'toyevm[bench]'")
    pytest.importorskip("coincurve", reason="EELS signs and recovers with coincurve: pip install 'toyevm[bench]'")
    return load_generator()


@cache
def load_generator() -> ModuleType:
    """Import tests/vectors/generate.py, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("vectors_generate", VECTORS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def all_rows() -> list[tuple[str, str, str, dict[str, Any]]]:
    """Return (family, test, fork, row) of every stored sub-case."""
    return [
        (path.stem, name, fork, row)
        for path in FILES
        for name, test in json.loads(path.read_text()).items()
        for fork, rows in test["post"].items()
        for row in rows
    ]


@pytest.mark.parametrize("family", SAMPLE)
def test_a_stored_file_equals_what_the_generator_writes(generator: ModuleType, family: str) -> None:
    assert (VECTORS / f"{family}.json").read_text() == generator.render(family)


def test_the_stored_families_are_those_of_the_generator(generator: ModuleType) -> None:
    assert {path.stem for path in FILES} == set(generator.FAMILIES)


def test_a_changed_program_gives_another_file(generator: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison bites: one byte of one program shows in the text."""
    tests = generator.FAMILIES["keccak"]()
    (where,) = tests[0].pre
    longer = {where: replace(tests[0].pre[where], code=tests[0].pre[where].code + b"\x00")}
    monkeypatch.setitem(generator.FAMILIES, "keccak", lambda: [replace(tests[0], pre=longer)])
    assert generator.render("keccak") != (VECTORS / "keccak.json").read_text()


def test_a_vector_with_another_outcome_than_stated_is_refused(generator: ModuleType) -> None:
    """The generator refuses a success called a failure, and a rejection for another reason."""
    success = generator.FAMILIES["keccak"]()[0]
    rejected = next(test for test in generator.FAMILIES["rejections"]() if test.name == "nonce_too_high")
    for wrong in (replace(success, outcome="failure"), replace(rejected, outcome="NONCE_MISMATCH_TOO_LOW")):
        with pytest.raises(Exception, match=wrong.name) as caught:
            generator.fill(wrong)
        assert type(caught.value).__name__ == "UnexpectedOutcome"


def test_at_least_half_of_the_random_programs_run_long_and_succeed(generator: ModuleType) -> None:
    """At least half of them succeed and run more than 20 steps."""
    from vectorsource import model, oracle  # generate.py has put its folder on the path

    tests = generator.FAMILIES["random"]()[::3]
    outcomes = [
        oracle.execute(fork, model.ENV | test.env, test.alloc(), raw) for test in tests for fork, _, raw in test.rows()
    ]
    assert sum(outcome.succeeded and outcome.steps > 20 for outcome in outcomes) >= len(outcomes) / 2


def test_every_fork_has_enough_rows_and_the_files_stay_small() -> None:
    rows = all_rows()
    assert len(rows) >= 300
    assert {fork for _, _, fork, _ in rows} == FORKS
    assert min(sum(fork == wanted for _, _, fork, _ in rows) for wanted in FORKS) >= 20
    assert sum(path.stat().st_size for path in FILES) < 1_500_000


def test_every_row_has_the_fields_of_the_public_format() -> None:
    for family, name, fork, row in all_rows():
        where = (family, name, fork, row["indexes"])
        assert set(row) - {"expectException"} == {"indexes", "hash", "logs", "txbytes"}, where
        assert set(row["indexes"]) == {"data", "gas", "value"}, where
        assert len(row["hash"]) == len(row["logs"]) == 66, where


def test_no_rejected_transaction_leaves_logs() -> None:
    rejected = [row for _, _, _, row in all_rows() if "expectException" in row]
    assert len(rejected) >= 30
    assert {row["logs"] for row in rejected} == {NO_LOGS}
