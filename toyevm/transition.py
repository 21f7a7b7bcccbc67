"""One transaction, from checks to result: the state transition function of the yellow paper (section 6).

    check_transaction    may it enter the block?                   raises InvalidTransaction
    begin_transaction    pay for the gas up front, open the first frame
    run                  the machine does its work                 may Suspend, and be called again
    finish_transaction   refund what is left, pay the producer, collect the effects

`execute_transaction` is the last three in a row; a driver that wants to stop in between calls them one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

from toyevm.chain import GAS_PER_BLOB
from toyevm.errors import InvalidSignature, InvalidTransaction
from toyevm.forks import Fork
from toyevm.journal import Journal
from toyevm.results import TxResult
from toyevm.state import StateView
from toyevm.transactions import BLOB, SET_CODE, Authorization, Transaction
from toyevm.types import ZERO_ADDRESS, Address, Location, Read
from toyevm.vm.frame import BlockEnv, Machine, Message, TxEnv
from toyevm.vm.gas import words
from toyevm.vm.instructions.calls import (
    DELEGATION_PREFIX,
    MAX_NONCE,
    contract_address,
    delegate_of,
    entry_code,
    is_taken,
)
from toyevm.vm.interpreter import enter, run


@dataclass(frozen=True)
class CheckedTransaction:
    """A transaction that may be executed, with what the checks found out and what they read."""

    tx: Transaction
    sender: Address
    gas_price: int
    intrinsic_gas: int
    floor_gas: int
    reads: dict[Location, Read]


@dataclass
class Execution:
    """A transaction under way."""

    checked: CheckedTransaction
    machine: Machine


def intrinsic_gas(fork: Fork, tx: Transaction) -> tuple[int, int]:
    """Return what a transaction costs before it does anything, and the least it pays in the end (EIP-7623).

    >>> from toyevm.forks import CANCUN
    >>> intrinsic_gas(CANCUN, Transaction(to=ZERO_ADDRESS, data=bytes(1)))
    (21004, 0)
    """
    gas, zeros = fork.gas, tx.data.count(0)
    nonzeros = len(tx.data) - zeros
    cost = gas.transaction + zeros * gas.calldata_zero + nonzeros * gas.calldata_nonzero
    if tx.to is None:
        cost += gas.transaction_create + gas.init_code_word * words(len(tx.data))
    cost += gas.access_list_address * len(tx.access_list)
    cost += gas.access_list_slot * sum(len(slots) for _, slots in tx.access_list)
    cost += gas.authorization * len(tx.authorizations)
    floor_token = gas.calldata_floor_token
    return cost, gas.transaction + floor_token * (zeros + 4 * nonzeros) if floor_token else 0


def check_transaction(view: StateView, env: BlockEnv, tx: Transaction) -> CheckedTransaction:
    """Find out whether a transaction may enter a block here and now, or raise InvalidTransaction with the reason."""
    return check_sender(view, env, check_form(env, tx))


def _require(condition: bool, reason: str, limit: int | None = None, actual: int | None = None) -> None:
    if not condition:
        raise InvalidTransaction(reason, limit, actual)


def check_form(env: BlockEnv, tx: Transaction) -> CheckedTransaction:
    """Check what needs no state, so that it holds for every attempt: type, chain, sizes, prices, signature."""
    fork, max_fee, base_fee = env.fork, tx.max_fee_per_gas, env.base_fee_per_gas
    _require(tx.type <= fork.max_transaction_type, "type-not-supported", fork.max_transaction_type, tx.type)
    _require(tx.chain_id in (env.chain_id, None), "wrong-chain", env.chain_id, tx.chain_id)
    _require(tx.nonce < MAX_NONCE, "nonce-is-max", MAX_NONCE, tx.nonce)
    _require(tx.gas_limit <= env.gas_limit, "gas-limit-above-block", env.gas_limit, tx.gas_limit)
    cap = fork.transaction_gas_cap
    _require(cap is None or tx.gas_limit <= cap, "gas-limit-above-cap", cap, tx.gas_limit)
    cost, floor = intrinsic_gas(fork, tx)
    _require(tx.gas_limit >= max(cost, floor), "intrinsic-gas", max(cost, floor), tx.gas_limit)
    limit, size = fork.max_init_code_size, len(tx.data)
    _require(tx.to is not None or limit is None or size <= limit, "init-code-too-large", limit, size)
    _require(max_fee >= base_fee, "max-fee-below-base-fee", base_fee, max_fee)
    _require(tx.priority_fee_cap <= max_fee, "priority-fee-above-max-fee", max_fee, tx.priority_fee_cap)
    if tx.type == BLOB:
        _check_blobs(env, tx)
    if tx.type == SET_CODE:
        _require(tx.to is not None, "set-code-creation")
        _require(bool(tx.authorizations), "no-authorizations")
    try:
        sender = tx.sender
    except InvalidSignature as error:
        raise InvalidTransaction("bad-signature") from error
    return CheckedTransaction(tx, sender, base_fee + min(tx.priority_fee_cap, max_fee - base_fee), cost, floor, {})


def _check_blobs(env: BlockEnv, tx: Transaction) -> None:
    fork, count = env.fork, len(tx.blob_hashes)
    most = min(fork.blobs.maximum if fork.blobs else 0, fork.max_blobs_per_transaction or count)
    max_fee, base_fee = tx.max_fee_per_blob_gas, env.blob_base_fee
    _require(tx.to is not None, "blob-creation")
    _require(count > 0, "no-blobs")
    _require(count <= most, "too-many-blobs", most, count)
    _require(all(hash_[0] == 1 for hash_ in tx.blob_hashes), "blob-hash-version")
    _require(max_fee >= base_fee, "blob-fee-too-low", base_fee, max_fee)


def check_sender(view: StateView, env: BlockEnv, form: CheckedTransaction) -> CheckedTransaction:
    """Check the sender's nonce, code and balance. After a Suspend, do it again."""
    journal, tx, sender = Journal(view), form.tx, form.sender
    nonce, code = journal.nonce(sender), journal.code(sender)
    _require(tx.nonce >= nonce, "nonce-too-low", nonce, tx.nonce)
    _require(tx.nonce <= nonce, "nonce-too-high", nonce, tx.nonce)
    is_delegated = env.fork.set_code and delegate_of(code) is not None
    _require(not code or is_delegated, "sender-is-a-contract")  # EIP-3607
    blob_fee = GAS_PER_BLOB * len(tx.blob_hashes) * tx.max_fee_per_blob_gas
    worst_case, balance = tx.gas_limit * tx.max_fee_per_gas + blob_fee + tx.value, journal.balance(sender)
    _require(balance >= worst_case, "insufficient-funds", worst_case, balance)
    return CheckedTransaction(tx, sender, form.gas_price, form.intrinsic_gas, form.floor_gas, journal.reads)


def execute_transaction(view: StateView, env: BlockEnv, checked: CheckedTransaction) -> TxResult:
    """Execute a checked transaction and return everything it did; nothing is changed outside the result."""
    execution = begin_transaction(view, env, checked)
    run(execution.machine)
    return finish_transaction(execution)


def begin_transaction(view: StateView, env: BlockEnv, checked: CheckedTransaction) -> Execution:
    """Buy the gas, follow authorizations, open the first frame. After a Suspend, begin again, or repeat the part."""
    execution = buy_gas(view, env, checked)
    for authorization in checked.tx.authorizations:
        delegate(execution.machine.journal, env, authorization)
    open_first_frame(execution)
    return execution


def buy_gas(view: StateView, env: BlockEnv, checked: CheckedTransaction) -> Execution:
    """Take the price of all gas from the sender, who has read nothing but what the checks have."""
    journal = Journal(view, checked.reads)
    journal.warm_addresses = dict(env.always_warm)
    pay_upfront(journal, env, checked)
    for address, slots in checked.tx.access_list:  # EIP-2930
        journal.warm_address(address)
        for slot in slots:
            journal.warm_slot(address, slot)
    return Execution(checked, Machine(env, TxEnv(checked.sender, checked.gas_price, checked.tx.blob_hashes), journal))


def pay_upfront(journal: Journal, env: BlockEnv, checked: CheckedTransaction) -> None:
    """Pay for all gas, count the nonce, and warm who is looked at in any case (EIP-2929, EIP-3651)."""
    tx, sender = checked.tx, checked.sender
    blob_fee = GAS_PER_BLOB * len(tx.blob_hashes) * env.blob_base_fee
    journal.set_balance(sender, journal.balance(sender) - tx.gas_limit * checked.gas_price - blob_fee)
    journal.increment_nonce(sender)
    journal.warm_address(sender)
    if env.fork.warm_coinbase:
        journal.warm_address(env.coinbase)


def delegate(journal: Journal, env: BlockEnv, authorization: Authorization) -> None:
    """Let an account that agreed run another's code (EIP-7702); an authorization that does not fit is passed over."""
    if authorization.chain_id not in (0, env.chain_id) or authorization.nonce >= MAX_NONCE:
        return
    try:
        authority = authorization.authority
    except InvalidSignature:
        return
    journal.warm_address(authority)
    code = journal.code(authority)
    if (code and delegate_of(code) is None) or journal.nonce(authority) != authorization.nonce:
        return
    if not journal.is_empty(authority):
        journal.add_refund(env.fork.gas.authorization_existing_refund)
    target = authorization.address
    journal.set_code(authority, b"" if target == ZERO_ADDRESS else DELEGATION_PREFIX + target)
    journal.increment_nonce(authority)


def open_first_frame(execution: Execution) -> None:
    """Let the machine stand before its first instruction."""
    machine, checked = execution.machine, execution.checked
    journal, tx, gas = machine.journal, checked.tx, checked.tx.gas_limit - checked.intrinsic_gas
    address = contract_address(checked.sender, tx.nonce) if tx.to is None else tx.to
    journal.warm_address(address)
    if tx.to is None:
        collides = is_taken(journal, address)
        message = Message(checked.sender, address, tx.data, gas, tx.value, is_create=True, collides=collides)
    else:
        code, precompile = entry_code(journal, machine.env, address)
        message = Message(checked.sender, address, code, gas, tx.value, tx.data, precompile=precompile)
    if tx.value and not message.collides:
        journal.balance(address)  # who is paid; all is read before anything changes, and can be read again
    enter(machine, message)


def finish_transaction(execution: Execution) -> TxResult:
    """Settle the gas and collect the effects of a transaction whose machine has stopped."""
    checked, machine = execution.checked, execution.machine
    tx, journal, outcome, env = checked.tx, machine.journal, machine.outcome, machine.env
    assert outcome is not None
    journal.clear_empty_accounts(later=env.coinbase)  # first, since it reads
    spent = tx.gas_limit - outcome.gas_left
    gas_used = pay_back(journal, env, checked, spent)
    tip = checked.gas_price - env.base_fee_per_gas
    failure = outcome.failure
    return TxResult(
        succeeded=failure is None,
        gas_used=gas_used,
        fee=0 if env.coinbase in journal.destroyed else gas_used * tip,  # who is paid and dies leaves nothing
        read_set=journal.reads,
        write_set=journal.write_set(),
        output=outcome.output,
        error=None if failure is None else failure.name,
        gas_refunded=max(0, spent - gas_used),  # the floor takes it back
        logs=journal.logs,
        touched=frozenset(journal.touched),
        accessed=frozenset(journal.accessed),
        created_address=contract_address(checked.sender, tx.nonce) if tx.to is None and failure is None else None,
    )


def pay_back(journal: Journal, env: BlockEnv, checked: CheckedTransaction, spent: int) -> int:
    """Return the gas that is paid for when `spent` was used, and give the sender the price of the rest."""
    gas_used = max(spent - min(journal.refund, spent // env.fork.gas.refund_quotient), checked.floor_gas)
    change = (checked.tx.gas_limit - gas_used) * checked.gas_price
    journal.set_balance(checked.sender, journal.balance(checked.sender) + change)
    journal.touch(env.coinbase)
    return gas_used
