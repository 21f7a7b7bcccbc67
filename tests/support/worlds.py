"""Small worlds to try the machine on: senders whose keys we know, contracts from a line of assembly, a transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toyevm import rlp
from toyevm.assembler import assemble
from toyevm.crypto import address_of, keccak256, sign
from toyevm.forks import DEFAULT_FORK, LONDON, Fork
from toyevm.results import TxResult
from toyevm.state import Account, BlockView, StateView, WorldState
from toyevm.transactions import Authorization, Transaction, sign_transaction
from toyevm.transition import check_transaction, execute_transaction
from toyevm.types import Address, Version
from toyevm.vm.frame import BlockEnv
from toyevm.vm.precompiles import precompiles_of

ALICE_KEY, BOB_KEY = b"\xa1" * 32, b"\xb0" * 32
ALICE, BOB = address_of(ALICE_KEY), address_of(BOB_KEY)
CONTRACT, OTHER, THIRD = b"\xcc" * 20, b"\x0d" * 20, b"\x3d" * 20
COINBASE = b"\xc0" * 20
NOBODY = b"\x90" * 20
ETHER = 10**18
BASE_FEE = 7


def contract(source: str = "", fork: Fork = LONDON, **fields: Any) -> Account:
    """Return a contract with this assembly as its code; by default it runs on every fork."""
    usual: dict[str, Any] = {"nonce": 1, "code": assemble(source, fork)}
    return Account(**(usual | fields))


def world(accounts: Mapping[Address, Account] | None = None, *, source: str | None = None) -> WorldState:
    """Return a world where Alice and Bob are rich; `source` is the code of CONTRACT."""
    rich = {ALICE: Account(balance=100 * ETHER), BOB: Account(balance=100 * ETHER)}
    more = {} if source is None else {CONTRACT: contract(source)}
    return WorldState(rich | more | dict(accounts or {}))


def environment(fork: Fork = DEFAULT_FORK, **fields: Any) -> BlockEnv:
    """Return the surroundings of a block in which gas costs at least BASE_FEE."""
    usual: dict[str, Any] = {"coinbase": COINBASE, "number": 1, "timestamp": 1_000, "base_fee_per_gas": BASE_FEE}
    return BlockEnv(fork, precompiles_of(fork), **(usual | fields))


def signed(key: bytes = ALICE_KEY, **fields: Any) -> Transaction:
    """Return a signed transaction to CONTRACT that pays 3 wei per unit of gas to the producer."""
    usual: dict[str, Any] = {"chain_id": 1, "max_fee_per_gas": BASE_FEE + 3, "gas_limit": 200_000, "to": CONTRACT}
    return sign_transaction(Transaction(**(usual | fields)), key)


def authorize(key: bytes = BOB_KEY, address: Address = CONTRACT, nonce: int = 0, chain_id: int = 1) -> Authorization:
    """Return a signed permission, Bob's by default, to run the code of `address`."""
    message = keccak256(b"\x05" + rlp.encode([chain_id, address, nonce]))
    return Authorization(chain_id, address, nonce, *sign(message, key))


def execute(view: StateView, tx: Transaction, env: BlockEnv | None = None) -> TxResult:
    """Check and execute one transaction."""
    env = env or environment()
    return execute_transaction(view, env, check_transaction(view, env, tx))


def after(pre: WorldState, result: TxResult, coinbase: Address = COINBASE) -> WorldState:
    """Return the world once the transaction is in it and its fee is paid."""
    view = BlockView(pre)
    view.commit(Version(0), result.diff)
    view.pay(Version(0), coinbase, result.fee)
    return pre.apply(view.diff())


def store_top(slot: int) -> str:
    """Return assembly that stores the top of the stack, where a test can see it."""
    return f"PUSH {slot} SSTORE"


def call(target: Address, *, value: int = 0, gas: str = "GAS") -> str:
    """Return assembly that calls `target` without input or output, and leaves success on the stack."""
    return f"PUSH 0 PUSH 0 PUSH 0 PUSH 0 PUSH {value} PUSH 0x{target.hex()} {gas} CALL"
