"""The world: that small steps add up to the large one, and that its root and its proofs are everybody's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.oracles import account_leaf, state_trie, storage_trie
from tests.support.worlds import ALICE, CONTRACT, NOBODY, OTHER
from toyevm.crypto import keccak256
from toyevm.errors import InvalidProof
from toyevm.state import Account, BlockView, StateDiff, WorldState, world_from_alloc
from toyevm.trie import EMPTY_TRIE_ROOT, verify_proof
from toyevm.types import BEFORE_BLOCK, Field, Location, Version

PEOPLE = (ALICE, CONTRACT, OTHER, NOBODY)
words = st.one_of(st.integers(0, 3), st.integers(0, 2**256 - 1))
storages = st.dictionaries(st.integers(0, 5), words.filter(bool), max_size=4)
accounts = st.builds(
    Account, nonce=st.integers(1, 300), balance=words, code=st.binary(max_size=40), storage=storages
) | st.builds(Account, balance=st.integers(0, 2))
worlds = st.dictionaries(st.sampled_from(PEOPLE), accounts).map(WorldState)


@st.composite
def histories(draw: Any) -> tuple[WorldState, list[StateDiff]]:
    """Draw a world and diffs such as transactions make: what has no nonce has no storage; who dies loses all."""
    pre = draw(worlds)
    alive = {address for address, account in pre.accounts.items() if account.nonce}
    diffs = []
    for _ in range(draw(st.integers(0, 5))):
        writes: dict[Location, Any] = {}
        for address in draw(st.lists(st.sampled_from(PEOPLE), unique=True)):
            kind = draw(st.sampled_from(("pay", "drain", "create", "store", "destroy")))
            if kind == "destroy" and address in alive:
                fields: dict[int, Any] = {Field.BALANCE: 0, Field.NONCE: 0, Field.CODE: b"", Field.STORAGE: 0}
                alive.discard(address)
            elif kind in ("create", "store"):
                alive.add(address)
                fields = {Field.NONCE: draw(st.integers(1, 9)), **draw(st.dictionaries(st.integers(0, 5), words))}
                if kind == "create":
                    fields[Field.CODE] = draw(st.binary(max_size=3))
            else:
                fields = {Field.BALANCE: 0 if kind == "drain" else draw(words)}
            writes |= {Location(address, key): value for key, value in fields.items()}
        touched = frozenset(draw(st.lists(st.sampled_from(PEOPLE))))
        diffs.append(StateDiff(writes, touched | {location.address for location in writes}))
    return pre, diffs


def assert_steps_add_up(pre: WorldState, diffs: list[StateDiff]) -> None:
    view, now = BlockView(pre), pre
    for tx_index, diff in enumerate(diffs):
        view.commit(Version(tx_index), diff)
        now = now.apply(diff)
        for address in PEOPLE:
            for key in (Field.BALANCE, Field.NONCE, Field.CODE, *range(6)):
                location = Location(address, key)
                assert view.read(location).value == now.read(location).value
    at_once = pre.apply(view.diff())
    assert at_once.accounts == now.accounts
    assert at_once.root == now.root == state_trie(now.accounts).root_hash


@given(histories())
@settings(max_examples=200)
def test_diffs_one_by_one_and_all_at_once_lead_to_one_world(history: tuple[WorldState, list[StateDiff]]) -> None:
    assert_steps_add_up(*history)


def test_a_view_that_forgets_to_clear_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = {Location(CONTRACT, key): value for key, value in ((Field.NONCE, 0), (Field.STORAGE, 0))}
    again = {Location(CONTRACT, Field.NONCE): 1, Location(CONTRACT, 2): 5}
    pre = WorldState({CONTRACT: Account(nonce=1, storage={1: 1})})
    diffs = [StateDiff({Location(CONTRACT, 3): 3}), StateDiff(gone), StateDiff(again)]
    assert_steps_add_up(pre, diffs)
    monkeypatch.setattr(BlockView, "_clear_storage", lambda view, address, version: None)
    with pytest.raises(AssertionError):
        assert_steps_add_up(pre, diffs)


def test_a_cleared_slot_names_the_writer_that_cleared_it() -> None:
    view = BlockView(WorldState({CONTRACT: Account(nonce=1, storage={1: 1})}))
    assert view.read(Location(CONTRACT, 1)) == (BEFORE_BLOCK, 1)
    view.commit(Version(3), StateDiff({Location(CONTRACT, 2): 9}))
    view.commit(Version(4), StateDiff({Location(CONTRACT, Field.STORAGE): 0}))
    assert view.read(Location(CONTRACT, 1)) == view.read(Location(CONTRACT, 2)) == (Version(4), 0)
    view.commit(Version(5), StateDiff({Location(CONTRACT, 2): 7}))
    assert view.read(Location(CONTRACT, 2)) == (Version(5), 7)
    assert view.read(Location(CONTRACT, 1)) == (Version(4), 0)


def test_a_diff_leaves_the_world_before_it_unchanged() -> None:
    pre = WorldState({CONTRACT: Account(nonce=1, storage={1: 1})})
    post = pre.apply(StateDiff({Location(CONTRACT, 1): 0, Location(ALICE, Field.BALANCE): 1}))
    assert pre.accounts == {CONTRACT: Account(nonce=1, storage={1: 1})}
    assert post.accounts == {CONTRACT: Account(nonce=1), ALICE: Account(balance=1)}


def test_an_empty_account_goes_only_when_touched() -> None:
    pre = WorldState({ALICE: Account(), NOBODY: Account()})
    assert set(pre.apply(StateDiff(touched=frozenset([ALICE]))).accounts) == {NOBODY}
    assert pre.apply(StateDiff()).accounts == pre.accounts


def test_a_payment_of_nothing_creates_no_account_and_removes_an_empty_one() -> None:
    pre = WorldState({NOBODY: Account()})
    view = BlockView(pre)
    view.pay(Version(0), ALICE, 0)
    view.pay(Version(0), NOBODY, 0)
    assert pre.apply(view.diff()).accounts == {}


def test_zero_slots_are_dropped() -> None:
    assert world_from_alloc([(ALICE, Account(storage={1: 0, 2: 3}))]).accounts[ALICE].storage == {2: 3}


def test_absent_things_read_as_zero_or_empty() -> None:
    values = [WorldState().read(Location(ALICE, key)).value for key in (*Field, 0)]
    assert values == [0, 0, b"", 0, 0]


@given(worlds)
@settings(max_examples=60)
def test_a_proof_convinces_both_verifiers(pre: WorldState) -> None:
    import rlp
    from trie import HexaryTrie

    tree = state_trie(pre.accounts)
    assert pre.root == tree.root_hash
    for address in PEOPLE:
        proof = pre.prove_account(address)
        account = pre.accounts.get(address)
        leaf = None if account is None else account_leaf(account)
        assert verify_proof(pre.root, keccak256(address), proof) == leaf
        nodes = [rlp.decode(node) for node in proof]
        assert HexaryTrie.get_from_proof(pre.root, keccak256(address), nodes) == (leaf or b"")
        for slot in range(6) if account else ():
            assert account is not None
            key, root = keccak256(slot.to_bytes(32, "big")), storage_trie(account).root_hash
            assert account.storage_root == root
            value = account.storage.get(slot)
            expected = None if value is None else rlp.encode(value)
            slot_proof = account.prove_slot(slot)
            assert verify_proof(root, key, slot_proof) == expected
            nodes = [rlp.decode(node) for node in slot_proof]
            if root != EMPTY_TRIE_ROOT:
                assert HexaryTrie.get_from_proof(root, key, nodes) == (expected or b"")


def test_a_proof_of_another_world_is_refused() -> None:
    pre = WorldState({address: Account(balance=5) for address in PEOPLE})
    other = WorldState({**pre.accounts, ALICE: Account(balance=6)})
    with pytest.raises(InvalidProof):
        verify_proof(pre.root, keccak256(ALICE), other.prove_account(ALICE))
    richer = replace(pre.accounts[ALICE], storage={1: 1})
    with pytest.raises(InvalidProof):
        verify_proof(replace(richer, storage={1: 2}).storage_root, keccak256(bytes(31) + b"\x01"), richer.prove_slot(1))
