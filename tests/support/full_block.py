"""A block with something of everything that its fork knows."""

from __future__ import annotations

from tests.support.system_contracts import system_accounts
from tests.support.worlds import BOB, BOB_KEY, COINBASE, CONTRACT, NOBODY, OTHER, authorize, contract, signed, store_top
from toyevm.blocks import Withdrawal
from toyevm.forks import Fork
from toyevm.state import Account
from toyevm.transactions import BLOB, FEE_MARKET, SET_CODE, Transaction
from toyevm.types import Address

BLOB_HASH = b"\x01" + bytes(31)
SOURCE = (
    f"PUSH 1 PUSH 0 SLOAD ADD {store_top(0)} NUMBER PUSH 1 SWAP1 SUB BLOCKHASH {store_top(1)} PUSH 7 PUSH 0 PUSH 0 LOG1"
)


def transactions(fork: Fork) -> list[Transaction]:
    """Return one transaction of every kind that the fork knows, one of which fails."""
    kinds = [
        signed(nonce=0),
        signed(nonce=1, chain_id=None, to=None, data=bytes.fromhex("6001600055")),
        signed(BOB_KEY, type=1, to=NOBODY, value=5, access_list=((CONTRACT, (0, 1)),)),
        signed(nonce=2, type=FEE_MARKET, to=OTHER, max_priority_fee_per_gas=1),
        signed(BOB_KEY, nonce=1, to=COINBASE, value=1),
    ]
    if fork.blobs:
        kinds.append(signed(nonce=3, type=BLOB, blob_hashes=(BLOB_HASH,) * 2, max_fee_per_blob_gas=9))
    if fork.set_code:
        kinds.append(signed(nonce=4, type=SET_CODE, to=BOB, authorizations=(authorize(nonce=2),)))
    return kinds


def accounts(fork: Fork) -> dict[Address, Account]:
    system = system_accounts(b"\x11" * 4, b"\x22" * 5) if fork.beacon_root else {}
    return {CONTRACT: contract(SOURCE), OTHER: contract("INVALID"), **system}


def withdrawals(fork: Fork) -> tuple[Withdrawal, ...]:
    if not fork.withdrawals:
        return ()
    return Withdrawal(7, 1, NOBODY, 3), Withdrawal(8, 2, BOB, 0), Withdrawal(9, 2, b"\x77" * 20, 2**60)
