"""Which blocks can be proven: plain payments and nothing else. What a block has besides is named, never left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from toyevm.chain import ChainConfig
from toyevm.errors import NotProvable
from toyevm.results import TxResult
from toyevm.rollups.base import ExecutedBlock
from toyevm.rollups.zk.field import P
from toyevm.rollups.zk.payments.values import BRIDGE, LIMIT, UNIT, ProvenPayment
from toyevm.rollups.zk_rollup.accounts import writes_of
from toyevm.rollups.zk_rollup.root_contract import BRIDGE_ADDRESS
from toyevm.rollups.zk_rollup.signed_batch import SignedPayment, signature_of, unsigned_payment
from toyevm.rollups.zk_rollup.statements import MAX_PAYMENTS
from toyevm.state import StateDiff, WorldState
from toyevm.system import BEACON_ROOTS, BLOCK_HASH_HISTORY, REQUEST_QUEUES
from toyevm.transactions import BLOB, FIELDS, SET_CODE, Transaction
from toyevm.types import ZERO_ADDRESS, Address, Location, Value
from toyevm.units import GWEI
from toyevm.workloads.planned_blocks import TRANSFER_GAS

MAX_NONCE = P - 1  # a nonce is an element of the field, and so is the next one
SYSTEM_CONTRACTS = (BEACON_ROOTS, BLOCK_HASH_HISTORY, *REQUEST_QUEUES)


@dataclass(frozen=True)
class PaymentBlock:
    """What of a block is brought to L1.

    Attributes:
        owners: of the accounts that it touches, by number; the bridge is the first.
        payments: in the order of the block.
        deposits: what it credits after them, as payments by the bridge.
    """

    owners: tuple[Address, ...]
    payments: tuple[SignedPayment, ...]
    deposits: tuple[ProvenPayment, ...]

    @property
    def proven(self) -> list[ProvenPayment]:
        """All that is in the proof, in order."""
        return [*(payment.proven for payment in self.payments), *self.deposits]


def provable(executed: ExecutedBlock) -> PaymentBlock:
    """Return a block as payments.

    Raises:
        NotProvable: something in it is no payment that can be proven, or the result is another than payments have.
    """
    for tx_index, tx in enumerate(executed.block.transactions):
        _refuse(tx_index, _faults_of(executed, tx))
    _refuse(None, _faults_besides(executed))
    block = _payments_of(executed)
    _refuse(None, _faults_of_size(executed.pre, block))
    _check_result(executed, block)
    return block


def _refuse(tx_index: int | None, faults: Iterable[str]) -> None:
    for fault in faults:
        raise NotProvable(tx_index, fault)


def _faults_of(executed: ExecutedBlock, tx: Transaction) -> Iterator[str]:
    """Yield why a transaction is no payment that can be proven."""
    if tx.to is None:
        yield "creates a contract"
        return
    yield from _kinds(executed.chain, executed.pre, tx, tx.to)
    base_fee = executed.block.header.base_fee_per_gas
    if min(tx.max_fee_per_gas, base_fee + tx.priority_fee_cap):
        yield "pays a fee"
    form = unsigned_payment(executed.chain.chain_id, tx.nonce, tx.to, tx.value // UNIT)
    for name in ("type", *FIELDS[form.type][:-3]):
        if name != "value" and getattr(tx, name) != getattr(form, name):
            yield f"not a payment in the form that is posted: {name} {getattr(tx, name)}, not {getattr(form, name)}"
    yield from _amount_faults("a value", tx.value)
    if tx.nonce >= MAX_NONCE:
        yield f"a nonce of {tx.nonce}, not below {MAX_NONCE}"
    for address in (tx.sender, tx.to):
        yield from _account_faults(executed.pre, address)


def _kinds(chain: ChainConfig, world: WorldState, tx: Transaction, to: Address) -> Iterator[str]:
    if tx.type == BLOB:
        yield "carries blobs"
    if tx.type == SET_CODE:
        yield "gives accounts code"
    if tx.access_list:
        yield "has an access list"
    if to in world.accounts and world.accounts[to].code:
        yield "calls a contract"
    if to in chain.precompiles:
        yield "calls a precompile"
    if tx.data:
        yield "has data"
    if to == ZERO_ADDRESS:
        yield "pays the zero address, which gets no number on L1"


def _amount_faults(what: str, wei: int) -> Iterator[str]:
    if wei % UNIT:
        yield f"{what} of {wei} wei is not in whole units of {UNIT}"
    if wei // UNIT >= LIMIT:
        yield f"{what} of {wei} wei has more than 28 bits in units"


def _account_faults(world: WorldState, address: Address) -> Iterator[str]:
    """Yield why an account has no leaf; one that is not there has an empty one."""
    account = world.accounts.get(address)
    if account is None:
        return
    name = f"account 0x{address.hex()}"
    if account.code or account.storage:
        yield f"{name} has code or storage"
    if account.is_empty:
        yield f"{name} is there although it is empty"
    if account.nonce >= MAX_NONCE:
        yield f"{name} has a nonce of {account.nonce}, not below {MAX_NONCE}"
    yield from _amount_faults(f"{name}: a balance", account.balance)


def _faults_besides(executed: ExecutedBlock) -> Iterator[str]:
    """Yield what else a block does that no payment does."""
    fork, world, block = executed.chain.fork, executed.pre, executed.block
    if not fork.proof_of_stake:
        yield "the block pays a reward"
    for address in SYSTEM_CONTRACTS:
        if address in world.accounts and world.accounts[address].code:
            yield f"the block calls the system contract 0x{address.hex()}"
    yield from _account_faults(world, block.header.coinbase) if block.transactions else ()
    for withdrawal in block.withdrawals:
        yield from _amount_faults("a withdrawal", withdrawal.amount * GWEI)
        if withdrawal.amount and withdrawal.address in (ZERO_ADDRESS, BRIDGE_ADDRESS):
            yield f"a withdrawal to 0x{withdrawal.address.hex()}, for which nothing can be locked on L1"
        yield from _account_faults(world, withdrawal.address)


def _payments_of(executed: ExecutedBlock) -> PaymentBlock:
    """Return the payments, with numbers in the order in which the accounts come."""
    numbers = {BRIDGE_ADDRESS: BRIDGE}
    payments, deposits = [], []

    def number(address: Address) -> int:
        return numbers.setdefault(address, len(numbers))

    for tx in executed.block.transactions:
        payer, payee = number(tx.sender), number(tx.to or b"")
        payments.append(SignedPayment(payer, payee, tx.value // UNIT, tx.nonce, signature_of(tx)))
    for credit in executed.block.withdrawals:
        if credit.amount:
            amount = credit.amount * GWEI // UNIT
            deposits.append(ProvenPayment(BRIDGE, number(credit.address), amount, None))
    return PaymentBlock(tuple(numbers), tuple(payments), tuple(deposits))


def _faults_of_size(world: WorldState, block: PaymentBlock) -> Iterator[str]:
    if len(block.proven) > MAX_PAYMENTS:
        yield f"{len(block.proven)} payments, more than {MAX_PAYMENTS}"
    balances = sum(world.accounts[owner].balance for owner in block.owners[1:] if owner in world.accounts) // UNIT
    total = balances + sum(deposit.amount for deposit in block.deposits)
    if total >= LIMIT:
        yield f"{total} units in all have more than 28 bits"


def _check_result(executed: ExecutedBlock, block: PaymentBlock) -> None:
    """Hold the producer's result to what payments do: L1 will have the root, and no receipts to compare.

    Raises:
        NotProvable: it is another one.
    """
    result, world = executed.result, executed.pre
    if len(result.results) != len(block.payments) or result.requests:
        raise NotProvable(None, f"{len(result.results)} results and {len(result.requests)} requests")
    for tx_index, (payment, one) in enumerate(zip(block.payments, result.results, strict=True)):
        writes = writes_of(world, block.owners, [payment.proven])
        if not _is_a_payments(one) or _changes(world, one.write_set) != _changes(world, writes):
            raise NotProvable(tx_index, "the result is not what a payment does")
        world = world.apply(StateDiff(writes))


def _changes(world: WorldState, writes: Mapping[Location, Value]) -> dict[Location, Value]:
    return {location: value for location, value in writes.items() if world.read(location).value != value}


def _is_a_payments(result: TxResult) -> bool:
    said = (result.succeeded, result.gas_used, result.fee, result.logs, result.output, result.gas_refunded)
    return said == (True, TRANSFER_GAS, 0, (), b"", 0)
