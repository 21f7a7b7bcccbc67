"""Tokens: nobody spends what is not theirs to spend; supply and balances, counted in one place and in sixteen."""

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

spending_steps = st.lists(
    st.tuples(
        st.sampled_from(["transfer", "approve", "transferFrom"]),
        people,
        people,
        people,
        st.sampled_from([0, 1, 40, 90]),
    ),
    max_size=12,
)


def check_spending(contract: Contract, story: Story) -> None:
    """Hold balances and allowances to a ledger on paper; whose tokens move is the third of the people in a step."""
    stage = Stage()
    token = stage.create(contract, "Toy", "TOY", 400)
    owned, allowed = Counter[int](), Counter[tuple[int, int]]()
    for who in range(4):
        assert stage.call(OWNER, token, "transfer", person(who), 100)
        owned[who] = 100
    for function, who, whom, owner, amount in story:
        payer = owner if function == "transferFrom" else who
        enough = owned[payer] >= amount and (function == "transfer" or allowed[owner, who] >= amount)
        before = [person(owner)] if function == "transferFrom" else []
        assert stage.call(person(who), token, function, *before, person(whom), amount) == (
            enough or function == "approve"
        )
        if function == "approve":
            allowed[who, whom] = amount
        elif enough:
            owned[payer] -= amount
            owned[whom] += amount
            allowed[owner, who] -= amount if function == "transferFrom" else 0
        assert [stage.ask(token, "balanceOf", person(n)) for n in range(4)] == [owned[n] for n in range(4)]
        for one, other in allowed:
            assert stage.ask(token, "allowance", person(one), person(other)) == allowed[one, other]
    assert stage.ask(token, "totalSupply") == 400 == sum(owned.values())


@stories
@given(spending_steps)
def test_nobody_spends_more_than_they_own_and_were_allowed(story: Story) -> None:
    check_spending(load_contract("erc20"), story)


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


MINTS: Story = [
    ("mint", 0, 1, 50),
    ("transfer", 1, 2, 20),
    ("burn", 1, 1, 30),
    ("transfer", 0, 1, 1),
    ("mint", 3, 3, 1),
]
SPENT: Story = [("approve", 0, 1, 0, 40), ("transferFrom", 1, 2, 0, 1), ("transferFrom", 1, 2, 0, 40),
                ("transferFrom", 2, 2, 0, 1), ("transfer", 1, 3, 0, 90), ("transfer", 1, 3, 0, 40)]  # fmt: skip


@mistakes(
    ("erc20_mint", "self.totalSupply -= amount", "pass", check_supply, MINTS),
    ("erc20_mint", "self.mintAllowance[msg.sender] -= amount", "pass", check_supply, MINTS),
    ("erc20_sharded", "self.supplyShards[self._shard()] -=", "self.supplyShards[0] +=", check_supply, MINTS),
    ("erc20_sharded", "total += part", "total = part", check_supply, MINTS),
    ("erc20_mint", "    self.balanceOf[msg.sender] -= amount\n    self.balanceOf", "    self.balanceOf", check_supply,
     MINTS),
    ("erc20", "self.allowance[owner][msg.sender] -= amount", "pass", check_spending, SPENT),
    ("erc20", "self._move(owner, receiver, amount)", "self._move(msg.sender, receiver, amount)", check_spending, SPENT),
    ("erc20", "self.balanceOf[sender] -= amount", "pass", check_spending, SPENT),
    ("erc20", "self.allowance[msg.sender][spender] = amount", "self.allowance[msg.sender][spender] += 2 * amount",
     check_spending, SPENT),
)  # fmt: skip
def test_every_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)
