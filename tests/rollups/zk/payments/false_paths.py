"""Forgeries of hashes, of paths in the tree of accounts, and of what everybody knows."""

from __future__ import annotations

from dataclasses import replace

from tests.rollups.zk.payments.forgeries import FALSE_TREE, PAY, RICH, TOP, breaks, digest_of_leaf, renamed
from tests.rollups.zk.payments.forging import (
    FRIEND,
    THIEF,
    TREE,
    VICTIM,
    digest_of,
    end_with,
    false_permutation,
    filled,
    moved,
    siblings_of,
    state_of,
    statement_of,
)
from toyevm.rollups.zk.field import Elements, elements
from toyevm.rollups.zk.payments.air import PaymentStatement
from toyevm.rollups.zk.payments.digest import batch_digest
from toyevm.rollups.zk.payments.layout import (
    DIGEST_ROW,
    HALF,
    NEW,
    NUMBER_REST,
    OLD,
    PAYEE,
    PAYER,
    ROOT,
)
from toyevm.rollups.zk.payments.values import BRIDGE, CAPACITY, AccountLeaf, ProvenPayment

# Hashes and paths


@breaks("hash before")
def the_friends_false_balance_has_the_true_hash() -> Elements:
    trace = rich_before()
    trace[HALF, OLD] = false_permutation(RICH, digest_of(filled([PAY]), HALF, OLD))
    return trace


@breaks("climbs")
def the_friends_balance_before_is_not_in_the_tree() -> Elements:
    return rich_before()


def rich_before() -> Elements:
    """Return a trace in which the friend is rich; above their leaf, the path before is the true one."""
    payer, payee = moved(PAY)
    trace = filled([PAY], [payer, payee._replace(old=RICH, new=RICH._replace(balance=RICH.balance + PAY.amount))])
    honest = filled([PAY])
    trace[HALF + 1 :, OLD], trace[:-1, ROOT] = honest[HALF + 1 :, OLD], honest[:-1, ROOT]
    return trace


@breaks("hash after")
def the_friends_new_balance_has_the_hash_of_a_million() -> Elements:
    trace, (_, payee) = end_with(filled([PAY]), state_of(RICH)), moved(PAY)
    trace[HALF, NEW] = false_permutation(payee.new, digest_of(trace, HALF, NEW))
    return trace


@breaks("climbs")
def the_friends_balance_after_is_not_what_gets_into_the_tree() -> Elements:
    honest = filled([PAY])
    trace = end_with(honest.copy(), state_of(RICH))
    trace[HALF, NEW] = honest[HALF, NEW]
    return trace


@breaks("climbs")
def a_whole_branch_of_the_tree_is_another_one() -> Elements:
    honest = filled([PAY])
    trace = end_with(honest.copy(), state_of(RICH))
    trace[HALF : HALF + 9, NEW] = honest[HALF : HALF + 9, NEW]
    return trace


@breaks("same siblings")
def the_neighbour_loses_all_in_passing() -> Elements:
    trace = filled([pay := ProvenPayment(BRIDGE, THIEF, 10, None)])
    empty = digest_of_leaf(AccountLeaf())
    return end_with(trace, state_of(moved(pay)[1].new), [empty, *siblings_of(trace, HALF)[1:]])


@breaks("root moves")
def the_path_before_is_in_a_tree_of_the_thiefs_own() -> Elements:
    trace = in_a_false_tree()
    trace[:DIGEST_ROW, ROOT] = elements(TREE.root)
    return trace


def in_a_false_tree() -> Elements:
    payer, payee = moved(PAY)
    richer = RICH._replace(balance=RICH.balance + PAY.amount)
    return filled([PAY], [payer, payee._replace(old=RICH, new=richer)], tree=FALSE_TREE)


@breaks("root moves")
def the_batch_ends_with_a_tree_of_the_thiefs_own() -> Elements:
    trace = filled([PAY])
    trace[-1, ROOT] = elements(FALSE_TREE.root)
    return trace


@breaks("path is the account's")
def the_thief_signs_and_the_victim_pays() -> Elements:
    return renamed(PAYER, THIEF, filled([PAY._replace(payer=VICTIM, nonce=3)]))


@breaks("path is the account's")
def the_friend_is_paid_and_the_thief_has_it() -> Elements:
    return renamed(PAYEE, FRIEND, filled([PAY._replace(payer=VICTIM, payee=THIEF, nonce=3)]))


@breaks("path is the account's")
def the_thief_has_a_second_number_past_the_last_account() -> Elements:
    trace = filled([PAY])
    for row in range(1, TOP + 1):
        trace[row, NUMBER_REST] = (CAPACITY + THIEF) >> (row - 1)
    return renamed(PAYER, CAPACITY + THIEF, trace)


@breaks("path is the account's")
def the_victims_path_is_half_the_thiefs_number() -> Elements:
    trace = filled([PAY._replace(payer=VICTIM, nonce=3)])
    trace[1, NUMBER_REST] = THIEF  # and the bit there is 0: half of 7 is 3
    return renamed(PAYER, THIEF, trace)


# What everybody knows


@breaks("old root")
def the_batch_begins_with_a_tree_of_the_thiefs_own() -> tuple[Elements, PaymentStatement]:
    trace = in_a_false_tree()
    return trace, replace(statement_of(trace), old_root=TREE.root)


@breaks("digest start")
def three_payments_prove_four() -> tuple[Elements, PaymentStatement]:
    """The fourth is padding."""
    trace = filled([PAY, PAY._replace(nonce=2), PAY._replace(nonce=3)])
    return trace, replace(statement_of(trace, 3), count=4)


@breaks("new root")
def another_tree_is_said_to_be_the_new_one() -> tuple[Elements, PaymentStatement]:
    trace = filled([PAY])
    return trace, replace(statement_of(trace), new_root=FALSE_TREE.root)


@breaks("digest end")
def another_batch_is_said_to_be_the_one_that_was_made() -> tuple[Elements, PaymentStatement]:
    trace = filled([PAY._replace(payer=VICTIM, nonce=3)])
    return trace, replace(statement_of(trace), digest=batch_digest([PAY]))
