"""The undo journal against the naive way: copy everything at every mark, and throw the copy back in at a rollback."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toyevm.blocks import Log
from toyevm.journal import Journal
from toyevm.state import Account, WorldState
from toyevm.types import Field, Location

PEOPLE = (b"\x01" * 20, b"\x02" * 20, b"\x03" * 20)
SLOTS = range(3)
PRE = WorldState(
    {
        PEOPLE[0]: Account(nonce=1, balance=10, code=b"\x5b", storage={0: 7, 1: 8}),
        PEOPLE[1]: Account(balance=5),
    }
)


class Naive:
    """The same operations on plain values, all of which are copied at a mark."""

    def __init__(self) -> None:
        accounts = {who: PRE.accounts.get(who, Account()) for who in PEOPLE}
        self.balance = {who: account.balance for who, account in accounts.items()}
        self.nonce = {who: account.nonce for who, account in accounts.items()}
        self.code = {who: account.code for who, account in accounts.items()}
        self.slots = {(who, slot): account.storage.get(slot, 0) for who, account in accounts.items() for slot in SLOTS}
        self.transient: dict[Any, int] = defaultdict(int)
        self.warm: set[Any] = set()
        self.touched: set[bytes] = set()
        self.created: set[bytes] = set()
        self.destroyed: set[bytes] = set()
        self.refund = 0
        self.logs: list[Log] = []

    def apply(self, name: str, who: bytes, number: int) -> None:
        slot = who, number % 3
        match name:
            case "set_balance":
                self.balance[who] = number
                self.touched.add(who)
            case "transfer":
                receiver, value = PEOPLE[number % 3], min(number, self.balance[who])
                self.balance[who] -= value
                self.balance[receiver] += value
                self.touched |= {who, receiver} if value else {receiver}
            case "increment_nonce":
                self.nonce[who] += 1
            case "set_code":
                self.code[who] = bytes(number)
            case "set_slot":
                self.slots[slot] = number
            case "set_transient":
                self.transient[slot] = number
            case "warm_address":
                self.warm.add(who)
            case "warm_slot":
                self.warm.add(slot)
            case "touch":
                self.touched.add(who)
            case "mark_created":
                self.created.add(who)
            case "destroy":
                self.destroyed.add(who)
            case "add_refund":
                self.refund += number
            case "add_log":
                self.logs.append(Log(who, (number,), b""))


def apply(journal: Journal, name: str, who: bytes, number: int) -> None:
    slot = number % 3
    match name:
        case "set_slot":
            journal.slot(who, slot)  # whoever writes has read
            journal.set_slot(who, slot, number)
        case "set_transient":
            journal.set_transient(who, slot, number)
        case "warm_slot":
            journal.warm_slot(who, slot)
        case "transfer":
            journal.transfer(who, PEOPLE[slot], min(number, journal.balance(who)))
        case "set_code":
            journal.set_code(who, bytes(number))
        case "add_refund":
            journal.add_refund(number)
        case "add_log":
            journal.add_log(Log(who, (number,), b""))
        case "set_balance":
            journal.set_balance(who, number)
        case _:
            getattr(journal, name)(who)


NAMES = (
    "set_balance transfer increment_nonce set_code set_slot set_transient warm_address warm_slot touch mark_created "
    "destroy add_refund add_log"
).split()
changes = st.tuples(st.sampled_from(NAMES), st.sampled_from(PEOPLE), st.integers(0, 6))
steps = st.lists(st.one_of(changes, changes, st.sampled_from(("mark", "mark", "rollback", "commit"))), max_size=40)


def assert_same(journal: Journal, model: Naive) -> None:
    for who in PEOPLE:
        assert journal.balance(who) == model.balance[who]
        assert journal.nonce(who) == model.nonce[who]
        assert journal.code(who) == model.code[who]
        for slot in SLOTS:
            assert journal.slot(who, slot) == model.slots[who, slot]
            assert journal.original_storage[who][slot] == PRE.read(Location(who, slot)).value
            assert journal.transient[who].get(slot, 0) == model.transient[who, slot]
    warm_slots = {(who, slot) for who in PEOPLE for slot in journal.warm_slots[who]}
    assert set(journal.warm_addresses) | warm_slots == model.warm
    assert set(journal.touched) == model.touched
    assert set(journal.created) == model.created
    assert set(journal.destroyed) == model.destroyed
    assert journal.refund == model.refund
    assert journal.logs == tuple(model.logs)


def assert_writes_fit(journal: Journal, model: Naive) -> None:
    """Compare the write set with the difference of the two worlds, destroyed accounts being empty."""
    writes = journal.write_set()
    for who in PEOPLE:
        gone = who in model.destroyed
        final = {
            Field.BALANCE: 0 if gone else model.balance[who],
            Field.NONCE: 0 if gone else model.nonce[who],
            Field.CODE: b"" if gone else model.code[who],
        }
        slots = {} if gone else {slot: model.slots[who, slot] for slot in SLOTS}
        changed = {key: value for key, value in (final | slots).items() if value != PRE.read(Location(who, key)).value}
        if gone and who not in model.created:
            changed[Field.STORAGE] = 0
        assert {location.key: value for location, value in writes.items() if location.address == who} == changed


def play(script: list[Any]) -> None:
    journal, model = Journal(PRE), Naive()
    saved: list[tuple[int, Naive]] = []
    seen: set[Location] = set()
    for step in script:
        if step == "mark":
            saved.append((journal.mark, deepcopy(model)))
        elif step == "rollback" and saved:
            mark, model = saved.pop()
            journal.rollback(mark)
            assert_same(journal, model)
        elif step == "commit" and saved:
            saved.pop()
        elif isinstance(step, tuple):
            apply(journal, *step)
            model.apply(*step)
        assert seen <= set(journal.reads)  # what was seen stays seen
        seen = set(journal.reads)
    assert_same(journal, model)
    assert_writes_fit(journal, model)


@given(steps)
@settings(max_examples=300)
def test_a_rollback_leads_back_to_its_mark(script: list[Any]) -> None:
    play(script)


# Each change is in a frame that fails, after one like it in a frame that did not.
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("outer", NAMES)
def test_every_kind_of_change_is_taken_back(outer: str, name: str) -> None:
    before = (outer, PEOPLE[0], 2)
    change = (name, PEOPLE[0], 5)
    play([before, "mark", change, "mark", (name, PEOPLE[0], 1), "rollback", "rollback"])


def wrong_order(journal: Journal, mark: int) -> None:
    undo = journal.notes
    undo[mark:] = undo[mark:][::-1]
    HONEST(journal, mark)


def one_short(journal: Journal, mark: int) -> None:
    HONEST(journal, mark + 1 if mark < journal.mark else mark)


def everything(journal: Journal, mark: int) -> None:
    HONEST(journal, 0)


HONEST: Callable[[Journal, int], None] = Journal.rollback


@pytest.mark.parametrize("faulty", [wrong_order, one_short, everything, lambda journal, mark: None])
def test_a_faulty_rollback_is_found(monkeypatch: pytest.MonkeyPatch, faulty: Any) -> None:
    who = PEOPLE[0]
    script = [("set_slot", who, 1), "mark", ("set_slot", who, 4), ("set_slot", who, 7), "rollback"]  # of slot 1
    play(script)
    monkeypatch.setattr(Journal, "rollback", faulty)
    with pytest.raises((AssertionError, KeyError)):
        play(script)


def test_reads_before_the_transaction_are_not_asked_for_again() -> None:
    class Once:
        """A world that answers each question once."""

        def __init__(self) -> None:
            self.asked: set[Location] = set()

        def read(self, location: Location) -> Any:
            assert location not in self.asked
            self.asked.add(location)
            return PRE.read(location)

    view = Once()
    first = Journal(view)
    first.balance(PEOPLE[0])
    second = Journal(view, first.reads)
    assert second.balance(PEOPLE[0]) == 10
    second.set_balance(PEOPLE[0], 3)
    assert first.balance(PEOPLE[0]) == 10


def test_has_storage_knows_what_was_there_and_writes_nothing() -> None:
    journal = Journal(PRE)
    assert [journal.has_storage(who) for who in PEOPLE] == [True, False, False]
    assert journal.write_set() == {}
