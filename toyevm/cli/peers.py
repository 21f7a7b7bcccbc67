"""The machines that are measured, behind one small door: toyevm, py-evm, and EELS, the executable specification.

`load` prepares everything a call needs and is not timed; the function it returns makes the call, and is. So each
machine finds a fresh copy of the state, where it keeps the state between blocks. Sender, target and precompiles are
warm, all slots cold: every machine must charge the same gas, and the benchmark checks that it does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

from toyevm.vm.message import DEFAULT_ADDRESS, DEFAULT_GAS, DEFAULT_SENDER, MessageResult, default_env, execute_message
from toyevm.workloads.programs import FORK, Program


@dataclass(frozen=True)
class CallOutcome:
    """What all machines must agree on; gas before any refund."""

    succeeded: bool
    gas_used: int
    output: bytes


class Peer(Protocol):
    """One implementation of the EVM. Making one raises ImportError where it is not installed."""

    name: str
    package: str  # as the package index calls it

    def load(self, program: Program) -> Callable[[], Any]:
        """Return a function that makes the program's call; it is good for one call."""
        ...

    def outcome(self, answer: Any) -> CallOutcome:
        """Return what `answer`, which that function returned, says in common terms."""
        ...


def version_of(package: str) -> str | None:
    """Return the version of a package, if it is installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


class ToyEvm:
    """This package. The read set is recorded, as always."""

    name = package = "toyevm"

    def __init__(self) -> None:
        self._env = default_env(FORK)

    def load(self, program: Program) -> Callable[[], MessageResult]:
        world = program.world()
        return lambda: execute_message(world, self._env, input=program.input)

    def outcome(self, answer: MessageResult) -> CallOutcome:
        return CallOutcome(answer.error is None, answer.gas_used, answer.output)


class PyEvm:
    """The Ethereum Foundation's Python client, no longer maintained.

    Its state is a journal over caches over a trie. The program's state lies in the trie, where a block finds it on
    first use. Left in the journal, as if the transaction before had written it, a token transfer takes two thirds of
    the time.
    """

    name, package = "py-evm", "py-evm"

    def __init__(self) -> None:
        self._state_class: Any = import_module(f"eth.vm.forks.{FORK.name.lower()}.state").PragueState
        self._message: Any = import_module("eth.vm.message").Message
        self._database: Any = import_module("eth.db.atomic").AtomicDB
        self._context: Any = import_module("eth.vm.execution_context").ExecutionContext
        self._empty_root: bytes = import_module("eth.constants").BLANK_ROOT_HASH

    def load(self, program: Program) -> Callable[[], Any]:
        """Put the program's state into a trie of its own; see `Peer.load`."""
        block = self._context(
            coinbase=bytes(20),
            timestamp=0,
            block_number=0,
            difficulty=0,
            mix_hash=bytes(32),
            gas_limit=30_000_000,
            prev_hashes=(),
            chain_id=1,
            base_fee_per_gas=0,
            excess_blob_gas=0,
        )
        state = self._state_class(self._database(), block, self._empty_root)
        for address, account in program.world().accounts.items():
            state.set_nonce(address, account.nonce)
            state.set_code(address, account.code)
            for slot, value in account.storage.items():
                state.set_storage(address, slot, value)
        state.lock_changes()  # from here on, this is what was there before the transaction
        state.persist()  # ... and lies where a block finds it: in the trie, as ours lies in the world state
        state.mark_address_warm(DEFAULT_SENDER)
        state.mark_address_warm(DEFAULT_ADDRESS)
        message = self._message(
            gas=DEFAULT_GAS,
            to=DEFAULT_ADDRESS,
            sender=DEFAULT_SENDER,
            value=0,
            data=program.input,
            code=program.code,
        )
        transaction = state.transaction_context_class(gas_price=0, origin=DEFAULT_SENDER)
        return lambda: state.computation_class.apply_message(state, message, transaction)

    def outcome(self, answer: Any) -> CallOutcome:
        return CallOutcome(answer.is_success, answer.get_gas_used(), bytes(answer.output))


class Eels:
    """The Ethereum Execution Layer Specification: written to be read, and the judge of all others."""

    name, package = "EELS", "ethereum-execution"

    def __init__(self) -> None:
        fork = f"ethereum.forks.{FORK.name.lower()}"
        self._vm: Any = import_module(f"{fork}.vm")
        self._types: Any = import_module(f"{fork}.fork_types")
        self._state: Any = import_module(f"{fork}.state")
        self._interpreter: Any = import_module(f"{fork}.vm.interpreter")
        self._bytes: Any = import_module("ethereum_types.bytes")
        self._numeric: Any = import_module("ethereum_types.numeric")

    def load(self, program: Program) -> Callable[[], Any]:
        """Build the environment that EELS passes around; see `Peer.load`."""
        uint, address_type = self._numeric.Uint, self._types.Address
        sender, target = address_type(DEFAULT_SENDER), address_type(DEFAULT_ADDRESS)
        code = self._bytes.Bytes(program.code)
        message = self._vm.Message(
            block_env=self._block(program),
            tx_env=self._transaction(sender),
            caller=sender,
            target=target,
            current_target=target,
            gas=uint(DEFAULT_GAS),
            value=self._numeric.U256(0),
            data=self._bytes.Bytes(program.input),
            code_address=target,
            code=code,
            depth=uint(0),
            should_transfer_value=True,
            is_static=False,
            accessed_addresses={sender, target, *self._interpreter.PRE_COMPILED_CONTRACTS},
            accessed_storage_keys=set(),
            disable_precompiles=False,
            parent_evm=None,
        )
        return lambda: self._interpreter.process_message_call(message)

    def outcome(self, answer: Any) -> CallOutcome:
        return CallOutcome(answer.error is None, DEFAULT_GAS - int(answer.gas_left), bytes(answer.return_data))

    def _world(self, program: Program) -> Any:
        state = self._state.State()
        for raw_address, account in program.world().accounts.items():
            address = self._types.Address(raw_address)
            fields = {"nonce": self._numeric.Uint(account.nonce), "balance": self._numeric.U256(account.balance)}
            self._state.set_account(state, address, self._types.Account(**fields, code=account.code))
            for slot, value in account.storage.items():
                key = self._bytes.Bytes32(slot.to_bytes(32, "big"))
                self._state.set_storage(state, address, key, self._numeric.U256(value))
        return state

    def _block(self, program: Program) -> Any:
        uint, word = self._numeric.Uint, self._numeric.U256
        return self._vm.BlockEnvironment(
            chain_id=self._numeric.U64(1),
            state=self._world(program),
            block_gas_limit=uint(30_000_000),
            block_hashes=[],
            coinbase=self._types.Address(bytes(20)),
            number=uint(0),
            base_fee_per_gas=uint(0),
            time=word(0),
            prev_randao=self._bytes.Bytes32(bytes(32)),
            excess_blob_gas=self._numeric.U64(0),
            parent_beacon_block_root=self._bytes.Bytes32(bytes(32)),
        )

    def _transaction(self, sender: Any) -> Any:
        return self._vm.TransactionEnvironment(
            origin=sender,
            gas_price=self._numeric.Uint(0),
            gas=self._numeric.Uint(DEFAULT_GAS),
            access_list_addresses=set(),
            access_list_storage_keys=set(),
            transient_storage=self._state.TransientStorage(),
            blob_versioned_hashes=(),
            authorizations=(),
            index_in_block=None,
            tx_hash=None,
        )


PEERS: tuple[Callable[[], Peer], ...] = (ToyEvm, PyEvm, Eels)
