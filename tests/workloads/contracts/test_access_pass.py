"""Passes: only an owner gets in, while the pass is good and there is room; who is bound to one keeps it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, opened_once, stories
from toyevm.contracts import Contract, load_contract

ISSUER, NOBODY = 4, 5  # numbers of callers and receivers
GATES, ROOMY = 16, 32
ISSUED = {0: (0, False, 100), 1: (1, True, 100), 16: (2, False, 100), 17: (2, False, 5)}  # holder, bound, until
people, callers, receivers = st.integers(0, 2), st.integers(0, ISSUER), st.sampled_from([0, 1, 2, NOBODY])
tokens = st.sampled_from([*ISSUED, 2])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("enter"), people, tokens),
        st.tuples(st.just("leave"), people, tokens),
        st.tuples(st.just("transferFrom"), people, people, receivers, tokens),
        st.tuples(st.just("issue"), callers, receivers, tokens, st.booleans(), st.integers(0, 20)),
        st.tuples(st.just("revoke"), callers, tokens),
        st.tuples(st.just("wait"), st.integers(1, 8)),
    ),
    max_size=12,
)


class Paper:
    """Whose each pass is, and who is inside; `room` is behind each of the `gates`."""

    def __init__(self, gates: int, room: int) -> None:
        self.gates, self.room, self.now = gates, room, 0
        self.owner = {token: holder for token, (holder, _, _) in ISSUED.items()}
        self.bound = {token: bound for token, (_, bound, _) in ISSUED.items()}
        self.until = {token: until for token, (_, _, until) in ISSUED.items()}
        self.inside: set[int] = set()

    def at_gate(self, gate: int) -> int:
        return sum(token % self.gates == gate for token in self.inside)

    def enter(self, who: int, token: int) -> bool:
        good = self.owner.get(token) == who and self.now <= self.until[token] and token not in self.inside
        if done := good and self.at_gate(token % self.gates) < self.room:
            self.inside.add(token)
        return done

    def leave(self, who: int, token: int) -> bool:
        if done := self.owner.get(token) == who and token in self.inside:
            self.inside.remove(token)
        return done

    def transferFrom(self, who: int, sender: int, receiver: int, token: int) -> bool:
        free = self.owner.get(token) == sender == who and not self.bound[token] and token not in self.inside
        if done := free and receiver != NOBODY:
            self.owner[token] = receiver
        return done

    def issue(self, who: int, holder: int, token: int, bound: bool, until: int) -> bool:
        if done := who == ISSUER and token not in self.owner and holder != NOBODY:
            self.owner[token], self.bound[token], self.until[token] = holder, bound, until
        return done

    def revoke(self, who: int, token: int) -> bool:
        if done := who == ISSUER:
            self.until[token] = 0
        return done


def address(number: int) -> bytes:
    return {ISSUER: OWNER, NOBODY: bytes(20)}.get(number) or person(number)


@opened_once
def opened(contract: Contract, capacity: int) -> tuple[Stage, Place]:
    """Return the place where the first passes have been issued."""
    stage = Stage()
    passes = stage.create(contract, capacity)
    for token, (holder, bound, until) in ISSUED.items():
        assert stage.call(OWNER, passes, "issue", person(holder), token, bound, until)
    return stage, passes


def check_passes(contract: Contract, story: Story, capacity: int) -> list[bool]:
    """Hold passes and who is inside to a ledger on paper; return which steps went through."""
    stage, passes = opened(contract, capacity)
    gates = 1 if "inside" in contract.slots else GATES
    paper, went = Paper(gates, capacity // gates), list[bool]()
    for function, who, *arguments in story:
        if function == "wait":
            paper.now += who
            stage.at_second(paper.now)
            continue
        went.append(getattr(paper, function)(who, *arguments))
        named = {"transferFrom": 2, "issue": 1}.get(function, 0)  # how many arguments are people
        words = [*map(address, arguments[:named]), *arguments[named:]]
        assert stage.call(address(who), passes, function, *words) == went[-1]
        check_log(stage, passes, function, went[-1], words)
        check_books(stage, passes, paper)
    return went


def check_log(stage: Stage, passes: Place, function: str, done: bool, words: list[bytes | int]) -> None:
    """A wallet that follows the log knows whose a pass is, and whether it is bound."""
    assert stage.last is not None
    told = [(topics, data) for _, topics, data in stage.last.logs]
    expected = []
    if done and function in {"issue", "transferFrom"}:
        sender, receiver, token, *rest = [b"", *words] if function == "issue" else words
        moved = (passes.contract.event_topic("Transfer"), int.from_bytes(sender), int.from_bytes(receiver), token)
        expected.append((moved, b""))
        if rest:
            event = passes.contract.event_topic("Locked" if rest[0] else "Unlocked")
            expected.append(((event,), token.to_bytes(32)))
    assert told == expected


def check_books(stage: Stage, passes: Place, paper: Paper) -> None:
    slots, storage = passes.contract.slots, stage.world.accounts[passes.address].storage
    for token in (*ISSUED, 2):
        owner = address(paper.owner.get(token, NOBODY))
        expected = {"ownerOf": int.from_bytes(owner), "isBound": paper.bound.get(token, False),
                    "isInside": token in paper.inside, "untilOf": paper.until.get(token, 0)}  # fmt: skip
        assert expected == {name: stage.stored(passes, name, token) for name in expected}
    counts = [storage.get(slots.get("inside", slots.get("insideAt", 0)) + gate, 0) for gate in range(paper.gates)]
    assert counts == [paper.at_gate(gate) for gate in range(paper.gates)]
    assert all(count <= paper.room for count in counts)


def check_full(contract: Contract, story: Story) -> None:
    """There is room for two, or for one behind each gate."""
    check_passes(contract, story, 2 if "inside" in contract.slots else GATES)


@stories
@given(steps)
def test_with_room_behind_every_gate_gates_change_nothing(story: Story) -> None:
    plain, gates = (check_passes(load_contract(f"access_pass{end}"), story, ROOMY) for end in ("", "_per_gate"))
    assert plain == gates


@stories
@given(steps)
def test_nobody_gets_in_when_it_is_full(story: Story) -> None:
    for name in ("access_pass", "access_pass_per_gate"):
        check_full(load_contract(name), story)


def test_a_gate_is_full_while_there_is_room_behind_another() -> None:
    went = check_passes(load_contract("access_pass_per_gate"), [("enter", 0, 0), ("enter", 2, 16), ("enter", 1, 1)], 16)
    assert went == [True, False, True]


def test_a_pass_tells_whether_it_is_bound_and_how_many_are_inside() -> None:
    for name in ("access_pass", "access_pass_per_gate"):
        stage, passes = opened(load_contract(name), ROOMY)
        assert [stage.ask(passes, "locked", token) for token in ISSUED] == [0, 1, 0, 0]
        assert not stage.call(person(0), passes, "locked", 3)
        assert stage.call(person(0), passes, "enter", 0)
        assert stage.call(person(1), passes, "enter", 1)
        assert stage.ask(passes, "inside") == 2


ROUND: Story = [("enter", 0, 0), ("enter", 0, 0), ("transferFrom", 0, 0, 1, 0), ("enter", 1, 1), ("enter", 2, 16),
                ("leave", 1, 0), ("leave", 0, 0), ("leave", 0, 0), ("enter", 2, 16), ("transferFrom", 0, 0, 1, 0),
                ("enter", 0, 0), ("leave", 1, 1), ("enter", 1, 0)]  # fmt: skip
OFFICE: Story = [("issue", 0, 1, 2, False, 9), ("issue", 4, 1, 0, False, 9), ("issue", 4, NOBODY, 2, True, 9),
                 ("issue", 4, 1, 2, True, 9), ("transferFrom", 1, 1, 0, 2), ("transferFrom", 1, 0, 1, 0),
                 ("transferFrom", 0, 0, NOBODY, 0), ("wait", 5), ("enter", 2, 17), ("leave", 2, 17), ("wait", 1),
                 ("enter", 2, 17), ("revoke", 1, 0), ("revoke", 4, 0), ("enter", 0, 0)]  # fmt: skip


@mistakes(
    ("access_pass", "assert not self.isBound[token]", "assert True", check_full, OFFICE),
    ("access_pass", "assert not self.isInside[token], \"somebody", "assert True, \"somebody", check_full, ROUND),
    ("access_pass", "assert not self.isInside[token], \"is inside", "assert True, \"is inside", check_full, ROUND),
    ("access_pass", " and msg.sender == sender", "", check_full, OFFICE),
    ("access_pass", "block.timestamp <= self", "block.timestamp < self", check_full, OFFICE),
    ("access_pass", "self.inside < self.capacity", "self.inside <= self.capacity", check_full, ROUND),
    ("access_pass", "self.isInside[token] = False", "pass", check_full, ROUND),
    ("access_pass", "self.inside -= 1", "pass", check_full, ROUND),
    ("access_pass", "self.ownerOf[token] == empty(address)", "True", check_full, OFFICE),
    ("access_pass_per_gate", "self.untilOf[token] = 0", "pass", check_full, OFFICE),
    ("access_pass_per_gate", "msg.sender == self.issuer", "True", check_full, OFFICE),
    ("access_pass_per_gate", "holder != empty(address)", "True", check_full, OFFICE),
    ("access_pass_per_gate", "receiver != empty(address)", "True", check_full, OFFICE),
    ("access_pass_per_gate", "self.capacity // GATES", "self.capacity", check_full, ROUND),
    ("access_pass_per_gate", "self.insideAt[token % GATES] += 1", "self.insideAt[0] += 1", check_full, ROUND),
    ("access_pass_per_gate", "self.insideAt[token % GATES] -= 1", "pass", check_full, ROUND),
    ("access_pass_per_gate", "log Locked(", "log Unlocked(", check_full, OFFICE),
)  # fmt: skip
def test_the_check_finds(mistake: Mistake) -> None:
    find(mistake)
