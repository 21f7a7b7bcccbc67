"""Remittances: a quote is paid once, in time, as it was signed, and money is neither made nor lost."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, STRANGERS, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, stories
from tests.workloads.test_applications import executed, storage_only
from toyevm.analysis.dependencies import dependency_graph
from toyevm.contracts import Contract, load_contract, mapping_slot
from toyevm.contracts.abi import encode_arguments
from toyevm.crypto import address_of, keccak256, sign
from toyevm.workloads.applications.remittance.workload import dealer
from toyevm.workloads.planned_blocks import address_named

KEYS = STRANGERS
PEOPLE = [*map(address_of, KEYS), person(0), person(1)]  # of whom the first two sign quotes
BROUGHT, DEADLINE = 300, 50
anybody, dealers, currencies = st.integers(0, 3), st.integers(0, 1), st.integers(0, 1)
moves = st.tuples(
    st.sampled_from(["addFloat", "addFloat", "takeFloat", "takeHome"]), anybody, currencies, st.integers(0, 320)
)
payments = st.tuples(
    *(st.just("pay"), anybody, anybody, dealers, currencies),
    *(st.sampled_from([0, 7, 160]), st.sampled_from([0, 9, 80])),  # given, and paid out
    *(st.integers(0, 1), st.sampled_from(["", "", "", "by another", "to another"])),
)
steps = st.lists(st.one_of(moves, payments, payments, st.tuples(st.just("wait"), st.integers(0, 30))), max_size=12)


@lru_cache(maxsize=4096)
def signature(key: bytes, at: bytes, sender: bytes, *terms: int) -> tuple[int, int, int]:
    y_parity, r, s = sign(keccak256(encode_arguments(1, at, sender, *terms)), key)
    return 27 + y_parity, r, s


def take_up(
    stage: Stage, place: Place, who: int, whom: int, by: int, currency: int, give: int, get: int, number: int, flaw: str
) -> bool:
    """Call `pay` with a quote, which may be signed by another dealer than it says, or for another sender."""
    terms = (give, get, DEADLINE, number)
    key, reader = KEYS[(by + (flaw == "by another")) % 2], PEOPLE[(who + (flaw == "to another")) % 4]
    signed = signature(key, place.address, reader, currency, *terms)
    return stage.call(PEOPLE[who], place, "pay", currency, PEOPLE[whom], PEOPLE[by], *terms, *signed)


def check_remittance(contract: Contract, story: Story) -> list[int]:
    """Hold what people have, and the floats of those who deal, to the paper; return all of it at the end."""
    stage = Stage()
    place = stage.create(contract)
    held, floats, used, found = Counter[tuple[int, int]](), Counter[tuple[int, int]](), set(), []
    places = [(currency, who) for currency in range(2) for who in range(4)]
    for currency, who in places:
        assert stage.call(OWNER, place, "bookIn", currency, PEOPLE[who], BROUGHT)
        held[currency, who] = BROUGHT
    for function, who, *rest in story:
        if function == "wait":
            stage.at_second(stage.env.timestamp + who)
        elif function == "pay":
            whom, by, currency, give, get, number, flaw = rest
            quote, other = (who, by, currency, give, get, number), 1 - currency
            enough = held[currency, who] >= give and floats[other, by] >= get
            in_time = stage.env.timestamp <= DEADLINE
            done = take_up(stage, place, who, whom, by, currency, give, get, number, flaw)
            assert done == (not flaw and enough and in_time and quote not in used)
            if done:
                used.add(quote)
                held[currency, who] -= give
                floats[currency, by] += give
                floats[other, by] -= get
                held[other, whom] += get
        else:
            currency, amount = rest
            source = (floats if function == "takeFloat" else held)[currency, who]
            done = stage.call(PEOPLE[who], place, function, currency, amount)
            assert done == (amount <= source)
            if done:
                held[currency, who] += amount if function == "takeFloat" else -amount
                floats[currency, who] += {"takeHome": 0, "addFloat": amount, "takeFloat": -amount}[function]
        found = [stage.ask(place, name, c, PEOPLE[n]) for name in ("balanceOf", "floatOf") for c, n in places]
        assert found == [book[one] for book in (held, floats) for one in places]
    return found


@stories
@given(steps)
def test_sixteen_tills_pay_what_one_float_pays(story: Story) -> None:
    one, other = (check_remittance(load_contract(name), story) for name in ("remittance", "remittance_tills"))
    assert one == other


def check_teller(contract: Contract, story: Story) -> None:
    """Nobody but the teller books in, and only what there is: two currencies."""
    stage = Stage()
    place = stage.create(contract)
    assert not stage.call(PEOPLE[2], place, "bookIn", 0, PEOPLE[2], 1)
    assert not stage.call(OWNER, place, "bookIn", 2, PEOPLE[2], 1)
    assert stage.call(OWNER, place, "bookIn", 1, PEOPLE[2], 1)


def test_nobody_but_the_teller_books_in() -> None:
    for name in ("remittance", "remittance_tills"):
        check_teller(load_contract(name), [])


def floats_met(name: str, variable: str) -> tuple[Counter[int], set[int]]:
    """Return how often payments meet at which slot, and where dealers' floats begin: nested mappings have no names."""
    slot = load_contract(name.replace("-", "_")).slots[variable]
    homes = {
        mapping_slot(mapping_slot(slot, currency), address_named(dealer(number)))
        for currency in range(2)
        for number in range(4)
    }
    return Counter(edge.location.key for edge in dependency_graph(storage_only(executed(name))).dependencies), homes


def test_the_floats_of_the_dealers_are_where_payments_meet() -> None:
    meetings, floats = floats_met("remittance", "float")
    assert {key for key, _ in meetings.most_common(8)} == floats
    assert sum(meetings[key] for key in floats) == 2 * (200 - 4)


def test_in_sixteen_tills_payments_meet_at_the_fullest() -> None:
    meetings, homes = floats_met("remittance-tills", "tills")
    tills = {home + till for home in homes for till in range(16)}
    assert (
        max(meetings[key] for key in tills)
        == max(meetings.values())
        > max(count for key, count in meetings.items() if key not in tills)
    )


def pay(give: int, get: int, number: int = 0, flaw: str = "", currency: int = 0) -> tuple[object, ...]:
    return ("pay", 2, 3, 0, currency, give, get, number, flaw)


QUOTES: Story = [("addFloat", 0, 1, 200), pay(50, 60), pay(50, 60), pay(50, 60, 1), pay(1, 81, 2), pay(1, 80, 3),
                 pay(301, 0, 4), pay(9, 0, 5, "by another"), pay(9, 0, 6, "to another"), ("takeFloat", 0, 0, 101),
                 ("takeFloat", 0, 0, 60), pay(9, 9, 7, "", 1), ("wait", 50), pay(9, 0, 8), ("wait", 1),
                 pay(9, 0, 9), ("takeHome", 3, 1, 501), ("takeHome", 3, 1, 9)]  # fmt: skip


@mistakes(
    ("remittance", "block.timestamp <= deadline", "True", check_remittance, QUOTES),
    ("remittance_tills", "block.timestamp <= deadline", "block.timestamp < deadline", check_remittance, QUOTES),
    ("remittance", " and signer == dealer", "", check_remittance, QUOTES),
    ("remittance_tills", "self, msg.sender, currency", "self, receiver, currency", check_remittance, QUOTES),
    ("remittance_tills", "self.isUsed[used] = True", "pass", check_remittance, QUOTES),
    ("remittance", "self.balanceOf[currency][msg.sender] -= given", "pass", check_remittance, QUOTES),
    ("remittance", "self._receive(currency, dealer, given)", "pass", check_remittance, QUOTES),
    ("remittance", "self._pay_out(other, dealer, paidOut)", "pass", check_remittance, QUOTES),
    ("remittance_tills", "self.balanceOf[other][receiver] += paidOut", "pass", check_remittance, QUOTES),
    ("remittance", "other: uint256 = 1 - currency", "other: uint256 = 1", check_remittance, QUOTES),
    ("remittance_tills", "+= amount // TILLS", "+= amount // TILLS + 1", check_remittance, QUOTES),
    ("remittance_tills", "self._receive(currency, msg.sender, amount % TILLS)", "pass", check_remittance, QUOTES),
    ("remittance_tills", 'assert rest == 0, "more', 'assert True, "more', check_remittance, QUOTES),
    ("remittance_tills", "(first + turn) % TILLS", "first", check_remittance, QUOTES),
    ("remittance_tills", "self._pay_out(currency, msg.sender, amount)", "pass", check_remittance, QUOTES),
    ("remittance", 'assert msg.sender == self.teller, "not the teller"', "pass", check_teller, []),
    ("remittance", 'assert currency < CURRENCIES, "no such currency"', "pass", check_teller, []),
)  # fmt: skip
def test_a_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)
