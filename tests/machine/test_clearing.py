"""What is touched and empty is gone when its transaction ends, with its storage, and not when the block ends (EIP-161).

The specification has this rule up to London; later forks know no empty accounts (EIP-7523).
"""

from __future__ import annotations

import pytest

from tests.support.chains import block_of, run_block, specified_header
from tests.support.whole_backends import WHOLE_BACKENDS
from tests.support.worlds import (
    ALICE_KEY,
    BASE_FEE,
    BOB,
    BOB_KEY,
    COINBASE,
    CONTRACT,
    NOBODY,
    OTHER,
    after,
    call,
    contract,
    environment,
    execute,
    signed,
    store_top,
    world,
)
from toyevm.assembler import assemble
from toyevm.blocks import Withdrawal
from toyevm.forks import LONDON, SHANGHAI
from toyevm.journal import Journal
from toyevm.state import Account, BlockView
from toyevm.transactions import Transaction
from toyevm.types import Address, Field, Location, Version
from toyevm.vm.instructions.calls import contract_address
from toyevm.vm.precompiles import RIPEMD160

EMPTY = Account(storage={3: 1})
BOBS_FIRST = contract_address(BOB, 0)
READ_SLOT_3 = assemble(f"PUSH 3 SLOAD PUSH 5 ADD {store_top(4)}", LONDON)
FREE = {"max_fee_per_gas": BASE_FEE}
BLOCKS: dict[str, tuple[Address, Account | None, tuple[Transaction, ...]]] = {
    "touched, then paid": (NOBODY, Account(balance=1), (signed(to=NOBODY), signed(BOB_KEY, to=NOBODY, value=1))),
    "paid, then touched": (
        NOBODY,
        Account(balance=1, storage={3: 1}),
        (signed(to=NOBODY, value=1), signed(BOB_KEY, to=NOBODY)),
    ),
    "touched, then made a contract": (
        BOBS_FIRST,
        Account(nonce=1, storage={4: 5}),
        (signed(to=BOBS_FIRST), signed(BOB_KEY, to=None, data=READ_SLOT_3)),
    ),
    "made a contract while it has storage": (BOBS_FIRST, EMPTY, (signed(BOB_KEY, to=None, data=READ_SLOT_3),)),
    "touched by a call, then paid": (NOBODY, Account(balance=1), (signed(), signed(BOB_KEY, to=NOBODY, value=1))),
    "touched by a failure, then paid": (
        NOBODY,
        Account(balance=1, storage={3: 1}),
        (signed(to=OTHER), signed(BOB_KEY, to=NOBODY, value=1)),
    ),
    "precompile touched by a failure, then paid": (
        RIPEMD160,
        Account(balance=1),
        (signed(), signed(BOB_KEY, to=RIPEMD160, value=1)),
    ),
}


@pytest.mark.parametrize("backend", [backend.name for backend in WHOLE_BACKENDS])
@pytest.mark.parametrize(("address", "expected", "transactions"), BLOCKS.values(), ids=BLOCKS)
def test_an_empty_account_is_gone_when_its_transaction_ends(
    address: Address, expected: Account | None, transactions: tuple[Transaction, ...], backend: str
) -> None:
    touch = f"{call(NOBODY)} POP {call(RIPEMD160, gas='PUSH 5')}"
    pre = world({address: EMPTY, CONTRACT: contract(touch), OTHER: contract(f"{call(NOBODY)} INVALID")})
    block = block_of(LONDON, *transactions)
    outcome = run_block(LONDON, pre, block, backend)
    assert outcome.post.accounts.get(address) == expected
    specified = specified_header(LONDON, pre, block)
    assert {name: getattr(outcome.sealed.header, name) for name in specified} == specified


def test_an_account_that_stays_to_the_end_of_the_block_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    address, _, transactions = BLOCKS["touched, then paid"]
    pre, block = world({address: EMPTY}), block_of(LONDON, *transactions)
    right = specified_header(LONDON, pre, block)["state_root"]
    assert run_block(LONDON, pre, block).sealed.header.state_root == right
    monkeypatch.setattr(Journal, "clear_empty_accounts", lambda journal, later=None: None)
    assert run_block(LONDON, pre, block).sealed.header.state_root != right


@pytest.mark.parametrize("prices", [({}, {}), (FREE, {}), (FREE, FREE)], ids=["paid", "free, then paid", "free"])
def test_an_empty_producer_is_gone_unless_it_is_paid(prices: tuple[dict[str, int], ...]) -> None:
    pre = world({COINBASE: EMPTY})
    block = block_of(LONDON, *(signed(nonce=i, to=BOB, **price) for i, price in enumerate(prices)))
    outcome = run_block(LONDON, pre, block)
    assert outcome.post.accounts[COINBASE].storage == ({} if prices[0] else {3: 1})
    assert outcome.sealed.header.state_root == specified_header(LONDON, pre, block)["state_root"]


def test_a_withdrawal_of_nothing_clears_what_is_empty() -> None:
    pre = world({NOBODY: EMPTY, OTHER: EMPTY})
    amounts = ((NOBODY, 0), (NOBODY, 1), (OTHER, 1), (OTHER, 0))
    payments = tuple(Withdrawal(i, i, address, amount) for i, (address, amount) in enumerate(amounts))
    block = block_of(SHANGHAI, withdrawals=payments)
    outcome = run_block(SHANGHAI, pre, block)
    assert outcome.post.accounts[NOBODY] == Account(balance=10**9)
    assert outcome.post.accounts[OTHER] == Account(balance=10**9, storage={3: 1})
    assert outcome.sealed.header.state_root == specified_header(SHANGHAI, pre, block)["state_root"]


# The sets


def test_clearing_is_a_write_that_depends_on_what_makes_an_account_empty() -> None:
    result = execute(world({NOBODY: EMPTY}), signed(to=NOBODY), environment(LONDON))
    assert result.write_set[Location(NOBODY, Field.STORAGE)] == 0
    assert {Location(NOBODY, field) for field in Field} <= set(result.read_set)


def test_a_touch_of_an_account_without_storage_depends_on_that_alone() -> None:
    result = execute(world({NOBODY: Account()}), signed(to=NOBODY), environment(LONDON))
    of_nobody = {location.key for location in result.read_set if location.address == NOBODY}
    assert of_nobody == {Field.CODE, Field.STORAGE}
    assert not {location for location in result.write_set if location.address == NOBODY}


def test_a_call_of_a_contract_does_not_ask_whether_it_has_storage() -> None:
    result = execute(world(source="PUSH 3 SLOAD"), signed(), environment(LONDON))
    assert Location(CONTRACT, Field.STORAGE) not in result.read_set


def test_what_is_read_of_an_account_that_is_gone_names_who_cleared_it() -> None:
    pre = world({NOBODY: EMPTY})
    view = BlockView(pre)
    view.commit(Version(0), execute(view, signed(ALICE_KEY, to=NOBODY), environment(LONDON)).diff)
    assert view.read(Location(NOBODY, 3)) == (Version(0), 0)
    assert view.read(Location(NOBODY, Field.STORAGE)) == (Version(0), 0)
    assert pre.read(Location(NOBODY, 3)).value == 1


def test_a_touch_of_ripemd160_survives_a_failed_call_and_no_failed_transaction() -> None:
    pre = world({RIPEMD160: EMPTY, CONTRACT: contract(call(RIPEMD160, gas="PUSH 5"))})
    assert RIPEMD160 not in after(pre, execute(pre, signed(), environment(LONDON))).accounts
    failing = contract(f"{call(RIPEMD160, gas='PUSH 5')} INVALID")
    pre = world({RIPEMD160: EMPTY, CONTRACT: failing})
    assert after(pre, execute(pre, signed(), environment(LONDON))).accounts[RIPEMD160] == EMPTY
