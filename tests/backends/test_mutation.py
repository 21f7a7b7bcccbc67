"""Small changes to the heart of the backends are found, or explained in survivors.toml: a sample of `make mutation`."""

from __future__ import annotations

from random import Random

import pytest

from tests.backends.mutation import Mutation, all_mutations, mutations_of, planted, table, verdict_on
from toyevm.simulation.multiversion import MultiVersionMemory
from toyevm.state import WorldState
from toyevm.types import Location, Read, Version

SAMPLE, SEED = 16, 2
MUTATIONS = all_mutations()
EXPLAINED = table()
CHOSEN = Random(SEED).sample([each for each in MUTATIONS if each.name not in EXPLAINED], SAMPLE)


@pytest.mark.parametrize("mutation", CHOSEN, ids=lambda mutation: mutation.name)
def test_a_change_that_is_not_explained_is_found(mutation: Mutation) -> None:
    assert verdict_on(mutation) != "", f"{mutation.name} survives: find it, or explain it in survivors.toml"


def test_every_row_of_the_table_is_a_change_with_a_reason() -> None:
    names = [each.name for each in MUTATIONS]
    assert len(names) == len(set(names)) > 300
    assert EXPLAINED.keys() <= set(names), "rows that are no change any more"
    assert all(len(reason) > 20 for reason in EXPLAINED.values())


def test_a_change_is_in_place_only_while_it_is_planted() -> None:
    (change,) = (
        each for each in mutations_of("toyevm.simulation.multiversion") if "clearer > writer -> clearer >=" in each.name
    )
    spot, world = Location(b"\1" * 20, 5), WorldState({})
    memory = MultiVersionMemory(world)

    def look() -> Read:
        return memory.read(spot, 1)

    memory.put(0, spot, Read(Version(0), 7))
    assert look().value == 7
    before = MultiVersionMemory.read.__code__
    with planted(change):
        assert MultiVersionMemory.read.__code__ is not before
    assert MultiVersionMemory.read.__code__ is before
    assert look().value == 7


def test_a_change_to_what_is_committed_is_found() -> None:
    changes = {each.name: each for each in mutations_of("toyevm.simulation.ledger")}
    dropped = next(name for name in changes if "commit: drop self._room.use" in name)
    assert verdict_on(changes[dropped])
    assert dropped not in EXPLAINED
