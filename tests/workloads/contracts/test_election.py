"""The election: a vote counts once, as it was sealed."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, stories
from toyevm.contracts import Contract, load_contract
from toyevm.contracts.abi import encode_arguments
from toyevm.crypto import keccak256

vote_steps = st.lists(
    st.tuples(
        st.sampled_from(["commit", "reveal", "reveal", "late"]), st.integers(0, 4), st.integers(0, 3), st.booleans()
    ),
    max_size=14,
)


def check_election(contract: Contract, story: Story) -> list[int]:
    """Each registered voter counts at most once, for what was sealed; return the tally.

    The whole story is tried in every phase; "late" is a reveal that is kept for when all is over.
    """
    stage = Stage()
    election = stage.create(contract, 3, 10, 20)
    voters = [person(8 * number) for number in range(5)]  # which share two shards
    assert all(stage.call(OWNER, election, "register", voter) for voter in voters[:4])
    assert not stage.call(voters[4], election, "register", voters[4])
    sealed: dict[int, tuple[int, bytes]] = {}
    revealed: set[int] = set()
    tally = Counter[int]()
    for phase, block in (("commit", 10), ("reveal", 20), ("late", 21)):
        stage.at_block(block)
        for function, voter, candidate, honest in story:
            secret = bytes([voter, candidate]) * 16
            if function == "commit":
                seal = keccak256(encode_arguments(candidate, secret, voters[voter]))
                done = stage.call(voters[voter], election, "commit", seal)
                assert done == (phase == "commit" and voter != 4 and voter not in sealed)
                if done:
                    sealed[voter] = candidate, secret
            elif function == "reveal" or phase == "late":
                shown = candidate if honest else sealed.get(voter, (0,))[0], secret
                done = stage.call(voters[voter], election, "reveal", *shown)
                assert done == (
                    phase == "reveal" and sealed.get(voter) == shown and shown[0] < 3 and voter not in revealed
                )
                if done:
                    revealed.add(voter)
                    tally[shown[0]] += 1
        assert [stage.ask(election, "tally", n) for n in range(3)] == [tally[n] for n in range(3)]
    return [tally[n] for n in range(3)]


@stories
@given(vote_steps)
def test_a_vote_counts_once_and_as_it_was_sealed(story: Story) -> None:
    assert check_election(load_contract("election"), story) == check_election(load_contract("election_sharded"), story)


def test_a_seal_that_somebody_else_copied_is_worthless() -> None:
    stage = Stage()
    election = stage.create(load_contract("election"), 2, 10, 20)
    seal, secret = keccak256(encode_arguments(1, bytes(32), person(0))), bytes(32)
    for voter in range(2):
        assert stage.call(OWNER, election, "register", person(voter))
        assert stage.call(person(voter), election, "commit", seal)
    stage.at_block(11)
    assert stage.call(person(0), election, "reveal", 1, secret)
    assert not stage.call(person(1), election, "reveal", 1, secret)


VOTES: Story = [("commit", 0, 1, True), ("commit", 2, 1, True), *[("reveal", n, 1, True) for n in (0, 2, 0)]]


@mistakes(
    ("election", "self.commitmentOf[msg.sender] = empty(bytes32)", "pass", check_election, VOTES),
    ("election", "self.mayCommit[msg.sender] = False", "pass", check_election, [*VOTES, ("commit", 0, 2, True)]),
    ("election", "block.number <= self.revealEnd", "True", check_election, [VOTES[0], ("late", 0, 1, True)]),
    ("election_sharded", "% SHARDS] += 1", "% SHARDS] = 1", check_election, VOTES),
)  # fmt: skip
def test_every_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)
