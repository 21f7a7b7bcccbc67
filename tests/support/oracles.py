"""What others make of the same state: the `rlp` and `trie` packages, and the executable specification (EELS)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from toyevm.crypto import keccak256
from toyevm.state import Account
from toyevm.types import Address


def trie_of(items: Mapping[bytes, bytes]) -> Any:
    """Return the `trie` package's tree of these items."""
    from trie import HexaryTrie

    tree = HexaryTrie({})
    for key, value in items.items():
        tree[key] = value
    return tree


def storage_trie(account: Account) -> Any:
    """Return the `trie` package's tree of an account's storage."""
    import rlp

    return trie_of({keccak256(slot.to_bytes(32, "big")): rlp.encode(value) for slot, value in account.storage.items()})


def account_leaf(account: Account) -> bytes:
    """Return what the state tree holds for an account, by the `rlp` package."""
    import rlp

    parts = [account.nonce, account.balance, storage_trie(account).root_hash, keccak256(account.code)]
    encoded: bytes = rlp.encode(parts)
    return encoded


def state_trie(accounts: Mapping[Address, Account]) -> Any:
    """Return the `trie` package's tree of a whole world."""
    return trie_of({keccak256(address): account_leaf(account) for address, account in accounts.items()})


def list_root(values: Sequence[bytes]) -> bytes:
    """Return the root of an ordered list, as headers commit to it."""
    import rlp

    root: bytes = trie_of({rlp.encode(index): value for index, value in enumerate(values)}).root_hash
    return root


def specification() -> Any:
    """Return the functions that ask EELS about one transaction; skip where it is not installed."""
    pytest.importorskip("ethereum.forks.osaka", reason="EELS is not installed: pip install 'toyevm[bench]'")
    from tests.vectors.vectorsource import oracle

    return oracle
