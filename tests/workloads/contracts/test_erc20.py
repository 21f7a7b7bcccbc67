"""Tokens that are minted and burned: supply and balances, counted in one place and in sixteen."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, find, mistakes, stories
from toyevm.contracts import Contract, load_contract

people = st.integers(0, 3)
token_steps = st.lists(
    st.tuples(st.sampled_from(["mint", "burn", "transfer"]), people, people, st.integers(0, 120)), max_size=12
)


def check_supply(contract: Contract, story: Story) -> list[int]:
    """Hold supply and balances to a ledger on paper; return the final balances."""
    stage = Stage()
    token = stage.create(contract)
    for minter in range(3):  # not 3
        assert stage.call(OWNER, token, "allowMinter", person(minter), 200)
    assert not stage.call(person(3), token, "allowMinter", person(3), 200)
    allowed, owned = Counter({0: 200, 1: 200, 2: 200}), Counter[int]()
    for function, who, whom, amount in story:
        enough = (allowed if function == "mint" else owned)[who] >= amount
        arguments = (amount,) if function == "burn" else (person(whom), amount)
        assert stage.call(person(who), token, function, *arguments) == enough
        if enough:
            (allowed if function == "mint" else owned)[who] -= amount
            if function != "burn":
                owned[whom] += amount
        assert stage.ask(token, "totalSupply") == sum(owned.values())
    found = [stage.ask(token, "balanceOf", person(who)) for who in range(4)]
    assert found == [owned[who] for who in range(4)]
    return found


@stories
@given(token_steps)
def test_a_sharded_supply_equals_the_plain_supply(story: Story) -> None:
    assert check_supply(load_contract("erc20_mint"), story) == check_supply(load_contract("erc20_sharded"), story)


MINTS: Story = [("mint", 0, 1, 50), ("burn", 1, 1, 50), ("transfer", 0, 1, 1), ("mint", 3, 3, 1)]


@mistakes(
    ("erc20_mint", "self.totalSupply -= amount", "pass", check_supply, MINTS),
    ("erc20_mint", "self.mintAllowance[msg.sender] -= amount", "pass", check_supply, MINTS),
    ("erc20_sharded", "self.supplyShards[self._shard()] -=", "self.supplyShards[0] +=", check_supply, MINTS),
    ("erc20_sharded", "total += part", "total = part", check_supply, MINTS),
)  # fmt: skip
def test_every_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)
