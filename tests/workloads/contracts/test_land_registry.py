"""The land registry: a title is the chain of its deeds, and only the owner sells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, stories
from toyevm.contracts import Contract, load_contract
from toyevm.contracts.abi import encode_arguments
from toyevm.crypto import keccak256

people = st.integers(0, 3)
land_steps = st.lists(
    st.tuples(st.sampled_from(["register", "transfer", "transfer"]), people, st.integers(0, 2), people), max_size=16
)


def check_land(contract: Contract, story: Story) -> None:
    """A title is the chain of all deeds of its parcel, as the log has them; only the owner sells."""
    stage = Stage()
    registry = stage.create(contract)
    owners: dict[int, int] = {}
    titles: dict[int, bytes] = {}
    deeds = 0
    for turn, (function, who, parcel, buyer) in enumerate(story):
        deed, sender = bytes([turn + 1]) * 32, OWNER if function == "register" else person(who)
        done = stage.call(sender, registry, function, parcel, person(buyer), deed)
        assert done == (parcel not in owners if function == "register" else owners.get(parcel) == who)
        if done:
            assert stage.last is not None
            ((_, topics, logged),) = stage.last.logs
            seller = person(owners[parcel]) if parcel in owners else b""
            assert topics[1:] == (parcel, int.from_bytes(seller), int.from_bytes(person(buyer)))
            assert logged == deed
            titles[parcel] = keccak256(encode_arguments(titles.get(parcel, 0), seller, person(buyer), deed))
            owners[parcel], deeds = buyer, deeds + 1
        for one in owners:
            assert stage.ask(registry, "ownerOf", one) == int.from_bytes(person(owners[one]))
            assert stage.ask(registry, "titleOf", one) == int.from_bytes(titles[one])
    assert "deeds" not in contract.slots or stage.ask(registry, "deeds") == deeds
    assert not stage.call(person(0), registry, "register", 9, person(0), bytes(32))


@pytest.mark.parametrize("name", ["land_registry", "land_registry_counter"])
@stories
@given(land_steps)
def test_a_title_is_the_chain_of_its_deeds(name: str, story: Story) -> None:
    check_land(load_contract(name), story)


DEEDS: Story = [("register", 0, 1, 2), ("transfer", 2, 1, 3), ("transfer", 2, 1, 0), ("register", 0, 1, 1)]


@mistakes(
    ("land_registry", "self.ownerOf[parcel] == msg.sender", "True", check_land, DEEDS),
    ("land_registry", "self.titleOf[parcel], seller", "empty(bytes32), seller", check_land, DEEDS),
    ("land_registry_counter", "self.deeds += 1", "self.deeds = 1", check_land, DEEDS),
)  # fmt: skip
def test_every_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)
