"""State tests of our own: a transfer whose outcome can be worked out by hand, hashed by other people's packages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.chains import alloc_json, in_hex
from tests.support.oracles import state_trie
from tests.support.worlds import ALICE, BASE_FEE, COINBASE, NOBODY, signed, world
from toyevm.crypto import keccak256
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction, encode_transaction
from toyevm.types import Address

NO_LOGS = "0x" + keccak256(b"\xc0").hex()
VALUE = 5


def transfer() -> tuple[WorldState, Transaction, dict[Address, Account]]:
    """Return a world, a transfer of VALUE wei in it, and the accounts after it."""
    pre, tx = world(), signed(to=NOBODY, value=VALUE)
    price = BASE_FEE + 3
    post = {
        **pre.accounts,
        ALICE: Account(nonce=1, balance=pre.accounts[ALICE].balance - 21_000 * price - VALUE),
        COINBASE: Account(balance=21_000 * 3),
        NOBODY: Account(balance=VALUE),
    }
    return pre, tx, post


def sub_case(tx: Transaction, post: Mapping[Address, Account], **changes: Any) -> dict[str, Any]:
    """Return one entry below `post`: what the world must hash to."""
    case = {
        "hash": "0x" + state_trie(post).root_hash.hex(),
        "logs": NO_LOGS,
        "indexes": {"data": 0, "gas": 0, "value": 0},
        "txbytes": "0x" + encode_transaction(tx).hex(),
    } | changes
    return {key: value for key, value in case.items() if value is not ...}


def state_test(pre: WorldState, post: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a whole test; `post` maps the names of forks to lists of sub-cases."""
    env = {
        "currentCoinbase": COINBASE,
        "currentNumber": 1,
        "currentTimestamp": 1_000,
        "currentGasLimit": 30_000_000,
        "currentBaseFee": BASE_FEE,
        "currentRandom": bytes(32),
        "currentDifficulty": 0,
        "currentExcessBlobGas": 0,
    }
    test = {"env": in_hex(env), "pre": alloc_json(pre), "transaction": {}, "post": dict(post)} | changes
    return {key: value for key, value in test.items() if value is not ...}


def transfer_test(*forks: str, **changes: Any) -> dict[str, Any]:
    """Return the test of the transfer on these forks (Cancun by default); `changes` go into its sub-cases."""
    pre, tx, post = transfer()
    return state_test(pre, {fork: [sub_case(tx, post, **changes)] for fork in forks or ("Cancun",)})


def write(path: Path, value: Any) -> Path:
    """Write JSON, or bytes as they are."""
    path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return path
