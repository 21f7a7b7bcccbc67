"""py-evm for the benchmark: the Ethereum Foundation's Python client, no longer maintained; the one to be compared with.

Its state is a journal over caches over a trie. The state of a measurement lies in the trie, where a block finds it on
first use. Left in the journal, as if the transaction before had written it, a token transfer takes two thirds of the
time.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from toyevm.bench.peers import CallOutcome, digest
from toyevm.state import WorldState
from toyevm.vm.frame import BlockEnv
from toyevm.vm.message import DEFAULT_ADDRESS, DEFAULT_GAS, DEFAULT_SENDER, default_env
from toyevm.workloads.programs import FORK, Program, SignedBlock


class PyEvm:
    """See `Peer`."""

    name, package = "py-evm", "py-evm"

    def __init__(self) -> None:
        fork = import_module(f"eth.vm.forks.{FORK.name.lower()}")
        self._vm: Any = getattr(fork, f"{FORK.name}VM")
        self._message: Any = import_module("eth.vm.message").Message
        self._database: Any = import_module("eth.db.atomic").AtomicDB
        self._context: Any = import_module("eth.vm.execution_context").ExecutionContext
        self._empty_root: bytes = import_module("eth.constants").BLANK_ROOT_HASH
        backend = import_module(
            "eth._utils.transactions"
        ).keys.backend  # eth-keys chooses: coincurve, or its own Python
        self.signatures = type(backend).__module__.rpartition(".")[2]

    def load(self, program: Program) -> Callable[[], Any]:
        """Return the call alone: no transaction, no fee; see `Peer.load`."""
        state = self._state(program.world(), default_env(FORK))
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

    def load_block(self, block: SignedBlock) -> Callable[[], Any]:
        """Leave out the receipts, which its VM would make as well; see `Peer.load_block`."""
        state, decode = self._state(block.world, block.env), self._vm.get_transaction_builder().decode

        def execute() -> Any:
            done = []
            for raw in block.transactions:
                transaction = decode(raw)
                state.lock_changes()
                done.append((transaction, state.apply_transaction(transaction)))
            return state, done

        return execute

    def block_outcome(self, block: SignedBlock, answer: Any) -> CallOutcome:
        state, done = answer
        balances = [state.get_storage(block.token, slot) for slot in block.token_slots]
        return CallOutcome(
            all(computation.is_success for _, computation in done),
            sum(self._vm.finalize_gas_used(transaction, computation) for transaction, computation in done),
            digest([*balances, state.get_balance(block.header.coinbase)]),
        )

    def _state(self, world: WorldState, env: BlockEnv) -> Any:
        """Return its state of `world`, in a trie of its own."""
        context = self._context(
            coinbase=env.coinbase,
            timestamp=env.timestamp,
            block_number=env.number,
            difficulty=0,
            mix_hash=bytes(32),
            gas_limit=env.gas_limit,
            prev_hashes=(),
            chain_id=env.chain_id,
            base_fee_per_gas=env.base_fee_per_gas,
            excess_blob_gas=0,
        )
        state = self._vm.get_state_class()(self._database(), context, self._empty_root)
        for address, account in world.accounts.items():
            state.set_nonce(address, account.nonce)
            state.set_balance(address, account.balance)
            state.set_code(address, account.code)
            for slot, value in account.storage.items():
                state.set_storage(address, slot, value)
        state.lock_changes()  # from here on, this is what was there before the transaction
        state.persist()  # ... and lies where a block finds it: in the trie, as ours lies in the world state
        return state
