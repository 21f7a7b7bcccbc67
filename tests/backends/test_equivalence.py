"""Every backend gives what the sequential one gives, on every block, number of cores, seed and hint."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.backends.cases import CASES, Case
from tests.backends.edges import EDGES
from tests.backends.judge import differences, oracle_of, outcome_of
from tests.support.whole_backends import WHOLE_BACKENDS
from toyevm.access_lists import Change, decode, encode
from toyevm.access_lists.values import Changes
from toyevm.backends import Backend, CostModel, Hints, RunConfig, hints_for
from toyevm.errors import InvalidBlock

PARALLEL = [backend for backend in WHOLE_BACKENDS if backend.kind != "sequential"]
SCHEDULES = ((1, 0), (2, 1), (3, 2), (16, 0), (64, 5))  # cores, seed
WILD = CostModel(jitter=300)

each_backend = pytest.mark.parametrize("backend", PARALLEL, ids=lambda backend: backend.name)


@pytest.mark.parametrize("case", [*CASES, *EDGES], ids=str)
@each_backend
def test_every_backend_equals_sequential(backend: Backend, case: Case) -> None:
    oracle = oracle_of(case)
    for cores, seed in SCHEDULES:
        config = RunConfig(case.chain, cores, seed, WILD)
        found = differences(case, outcome_of(backend, case, config), oracle, seal=seed == 1)
        assert not found, (cores, seed, found)


def hostile_hints(count: int, honest: Hints) -> dict[str, Hints]:
    """Return hints that are empty, too short, senseless, the wrong way round, or far too many."""
    everything = tuple((before, after) for after in range(count) for before in range(after))
    senseless = ((0, 0), (5, 2), (-1, 1), (1, 10**9), (10**9, 0), (0, count), *(((0, 1),) * 50))
    lists, locks = honest.access_lists or (), honest.locks or ()
    told = decode(honest.block_access_list or encode(()))
    half, poor = encode(told[::2]), encode(tuple(replace(each, balance_changes=()) for each in told))
    late = encode(tuple(replace(each, storage_changes=_later(each.storage_changes)) for each in told))
    return {
        "honest": honest,
        "empty": Hints((), (), (), encode(())),
        "short": Hints(locks[:1], (honest.edges or ())[:1], lists[:1], half),
        "long": Hints(locks * 3, (honest.edges or ()) * 3, lists * 3, encode(told * 2)),
        "backwards": Hints(locks[::-1], tuple((b, a) for a, b in honest.edges or ()), lists[::-1], encode(told[::-1])),
        "everything": Hints(tuple(locks[-1:] * count), everything, tuple(lists[-1:] * count), late),
        "senseless": Hints(locks, senseless, lists, poor),
    }


def _later(storage_changes: tuple[tuple[int, Changes], ...]) -> tuple[tuple[int, Changes], ...]:
    return tuple((slot, tuple(Change(at + 1, value) for at, value in found)) for slot, found in storage_changes)


@pytest.mark.parametrize("case", [*CASES, *EDGES], ids=str)
@pytest.mark.parametrize("backend", [b for b in PARALLEL if b.hint_kind], ids=lambda b: b.name)
def test_with_hostile_hints_the_outcome_equals_sequential(backend: Backend, case: Case) -> None:
    oracle = oracle_of(case)
    results = () if isinstance(oracle, InvalidBlock) else oracle.result.results
    honest = Hints() if isinstance(oracle, InvalidBlock) else hints_for(case.pre, case.block, case.chain, results)
    for name, hints in hostile_hints(len(case.block.transactions), honest).items():
        for cores, seed in ((2, 1), (16, 0)):
            config = RunConfig(case.chain, cores, seed, WILD, hints)
            found = differences(case, outcome_of(backend, case, config), oracle)
            assert not found, (name, cores, seed, found)
