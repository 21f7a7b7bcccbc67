"""The game: nobody's items move but by their word, land has one landlord, rent and tax are paid to the last coin."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, opened_once, stories
from tests.workloads.test_applications import executed, storage_only
from toyevm.analysis.dependencies import dependency_graph
from toyevm.contracts import Contract, load_contract, mapping_slot
from toyevm.contracts.abi import encode_as
from toyevm.crypto import keccak256
from toyevm.state import Account, WorldState
from toyevm.workloads.applications.game.workload import owned
from toyevm.workloads.planned_blocks import user

GOLD, LAND = 0, 2**128
PLOTS = (LAND, LAND + 1)
CROPS = {land: 1 + land % 10 for land in PLOTS}
ITEMS = (GOLD, *PLOTS, *CROPS.values())
GAME = 4  # the number that stands for the contract itself, which does not take items; 5 for who runs the game
FIRST = {(who, GOLD): 100 for who in range(4)} | {(0, LAND): 1}
NAMED = {
    "safeTransferFrom": 2,
    "safeBatchTransferFrom": 2,
    "mint": 1,
    "spend": 1,
    "setApprovalForAll": 1,
}  # how many arguments are people
TRANSFER = load_contract("game").event_topic("TransferSingle")
BATCH = keccak256(b"TransferBatch(address,address,address,uint256[],uint256[])")  # as the standard has it
NUMBERS = {int.from_bytes(person(number)): number for number in range(4)}
people, plots, amounts = st.integers(0, 3), st.sampled_from(PLOTS), st.sampled_from([0, 1, 2, 60])
kinds = st.lists(st.sampled_from(ITEMS), max_size=3)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("work"), people, plots, st.sampled_from([19, 99])),
        st.tuples(st.just("setRent"), people, plots, st.integers(0, 60)),
        st.tuples(st.just("safeTransferFrom"), people, people, st.integers(0, GAME), st.sampled_from(ITEMS), amounts),
        st.tuples(st.just("safeBatchTransferFrom"), people, people, st.integers(0, GAME), kinds, st.lists(amounts)),
        st.tuples(st.just("setApprovalForAll"), people, people, st.booleans()),
        st.tuples(st.just("mint"), st.integers(0, 5), people, st.sampled_from(ITEMS), amounts),
        st.tuples(st.just("spend"), st.integers(0, 5), people, st.integers(0, 3)),
        st.tuples(st.just("collect"), people, plots),
    ),
    max_size=12,
)


class Paper:
    """What the game keeps, on paper; `boxed`: whether rent waits at the plot."""

    def __init__(self, boxed: bool) -> None:
        self.boxed = boxed
        self.owned = Counter(FIRST)
        self.landlords, self.rents = {LAND: 0}, Counter({LAND: 20})
        self.operators: set[tuple[int, int]] = set()
        self.dues, self.taxes, self.treasury, self.spent, self.minted = Counter(), Counter(), 0, 0, 400

    def collect(self, who: int, land: int) -> bool:
        if land in self.landlords:
            self.owned[self.landlords[land], GOLD] += self.dues.pop(land, 0)
            self.treasury += self.taxes.pop(land, 0)
        return self.boxed

    def work(self, who: int, land: int, most: int) -> bool:
        rent = self.rents[land]
        if land not in self.landlords or rent > most or rent > self.owned[who, GOLD]:
            return False
        tax = -(-rent * 5 // 100)
        self.owned[who, GOLD] -= rent
        self.dues[land] += rent - tax
        self.taxes[land] += tax
        self.owned[who, CROPS[land]] += 1
        if not self.boxed:
            self.collect(who, land)
        return True

    def setRent(self, who: int, land: int, rent: int) -> bool:
        if done := self.landlords.get(land) == who:
            self.rents[land] = rent
        return done

    def safeTransferFrom(self, who: int, sender: int, receiver: int, item: int, amount: int) -> bool:
        if not self.may(who, sender, receiver) or amount > self.owned[sender, item]:
            return False
        self.owned[sender, item] -= amount
        self.owned[receiver, item] += amount
        if item in PLOTS and amount:
            self.collect(who, item)
            self.landlords[item] = receiver
        return True

    def may(self, who: int, sender: int, receiver: int) -> bool:
        return (who == sender or (sender, who) in self.operators) and receiver != GAME

    def safeBatchTransferFrom(self, who: int, sender: int, receiver: int, items: list[int], amounts: list[int]) -> bool:
        if len(items) != len(amounts) or not self.may(who, sender, receiver):
            return False
        before = deepcopy(vars(self))  # a landlord who hands over land has the gold of its box for what comes next
        done = all(self.safeTransferFrom(who, sender, receiver, *each) for each in zip(items, amounts, strict=True))
        vars(self).update({} if done else before)
        return done

    def setApprovalForAll(self, who: int, operator: int, approved: bool) -> bool:
        (self.operators.add if approved else self.operators.discard)((who, operator))
        return True

    def mint(self, who: int, receiver: int, item: int, amount: int) -> bool:
        if who != 5 or (item in PLOTS and (amount != 1 or item in self.landlords)):
            return False
        self.owned[receiver, item] += amount
        self.minted += amount if item == GOLD else 0
        if item in PLOTS:
            self.landlords[item] = receiver
        return True

    def spend(self, who: int, receiver: int, amount: int) -> bool:
        if who != 5 or amount > self.treasury:
            return False
        self.treasury -= amount
        self.owned[receiver, GOLD] += amount
        return True


@opened_once
def opened(contract: Contract) -> tuple[Stage, Place]:
    """Return a game in which everybody has gold, and the first one land."""
    stage = Stage()
    game = stage.create(contract)
    for who in range(4):
        assert stage.call(OWNER, game, "mint", person(who), GOLD, 100)
    assert stage.call(OWNER, game, "mint", person(0), LAND, 1)
    assert stage.call(person(0), game, "setRent", LAND, 20)
    return stage, game


def caller(number: int, game: Place) -> bytes:
    return {4: game.address, 5: OWNER}.get(number) or person(number)


def check_game(contract: Contract, story: Story) -> tuple[Paper, list[bool]]:
    """Hold all that is owned to a ledger on paper; return it when all boxes are empty, and which steps went through."""
    stage, game = opened(contract)
    paper, told, went = Paper("duesOf" in contract.slots), Counter(FIRST), list[bool]()
    for function, who, *arguments in [*story, *(("collect", 0, land) for land in PLOTS)]:
        done = getattr(paper, function)(who, *arguments)
        if function == "collect" and not paper.boxed:
            continue
        named = NAMED.get(function, 0)
        arguments[:named] = [caller(one, game) for one in arguments[:named]]
        arguments += [b""] if function.startswith("safe") else []
        assert stage.call(caller(who, game), game, function, *arguments) == done
        went += [done] if function != "collect" else []
        tell(stage, told)
        check_books(stage, game, paper, told)
    return paper, went


def tell(stage: Stage, told: Counter[tuple[int, int]]) -> None:
    """Follow the transfers in the log, by which alone a wallet knows what its owner has."""
    assert stage.last is not None
    for _, (kind, *topics), data in stage.last.logs:
        if kind in (TRANSFER, int.from_bytes(BATCH)):
            words = [int.from_bytes(data[i : i + 32]) for i in range(0, len(data), 32)]
            size = 1 if kind == TRANSFER else words[2]
            pairs = [words] if kind == TRANSFER else zip(words[3 : 3 + size], words[4 + size :], strict=True)
            for item, amount in pairs:
                told[NUMBERS.get(topics[1], GAME), item] -= amount
                told[NUMBERS.get(topics[2], GAME), item] += amount


def check_books(stage: Stage, game: Place, paper: Paper, told: Counter[tuple[int, int]]) -> None:
    """What storage holds is what is on paper, and there is as much gold as was minted."""
    found = {(who, item): stage.stored(game, "balanceOf", person(who), item) for who in range(4) for item in ITEMS}
    assert found == {key: paper.owned[key] for key in found} == {key: told[key] for key in found}
    for land in PLOTS:
        landlord = person(paper.landlords[land]) if land in paper.landlords else b""
        assert stage.stored(game, "landlordOf", land) == int.from_bytes(landlord)
        assert stage.stored(game, "rentOf", land) == paper.rents[land]
        for name, book in (("duesOf", paper.dues), ("taxOf", paper.taxes)):
            assert name not in game.contract.slots or stage.stored(game, name, land) == book[land]
    assert stage.stored(game, "treasury") == paper.treasury
    gold = sum(paper.owned[who, GOLD] for who in range(4))
    assert gold + paper.treasury + paper.dues.total() + paper.taxes.total() == paper.minted


@stories
@given(steps)
def test_both_designs_keep_every_coin_and_end_alike_when_the_same_calls_go_through(story: Story) -> None:
    """They may not: who waits for rent in a box can run out of gold, and so can a treasury."""
    (push, went), (pull, also) = (check_game(load_contract(name), story) for name in ("game", "game_pull"))
    if went == also:
        assert (push.owned, push.treasury) == (pull.owned, pull.treasury)


def test_after_the_same_work_both_designs_have_paid_the_same() -> None:
    (push, went), (pull, also) = (check_game(load_contract(name), WORK) for name in ("game", "game_pull"))
    assert went == also == [True] * 5 + [False]
    assert [push.owned[who, GOLD] for who in range(3)] == [pull.owned[who, GOLD] for who in range(3)] == [138, 98, 61]
    assert push.treasury == pull.treasury == 3


def test_a_batch_goes_through_as_a_whole_or_not_at_all() -> None:
    for name in ("game", "game_pull"):
        assert check_game(load_contract(name), BATCHES)[1] == [True, False, True, False, False, False, False, True]
        assert check_game(load_contract(name), RENT_AND_LAND)[1] == [True, True, False, True]


def test_where_rent_waits_players_meet_at_its_box_or_at_their_own_gold() -> None:
    slots = load_contract("game_pull").slots
    boxes = {mapping_slot(slots[box], LAND + plot) for box in ("duesOf", "taxOf") for plot in range(1_000)}
    gold = {owned(load_contract("game_pull"), user(number), GOLD) for number in range(1_000)}
    meetings = Counter(edge.location.key for edge in dependency_graph(storage_only(executed("game-pull"))).dependencies)
    most = {key for key, count in meetings.items() if count > 1}
    assert most & boxes
    assert most & gold
    assert most <= boxes | gold


def test_an_item_is_at_its_place_by_the_standard() -> None:
    """What the course reads from storage is what `balanceOf`, `landlordOf` and `isApprovedForAll` answer."""
    stage, game = opened(load_contract("game"))
    assert stage.call(person(1), game, "setApprovalForAll", person(2), 1)
    assert stage.ask(game, "balanceOf", person(0), LAND) == 1
    assert stage.ask(game, "isApprovedForAll", person(1), person(2)) == 1
    assert stage.ask(game, "landlordOf", LAND) == int.from_bytes(person(0))
    several = stage.ask(game, "balanceOfBatch", [person(0), person(0), person(1)], [GOLD, LAND, LAND])
    assert several == int.from_bytes(encode_as(["uint256[]"], [[100, 1, 0]]))
    assert load_contract("game").event_topic("TransferBatch") == int.from_bytes(BATCH)


def check_receivers(contract: Contract, _: Story = ()) -> None:
    """A contract keeps items if it answers that it takes them, in the words of ERC-1155."""
    stage, game = opened(contract)
    single = keccak256(b"onERC1155Received(address,address,uint256,uint256,bytes)")[:4]
    batch = keccak256(b"onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)")[:4]
    for number, answer in enumerate([single, batch, bytes(4), b"none"]):
        receiver, push32_mstore_return = bytes([0xD0 + number]) * 20, b"\x7f%b\x5f\x52\x60\x20\x5f\xf3"
        code = push32_mstore_return % answer.ljust(32, b"\0")
        stage.world = WorldState({**stage.world.accounts, receiver: Account(nonce=1, code=code)})
        done = stage.call(person(0), game, "safeTransferFrom", person(0), receiver, GOLD, 9, b"a gift")
        assert done == (answer == single)
        both = stage.call(person(0), game, "safeBatchTransferFrom", person(0), receiver, [GOLD, GOLD], [5, 4], b"")
        assert both == (answer == batch)
        assert stage.ask(game, "balanceOf", receiver, GOLD) == 9 * (done or both)


@pytest.mark.parametrize("name", ["game", "game_pull"])
def test_a_contract_gets_items_only_if_it_says_that_it_takes_them(name: str) -> None:
    check_receivers(load_contract(name))


WORK: Story = [("work", 1, LAND, 20), ("work", 2, LAND, 20), ("safeTransferFrom", 0, 0, 1, LAND, 1),
               ("setRent", 1, LAND, 19), ("work", 2, LAND, 19), ("work", 3, LAND, 18)]  # fmt: skip
DEEDS: Story = [("safeTransferFrom", 1, 0, 1, LAND, 1), ("safeTransferFrom", 0, 0, GAME, LAND, 1),
                ("safeTransferFrom", 0, 0, 1, LAND, 0), ("setRent", 1, LAND, 1), ("mint", 5, 1, LAND, 1),
                ("mint", 5, 1, LAND + 1, 2), ("mint", 1, 1, GOLD, 60), ("work", 1, LAND + 1, 99), ("spend", 1, 1, 0),
                ("setApprovalForAll", 0, 1, True), ("safeTransferFrom", 1, 0, 1, LAND, 1)]  # fmt: skip

BATCHES: Story = [("safeBatchTransferFrom", 0, 0, 1, [GOLD, LAND, GOLD], [60, 1, 20]),
                  ("safeBatchTransferFrom", 1, 1, 2, [LAND, GOLD], [1, 181]), ("setRent", 1, LAND, 5),
                  ("safeBatchTransferFrom", 1, 1, 2, [GOLD], [1, 1]), ("safeBatchTransferFrom", 1, 1, 2, [GOLD], []),
                  ("safeBatchTransferFrom", 1, 2, 1, [GOLD], [1]), ("safeBatchTransferFrom", 1, 1, GAME, [], []),
                  ("safeBatchTransferFrom", 1, 1, 1, [LAND, LAND], [1, 1])]  # fmt: skip
RENT_AND_LAND: Story = [("work", 1, LAND, 20), ("safeTransferFrom", 0, 0, 2, GOLD, 100),
                        ("safeBatchTransferFrom", 0, 0, 2, [LAND, GOLD], [1, 20]),
                        ("safeBatchTransferFrom", 0, 0, 2, [LAND, GOLD], [1, 19])]  # fmt: skip

SPENT: Story = [("work", 1, LAND, 20), ("collect", 0, LAND), ("spend", 5, 2, 1), ("spend", 5, 2, 1)]


@mistakes(
    ("game", "self.treasury -= amount", "pass", check_game, SPENT),
    ("game_pull", "self.treasury -= amount", "pass", check_game, SPENT),
    ("game", "msg.sender == sender or self.isApprovedForAll[sender][msg.sender]", "True", check_game, DEEDS),
    ("game", "msg.sender == sender or", "", check_game, DEEDS),
    ("game", "if receiver.is_contract:", "if False:", check_game, DEEDS),
    ("game", "assert answer == ACCEPTED,", "assert True,", check_receivers, ()),
    ("game", "assert answer == ACCEPTED_BATCH", "assert True", check_receivers, ()),
    ("game", 'assert len(items) == len(amounts), "an amount for each kind"', "pass", check_game, BATCHES),
    ("game", "items[i], amounts[i])", "items[i], amounts[0])", check_game, BATCHES),
    ("game", "range(len(items), bound=MOST):\n        self", "range(1):\n        self", check_game, BATCHES),
    ("game_pull", "items=items, amounts=amounts", "items=items, amounts=items", check_game, BATCHES),
    ("game_pull", "    self._check(sender, receiver)\n    for", "    for", check_game, BATCHES),
    ("game", "amount == 1 and ", "", check_game, DEEDS),
    ("game", " and self.landlordOf[item] == empty(address)", "", check_game, DEEDS),
    ("game", "assert rent <= most", "assert True", check_game, WORK),
    ("game", "(rent * TAX + PARTS - 1) // PARTS", "rent * TAX // PARTS", check_game, WORK),
    ("game", "GOLD, rent - tax", "GOLD, rent", check_game, WORK),
    ("game", "self.treasury += tax", "self.treasury = tax", check_game, WORK),
    ("game_pull", "self.balanceOf[sender][item] -= amount", "pass", check_game, WORK),
    ("game_pull", "sender=sender", "sender=receiver", check_game, WORK),
    ("game_pull", " and amount > 0", "", check_game, DEEDS),
    ("game_pull", "msg.sender == self.landlordOf[land]", "True", check_game, DEEDS),
    ("game_pull", "msg.sender == self.game", "True", check_game, DEEDS),
    ("game_pull", "self._empty_box(item)  #", "pass  #", check_game, WORK),
    ("game_pull", "self.duesOf[land] = 0", "pass", check_game, WORK),
    ("game_pull", "self.taxOf[land] = 0", "pass", check_game, WORK),
    ("game_pull", "self.duesOf[land] += rent - tax", "self.duesOf[land] = rent - tax", check_game, WORK),
)
def test_the_check_finds(mistake: Mistake) -> None:
    find(mistake)
