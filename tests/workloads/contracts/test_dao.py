"""A DAO counts the shares of a block that is past, each once, and does what has passed, after its timelock, once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, opened_once, stories
from toyevm.contracts import Contract, load_contract
from toyevm.state import StateDiff
from toyevm.vm.message import execute_message

MEMBERS = [person(8 * number) for number in range(4)]  # which share two shards
PAYEE = person(99)
SHARES, QUORUM, THRESHOLD, PERIOD, DELAY, GRACE = 25, 30, 10, 2, 50, 14 * 24 * 3600
TREASURY, PAID = 15, 7  # of three payments, the third is one too many
who = st.integers(0, 3)
which = st.integers(0, 1)
member_steps = st.lists(
    st.one_of(
        st.tuples(st.just("transfer"), who, who, st.integers(0, 40)),
        st.tuples(st.just("propose"), who, st.integers(0, 3)),
        st.tuples(st.just("vote"), who, which, st.sampled_from([1, 1, 1, 0])),
        st.tuples(st.just("vote"), who, which, st.sampled_from([1, 1, 1, 0])),
        st.tuples(st.sampled_from(["queue", "execute", "cancel"]), who, which),
        st.tuples(st.just("blocks"), st.integers(1, 3)),
        st.tuples(st.just("seconds"), st.sampled_from([DELAY - 12, DELAY, GRACE])),
    ),
    max_size=12,
)


@dataclass
class Proposal:
    """A proposal on paper."""

    proposer: int
    kind: int
    snapshot: int
    votes: dict[int, tuple[int, int]] = field(default_factory=dict)  # of each member: the side, and with how much
    eta: int = 0
    closed: bool = False

    def tally(self, side: int) -> int:
        return sum(shares for voted, shares in self.votes.values() if voted == side)


class Paper:
    """What a DAO should be, with every member's shares at the end of every block written down."""

    def __init__(self) -> None:
        self.number, self.seconds = 10, 120
        self.shares = [SHARES] * 4
        self.books: dict[int, list[int]] = {9: [0] * 4}
        self.proposals: list[Proposal] = []
        self.quorum, self.delay, self.treasury = QUORUM, DELAY, TREASURY

    def next_block(self) -> None:
        self.books[self.number] = list(self.shares)
        self.number, self.seconds = self.number + 1, self.seconds + 12

    def transfer(self, sender: int, receiver: int, amount: int) -> bool:
        if done := amount <= self.shares[sender]:
            self.shares[sender] -= amount
            self.shares[receiver] += amount
        return done

    def propose(self, proposer: int, kind: int) -> bool:
        if done := self.books[self.number - 1][proposer] >= THRESHOLD:
            self.proposals.append(Proposal(proposer, kind, self.number))
        return done

    def vote(self, voter: int, one: Proposal, side: int) -> bool:
        done = one.snapshot < self.number <= one.snapshot + PERIOD and voter not in one.votes
        if done := done and self.books[one.snapshot][voter] > 0:
            one.votes[voter] = side, self.books[one.snapshot][voter]
        return done

    def queue(self, _: int, one: Proposal) -> bool:
        over, fresh = self.number > one.snapshot + PERIOD, not one.eta and not one.closed
        if done := over and fresh and one.tally(1) >= self.quorum and one.tally(1) > one.tally(0):
            one.eta = self.seconds + self.delay
        return done

    def cancel(self, caller: int, one: Proposal) -> bool:
        if done := not one.closed and (caller == one.proposer or self.shares[one.proposer] < THRESHOLD):
            one.closed = True
        return done

    def execute(self, _: int, one: Proposal) -> bool:
        done = bool(one.eta) and not one.closed and one.eta <= self.seconds <= one.eta + GRACE
        if done := done and (one.kind in (1, 3) or (one.kind == 0 and self.treasury >= PAID)):
            one.closed = True
            if one.kind == 0:
                self.treasury -= PAID
            elif one.kind == 1:
                self.quorum = 60
            else:
                self.delay = 2 * DELAY
        return done


def action(dao: Place, kind: int) -> tuple[Any, ...]:
    """Return what is proposed: to pay, to change a rule, or to give away a share that the DAO does not have."""
    if kind == 0:
        return PAYEE, PAID, b""
    function, *arguments = [("setQuorum", 60), ("transfer", PAYEE, 1), ("setDelay", 2 * DELAY)][kind - 1]
    return dao.address, 0, dao.contract.call_data(str(function), *arguments)


@opened_once
def founded(contract: Contract) -> tuple[Stage, Place]:
    """Return a DAO of four equal members, as they found it in every story."""
    stage = Stage()
    stage.env = replace(stage.env, number=9, timestamp=108)
    dao = stage.create(contract, 4 * SHARES, QUORUM, THRESHOLD, PERIOD, DELAY)
    gift = execute_message(stage.world, stage.env, address=dao.address, value=TREASURY)
    stage.world = stage.world.apply(StateDiff(gift.write_set))
    stage.env = replace(stage.env, number=10, timestamp=120)
    assert all(stage.call(OWNER, dao, "transfer", member, SHARES) for member in MEMBERS)
    assert not any(stage.call(OWNER, dao, rule, 1) for rule in ("setQuorum", "setDelay"))
    return stage, dao


def check_dao(contract: Contract, story: Story) -> list[tuple[int, ...]]:
    """Hold a DAO to paper after every step; return how each side of each proposal ended.

    Every story begins with a proposal to pay, and ends with a try to put through all that is left.
    """
    (stage, dao), paper = founded(contract), Paper()
    ending: Story = [("blocks", 3), ("queue", 0, 0), ("queue", 1, 1), ("seconds", DELAY), ("execute", 0, 0),
                     ("execute", 1, 1)]  # fmt: skip
    for step in [("blocks", 1), ("propose", 0, 0), *story, *ending]:
        take(stage, dao, paper, *step)
        look(stage, dao, paper)
    for number, shares in paper.books.items():
        assert [stage.ask(dao, "sharesAt", member, number) for member in MEMBERS] == shares
    return [(one.tally(1), one.tally(0), one.eta, one.closed) for one in paper.proposals]


def take(stage: Stage, dao: Place, paper: Paper, function: str, *arguments: int) -> None:
    """Take a step in the contract and on paper, and compare whether it went through."""
    if function in ("blocks", "seconds"):
        for _ in range(arguments[0] if function == "blocks" else 1):
            paper.next_block()
        paper.seconds += arguments[0] if function == "seconds" else 0
        stage.env = replace(stage.env, number=paper.number, timestamp=paper.seconds)
        return
    caller, *rest = arguments
    given_: tuple[Any, ...] = tuple(rest)
    if function == "transfer":
        expected, given_ = paper.transfer(caller, *rest), (MEMBERS[rest[0]], rest[1])
    elif function == "propose":
        expected, given_ = paper.propose(caller, *rest), action(dao, rest[0])
    elif rest[0] >= len(paper.proposals):
        expected = False
        given_ = (*rest, *action(dao, 0)) if function == "execute" else given_
    else:
        one = paper.proposals[rest[0]]
        if function == "execute":
            assert not stage.call(MEMBERS[caller], dao, "execute", rest[0], MEMBERS[0], 1, b"")  # not voted on
            given_ = (*rest, *action(dao, one.kind))
        expected = getattr(paper, function)(caller, one, *rest[1:])
    assert stage.call(MEMBERS[caller], dao, function, *given_) == expected


def look(stage: Stage, dao: Place, paper: Paper) -> None:
    """Compare what everybody has, and every tally."""
    assert [stage.ask(dao, "balanceOf", member) for member in MEMBERS] == paper.shares
    for number, one in enumerate(paper.proposals):
        assert stage.ask(dao, "votesFor", number) == one.tally(1)
        assert stage.ask(dao, "votesAgainst", number) == one.tally(0)
    assert stage.ask(dao, "quorum") == paper.quorum
    assert stage.balance(dao) == paper.treasury
    assert stage.balance(PAYEE) == TREASURY - paper.treasury


@stories
@given(member_steps)
def test_a_dao_counts_and_does_what_it_would_on_paper(story: Story) -> None:
    assert check_dao(load_contract("dao"), story) == check_dao(load_contract("dao_sharded"), story)


def test_a_member_who_passes_shares_on_does_not_vote_twice() -> None:
    """The receiver has no more votes than at the snapshot, though the shares are in their hands now."""
    story = [("blocks", 1), ("vote", 0, 0, 1), ("transfer", 0, 1, 25), ("vote", 1, 0, 1), ("blocks", 1)]
    for name in ("dao", "dao_sharded"):
        assert check_dao(load_contract(name), story)[0][:2] == (50, 0)


PASSED: Story = [("blocks", 1), ("vote", 0, 0, 1), ("vote", 0, 0, 1), ("vote", 2, 0, 1), ("vote", 3, 0, 0)]
TIE: Story = [("blocks", 1), ("vote", 0, 0, 1), ("vote", 2, 0, 1), ("vote", 1, 0, 0), ("vote", 3, 0, 0)]
ALONE: Story = [("blocks", 1), ("vote", 0, 0, 1)]
MOVED: Story = [("transfer", 3, 0, 25), ("blocks", 1), ("transfer", 0, 2, 25), ("vote", 0, 0, 1), ("vote", 2, 0, 1)]
BORROWED: Story = [("transfer", 3, 0, 25), ("blocks", 1), ("transfer", 0, 3, 45), ("propose", 0, 1),
                   ("propose", 3, 1), ("transfer", 3, 0, 25), ("propose", 3, 0), ("propose", 0, 0)]  # fmt: skip
EARLY: Story = [*PASSED, ("blocks", 1), ("queue", 0, 0), ("execute", 0, 0), ("blocks", 1), ("vote", 1, 0, 1),
                ("queue", 0, 0), ("execute", 0, 0), ("queue", 0, 0)]  # fmt: skip
LATE: Story = [*PASSED, ("blocks", 2), ("queue", 0, 0), ("seconds", GRACE), ("seconds", DELAY)]
SLOWER: Story = [("propose", 0, 3), ("blocks", 1), ("vote", 0, 1, 1), ("vote", 1, 1, 1), ("blocks", 2), ("queue", 0, 1),
                 ("seconds", DELAY), ("execute", 0, 1), ("propose", 0, 0), ("blocks", 1), ("vote", 0, 2, 1),
                 ("vote", 1, 2, 1), ("blocks", 2), ("queue", 0, 2), ("seconds", DELAY), ("execute", 0, 2),
                 ("seconds", DELAY), ("execute", 0, 2)]  # fmt: skip
CANCELLED: Story = [*PASSED, ("cancel", 1, 0), ("cancel", 0, 0), ("cancel", 0, 0)]
LEFT: Story = [*PASSED, ("transfer", 0, 1, 20), ("cancel", 1, 0)]
TALLY = "self.votesFor[proposal] >= self.quorum and self.votesFor[proposal] >"


@mistakes(
    ("dao", "self._sharesAt(msg.sender, snapshot)", "self._sharesOf(msg.sender)", check_dao, MOVED),
    ("dao", "fromBlock <= number", "fromBlock < number", check_dao, MOVED),
    ("dao", "self._sharesAt(msg.sender, block.number - 1) >=", "self._sharesOf(msg.sender) >=", check_dao, BORROWED),
    ("dao", 'assert not self.hasVoted[proposal][msg.sender], "has voted"', "pass", check_dao, PASSED),
    ("dao", "snapshot < block.number and", "snapshot <= block.number and", check_dao, [("vote", 0, 0, 1)]),
    ("dao", " and block.number <= self.proposals[proposal].voteEnd", "", check_dao, EARLY),
    ("dao", 'assert self.proposals[proposal].voteEnd < block.number, "still voted on"', "pass", check_dao, EARLY),
    ("dao", 'assert block.timestamp >= eta, "in the timelock"', "pass", check_dao, EARLY),
    ("dao", "self.proposals[proposal].eta == 0 and", "", check_dao, EARLY),
    ("dao", 'assert block.timestamp <= eta + GRACE, "expired"', "pass", check_dao, LATE),
    ("dao", " and not self.proposals[proposal].closed", "", check_dao, CANCELLED),
    ("dao", "msg.sender == proposer or", "True or", check_dao, CANCELLED),
    ("dao", " or self._sharesOf(proposer) < self.threshold", "", check_dao, LEFT),
    ("dao", "self.proposals[proposal].closed = True  #", "pass  #", check_dao,
     [*PASSED, ("blocks", 2), ("queue", 0, 0), ("seconds", DELAY), ("execute", 0, 0)]),
    ("dao", "self.proposals[proposal].action ==", "empty(bytes32) !=", check_dao, EARLY),
    ("dao", 'assert msg.sender == self, "not the DAO"\n    self.quorum', "self.quorum", check_dao, PASSED),
    ("dao", 'assert msg.sender == self, "not the DAO"  #', "pass  #", check_dao, PASSED),
    ("dao", "self.votesFor[proposal] +=", "self.votesFor[proposal] =", check_dao, PASSED),
    ("dao", "self.votesAgainst[proposal] +=", "self.votesAgainst[proposal] =", check_dao, TIE),
    ("dao", TALLY, "self.votesFor[proposal] >", check_dao, ALONE),
    ("dao", TALLY, TALLY + "=", check_dao, TIE),
    ("dao_sharded", "self.forShards[proposal][shard] +=", "self.forShards[proposal][shard] =", check_dao, PASSED),
    ("dao_sharded", "self.againstShards[proposal][shard] +=", "self.forShards[proposal][shard] +=", check_dao, TIE),
    ("dao_sharded", " and not self.proposals[proposal].closed", "", check_dao, CANCELLED),
    ("dao", "by a proposal\n    self.delay = delay", "by a proposal\n    pass", check_dao, SLOWER),
    ("dao_sharded", "votes >= self.quorum and", "", check_dao, ALONE),
    ("dao_sharded", "total += part", "total = part", check_dao, TIE),
)  # fmt: skip
def test_every_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)
