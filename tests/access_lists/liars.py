"""A block whose list can be wrong in every way, and builders that are wrong in one way each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.backends.cases import INIT_CODE, Case
from tests.support.chains import block_of, run_block
from tests.support.deployments import RUNTIME
from tests.support.worlds import ALICE, BOB_KEY, COINBASE, CONTRACT, NOBODY, OTHER, THIRD, contract, signed, world
from toyevm.access_lists import AccountChanges, BlockAccessList, Change, LieKind, build
from toyevm.blocks import Withdrawal
from toyevm.chain import ChainConfig
from toyevm.forks import OSAKA
from toyevm.state import Account
from toyevm.system import BEACON_ROOTS, SYSTEM_ADDRESS, WITHDRAWAL_REQUESTS
from toyevm.types import Address
from toyevm.vm.instructions.calls import contract_address

CHARLIE, DORA = b"\xce" * 20, b"\xd0" * 20
MADE = contract_address(ALICE, 1)
SOURCE = (
    "PUSH 1 PUSH 0 SLOAD ADD PUSH 0 SSTORE PUSH 5 SLOAD POP PUSH 6 SLOAD POP "
    f"PUSH 42 PUSH 7 SSTORE PUSH 1 PUSH 9 SSTORE PUSH 0x{OTHER.hex()} BALANCE POP"
)
ACCOUNTS = {
    CONTRACT: contract(SOURCE, storage={7: 42}),
    CHARLIE: Account(balance=1),
    **{address: Account(nonce=1, code=code) for address, code in RUNTIME.items()},
}
BLOCK = block_of(
    OSAKA,
    signed(value=3),
    signed(BOB_KEY, nonce=0),
    signed(nonce=1, to=None, data=INIT_CODE, gas_limit=500_000),
    signed(BOB_KEY, nonce=1, to=NOBODY, value=1),
    withdrawals=(Withdrawal(0, 0, CHARLIE, 7), Withdrawal(1, 0, DORA, 0)),
)
CASE = Case("a block to lie about", world(ACCOUNTS), BLOCK, ChainConfig(fork=OSAKA))
RESULTS = run_block(OSAKA, CASE.pre, BLOCK).result.results
HONEST = build(CASE.pre, BLOCK, CASE.chain, RESULTS)
LAST = len(BLOCK.transactions) + 1

Edit = Callable[[AccountChanges], AccountChanges]
Liar = Callable[[BlockAccessList], BlockAccessList]


def edit(address: Address, change: Edit) -> Liar:
    return lambda accesses: tuple(change(each) if each.address == address else each for each in accesses)


def without(address: Address) -> Liar:
    return lambda accesses: tuple(each for each in accesses if each.address != address)


def with_account(account: AccountChanges) -> Liar:
    return lambda accesses: tuple(sorted((*accesses, account), key=lambda each: each.address))


def slot(number: int, *changes: Change) -> Edit:
    """Replace the changes of a slot, or take it out of them."""

    def apply(account: AccountChanges) -> AccountChanges:
        slots = {**dict(account.storage_changes), number: changes}
        return replace(account, storage_changes=tuple(sorted((key, all_) for key, all_ in slots.items() if all_)))

    return apply


def reads(*slots: int) -> Edit:
    return lambda account: replace(account, storage_reads=slots)


def both(first: Edit, second: Edit) -> Edit:
    return lambda account: second(first(account))


def balance(at: int, add: int) -> Edit:
    def apply(account: AccountChanges) -> AccountChanges:
        changes = (Change(i, value + add if i == at else value) for i, value in account.balance_changes)
        return replace(account, balance_changes=tuple(changes))

    return apply


def move(field: str, start: int, to: int) -> Edit:
    def apply(account: AccountChanges) -> AccountChanges:
        changes = (Change(to if at == start else at, value) for at, value in getattr(account, field))
        return replace(account, **{field: tuple(sorted(changes))})

    return apply


def more(field: str, change: Change) -> Edit:
    return lambda account: replace(account, **{field: tuple(sorted((*getattr(account, field), change)))})


def less(field: str, at: int) -> Edit:
    return lambda account: replace(account, **{field: tuple(each for each in getattr(account, field) if each.at != at)})


K = LieKind
LIES: dict[str, tuple[Liar, LieKind]] = {
    "no sender": (without(ALICE), K.MISSING_ACCOUNT),
    "nobody who was looked at": (without(OTHER), K.MISSING_ACCOUNT),
    "no producer": (without(COINBASE), K.MISSING_ACCOUNT),
    "no one a withdrawal paid": (without(CHARLIE), K.MISSING_ACCOUNT),
    "no one a withdrawal paid nothing": (without(DORA), K.MISSING_ACCOUNT),
    "no ring buffer": (without(BEACON_ROOTS), K.MISSING_ACCOUNT),
    "no queue": (without(WITHDRAWAL_REQUESTS), K.MISSING_ACCOUNT),
    "no new contract": (without(MADE), K.MISSING_ACCOUNT),
    "a stranger": (with_account(AccountChanges(THIRD)), K.EXTRA_ACCOUNT),
    "a stranger who is paid": (with_account(AccountChanges(THIRD, balance_changes=(Change(1, 5),))), K.EXTRA_ACCOUNT),
    "whoever makes system calls": (with_account(AccountChanges(SYSTEM_ADDRESS)), K.EXTRA_ACCOUNT),
    "a read too few": (edit(CONTRACT, reads(5, 7)), K.MISSING_READ),
    "no reads of a queue": (edit(WITHDRAWAL_REQUESTS, reads()), K.MISSING_READ),
    "a read too many": (edit(CONTRACT, reads(5, 6, 7, 999)), K.EXTRA_READ),
    "a read of an account that was merely looked at": (edit(OTHER, reads(1)), K.EXTRA_READ),
    "a write as a read": (edit(CONTRACT, both(slot(9), reads(5, 6, 7, 9))), K.MISSING_WRITE),
    "a read as a write": (edit(CONTRACT, both(slot(5, Change(1, 8)), reads(6, 7))), K.EXTRA_WRITE),
    "a write of what is there as a change": (edit(CONTRACT, both(slot(7, Change(1, 42)), reads(5, 6))), K.EXTRA_WRITE),
    "a slot's second change missing": (edit(CONTRACT, slot(0, Change(1, 1))), K.MISSING_WRITE),
    "a slot's first change missing": (edit(CONTRACT, slot(0, Change(2, 2))), K.MISSING_WRITE),
    "a slot's change that was none": (edit(CONTRACT, slot(9, Change(1, 1), Change(2, 1))), K.EXTRA_WRITE),
    "another slot": (edit(CONTRACT, slot(999, Change(1, 1))), K.EXTRA_WRITE),
    "a slot's wrong value": (edit(CONTRACT, slot(0, Change(1, 77), Change(2, 2))), K.WRONG_VALUE),
    "a slot's wrong time": (edit(CONTRACT, slot(9, Change(2, 1))), K.WRONG_INDEX),
    "a slot before the block": (edit(CONTRACT, slot(9, Change(0, 1))), K.WRONG_INDEX),
    "a slot after the block": (edit(CONTRACT, slot(9, Change(LAST, 1))), K.WRONG_INDEX),
    "a wrong balance": (edit(ALICE, balance(1, 1)), K.WRONG_VALUE),
    "a wrong balance of the producer": (edit(COINBASE, balance(2, -1)), K.WRONG_VALUE),
    "a wrong balance after a withdrawal": (edit(CHARLIE, balance(LAST, 1)), K.WRONG_VALUE),
    "a balance at the wrong time": (edit(CHARLIE, move("balance_changes", LAST, 1)), K.WRONG_INDEX),
    "no balance": (edit(COINBASE, less("balance_changes", 2)), K.MISSING_WRITE),
    "a balance that was looked at": (edit(OTHER, more("balance_changes", Change(1, 0))), K.EXTRA_WRITE),
    "a wrong nonce": (edit(ALICE, both(less("nonce_changes", 1), more("nonce_changes", Change(1, 5)))), K.WRONG_VALUE),
    "no nonce": (edit(ALICE, less("nonce_changes", 1)), K.MISSING_WRITE),
    "a nonce too many": (edit(CONTRACT, more("nonce_changes", Change(1, 1))), K.EXTRA_WRITE),
    "a nonce at the wrong time": (edit(MADE, move("nonce_changes", 3, 1)), K.WRONG_INDEX),
    "no code": (edit(MADE, less("code_changes", 3)), K.MISSING_WRITE),
    "wrong code": (edit(MADE, both(less("code_changes", 3), more("code_changes", Change(3, b"\0")))), K.WRONG_VALUE),
    "code that was there": (edit(OTHER, more("code_changes", Change(1, b""))), K.EXTRA_WRITE),
    "accounts out of order": (lambda accesses: accesses[::-1], K.UNSORTED),
    "an account twice": (lambda accesses: (accesses[0], *accesses), K.DUPLICATE),
    "a slot both read and written": (edit(CONTRACT, reads(0, 5, 6, 7)), K.READ_AND_WRITTEN),
    "a slot without changes": (
        edit(CONTRACT, lambda account: replace(account, storage_changes=(*account.storage_changes, (11, ())))),
        K.EMPTY_CHANGES,
    ),
    "an index after the block": (edit(CONTRACT, slot(9, Change(LAST + 1, 1))), K.INDEX_OUT_OF_RANGE),
    "more than a block can pay for": (edit(OTHER, reads(*range(15_001))), K.OVERSIZED),
    "more reads than the gas that is left": (edit(OTHER, reads(*range(14_950))), K.UNAFFORDABLE_READS),
}
