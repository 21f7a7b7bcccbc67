"""A conversation that was had before comes out the same, at the same times, without the machine."""

from __future__ import annotations

from typing import Any

import pytest

from tests.backends.cases import CASES, INCREMENT, Case, case, everybody
from tests.backends.judge import oracle_of
from tests.support.worlds import CONTRACT, contract
from toyevm.backends import BACKENDS, Backend, RunConfig
from toyevm.errors import InvalidBlock
from toyevm.simulation import transcripts
from toyevm.simulation.transcripts import Transcripts
from toyevm.types import Value

PARALLEL = [backend for backend in BACKENDS if backend.kind == "parallel"]
VALID = [block for block in CASES if not isinstance(oracle_of(block), InvalidBlock)]
CHAIN = case("a chain", {CONTRACT: contract(INCREMENT)}, *everybody(6))

each_backend = pytest.mark.parametrize("backend", PARALLEL, ids=lambda backend: backend.name)


def run(backend: Backend, block: Case, known: Transcripts | None, cores: int = 4, seed: int = 1) -> Any:
    return backend.execute_block(block.pre, block.block, RunConfig(block.chain, cores, seed, transcripts=known))


@each_backend
def test_a_run_with_transcripts_equals_one_without(backend: Backend) -> None:
    for block in VALID[::2]:
        known = Transcripts()
        for cores, seed in ((4, 1), (2, 0), (4, 1)):
            made, right = run(backend, block, known, cores, seed), run(backend, block, None, cores, seed)
            assert made == right, block
            assert [one.read_set for one in made.result.results] == [one.read_set for one in right.result.results]


@each_backend
def test_a_second_run_needs_no_machine(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Transcripts()
    first = run(backend, CHAIN, known)

    def no_machine(*_: Any) -> Any:
        raise AssertionError("this conversation has been had before")

    monkeypatch.setattr(transcripts, "conversation", no_machine)
    assert run(backend, CHAIN, known) == first


def test_a_transcript_that_confuses_two_answers_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checker bites: with one branch for all values, every increment is the first."""

    class Confused(transcripts._Moment):
        def on(self, answer: Value) -> transcripts._Moment:
            return super().on(0)

    monkeypatch.setattr(transcripts, "_Moment", Confused)
    backend = BACKENDS.named("optimistic")
    assert run(backend, CHAIN, Transcripts()).result != run(backend, CHAIN, None).result
