"""Multi-version memory against a list of all that was ever published."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from toyevm.simulation.multiversion import MultiVersionMemory
from toyevm.state import Account, WorldState
from toyevm.types import Field, Location, Read, Version

HERE, THERE = b"\x01" * 20, b"\x02" * 20
PLACES = [Location(address, key) for address in (HERE, THERE) for key in (Field.BALANCE, Field.STORAGE, 0, 1)]
BASE = WorldState({HERE: Account(balance=7, storage={0: 5}), THERE: Account(balance=8, storage={1: 6})})

writes = st.dictionaries(st.sampled_from(PLACES), st.integers(0, 9), max_size=4)
events = st.tuples(st.integers(0, 5), st.one_of(writes, st.none()))


def expected(location: Location, tx_index: int, written: dict[int, tuple[Version, Any]]) -> Read:
    """Return the last write below, going through all transactions one after the other, as they would run."""
    read = BASE.read(location)
    for writer in sorted(index for index in written if index < tx_index):
        version, values = written[writer]
        if location.is_slot and Location(location.address, Field.STORAGE) in values:
            read = Read(version, 0)
        if location in values:
            read = Read(version, values[location])
    return read


@given(st.lists(events, max_size=12))
def test_every_read_equals_a_search_through_all_writes(history: list[tuple[int, Any]]) -> None:
    memory, written = MultiVersionMemory(BASE), {}
    for incarnation, (tx_index, values) in enumerate(history):
        if values is None:
            memory.withdraw(tx_index)
            written.pop(tx_index, None)
        else:
            version = Version(tx_index, incarnation)
            memory.publish(version, values)
            written[tx_index] = (version, values)
    for location in PLACES:
        for reader in range(7):
            assert memory.read(location, reader) == expected(location, reader, written)
