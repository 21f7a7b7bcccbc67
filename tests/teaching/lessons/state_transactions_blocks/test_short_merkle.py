"""The Merkle tree with short hashes: honest paths are accepted, and the weak verifier forgets a check."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.errors import InputError
from toyevm.teaching.lessons.state_transactions_blocks.short_merkle import (
    honest_path,
    leaf_hash,
    levels_of,
    pair_hash,
    weak_verify,
)


@pytest.mark.parametrize("count", [0, 3, 6])
def test_a_tree_whose_size_is_no_power_of_two_is_refused(count: int) -> None:
    with pytest.raises(InputError, match="1, 2, 4, 8"):
        levels_of([1] * count)


@given(st.integers(0, 4).flatmap(lambda n: st.lists(st.integers(0, 99), min_size=2**n, max_size=2**n)), st.data())
def test_an_honest_path_is_accepted_for_its_balance_only(balances: list[int], data: st.DataObject) -> None:
    account = data.draw(st.integers(0, len(balances) - 1))
    root = levels_of(balances)[-1][0]
    path = honest_path(balances, account)
    assert weak_verify(root, account, balances[account], path)
    assert not weak_verify(root, account, balances[account] + 1, path)


def test_the_weak_verifier_takes_a_path_of_another_account() -> None:
    balances = [4, 9, 2, 60]
    root = levels_of(balances)[-1][0]
    assert weak_verify(root, 0, 60, honest_path(balances, 3))


def test_a_pair_has_an_order_and_is_no_leaf() -> None:
    assert pair_hash("a", "b") != pair_hash("b", "a")
    assert leaf_hash(1) not in {pair_hash("1", ""), pair_hash("", "1")}
