"""The tree of accounts: its root is that of a tree hashed one node at a time, and a path leads to it."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from tests.rollups.zk.payments.batches import random_accounts, random_payments
from toyevm.errors import DecodingError, InputError
from toyevm.rollups.zk.field import P, elements
from toyevm.rollups.zk.payments.digest import batch_digest, digest_chain, padded
from toyevm.rollups.zk.payments.tree import AccountTree, path_root
from toyevm.rollups.zk.payments.values import (
    BRIDGE,
    CAPACITY,
    LIMIT,
    PADDING,
    AccountDigest,
    AccountLeaf,
    ProvenPayment,
    digest_bytes,
    read_digest,
)
from toyevm.rollups.zk.poseidon2 import permute_slowly


def _hash(left: AccountDigest, right: AccountDigest) -> AccountDigest:
    """Return what Poseidon2's paper says, one permutation at a time."""
    permuted = permute_slowly(elements([*left, *right])).tolist()
    return tuple((x + y) % P for x, y in zip(permuted, left, strict=False))


def _root(leaves: dict[int, AccountLeaf], depth: int, first: int = 0) -> AccountDigest:
    if depth == 0:
        leaf = leaves.get(first, AccountLeaf())
        return _hash((leaf.balance, leaf.nonce, 0, 0, 0, 0, 0, 0), (0,) * 8)
    if not any(first <= index < first + 2**depth for index in leaves):
        below = _root({}, depth - 1)
        return _hash(below, below)
    half = 2 ** (depth - 1)
    return _hash(_root(leaves, depth - 1, first), _root(leaves, depth - 1, first + half))


def test_the_root_is_that_of_a_tree_hashed_node_by_node() -> None:
    tree = AccountTree({1: AccountLeaf(5, 1), 2: AccountLeaf(7), CAPACITY - 1: AccountLeaf(LIMIT - 20, 3)})
    assert tree.root == _root(dict(tree.leaves), 14)


def test_the_bridge_has_what_nobody_else_has() -> None:
    assert AccountTree({7: AccountLeaf(100)}).leaf(BRIDGE) == AccountLeaf(LIMIT - 101)


@pytest.mark.parametrize("index", [0, 1, 2, 99, CAPACITY - 1])
def test_a_path_leads_to_the_root_from_its_leaf_only(index: int) -> None:
    tree = random_accounts(Random(3))
    leaf = tree.leaf(index)
    assert path_root(index, leaf, tree.path(index)) == tree.root
    assert path_root(index ^ 2**13, leaf, tree.path(index)) != tree.root
    assert path_root(index, leaf._replace(balance=leaf.balance + 1), tree.path(index)) != tree.root


def test_payments_one_by_one_lead_where_all_at_once_do() -> None:
    random = Random(4)
    tree = random_accounts(random)
    payments = random_payments(random, tree, 20)
    one_by_one = tree
    for payment in payments:
        one_by_one = one_by_one.after([payment])
    assert one_by_one.root == tree.after(payments).root
    assert sum(leaf.balance for leaf in one_by_one.leaves.values()) == LIMIT - 1


@pytest.mark.parametrize(
    ("payment", "says"),
    [
        (ProvenPayment(1, 2, 101, 0), "an amount of 101"),
        (ProvenPayment(1, 2, 1, 1), "nonce 1"),
        (ProvenPayment(1, CAPACITY, 1, 0), "payee 16384"),
        (ProvenPayment(-1, 1, 1, 0), "payer -1"),
        (ProvenPayment(1, 2, -1, 0), "amount -1"),
        (ProvenPayment(1, 2, LIMIT, 0), f"amount {LIMIT}"),
    ],
)
def test_a_payment_that_cannot_be_made_is_refused(payment: ProvenPayment, says: str) -> None:
    with pytest.raises(InputError, match=f"^payment 0: {says} "):
        AccountTree({1: AccountLeaf(100)}).after([payment])


@pytest.mark.parametrize("leaves", [{CAPACITY: AccountLeaf(1)}, {1: AccountLeaf(LIMIT)}, {1: AccountLeaf(-1)}])
def test_accounts_out_of_range_are_refused(leaves: dict[int, AccountLeaf]) -> None:
    with pytest.raises(InputError):
        AccountTree(leaves)


def test_a_digest_is_32_bytes_and_only_one_way_to_write_it_is_read() -> None:
    root = random_accounts(Random(5)).root
    assert read_digest(digest_bytes(root)) == root
    for wrong in (b"", digest_bytes(root)[:-1], digest_bytes(root) + b"\0", P.to_bytes(4, "little") + bytes(28)):
        with pytest.raises(DecodingError):
            read_digest(wrong)


def test_the_batchs_digest_depends_on_every_number_of_every_payment_and_on_their_order() -> None:
    payments = [ProvenPayment(1, 2, 3, 4), ProvenPayment(5, 6, 7, None), ProvenPayment(8, 9, 10, 0)]
    digests = {batch_digest(payments), batch_digest(payments[::-1]), batch_digest(payments[:2])}
    for place, payment in enumerate(payments):
        for name, value in payment._asdict().items():
            changed = payment._replace(**{name: 0 if value is None else value + 1})
            digests.add(batch_digest([*payments[:place], changed, *payments[place + 1 :]]))
    assert len(digests) == 3 + 12


def test_padding_is_written_into_the_digest_and_so_is_how_many_payments_there_are() -> None:
    payments = [ProvenPayment(1, 2, 3, 4)] * 3
    assert padded(payments) == [*payments, PADDING]
    assert len(digest_chain(payments)) == 1 + 4
    assert len({batch_digest(some) for some in (payments, [*payments, PADDING], payments[:2])}) == 3


def test_a_nonce_that_would_begin_again_at_zero_is_refused() -> None:
    last = AccountTree({1: AccountLeaf(5, P - 1)})
    with pytest.raises(InputError, match=f"^payment 0: nonce {P - 1} "):
        last.after([ProvenPayment(1, 2, 3, P - 1)])
    assert last.after([ProvenPayment(1, 2, 3, None)]).leaf(1) == AccountLeaf(2, P - 1)


def test_levels_of_the_tree_are_not_shared_with_the_next() -> None:
    tree = random_accounts(Random(6))
    before = [level.copy() for level in tree.levels]
    tree.after([ProvenPayment(1, 2, 1, tree.leaf(1).nonce)])
    assert all(np.array_equal(one, other) for one, other in zip(before, tree.levels, strict=True))
