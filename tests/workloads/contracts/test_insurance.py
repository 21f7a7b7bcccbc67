"""The mutual: shares in the capital, covers within capacity, claims judged by members, and a season paid alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, stories
from toyevm.contracts import Contract, load_contract

DAY = 86_400
VOTING, SEASON = 3 * DAY, 30 * DAY
MONEY = 10**6
FOUNDED = [("join", 0, 10_000), ("join", 1, 20_000), ("days", 1)]

people = st.integers(0, 3)
cover = st.tuples(st.just("buy"), people, st.integers(0, 150_000), st.sampled_from([0, 1, 30, 365, 366])).map(
    lambda s: [s]
)
case = st.tuples(people, people, people, st.booleans(), st.booleans(), st.sampled_from([2, 3, 30])).map(
    lambda c: [
        ("claim", c[0]),
        ("vote", c[1], c[0], c[3]),
        ("vote", c[2], c[0], c[4]),
        ("days", c[5]),
        ("assess", 3, c[0]),
    ]
)
act = st.one_of(
    st.tuples(st.just("days"), st.sampled_from([1, 30])),
    st.tuples(st.just("join"), people, st.integers(0, MONEY // 10)),
    st.tuples(st.just("leave"), people, st.integers(1, 15_000)),
    st.tuples(st.just("expire"), people, people),
    st.tuples(st.sampled_from(["settle", "collect", "claim"]), people),
    st.tuples(st.just("withdraw"), people, st.integers(0, MONEY)),
).map(lambda step: [step])
insurance_steps = st.lists(st.one_of(cover, case, act), max_size=6).map(
    lambda parts: [s for part in parts for s in part]
)


@dataclass
class Paper:
    """What should be the case, to the wei; `part_of` is the counter of a holder, or everybody's."""

    parts: int  # counters that share the capacity
    now: int = DAY
    capital: int = 0
    premiums: int = 0  # not gathered yet
    season: int = 0
    season_end: int = 0
    money: Counter[int] = field(default_factory=Counter)
    shares: Counter[int] = field(default_factory=Counter)
    joined: Counter[int] = field(default_factory=Counter)
    covers: dict[int, tuple[int, int]] = field(default_factory=dict)  # amount, last second
    claims: dict[int, tuple[int, dict[int, int]]] = field(default_factory=dict)  # second, votes: shares, or less than 0
    accepted: dict[int, tuple[int, int]] = field(default_factory=dict)  # amount, season
    paid: dict[int, tuple[int, int]] = field(default_factory=dict)  # of each season: paid, accepted
    gone: int = 0  # withdrawn

    def covered(self, of: int | None = None) -> int:
        return sum(amount for who, (amount, _) in self.covers.items() if of is None or self.parts == 1 or who == of)

    def open_sum(self) -> int:
        return sum(amount for amount, season in self.accepted.values() if season == self.season)

    def gather(self) -> None:
        self.capital, self.premiums = self.capital + self.premiums, 0

    # Each step returns whether it is to go through, and what is so then.

    def days(self, days: int) -> bool:
        self.now += days * DAY
        return True

    def join(self, who: int, amount: int) -> bool:
        capital = self.capital + self.premiums
        total = sum(self.shares.values())
        if total and not capital:
            return False
        shares = amount * total // capital if total else amount
        if shares == 0 or amount > self.money[who]:
            return False
        self.gather()
        self.money[who] -= amount
        self.capital += amount
        self.shares[who] += shares
        self.joined[who] = self.now
        return True

    def leave(self, who: int, shares: int) -> bool:
        capital, total = self.capital + self.premiums, sum(self.shares.values())
        if self.claims or self.open_sum() or shares > self.shares[who]:
            return False
        amount = shares * capital // total
        if self.covered() > 4 * (capital - amount):
            return False
        self.gather()
        self.capital -= amount
        self.shares[who] -= shares
        self.money[who] += amount
        return True

    def buy(self, who: int, amount: int, duration: int) -> bool:
        if not (amount and 0 < duration <= 365) or who in self.covers:
            return False
        premium = -(-amount * 26 * duration // 365_000)
        capital = self.capital if self.parts > 1 else self.capital + premium
        if premium > self.money[who] or self.parts * (self.covered(who) + amount) > 4 * capital:
            return False
        self.money[who] -= premium
        self.premiums += premium
        self.covers[who] = amount, self.now + duration * DAY
        if self.parts == 1:
            self.gather()
        return True

    def expire(self, _: int, holder: int) -> bool:
        if holder not in self.covers or holder in self.claims or self.now <= self.covers[holder][1]:
            return False
        del self.covers[holder]
        return True

    def claim(self, who: int) -> bool:
        if who not in self.covers or who in self.claims or self.now > self.covers[who][1]:
            return False
        self.claims[who] = self.now, {}
        return True

    def vote(self, who: int, holder: int, yes: bool) -> bool:
        since, votes = self.claims.get(holder, (0, {}))
        if not since or self.now >= since + VOTING or who == holder or self.joined[who] >= since or who in votes:
            return False
        votes[who] = self.shares[who] if yes else -self.shares[who]
        return True

    def assess(self, _: int, holder: int) -> bool:
        since, votes = self.claims.get(holder, (0, {}))
        if not since or self.now < since + VOTING:
            return False
        self.collect(holder)
        del self.claims[holder]
        if sum(votes.values()) > 0:
            amount, _last = self.covers.pop(holder)
            self.accepted[holder] = self.accepted.get(holder, (0, 0))[0] + amount, self.season
        return True

    def settle(self, _: int) -> bool:
        if self.now < self.season_end:
            return False
        self.gather()
        paid = min(self.open_sum(), self.capital)
        self.paid[self.season] = paid, self.open_sum()
        self.capital -= paid
        self.season, self.season_end = self.season + 1, self.now + SEASON
        return True

    def collect(self, who: int) -> bool:
        amount, season = self.accepted.get(who, (0, self.season))
        if season < self.season:
            paid, of = self.paid[season]
            self.money[who] += amount * paid // of
            del self.accepted[who]
        return True

    def withdraw(self, who: int, amount: int) -> bool:
        if amount > self.money[who]:
            return False
        self.money[who] -= amount
        self.gone += amount
        return True


def check_insurance(contract: Contract, story: Story) -> tuple[list[bool], list[list[int]]]:
    """Hold the mutual to the paper after every step; return what went through, and everybody's money and shares."""
    stage, paper = Stage(), Paper(parts=16 if "premiums" in contract.slots else 1)
    mutual = stage.create(contract)
    for who in range(4):
        assert stage.call(person(who), mutual, "deposit", value=MONEY)
        paper.money[who] = MONEY
    done = []
    for function, *arguments in [
        *FOUNDED,
        *story,
        ("days", 30),
        ("settle", 0),
        *(("collect", who) for who in range(4)),
    ]:
        done.append(getattr(paper, function)(*arguments))
        stage.at_second(paper.now)
        if function != "days":
            who, *rest = arguments
            if function in ("vote", "expire", "assess"):
                rest[0] = person(rest[0])
            assert stage.call(person(who), mutual, function, *rest) == done[-1], function
        compare(stage, mutual, paper)
    owed = sum(paper.money.values()) + paper.capital + paper.premiums
    assert owed <= stage.balance(mutual) <= owed + 4 * len(paper.paid)  # what payments lost by rounding down
    return done, [[table[who] for who in range(4)] for table in (paper.money, paper.shares)]


def compare(stage: Stage, mutual: Place, paper: Paper) -> None:
    storage, slots = stage.world.accounts[mutual.address].storage, mutual.contract.slots

    def row(name: str, size: int) -> int:
        return sum(storage.get(slots[name] + part, 0) for part in range(size))

    sharded = paper.parts > 1
    assert row("capital", 1) == paper.capital
    assert row("covers" if sharded else "covered", paper.parts) == paper.covered()
    assert not sharded or row("premiums", 16) == paper.premiums
    assert row("openClaims", 1) == len(paper.claims)
    assert row("accepted", 1) == paper.open_sum()
    assert row("totalShares", 1) == sum(paper.shares.values())
    for who in range(4):
        for name, table in (("moneyOf", paper.money), ("sharesOf", paper.shares)):
            assert stage.stored(mutual, name, person(who)) == table[who]
    assert stage.balance(mutual) == 4 * MONEY - paper.gone
    assert 4 * MONEY - paper.gone >= sum(paper.money.values()) + paper.capital + paper.premiums


@stories
@given(insurance_steps)
def test_a_mutual_keeps_its_promises_in_both_designs(story: Story) -> None:
    (plain, ends), (sharded, same) = (
        check_insurance(load_contract(n), story) for n in ("insurance", "insurance_sharded")
    )
    if plain == sharded:  # nobody found a counter full
        assert ends == same


def test_a_season_pays_all_claims_the_same_part() -> None:
    """30,000 of capital; covers of 80,000 and 40,000 are accepted: 26 % of each, premiums included."""
    story = [("buy", 2, 80_000, 365), ("buy", 3, 40_000, 365), ("claim", 2), ("claim", 3),
             *[("vote", 1, holder, True) for holder in (2, 3)], ("days", 3),
             ("assess", 0, 2), ("assess", 0, 3)]  # fmt: skip
    done, (money, shares) = check_insurance(load_contract("insurance"), story)
    assert all(done)
    capital = 30_000 + 2_080 + 1_040
    assert money[2:] == [MONEY - 2_080 + 80_000 * capital // 120_000, MONEY - 1_040 + 40_000 * capital // 120_000]
    assert shares == [10_000, 20_000, 0, 0]


def test_a_counter_can_be_full_while_the_mutual_has_room() -> None:
    """The price of the sharded design: a sixteenth of four times 30,000."""
    story = [("buy", 2, 7_501, 365), ("buy", 3, 7_500, 365)]
    assert [check_insurance(load_contract(name), story)[0][3:5] for name in ("insurance", "insurance_sharded")] == [
        [True, True],
        [False, True],
    ]


LIFE: Story = [
    ("join", 2, 100), ("buy", 3, 7_000, 365), ("buy", 2, 5_000, 30), ("buy", 2, 10, 30), ("buy", 0, 10, 366),
    ("buy", 1, 200_000, 30), ("leave", 0, 5_000), ("expire", 0, 2), ("days", 1), ("claim", 0), ("claim", 2),
    ("claim", 2), ("join", 3, 30_000), ("vote", 3, 2, True), ("vote", 2, 2, True), ("vote", 0, 2, True),
    ("vote", 0, 2, True), ("vote", 1, 2, False), ("vote", 0, 3, True), ("leave", 0, 1), ("assess", 0, 2),
    ("days", 3), ("assess", 0, 2), ("claim", 2), ("days", 1), ("vote", 0, 2, True), ("days", 2),
    ("vote", 1, 2, False), ("assess", 0, 2), ("leave", 0, 1), ("collect", 2), ("settle", 0), ("leave", 0, 1),
    ("claim", 3), ("vote", 0, 3, True), ("collect", 2), ("collect", 2), ("join", 0, 100), ("settle", 0),
    ("days", 30), ("assess", 0, 3), ("settle", 0), ("collect", 3), ("collect", 3), ("buy", 1, 400, 30),
    ("days", 31), ("claim", 1), ("expire", 0, 1), ("buy", 1, 400, 1), ("claim", 1), ("days", 4),
    ("expire", 0, 1), ("assess", 0, 1), ("expire", 0, 1), ("leave", 0, 7), ("withdraw", 1, 10),
    ("withdraw", 1, MONEY), ("leave", 0, 10**6),
]  # fmt: skip
EXIT: Story = [("buy", 2, 8_000, 365), ("buy", 2, 7_500, 365), ("buy", 3, 7_500, 365), ("leave", 0, 10_000),
               ("leave", 1, 18_000)]  # fmt: skip
RUIN: Story = [*EXIT, ("leave", 1, 15_000), ("claim", 2), ("claim", 3), ("vote", 1, 2, True), ("vote", 1, 3, True),
               ("days", 3), ("assess", 0, 2), ("assess", 0, 3), ("settle", 0), ("collect", 2), ("collect", 3),
               ("join", 0, 10), ("buy", 0, 10, 10)]  # fmt: skip


def _mistake(old: str, new: str, *names: str, story: Story = LIFE) -> list[Mistake]:
    """Return mistakes in what both designs have in common, or in those that are named."""
    return [(name, old, new, check_insurance, story) for name in names or ("insurance",)]


PLANTED = [
    *_mistake('assert self.openClaims == 0 and self.accepted == 0, "there are claims"', "pass"),
    *_mistake("self.openClaims == 0 and ", ""),
    *_mistake(" and self.accepted == 0", ""),
    *_mistake("self.joinedAt[msg.sender] < claimed", "True"),
    *_mistake("msg.sender != holder and ", ""),
    *_mistake("self.votedAt[holder][msg.sender] != claimed", "True"),
    *_mistake("claimed > 0 and block.timestamp < claimed + VOTING", "claimed > 0"),
    *_mistake(" and block.timestamp >= self.claimedAt[holder] + VOTING", ""),
    *_mistake(" and block.timestamp <= self.coveredUntil[msg.sender]", ""),
    *_mistake(" and block.timestamp > self.coveredUntil[holder]", ""),
    *_mistake('assert self.claimedAt[holder] == 0, "there is a claim"', "pass"),
    *_mistake('assert self.claimedAt[msg.sender] == 0, "there is a claim"', "pass"),
    *_mistake(" and self.coverOf[msg.sender] == 0", ""),
    *_mistake(" and duration <= YEAR", ""),
    *_mistake("block.timestamp >= self.seasonEnd", "True"),
    *_mistake("(amount * RATE * duration - 1) // (PARTS * YEAR) + 1", "amount * RATE * duration // (PARTS * YEAR)"),
    *_mistake("self.yesOf[holder] > self.noOf[holder]", "self.yesOf[holder] >= self.noOf[holder]"),
    *_mistake("self.noOf[holder] = 0", "pass"),
    *_mistake("self.acceptedOf[holder] = 0", "pass"),
    *_mistake("season < self.season", "True"),
    *_mistake("shares = amount * self.totalShares // self.capital", "pass"),
    *_mistake("min(self.accepted, self.capital)", "self.accepted", story=RUIN),
    *_mistake("self.paidAt[season] // self.acceptedAt[season]", "1", story=RUIN),
    *_mistake("self.covered <= CAPACITY * self.capital", "True", "insurance", story=EXIT),
    *_mistake("self.covered -= amount", "pass", "insurance"),
    *_mistake("self._covered() <= CAPACITY * self.capital", "True", "insurance_sharded", story=EXIT),
    *_mistake("SHARDS * self.covers[counter]", "self.covers[counter]", "insurance_sharded", story=EXIT),
    *_mistake("self.premiums = empty(uint256[SHARDS])", "pass", "insurance_sharded"),
    *_mistake("total += part", "total = part", "insurance_sharded"),
]


@mistakes(*PLANTED)
def test_every_check_finds_a_planted_mistake(mistake: Mistake) -> None:
    find(mistake)
