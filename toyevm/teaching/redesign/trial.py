"""A contract's life in a trial: it is created, then come a first block, the block that is timed, and a last one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from toyevm.backends import BACKENDS, RunConfig
from toyevm.blocks import Block
from toyevm.chain import MAINNET
from toyevm.contracts import Contract, slot_names
from toyevm.contracts.abi import reason_of
from toyevm.results import BlockResult, TxResult
from toyevm.state import Account, WorldState
from toyevm.teaching.grading.quoting import quoted
from toyevm.teaching.redesign.specification import TicketCall
from toyevm.teaching.redesign.suite import OWNER, TicketPlan
from toyevm.transactions import Transaction
from toyevm.types import Address, Location
from toyevm.workloads.planned_blocks import CALL_GAS
from toyevm.workloads.wallets import Wallet, wallet
from toyevm.workloads.workload import BASE_FEE, BLOCK_GAS, PRODUCER, SAVINGS, TIP, Workload, open_header

CREATION_GAS = 2**24  # as much as a transaction may have (EIP-7825)
GRANT_GAS = 60_000  # room for one new word and a change of another: what is prepared in a grant is not timed


class Lost(Exception):
    """A contract did what it must not do; the words are for its team."""


@dataclass(frozen=True)
class TrialBlock:
    """A block of a trial: what is asked in it, the state that it finds, and what became of it."""

    calls: tuple[TicketCall, ...]
    workload: Workload
    result: BlockResult


class Trial:
    """A contract to which the calls of a plan are made.

    Attributes:
        people: their wallets by name.
        address: the contract's.

    Raises:
        Lost: the contract cannot be created.
    """

    def __init__(self, contract: Contract, plan: TicketPlan) -> None:
        calls = (*plan.first, *plan.timed, *plan.last)
        names = dict.fromkeys([OWNER, *(name for call in calls for name in (call.sender, call.who) if name)])
        self.people = {name: wallet(name, plan.seed) for name in names}
        self._contract, self._nonces = contract, Counter[str]()
        self._world = WorldState({person.address: Account(balance=SAVINGS) for person in self.people.values()})
        self.address = self._create(plan.capacity)
        self.first = self._execute(plan.first)
        self.timed = self._execute(plan.timed)
        self.last = self._execute(plan.last)

    def name_of(self, location: Location) -> str:
        """Return a location in words: what the artefact calls the slot, if it does."""
        if location.address != self.address or not location.is_slot:
            return self.timed.workload.location_name(location)
        people = {name: person.address for name, person in self.people.items()}
        digits = f"{location.key:#x}"
        unnamed = "slot " + (digits if len(digits) <= 10 else digits[:6] + "…")
        return slot_names(self._contract, people).get(location.key, unnamed)

    def _create(self, capacity: int) -> Address:
        data = self._contract.creation_data(capacity)
        workload = self._workload([self._sign(OWNER, None, data, CREATION_GAS)])
        outcome = _run(workload)
        (result,) = outcome.results
        self._world = self._world.apply(outcome.diff)
        if result.created_address is None:
            raise Lost(f"it cannot be created: {why_it_failed(result, CREATION_GAS)}")
        return result.created_address

    def _execute(self, calls: tuple[TicketCall, ...]) -> TrialBlock:
        workload = self._workload([self._signed(call) for call in calls])
        outcome = _run(workload)
        self._world = self._world.apply(outcome.diff)
        return TrialBlock(calls, workload, outcome)

    def _workload(self, transactions: Sequence[Transaction]) -> Workload:
        header = open_header(gas_limit=max(BLOCK_GAS, sum(tx.gas_limit for tx in transactions)))
        names = {person.address: name for name, person in self.people.items()} | {PRODUCER: "producer"}
        return Workload(MAINNET, self._world, Block(header, tuple(transactions)), names)

    def _signed(self, call: TicketCall) -> Transaction:
        data = call_data(self._contract, call, self.people)
        return self._sign(call.sender, self.address, data, gas_limit_of(call))

    def _sign(self, sender: str, to: Address | None, data: bytes, gas_limit: int) -> Transaction:
        nonce = self._nonces[sender]
        self._nonces[sender] += 1
        return self.people[sender].sign(
            nonce=nonce, max_fee_per_gas=2 * BASE_FEE + TIP, max_priority_fee_per_gas=TIP, gas_limit=gas_limit, to=to,
            data=data,
        )  # fmt: skip


def gas_limit_of(call: TicketCall) -> int:
    """Return how much gas a call may use."""
    return GRANT_GAS if call.function == "grant" else CALL_GAS


def why_it_failed(result: TxResult, gas_limit: int) -> str:
    """Return the contract's own reason, or the machine's; with the limit, if there was too little gas."""
    words = quoted(reason_of(result) or "no reason")
    return f"{words} with a limit of {gas_limit:,}" if result.error == "out of gas" else words


def call_data(contract: Contract, call: TicketCall, people: Mapping[str, Wallet]) -> bytes:
    """Return the input of the call."""
    who = [people[call.who].address] if call.who else []
    return contract.call_data(call.function, *who, *([call.amount] if call.function == "grant" else []))


def _run(workload: Workload) -> BlockResult:
    config = RunConfig(workload.chain)
    return BACKENDS.named("sequential").execute_block(workload.pre, workload.block, config).result
