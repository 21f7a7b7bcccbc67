"""What is in the list of a block, and what is not, by the cases that the executable specification is tested with.

Source of the facts: ethereum/execution-specs, tests/amsterdam/eip7928_block_level_access_lists/test_cases.md (read
2026-11-30, commit 000aa46). Its blocks are of Amsterdam and ours of Osaka, so prices differ; who is looked at does not.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.backends.cases import INIT_CODE, sent
from tests.support.chains import block_of, run_block
from tests.support.deployments import RUNTIME
from tests.support.system_contracts import system_accounts
from tests.support.worlds import (
    ALICE,
    ALICE_KEY,
    BASE_FEE,
    BOB,
    BOB_KEY,
    COINBASE,
    CONTRACT,
    ETHER,
    NOBODY,
    OTHER,
    THIRD,
    authorize,
    call,
    contract,
    signed,
    world,
)
from toyevm.access_lists import AccountChanges, BlockAccessList, build
from toyevm.assembler import assemble
from toyevm.blocks import Withdrawal
from toyevm.chain import ChainConfig
from toyevm.forks import OSAKA
from toyevm.state import Account
from toyevm.system import (
    BEACON_ROOTS,
    BLOCK_HASH_HISTORY,
    CONSOLIDATION_REQUESTS,
    SYSTEM_ADDRESS,
    WITHDRAWAL_REQUESTS,
)
from toyevm.transactions import SET_CODE, Transaction
from toyevm.types import Address
from toyevm.vm.instructions.calls import DELEGATION_PREFIX, contract_address

CHARLIE = b"\xce" * 20
IDENTITY = (4).to_bytes(20, "big")
GWEI = 10**9


def list_of(accounts: dict[Address, Account], *transactions: Transaction, **fields: Any) -> BlockAccessList:
    pre, block = world(accounts), block_of(OSAKA, *transactions, **fields)
    return build(pre, block, ChainConfig(fork=OSAKA), run_block(OSAKA, pre, block).result.results)


def listed(
    accounts: dict[Address, Account], *transactions: Transaction, **fields: Any
) -> dict[Address, AccountChanges]:
    return {each.address: each for each in list_of(accounts, *transactions, **fields)}


def running(source: str, **accounts: Any) -> dict[Address, AccountChanges]:
    """Return the list of a block in which Alice calls CONTRACT, which runs this."""
    more = {CONTRACT: contract(source, OSAKA, **accounts.pop("fields", {})), **accounts.pop("others", {})}
    return listed(more, signed(**accounts))


def is_empty(account: AccountChanges) -> bool:
    return account == AccountChanges(account.address)


def kinds_of_call(target: Address) -> dict[str, str]:
    push = f"PUSH 0x{target.hex()}"
    return {
        "CALL": f"PUSH 0 PUSH 0 PUSH 0 PUSH 0 PUSH 0 {push} GAS CALL POP",
        "CALLCODE": f"PUSH 0 PUSH 0 PUSH 0 PUSH 0 PUSH 0 {push} GAS CALLCODE POP",
        "DELEGATECALL": f"PUSH 0 PUSH 0 PUSH 0 PUSH 0 {push} GAS DELEGATECALL POP",
        "STATICCALL": f"PUSH 0 PUSH 0 PUSH 0 PUSH 0 {push} GAS STATICCALL POP",
    }


def looks(target: Address) -> dict[str, str]:
    push = f"PUSH 0x{target.hex()}"
    asks = {name: f"{push} {name} POP" for name in ("BALANCE", "EXTCODESIZE", "EXTCODEHASH")}
    return asks | {"EXTCODECOPY": f"PUSH 0 PUSH 0 PUSH 0 {push} EXTCODECOPY"} | kinds_of_call(target)


LOOKS = sorted(looks(OTHER))
CALLS = sorted(kinds_of_call(OTHER))


def test_a_transfer_changes_a_nonce_and_three_balances() -> None:
    found = listed({}, signed(to=NOBODY, value=100))
    assert found[ALICE].nonce_changes == ((1, 1),)
    assert found[ALICE].balance_changes == ((1, 100 * ETHER - 100 - 21_000 * (BASE_FEE + 3)),)
    assert found[NOBODY].balance_changes == ((1, 100),)
    assert found[COINBASE].balance_changes == ((1, 21_000 * 3),)
    assert list(found) == sorted(found)


def test_who_gets_nothing_is_listed_and_empty() -> None:
    found = listed({}, signed(to=NOBODY, value=0))
    assert is_empty(found[NOBODY])
    assert listed({}, signed(to=ALICE, value=5))[ALICE].balance_changes == ((1, 100 * ETHER - 21_000 * (BASE_FEE + 3)),)


def test_a_producer_who_is_paid_nothing_is_listed_and_empty() -> None:
    assert is_empty(listed({}, signed(to=NOBODY, max_fee_per_gas=BASE_FEE))[COINBASE])


def test_a_producer_without_transactions_is_not_listed() -> None:
    assert COINBASE not in listed({})
    assert COINBASE not in listed({}, withdrawals=(Withdrawal(0, 0, CHARLIE, 1),))


@pytest.mark.parametrize("end", ["STOP", "PUSH 0 PUSH 0 REVERT", "INVALID"])
@pytest.mark.parametrize("look", LOOKS)
def test_who_is_looked_at_is_listed_whatever_comes_of_it(look: str, end: str) -> None:
    found = running(f"{looks(OTHER)[look]} {end}", others={OTHER: contract("STOP")})
    assert is_empty(found[OTHER])
    assert is_empty(found[CONTRACT])
    assert found[ALICE].nonce_changes == ((1, 1),)


@pytest.mark.parametrize("end", ["STOP", "PUSH 0 PUSH 0 REVERT", "INVALID"])
@pytest.mark.parametrize("look", LOOKS)
def test_a_precompile_or_nobody_at_all_is_listed_likewise(look: str, end: str) -> None:
    assert is_empty(running(f"{looks(IDENTITY)[look]} {end}")[IDENTITY])
    assert is_empty(running(f"{looks(NOBODY)[look]} {end}")[NOBODY])
    assert is_empty(running(f"{looks(SYSTEM_ADDRESS)[look]} {end}")[SYSTEM_ADDRESS])


def test_a_precompile_that_a_transaction_calls_is_listed() -> None:
    assert listed({}, signed(to=IDENTITY, value=7))[IDENTITY].balance_changes == ((1, 7),)
    assert is_empty(listed({}, signed(to=IDENTITY))[IDENTITY])
    fails = (8).to_bytes(20, "big")
    assert is_empty(listed({}, signed(to=fails, data=b"\1"))[fails])  # no multiple of 192 bytes


@pytest.mark.parametrize("look", LOOKS)
def test_who_cannot_be_paid_for_is_not_listed(look: str) -> None:
    source = looks(OTHER)[look].replace("GAS ", "PUSH 0 ")
    gas = 21_000 + 3 * (source.count("PUSH") - source.count("PUSH 0 PUSH 0x")) - 3 + 2_599
    found = running(source, others={OTHER: contract("STOP")}, gas_limit=gas)
    assert OTHER not in found
    assert is_empty(found[CONTRACT])


def test_what_an_access_list_only_warms_up_is_not_listed() -> None:
    found = running("PUSH 2 SLOAD", type=1, access_list=((CONTRACT, (1, 2)), (OTHER, (5,))))
    assert OTHER not in found
    assert found[CONTRACT].storage_reads == (2,)


@pytest.mark.parametrize("end", ["PUSH 0 PUSH 0 REVERT", "INVALID"])
def test_a_write_that_is_undone_is_a_read(end: str) -> None:
    found = running(f"PUSH 1 SLOAD POP PUSH 7 PUSH 2 SSTORE {end}")
    assert found[CONTRACT] == AccountChanges(CONTRACT, storage_reads=(1, 2))


def test_a_write_that_changes_nothing_is_a_read() -> None:
    source = "PUSH 0 PUSH 1 SSTORE PUSH 42 PUSH 2 SSTORE PUSH 100 PUSH 3 SSTORE PUSH 200 PUSH 4 SSTORE"
    found = running(source, fields={"storage": {3: 100, 4: 150}})[CONTRACT]
    assert found.storage_changes == ((2, ((1, 42),)), (4, ((1, 200),)))
    assert found.storage_reads == (1, 3)
    there_and_back = running("PUSH 9 PUSH 3 SSTORE PUSH 100 PUSH 3 SSTORE", fields={"storage": {3: 100}})[CONTRACT]
    assert there_and_back == AccountChanges(CONTRACT, storage_reads=(3,))


def test_only_the_last_of_a_transaction_s_writes_counts() -> None:
    found = running("PUSH 10 PUSH 1 SSTORE PUSH 11 PUSH 1 SSTORE PUSH 1 SLOAD POP PUSH 12 PUSH 1 SSTORE")[CONTRACT]
    assert found == AccountChanges(CONTRACT, ((1, ((1, 12),)),))


def test_a_slot_has_a_change_for_each_transaction_that_changes_it() -> None:
    source = "CALLDATASIZE PUSH 0 SSTORE"
    sizes = (1, 0, 0, 2)
    found = listed({CONTRACT: contract(source)}, *(sent_bytes(nonce, size) for nonce, size in enumerate(sizes)))
    assert found[CONTRACT] == AccountChanges(CONTRACT, ((0, ((1, 1), (2, 0), (4, 2))),))


def sent_bytes(nonce: int, size: int) -> Transaction:
    return signed(nonce=nonce, data=bytes(size))


@pytest.mark.parametrize(("instruction", "gas"), [("PUSH 1 SLOAD", 3 + 2_099), ("PUSH 7 PUSH 1 SSTORE", 6 + 2_300)])
def test_a_slot_that_cannot_be_paid_for_is_not_read(instruction: str, gas: int) -> None:
    assert is_empty(running(instruction, gas_limit=21_000 + gas)[CONTRACT])
    slots = running(instruction, gas_limit=21_000 + gas + 1)[CONTRACT].storage_reads
    assert slots == (1,)


def test_what_is_forbidden_in_a_static_call_reads_nothing() -> None:
    others = {OTHER: contract("PUSH 7 PUSH 1 SSTORE"), THIRD: contract(call(NOBODY, value=1), balance=5)}
    source = f"{kinds_of_call(OTHER)['STATICCALL']} {kinds_of_call(THIRD)['STATICCALL']}"
    found = running(source, others=others)
    assert is_empty(found[OTHER])
    assert is_empty(found[THIRD])
    assert NOBODY not in found


def test_transient_storage_is_not_listed() -> None:
    found = running("PUSH 66 PUSH 1 TSTORE PUSH 1 TLOAD PUSH 2 SSTORE")[CONTRACT]
    assert found == AccountChanges(CONTRACT, ((2, ((1, 66),)),))


@pytest.mark.parametrize("name", ["CALLCODE", "DELEGATECALL"])
def test_borrowed_code_works_on_the_borrower(name: str) -> None:
    lender = contract("PUSH 66 PUSH 1 SSTORE PUSH 2 SLOAD")
    found = running(kinds_of_call(OTHER)[name], others={OTHER: lender})
    assert is_empty(found[OTHER])
    assert found[CONTRACT] == AccountChanges(CONTRACT, ((1, ((1, 66),)),), (2,))


@pytest.mark.parametrize("is_delegated", [False, True])
def test_a_call_without_the_money_looks_at_its_target_and_no_further(is_delegated: bool) -> None:
    code = DELEGATION_PREFIX + THIRD if is_delegated else b"\0"
    source = f"PUSH 1 SLOAD POP {call(OTHER, value=1_000)} PUSH 2 SSTORE"
    others = {OTHER: Account(nonce=1, code=code), THIRD: contract("STOP")}
    found = running(source, others=others, fields={"balance": 100, "storage": {2: 0xDEAD}})
    assert found[CONTRACT] == AccountChanges(CONTRACT, ((2, ((1, 0),)),), (1,))
    assert is_empty(found[OTHER])
    assert THIRD not in found
    rich = running(source, others=others, fields={"balance": 5_000, "storage": {2: 0xDEAD}})
    assert (THIRD in rich) == is_delegated


CREATE = f"PUSH 0x{'00' * 32} PUSH 0 MSTORE PUSH 32 PUSH 0 PUSH {{value}} CREATE PUSH 0 SSTORE"
MADE = contract_address(CONTRACT, 1)


def test_a_creation_that_cannot_begin_does_not_look_at_its_place() -> None:
    found = running(CREATE.format(value=9), fields={"balance": 5})
    assert MADE not in found
    assert found[CONTRACT] == AccountChanges(CONTRACT, storage_reads=(0,))


def test_a_creation_at_a_place_that_is_taken_looks_at_it() -> None:
    found = running(
        CREATE.format(value=0), others={MADE: contract("STOP")}, fields={"storage": {0: 0xDEAD}}, gas_limit=5_000_000
    )
    assert is_empty(found[MADE])
    assert found[CONTRACT] == AccountChanges(CONTRACT, ((0, ((1, 0),)),), nonce_changes=((1, 2),))


def test_a_creation_without_code_changes_a_nonce_and_no_code() -> None:
    assert running(CREATE.format(value=0))[MADE] == AccountChanges(MADE, nonce_changes=((1, 1),))


def test_a_creation_changes_code_nonce_and_balance() -> None:
    made = contract_address(ALICE, 0)
    found = listed({}, signed(to=None, data=INIT_CODE, value=5, gas_limit=500_000))[made]
    assert found.code_changes[0].at == 1
    assert (found.nonce_changes, found.balance_changes) == (((1, 1),), ((1, 5),))


def test_a_creation_that_is_undone_leaves_its_place_in_the_list() -> None:
    assert is_empty(running(f"{CREATE.format(value=0)} PUSH 0 PUSH 0 REVERT")[MADE])


@pytest.mark.parametrize("funds", [0, 100])
def test_what_is_made_and_destroyed_at_once_has_reads_and_perhaps_a_balance(funds: int) -> None:
    made = contract_address(ALICE, 0)
    code = assemble(f"PUSH 7 PUSH 5 SSTORE PUSH 0x{CHARLIE.hex()} SELFDESTRUCT", OSAKA)
    accounts = {made: Account(balance=funds)} if funds else {}
    found = listed(accounts, signed(to=None, data=code))
    assert found[made] == AccountChanges(made, storage_reads=(5,), balance_changes=((1, 0),) if funds else ())
    assert found[CHARLIE].balance_changes == (((1, funds),) if funds else ())


@pytest.mark.parametrize("funds", [0, 9])
@pytest.mark.parametrize("end", ["STOP", "PUSH 0 PUSH 0 REVERT"])
def test_an_heir_is_listed_even_of_nothing_and_when_it_is_undone(funds: int, end: str) -> None:
    inner = contract(f"{call(THIRD)} {end}")
    dying = contract(f"PUSH 0x{CHARLIE.hex()} SELFDESTRUCT", balance=funds)
    found = running(f"{call(OTHER)} POP", others={OTHER: inner, THIRD: dying})
    inherits = funds and end == "STOP"
    assert found[CHARLIE].balance_changes == (((1, funds),) if inherits else ())
    assert found[THIRD] == AccountChanges(THIRD, balance_changes=((1, 0),) if inherits else ())


def set_code(*authorizations: Any, **fields: Any) -> Transaction:
    usual = {"type": SET_CODE, "to": NOBODY, "value": 10, "authorizations": authorizations}
    return signed(**(usual | fields))


def test_a_delegation_changes_code_and_nonce_and_does_not_look_at_its_target() -> None:
    found = listed({OTHER: contract("STOP")}, set_code(authorize(BOB_KEY, OTHER, 0)))
    assert found[BOB] == AccountChanges(BOB, (), (), (), ((1, 1),), ((1, DELEGATION_PREFIX + OTHER),))
    assert OTHER not in found
    used = listed({OTHER: contract("STOP")}, set_code(authorize(BOB_KEY, OTHER, 0)), signed(nonce=1, to=BOB))
    assert is_empty(used[OTHER])


def test_a_delegation_that_is_refused_is_listed_once_its_account_was_looked_at() -> None:
    wrong_nonce = listed({}, set_code(authorize(BOB_KEY, OTHER, 5)))
    assert is_empty(wrong_nonce[BOB])
    assert OTHER not in wrong_nonce
    wrong_chain = listed({}, set_code(authorize(BOB_KEY, OTHER, 0, chain_id=77)))
    assert BOB not in wrong_chain
    has_code = listed({BOB: contract("STOP", balance=5)}, set_code(authorize(BOB_KEY, OTHER, 1)))
    assert is_empty(has_code[BOB])


def test_delegations_that_cancel_out_change_nonces_alone() -> None:
    both = (authorize(BOB_KEY, OTHER, 0), authorize(BOB_KEY, bytes(20), 1))
    assert listed({}, set_code(*both))[BOB] == AccountChanges(BOB, nonce_changes=((1, 2),))
    swapped = listed({}, set_code(authorize(BOB_KEY, OTHER, 0), authorize(BOB_KEY, THIRD, 1)))[BOB]
    assert swapped.code_changes == ((1, DELEGATION_PREFIX + THIRD),)


def test_a_delegation_to_a_precompile_looks_at_it_when_used() -> None:
    found = listed({}, set_code(authorize(BOB_KEY, IDENTITY, 0)), signed(nonce=1, to=BOB))
    assert is_empty(found[IDENTITY])


def test_only_one_step_of_a_chain_of_delegations_is_looked_at() -> None:
    accounts = {
        OTHER: Account(nonce=1, code=DELEGATION_PREFIX + THIRD),
        THIRD: Account(nonce=1, code=DELEGATION_PREFIX + NOBODY),
    }
    found = listed({**accounts, CONTRACT: contract(call(OTHER))}, signed())
    assert is_empty(found[THIRD])
    assert NOBODY not in found


def test_withdrawals_come_after_the_last_transaction() -> None:
    amounts = (5, 10, 15)
    many = tuple(Withdrawal(i, i, CHARLIE, amount) for i, amount in enumerate(amounts))
    assert listed({}, withdrawals=many)[CHARLIE].balance_changes == ((1, 30 * GWEI),)
    found = listed({}, signed(to=NOBODY, value=5 * GWEI), withdrawals=(Withdrawal(0, 0, NOBODY, 10),))
    assert found[NOBODY].balance_changes == ((1, 5 * GWEI), (2, 15 * GWEI))
    to_producer = listed({}, signed(to=NOBODY), withdrawals=(Withdrawal(0, 0, COINBASE, 10),))
    assert to_producer[COINBASE].balance_changes == ((1, 63_000), (2, 63_000 + 10 * GWEI))


@pytest.mark.parametrize("has", [0, 5 * GWEI])
def test_a_withdrawal_of_nothing_is_listed_and_empty(has: int) -> None:
    accounts = {CHARLIE: Account(balance=has)} if has else {}
    assert is_empty(listed(accounts, withdrawals=(Withdrawal(0, 0, CHARLIE, 0),))[CHARLIE])


def test_money_that_goes_on_within_a_transaction_leaves_no_trace_in_between() -> None:
    found = running(f"{call(CHARLIE, value=100)}", value=100)
    assert is_empty(found[CONTRACT])
    assert found[CHARLIE].balance_changes == ((1, 100),)


def test_a_transaction_that_fails_still_pays() -> None:
    price, limit = BASE_FEE + 3, 50_000
    found = listed({CONTRACT: contract("INVALID")}, signed(gas_limit=limit))
    assert found[ALICE].balance_changes == ((1, 100 * ETHER - price * limit),)
    assert found[COINBASE].balance_changes == ((1, 3 * limit),)
    assert is_empty(found[CONTRACT])


def test_system_calls_come_before_the_first_transaction() -> None:
    found = listed(system_accounts(), signed(to=NOBODY))
    assert [len(found[each].storage_changes) for each in (BEACON_ROOTS, BLOCK_HASH_HISTORY)] == [2, 1]
    for each in (BEACON_ROOTS, BLOCK_HASH_HISTORY):
        assert {change.at for _, changes in found[each].storage_changes for change in changes} == {0}
    assert SYSTEM_ADDRESS not in found


def test_a_beacon_root_that_is_there_already_is_a_read() -> None:
    assert len(listed(system_accounts(), parent_beacon_root=bytes(32))[BEACON_ROOTS].storage_reads) == 1


QUEUES = {queue: Account(nonce=1, code=RUNTIME[queue]) for queue in (WITHDRAWAL_REQUESTS, CONSOLIDATION_REQUESTS)}


def test_the_queues_are_read_at_the_end_even_when_they_are_empty() -> None:
    quiet = listed(QUEUES, signed(to=NOBODY))
    for queue in (WITHDRAWAL_REQUESTS, CONSOLIDATION_REQUESTS):
        assert quiet[queue] == AccountChanges(queue, storage_reads=(0, 1, 2, 3))


def test_a_request_changes_its_queue_twice() -> None:
    request = signed(to=WITHDRAWAL_REQUESTS, data=b"\x01" * 56, value=1, gas_limit=500_000)
    found = listed(QUEUES, request)[WITHDRAWAL_REQUESTS]
    changes = dict(found.storage_changes)
    assert changes[1] == changes[3] == ((1, 1), (2, 0))  # how many there are, and where the queue ends
    assert {0, 2} <= set(found.storage_reads)
    assert found.balance_changes == ((1, 1),)


def test_system_calls_that_share_an_index_come_to_one_change() -> None:
    toggle = "PUSH 0 SLOAD ISZERO PUSH 0 SSTORE PUSH 1 SLOAD PUSH 1 ADD PUSH 1 SSTORE"
    accounts = {BEACON_ROOTS: contract(call(BLOCK_HASH_HISTORY)), BLOCK_HASH_HISTORY: contract(toggle)}
    found = listed(accounts)[BLOCK_HASH_HISTORY]
    assert found == AccountChanges(BLOCK_HASH_HISTORY, ((1, ((0, 2),)),), (0,))


def test_withdrawals_and_dequeuing_share_the_last_index() -> None:
    forward = contract(f"PUSH 0 PUSH 0 PUSH 0 PUSH 0 SELFBALANCE PUSH 0x{CHARLIE.hex()} GAS CALL", OSAKA)
    found = listed(
        {WITHDRAWAL_REQUESTS: forward, CONSOLIDATION_REQUESTS: contract("STOP")},
        withdrawals=(Withdrawal(0, 0, WITHDRAWAL_REQUESTS, 7),),
    )
    assert is_empty(found[WITHDRAWAL_REQUESTS])
    assert found[CHARLIE].balance_changes == ((1, 7 * GWEI),)


def test_a_change_that_a_later_index_takes_back_stays() -> None:
    toggle = contract("PUSH 0 SLOAD ISZERO PUSH 0 SSTORE")
    found = listed({BLOCK_HASH_HISTORY: toggle}, signed(to=BLOCK_HASH_HISTORY))[BLOCK_HASH_HISTORY]
    assert found == AccountChanges(BLOCK_HASH_HISTORY, ((0, ((0, 1), (1, 0))),))


def test_a_producer_who_spends_and_earns_the_same_has_no_change() -> None:
    fees = signed(BOB_KEY, to=NOBODY)
    spends = signed(ALICE_KEY, nonce=0, to=NOBODY, value=0, max_fee_per_gas=BASE_FEE)
    found = listed({}, fees, spends, coinbase=BOB)
    assert [change.at for change in found[BOB].balance_changes] == [1]


@pytest.mark.parametrize("count", [1, 5])
def test_everybody_is_listed_once(count: int) -> None:
    transactions = [sent(person, to=NOBODY, value=1) for person in range(count)]
    pre = {each.sender: Account(balance=ETHER) for each in transactions}
    found = list_of(pre, *transactions)
    assert len({each.address for each in found}) == len(found)
    assert next(each for each in found if each.address == NOBODY).balance_changes == tuple(
        (i, i) for i in range(1, count + 1)
    )
