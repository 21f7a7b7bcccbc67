"""A bank behind a proxy keeps what everybody has through every upgrade; only its admin exchanges the code."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, opened_once, stories
from toyevm.analysis.dependencies import dependency_graph
from toyevm.backends import BACKENDS, RunConfig
from toyevm.contracts import Contract, load_contract
from toyevm.crypto import keccak256
from toyevm.types import Location
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.applications.proxy.workload import ADMIN_SLOT, IMPLEMENTATION_SLOT, PROXY

pytestmark = pytest.mark.filterwarnings("ignore:Use of large arrays")  # the proxy has all of storage as one

PEOPLE = [*map(person, range(4)), OWNER]  # OWNER creates the proxy, so they are its admin; 3 owns the bank
ADMIN, BANKER, SUCCESSOR = 4, 3, person(60)
VERSIONS = ("bank", "bank_guarded")
PARTS = ("proxy", *VERSIONS)
who, anybody, amounts = st.integers(0, 2), st.sampled_from([0, 1, BANKER, ADMIN]), st.integers(0, 60)
payments = st.one_of(
    st.tuples(st.just("deposit"), who, amounts),
    st.tuples(st.just("pay"), who, who, amounts),
    st.tuples(st.just("withdraw"), who, amounts),
)
office = st.one_of(
    st.tuples(st.just("upgradeTo"), st.sampled_from([0, ADMIN, ADMIN]), st.integers(0, 2)),
    st.tuples(st.just("changeAdmin"), anybody, st.sampled_from([0, ADMIN])),
    st.tuples(st.just("appoint"), st.sampled_from([0, BANKER]), st.sampled_from([0, 1])),
    st.tuples(st.just("setPaused"), st.sampled_from([0, 1]), st.integers(0, 1)),
    st.tuples(st.sampled_from(["initialize", "rescue"]), anybody),
)


class Paper:
    """What the bank should be, version by version."""

    def __init__(self) -> None:
        self.deposits, self.withdrawn = Counter[int](), Counter[int]()
        self.ether = self.rescued = 0
        self.version, self.admin, self.guardian, self.paused = 0, ADMIN, -1, False

    def take(self, function: str, caller: int, *rest: int) -> bool:
        """Take a step, if it is allowed."""
        done = getattr(self, f"may_{function}")(caller, *rest)
        if done:
            getattr(self, function)(caller, *rest)
        return bool(done)

    def may_deposit(self, caller: int, amount: int) -> bool:
        return True

    def deposit(self, caller: int, amount: int) -> None:
        self.deposits[caller] += amount
        self.ether += amount

    def may_pay(self, payer: int, payee: int, amount: int) -> bool:
        return amount <= self.deposits[payer] and not (self.version and self.paused)

    def pay(self, payer: int, payee: int, amount: int) -> None:
        self.deposits[payer] -= amount
        self.deposits[payee] += amount

    def may_withdraw(self, caller: int, amount: int) -> bool:
        return self.may_pay(caller, caller, amount) and amount <= self.ether

    def withdraw(self, caller: int, amount: int) -> None:
        self.deposits[caller] -= amount
        self.withdrawn[caller] += amount
        self.ether -= amount

    def may_upgradeTo(self, caller: int, version: int) -> bool:
        return caller == self.admin and version < len(VERSIONS)  # there is no code of a third one

    def upgradeTo(self, caller: int, version: int) -> None:
        self.version = version

    def may_changeAdmin(self, caller: int, admin: int) -> bool:
        return caller == self.admin

    def changeAdmin(self, caller: int, admin: int) -> None:
        self.admin = admin

    def may_appoint(self, caller: int, guardian: int) -> bool:
        return bool(self.version) and caller == BANKER

    def appoint(self, caller: int, guardian: int) -> None:
        self.guardian = guardian

    def may_setPaused(self, caller: int, paused: int) -> bool:
        return bool(self.version) and caller == self.guardian

    def setPaused(self, caller: int, paused: int) -> None:
        self.paused = bool(paused)

    def may_initialize(self, caller: int) -> bool:
        return False

    def may_rescue(self, caller: int) -> bool:
        return caller == BANKER

    def rescue(self, caller: int) -> None:
        self.rescued, self.ether = self.rescued + self.ether, 0


@opened_once
def built(proxy: Contract, bank: Contract, bank_guarded: Contract) -> tuple[Stage, dict[str, Place]]:
    """Return both versions of the bank, and a proxy before the first, whose owner is BANKER."""
    stage = Stage()
    places = {"bank": stage.create(bank), "bank_guarded": stage.create(bank_guarded)}
    data = bank.call_data("initialize", PEOPLE[BANKER])
    places["proxy"] = stage.create(proxy, places["bank"].address, data)
    return stage, places


def check_proxy(contract: Contract, story: Story, *, proxied: bool = True) -> list[tuple[int, int]]:
    """Hold a bank to paper after every step; return what everybody has in it, and took out.

    Without a proxy (`proxied`), the first version is called as it is.
    """
    stage, places = built(*(contract if name == contract.name else load_contract(name) for name in PARTS))
    home = places["proxy" if proxied else "bank"]
    bank, paper = Place(load_contract("bank_guarded"), home.address), Paper()
    for function, caller, *rest in story:
        arguments, value = tuple(rest), 0
        if function == "deposit":
            arguments, value = (), rest[0]
        elif function in ("pay", "changeAdmin", "appoint"):
            arguments = (PEOPLE[rest[0]], *rest[1:])
        elif function == "upgradeTo":
            arguments = ([*(places[name].address for name in VERSIONS), person(70)][rest[0]],)
        elif function in ("initialize", "rescue"):
            arguments = (SUCCESSOR if function == "rescue" else PEOPLE[caller],)
        place = home if function in ("upgradeTo", "changeAdmin") else bank
        done = stage.call(PEOPLE[caller], place, function, *arguments, value=value)
        assert done == paper.take(function, caller, *rest)
        if done and function == "pay":
            assert stage.last is not None
            assert [log[0] for log in stage.last.logs] == [home.address]  # it speaks in the proxy's name
        look(stage, bank, paper)
        if proxied:
            look_behind(stage, places, paper)
    return [(paper.deposits[n], paper.withdrawn[n]) for n in range(3)]


def look(stage: Stage, bank: Place, paper: Paper) -> None:
    """Compare everybody's deposit, and every wei."""
    for n in range(3):
        assert stage.ask(bank, "depositOf", PEOPLE[n]) == paper.deposits[n]
        assert stage.balance(PEOPLE[n]) == paper.withdrawn[n]
    assert stage.balance(bank) == paper.ether
    assert stage.balance(SUCCESSOR) == paper.rescued


def look_behind(stage: Stage, places: dict[str, Place], paper: Paper) -> None:
    """Compare who rules; nothing may have been written behind the proxy."""
    bank = Place(load_contract("bank_guarded"), places["proxy"].address)
    assert stage.ask(bank, "owner") == int.from_bytes(PEOPLE[BANKER])
    if paper.version:
        assert stage.ask(bank, "guardian") == (int.from_bytes(PEOPLE[paper.guardian]) if paper.guardian >= 0 else 0)
        assert stage.ask(bank, "paused") == paper.paused
    for name in VERSIONS:
        assert list(stage.world.accounts[places[name].address].storage.values()) == [int.from_bytes(OWNER)]


@stories
@given(st.lists(st.one_of(payments, office), max_size=12))
def test_what_everybody_has_outlives_every_upgrade(story: Story) -> None:
    check_proxy(load_contract("proxy"), story)


@stories
@given(st.lists(payments, max_size=8))
def test_a_bank_behind_a_proxy_is_the_bank_itself(story: Story) -> None:
    alone = check_proxy(load_contract("bank"), story, proxied=False)
    assert check_proxy(load_contract("bank"), story) == alone
    assert check_proxy(load_contract("bank"), [("upgradeTo", ADMIN, 1), *story]) == alone


def test_the_words_of_a_proxy_lie_where_tools_look_for_them() -> None:
    """ERC-1967 gives both slots in full, and the logs with which they are set."""
    stage, places = built(*map(load_contract, PARTS))
    proxy, admin = places["proxy"], person(0)
    assert stage.call(OWNER, proxy, "upgradeTo", places["bank_guarded"].address)
    assert stage.last is not None
    ((emitter, topics, _),) = stage.last.logs
    assert emitter == proxy.address
    assert topics == (
        int.from_bytes(keccak256(b"Upgraded(address)")),
        int.from_bytes(places["bank_guarded"].address),
    )
    assert stage.call(OWNER, proxy, "changeAdmin", admin)
    words = stage.world.accounts[proxy.address].storage
    assert words[0x360894A13BA1A3210667C828492DB98DCA3E2076CC3735A920A3CA505D382BBC] == int.from_bytes(
        places["bank_guarded"].address
    )
    assert words[0xB53127684A568B3173AE13B9F8A6016E243E63B6E8EE1178D6A717850B5D6103] == int.from_bytes(admin)


def test_whoever_pays_after_an_upgrade_reads_what_it_wrote_and_nobody_else_does() -> None:
    workload = APPLICATIONS["proxy-upgrade"](60, users=1_000)
    results = BACKENDS.named("sequential").execute_block(workload.pre, workload.block, RunConfig(workload.chain)).result
    edges = dependency_graph(results.results).dependencies
    slot = Location(PROXY, IMPLEMENTATION_SLOT)
    assert {(edge.before, edge.after) for edge in edges if edge.location == slot} == {(30, n) for n in range(31, 60)}


BUSY: Story = [("deposit", 0, 50), ("deposit", 0, 5), ("pay", 0, 1, 30), ("pay", 0, 1, 30), ("withdraw", 1, 20),
               ("withdraw", 1, 20), ("initialize", 0), ("rescue", 0), ("rescue", BANKER),
               ("withdraw", 1, 5)]  # fmt: skip
UPGRADED: Story = [*BUSY[:3], ("appoint", BANKER, 1), ("upgradeTo", 0, 1), ("upgradeTo", ADMIN, 2),
                   ("upgradeTo", ADMIN, 1), ("setPaused", 0, 1), ("appoint", 0, 0), ("appoint", BANKER, 1),
                   ("setPaused", 0, 1), ("setPaused", 1, 1), ("pay", 1, 0, 1), ("withdraw", 1, 1), ("deposit", 1, 1),
                   ("initialize", 0), ("rescue", 0), ("changeAdmin", 0, 0), ("changeAdmin", ADMIN, 0),
                   ("upgradeTo", ADMIN, 0), ("upgradeTo", 0, 0), *BUSY[3:]]  # fmt: skip
RESUMED: Story = [*BUSY[:3], ("upgradeTo", ADMIN, 1), ("appoint", BANKER, 1), ("setPaused", 1, 1), ("setPaused", 1, 0),
                  ("pay", 0, 1, 5), ("withdraw", 1, 20), ("rescue", BANKER)]  # fmt: skip
FIRST_TWO = "owner: public(address)\ndepositOf: public(HashMap[address, uint256])\n"
GUARDIAN = "guardian: public(address)\n"
TAKE = "self.depositOf[msg.sender] -= amount\n"
NOT_PAUSED = '    assert not self.paused, "paused"\n'
AT_2, AT_3 = "0x" + "0" * 63 + "2", "0x" + "0" * 63 + "3"


@mistakes(
    # storage clashes: with the guardian, with the pause, and of the new version with the old one
    ("proxy", f"{IMPLEMENTATION_SLOT:#x}", AT_2, check_proxy, UPGRADED),
    ("proxy", f"{ADMIN_SLOT:#x}", AT_3, check_proxy, UPGRADED),
    ("bank_guarded", FIRST_TWO + GUARDIAN, GUARDIAN + FIRST_TWO, check_proxy, UPGRADED),
    ("proxy", 'assert msg.sender == self._admin(), "not the admin"\n    self._', "self._", check_proxy, UPGRADED),
    ("proxy", 'assert msg.sender == self._admin(), "not the admin"\n    self.w', "self.w", check_proxy, UPGRADED),
    ("proxy", 'assert implementation.is_contract, "no code there"', "pass", check_proxy, UPGRADED),
    ("proxy", "max_outsize=LONGEST, is_delegate_call=True", "max_outsize=LONGEST", check_proxy, BUSY),
    ("bank", 'assert self.owner == empty(address), "has an owner"', "pass", check_proxy, BUSY),
    ("bank", 'assert msg.sender == self.owner, "not the owner"', "pass", check_proxy, BUSY),
    ("bank", "self.depositOf[msg.sender] += msg.value", "self.depositOf[msg.sender] = msg.value", check_proxy, BUSY),
    ("bank", "self.depositOf[payee] +=", "self.depositOf[payee] =", check_proxy, [*BUSY[:4], ("pay", 0, 1, 1)]),
    ("bank", f"{TAKE}    assert", "assert", check_proxy, BUSY),
    ("bank", f"{TAKE}    self", "self", check_proxy, BUSY),
    ("bank_guarded", "self.paused = paused", "self.paused = True", check_proxy, RESUMED),
    ("bank_guarded", f"{NOT_PAUSED}    {TAKE}    assert", f"    {TAKE}    assert", check_proxy, UPGRADED),
    ("bank_guarded", f"{NOT_PAUSED}    {TAKE}    self", f"    {TAKE}    self", check_proxy, UPGRADED),
    ("bank_guarded", 'assert msg.sender == self.owner, "not the owner"\n    self', "self", check_proxy, UPGRADED),
    ("bank_guarded", 'assert msg.sender == self.owner, "not the owner"\n    send', "send", check_proxy, UPGRADED),
    ("bank_guarded", 'assert msg.sender == self.guardian, "not the guardian"', "pass", check_proxy, UPGRADED),
    ("bank_guarded", 'assert self.owner == empty(address), "has an owner"', "pass", check_proxy, UPGRADED),
)  # fmt: skip
def test_every_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)
