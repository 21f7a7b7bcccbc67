"""The supply chain: goods change hands when both agree, a signature counts once, and the history holds every event."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import STRANGERS, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, after, find, mistakes, stories
from toyevm.contracts import Contract, load_contract
from toyevm.contracts.abi import encode_arguments
from toyevm.contracts.merkle import merkle_path, merkle_root
from toyevm.crypto import address_of, keccak256, sign
from toyevm.workloads.applications.supply_chain.workload import batch_root

KEYS = STRANGERS  # of the devices of items 0 and 1
READINGS = (40, 41, 39)
LEAVES = [keccak256(one.to_bytes(32)) for one in READINGS]
FEE = 10**15
people, items = st.integers(0, 3), st.integers(0, 1)
honest = st.sampled_from([True, True, False])  # who is honest acts as who they are, others as anybody
OPENING: Story = [("create", 0, 0, 3), ("create", 1, 1, 2), ("offer", 0, 0, 2, True), ("offer", 1, 1, 0, True)]
steps = st.one_of(
    st.tuples(st.just("create"), people, items, st.integers(0, 3)),
    st.tuples(st.just("offer"), people, items, people, honest),
    st.tuples(st.just("accept"), people, items, honest),
    st.tuples(st.just("record"), people, items, st.sampled_from([0, 0, 0, -1, 1]), honest),
    st.tuples(st.just("withdraw"), people),
)


@lru_cache
def signature(home: bytes, item: int, batch: int, key: bytes) -> tuple[bytes, int, int, int]:
    """Return the root of a batch and the device's signature under it."""
    root = merkle_root(LEAVES)
    y_parity, r, s = sign(keccak256(encode_arguments(home, item, batch, root)), key)
    return root, 27 + y_parity, r, s


def chain_of(events: list[tuple[int, int, bytes]]) -> int:
    head = bytes(32)
    for item, kind, what in events:
        head = keccak256(encode_arguments(head, item, kind, what))
    return int.from_bytes(head)


def check_supply_chain(contract: Contract, story: Story) -> dict[str, Any]:
    """Hold holders, batches, budgets and the history to a ledger on paper; return the ledger."""
    stage = Stage()
    chain = stage.create(contract)
    holders: dict[int, int] = {}
    offered: dict[int, int] = {}
    batches, budgets, earned, paid = Counter[int](), Counter[int](), Counter[int](), Counter[int]()
    events: list[tuple[int, int, bytes]] = []
    for function, who, *arguments in story:
        item = arguments[0] if arguments else -1
        if function in ("offer", "accept") and arguments[-1]:
            who = (holders if function == "offer" else offered).get(item, who)
        before = len(events)
        if function == "create":
            budget = arguments[1] * FEE
            done = stage.call(person(who), chain, "create", item, address_of(KEYS[item]), value=budget)
            assert done == (item not in holders)
            if done:
                holders[item], budgets[item] = who, budget
                events.append((item, 0, address_of(KEYS[item])))
        elif function == "offer":
            done = stage.call(person(who), chain, "offer", item, person(arguments[1]))
            assert done == (holders.get(item) == who)
            if done:
                offered[item] = arguments[1]
        elif function == "accept":
            done = stage.call(person(who), chain, "accept", item)
            assert done == (offered.get(item) == who)
            if done:
                holders[item] = offered.pop(item)
                events.append((item, 1, person(who)))
        elif function == "record":
            batch, by_device = max(batches[item] + arguments[1], 0), arguments[2]
            signed = signature(chain.address, item, batch, KEYS[item if by_device else 1 - item])
            done = stage.call(person(who), chain, "record", item, *signed)
            assert done == (item in holders and by_device and batch == batches[item] and budgets[item] >= FEE)
            if done:
                batches[item] += 1
                budgets[item] -= FEE
                earned[who] += FEE
                events.append((item, 2, signed[0]))
        else:
            assert stage.call(person(who), chain, "withdraw")
            paid[who] += earned.pop(who, 0)
        check_books(stage, chain, holders, batches, budgets, earned)
        check_history(stage, chain, events, new=len(events) - before)
    check_readings(stage, chain, batches)
    found = {n: stage.balance(person(n)) for n in range(4)}
    assert found == {n: paid[n] for n in range(4)}
    return {"holders": holders, "batches": batches, "earned": earned, "paid": paid, "events": events}


def check_books(
    stage: Stage,
    chain: Place,
    holders: dict[int, int],
    batches: Counter[int],
    budgets: Counter[int],
    earned: Counter[int],
) -> None:
    for item in range(2):
        holder = person(holders[item]) if item in holders else b""
        assert stage.ask(chain, "holderOf", item) == int.from_bytes(holder)
        assert stage.ask(chain, "batches", item) == batches[item]
        assert stage.ask(chain, "budgetOf", item) == budgets[item]
    assert [stage.ask(chain, "earned", person(n)) for n in range(4)] == [earned[n] for n in range(4)]
    assert stage.balance(chain) == budgets.total() + earned.total()


def check_history(stage: Stage, chain: Place, events: list[tuple[int, int, bytes]], new: int) -> None:
    """An event of the story is one entry of the log, and heads commit to all of them."""
    if "head" in chain.contract.slots:
        head = chain_of(events)
        assert stage.ask(chain, "head") == head
    else:
        heads = [chain_of([one for one in events if one[0] == item]) for item in range(2)]
        assert [stage.ask(chain, "historyOf", item) for item in range(2)] == heads
        head = heads[events[-1][0]] if events else 0
    assert stage.last is not None
    assert len(stage.last.logs) == new
    if new:
        item, kind, what = events[-1]
        ((_, topics, logged),) = stage.last.logs
        assert topics == (chain.contract.event_topic("Entry"), item, kind)
        assert logged == encode_arguments(what, head)


def check_readings(stage: Stage, chain: Place, batches: Counter[int]) -> None:
    """Each reading is proved at its own place, and no other, in batches that were recorded."""
    item = max(range(2), key=lambda one: batches[one])
    for index, reading in enumerate(READINGS):
        path = b"".join(merkle_path(LEAVES, index))
        last = batches[item] - 1
        assert stage.ask(chain, "isRecorded", item, max(last, 0), reading, index, path) == (last >= 0)
        for wrong in ((item, last + 1, reading, index), (item, max(last, 0), reading + 2, index),
                      (item, max(last, 0), reading, index ^ 1), (item, max(last, 0), reading, index + 4)):  # fmt: skip
            assert not stage.ask(chain, "isRecorded", *wrong, path)


@stories
@given(after(OPENING, steps))
def test_both_designs_hold_the_same_goods_in_the_same_hands(story: Story) -> None:
    one_log, each = (
        check_supply_chain(load_contract(name), story) for name in ("supply_chain_one_log", "supply_chain")
    )
    assert one_log == each


TRIP: Story = [("create", 0, 0, 3), ("accept", 1, 0, False), ("offer", 1, 0, 1, False), ("offer", 0, 0, 1, True),
               ("accept", 2, 0, False), ("accept", 1, 0, True), ("accept", 1, 0, False), ("record", 2, 0, 0, False),
               ("record", 2, 0, 0, True), ("record", 2, 0, -1, True), ("record", 3, 0, 0, True), ("create", 2, 0, 0),
               ("withdraw", 2), ("withdraw", 2), ("record", 3, 0, 0, True), ("record", 3, 0, 0, True)]  # fmt: skip


def planted(name: str, old: str, new: str, story: Story = TRIP) -> Mistake:
    return name, old, new, check_supply_chain, story


@mistakes(
    planted("supply_chain", 'assert self.holderOf[item] == empty(address), "exists"', "pass"),
    planted("supply_chain", 'assert self.holderOf[item] == msg.sender, "not the holder"', "pass"),
    planted("supply_chain", "self.receiverOf[item] == msg.sender", "self.receiverOf[item] != empty(address)"),
    planted("supply_chain", "self.receiverOf[item] = empty(address)", "pass"),
    planted("supply_chain", " and signer == self.deviceOf[item]", ""),
    planted("supply_chain", "abi_encode(self, item, batch, root)", "abi_encode(item, batch, root)"),
    planted("supply_chain", "self.batches[item] = batch + 1", "pass"),
    planted("supply_chain", "self.budgetOf[item] -= FEE", "pass"),
    planted("supply_chain", "self.earned[msg.sender] += FEE", "self.earned[msg.sender] = FEE",
            [*TRIP[:1], ("record", 2, 0, 0, True), ("record", 2, 0, 0, True)]),
    planted("supply_chain", "self.earned[msg.sender] = 0", "pass"),
    planted("supply_chain", "abi_encode(self.historyOf[item], item", "abi_encode(empty(bytes32), item"),
    planted("supply_chain", "index >> height == 0 and ", ""),
    planted("supply_chain", "node == self.rootOf[item][batch]", "True"),
    planted("supply_chain", "if (index >> level) & 1 == 1", "if index & 1 == 1"),
    planted("supply_chain_one_log", " and signer == self.deviceOf[item]", ""),
    planted("supply_chain_one_log", "self._append(item, HANDED_OVER, convert(msg.sender, bytes32))", "pass"),
    planted("supply_chain_one_log", "abi_encode(self.head, item", "abi_encode(empty(bytes32), item"),
    planted("supply_chain_one_log", "self.budgetOf[item] = msg.value", "pass"),
    planted("supply_chain_one_log", "self.earned[msg.sender] = 0", "pass"),
)  # fmt: skip
def test_every_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)


def test_an_item_that_nobody_made_has_no_device_to_sign_for_it() -> None:
    """Its device is the zero address, which is also what a signature gives that is none."""
    stage = Stage()
    chain = stage.create(load_contract("supply_chain"))
    assert not stage.call(person(0), chain, "record", 5, bytes(32), 27, 0, 0)
    assert not stage.call(person(0), chain, "create", 5, bytes(20))


def test_gateways_hash_readings_as_the_contract_does() -> None:
    assert batch_root(READINGS) == merkle_root(LEAVES)


@pytest.mark.parametrize("size", [1, 31, 33])
def test_a_path_that_is_cut_short_is_refused(size: int) -> None:
    stage = Stage()
    chain = stage.create(load_contract("supply_chain"))
    assert not stage.call(person(0), chain, "isRecorded", 0, 0, 40, 0, bytes(size))
