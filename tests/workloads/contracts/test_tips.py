"""Tips: an author gets all but the fee, to the wei, and every wei in the contract is somebody's."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, stories
from toyevm.contracts import Contract, load_contract

COIN = 10**15
POST = bytes(range(32))
people = st.integers(0, 3)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("fill"), people, st.integers(0, 50)),
        st.tuples(st.just("tip"), people, st.integers(-1, 3), st.integers(0, 30)),
        st.tuples(st.just("withdraw"), people),
        st.tuples(st.just("collectFees"), people),
    ),
    max_size=12,
)


class Paper:
    """What everybody has, in wei: in the purse, gross for what they wrote, and paid out."""

    def __init__(self, waits: bool) -> None:
        self.waits = waits  # the fee, until the author withdraws
        self.purses, self.gross, self.paid = Counter[int](), Counter[int](), Counter[int]()
        self.fees = self.tipped = self.filled = 0

    def fill(self, who: int, coins: int) -> bool:
        self.purses[who] += coins * COIN + 7
        self.filled += coins * COIN + 7
        return True

    def tip(self, fan: int, author: int, coins: int) -> bool:
        if author < 0 or coins * COIN > self.purses[fan]:
            return False
        self.purses[fan] -= coins * COIN
        self.gross[author] += coins * COIN
        self.tipped += coins * COIN
        self.fees += 0 if self.waits else coins * COIN // 40
        return True

    def earned(self, who: int) -> int:
        return self.gross[who] * 39 // 40

    def withdraw(self, who: int) -> bool:
        self.paid[who] += self.earned(who) + self.purses.pop(who, 0)
        self.fees += self.gross[who] // 40 if self.waits else 0
        self.gross[who] = 0
        return True

    def collectFees(self, who: int) -> bool:
        self.paid[-1] += self.fees
        self.fees = 0
        return True


def check_tips(contract: Contract, story: Story) -> tuple[list[bool], Counter[int]]:
    """Hold purses, earnings and fees to a ledger on paper; return which steps went through, and who was paid what."""
    stage = Stage()
    tips, paper, went = stage.create(contract), Paper("earned" not in contract.slots), []
    for function, who, *arguments in [*story, *(("withdraw", who) for who in range(4)), ("collectFees", 0)]:
        went.append(getattr(paper, function)(who, *arguments))
        value = arguments.pop() * COIN + 7 if function == "fill" else 0
        if function == "tip":
            author = person(arguments[0]) if arguments[0] >= 0 else bytes(20)
            arguments = [author, POST, arguments[1]]
        assert stage.call(person(who), tips, function, *arguments, value=value) == went[-1]
        if function == "tip" and went[-1]:
            check_log(stage, who, *arguments)
        check_books(stage, tips, paper)
    assert stage.balance(tips) == 0
    assert paper.paid.total() == paper.filled
    assert paper.paid[-1] == paper.tipped // 40
    return went, paper.paid


def check_log(stage: Stage, fan: int, author: bytes, post: bytes, coins: int) -> None:
    assert stage.last is not None
    ((_, topics, data),) = stage.last.logs
    assert topics[1:] == tuple(int.from_bytes(one) for one in (person(fan), author, post))
    assert int.from_bytes(data) == coins


def check_books(stage: Stage, tips: Place, paper: Paper) -> None:
    """What can be asked and what storage holds is what is on paper, and the contract has as much as it owes."""
    look = stage.ask if paper.waits else stage.stored  # what waits is added up when somebody asks
    for who in range(4):
        assert stage.stored(tips, "purses", person(who)) == paper.purses[who]
        assert look(tips, "earned", person(who)) == paper.earned(who)
    assert stage.stored(tips, "fees") == paper.fees
    waiting = paper.gross.total() if paper.waits else sum(paper.earned(who) for who in range(4))
    assert stage.balance(tips) == paper.purses.total() + waiting + paper.fees
    accounts = {-1: OWNER} | {who: person(who) for who in range(4)}
    found = {who: stage.balance(address) for who, address in accounts.items()}
    assert found == {who: paper.paid[who] for who in accounts}


@stories
@given(steps)
def test_both_designs_pay_everybody_the_same(story: Story) -> None:
    assert check_tips(load_contract("tips"), story) == check_tips(load_contract("tips_pull"), story)


def test_the_site_gets_a_fortieth() -> None:
    for name in ("tips", "tips_pull"):
        went, paid = check_tips(load_contract(name), TIPS)
        assert went[:6] == [True, True, True, False, False, True]
        assert paid[1] == 40 * COIN * 39 // 40
        assert paid[-1] == COIN


TIPS: Story = [("fill", 0, 50), ("tip", 0, 1, 13), ("tip", 0, 1, 27), ("tip", 0, 2, 30), ("tip", 0, -1, 1),
               ("withdraw", 1), ("withdraw", 1), ("collectFees", 2), ("collectFees", 2)]  # fmt: skip
SHARED: Story = [("fill", 0, 50), ("fill", 2, 50), ("tip", 0, 1, 7), ("tip", 2, 1, 9), ("tip", 0, 1, 8), *TIPS]


@mistakes(
    ("tips", "FEE: constant(uint256) = 25", "FEE: constant(uint256) = 24", check_tips, TIPS),
    ("tips", "assert author != empty(address)", "assert True", check_tips, TIPS),
    ("tips", "+= amount - fee", "+= amount", check_tips, TIPS),
    ("tips", "self.fees += fee", "self.fees = fee", check_tips, TIPS),
    ("tips", "self.purses[msg.sender] -= amount", "pass", check_tips, TIPS),
    ("tips", "self.earned[msg.sender] = 0", "pass", check_tips, TIPS),
    ("tips", "send(self.site", "send(msg.sender", check_tips, TIPS),
    ("tips", "coins=coins)", "coins=amount)", check_tips, TIPS),
    ("tips_pull", "self.purses[msg.sender] = 0", "pass", check_tips, TIPS),
    ("tips_pull", "% SHARDS] += amount", "% SHARDS] = amount", check_tips, SHARED),
    ("tips_pull", "total += part", "total = part", check_tips, SHARED),
    ("tips_pull", "self.earnedShards[msg.sender] = empty(uint256[SHARDS])", "pass", check_tips, SHARED),
    ("tips_pull", "self.fees += fee", "self.fees = fee", check_tips, [*SHARED[:-4], *SHARED]),
    ("tips_pull", "self.fees = 0", "pass", check_tips, SHARED),
    ("tips_pull", "amount: uint256 = total - fee", "amount: uint256 = total", check_tips, SHARED),
)
def test_the_check_finds(mistake: Mistake) -> None:
    find(mistake)
