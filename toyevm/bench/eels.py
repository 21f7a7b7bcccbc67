"""EELS for the benchmark: the Ethereum Execution Layer Specification, written to be read, the judge of all."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from toyevm.bench.peers import CallOutcome, digest
from toyevm.state import WorldState
from toyevm.vm.frame import BlockEnv
from toyevm.vm.message import DEFAULT_ADDRESS, DEFAULT_GAS, DEFAULT_SENDER, default_env
from toyevm.workloads.programs import FORK, Program, SignedBlock


class Eels:
    """See `Peer`."""

    name, package, signatures = "EELS", "ethereum-execution", "coincurve"

    def __init__(self) -> None:
        fork = f"ethereum.forks.{FORK.name.lower()}"
        self._vm: Any = import_module(f"{fork}.vm")
        self._types: Any = import_module(f"{fork}.fork_types")
        self._state: Any = import_module(f"{fork}.state")
        self._interpreter: Any = import_module(f"{fork}.vm.interpreter")
        self._fork: Any = import_module(f"{fork}.fork")
        self._trie: Any = import_module(f"{fork}.trie")
        self._blocks: Any = import_module(f"{fork}.blocks")
        self._transactions: Any = import_module(f"{fork}.transactions")
        self._bytes: Any = import_module("ethereum_types.bytes")
        self._numeric: Any = import_module("ethereum_types.numeric")

    def load(self, program: Program) -> Callable[[], Any]:
        """Build the environment that EELS passes around; see `Peer.load`."""
        uint, address_type = self._numeric.Uint, self._types.Address
        sender, target = address_type(DEFAULT_SENDER), address_type(DEFAULT_ADDRESS)
        message = self._vm.Message(
            block_env=self._block_env(program.world(), default_env(FORK)),
            tx_env=self._transaction(sender),
            caller=sender,
            target=target,
            current_target=target,
            gas=uint(DEFAULT_GAS),
            value=self._numeric.U256(0),
            data=self._bytes.Bytes(program.input),
            code_address=target,
            code=self._bytes.Bytes(program.code),
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

    def load_block(self, block: SignedBlock) -> Callable[[], Any]:
        """Use its `process_transaction`, which makes the receipts as well; see `Peer.load_block`."""
        env, output = self._block_env(block.world, block.env), self._vm.BlockOutput()

        def execute() -> Any:
            for index, raw in enumerate(block.transactions):
                transaction = self._transactions.decode_transaction(raw)
                self._fork.process_transaction(env, output, transaction, self._numeric.Uint(index))
            return env.state, output

        return execute

    def block_outcome(self, block: SignedBlock, answer: Any) -> CallOutcome:
        """Look into the receipts for the status; see `Peer.block_outcome`."""
        state, output = answer
        token = self._types.Address(block.token)
        slots = (self._bytes.Bytes32(slot.to_bytes(32, "big")) for slot in block.token_slots)
        balances = [int(self._state.get_storage(state, token, slot)) for slot in slots]
        producer = self._state.get_account(state, self._types.Address(block.header.coinbase))
        receipts = (self._trie.trie_get(output.receipts_trie, key) for key in output.receipt_keys)
        return CallOutcome(
            all(self._blocks.decode_receipt(receipt).succeeded for receipt in receipts),
            int(output.block_gas_used),
            digest([*balances, int(producer.balance)]),
        )

    def _state_of(self, world: WorldState) -> Any:
        state = self._state.State()
        for raw_address, account in world.accounts.items():
            address = self._types.Address(raw_address)
            fields = {"nonce": self._numeric.Uint(account.nonce), "balance": self._numeric.U256(account.balance)}
            self._state.set_account(state, address, self._types.Account(**fields, code=account.code))
            for slot, value in account.storage.items():
                key = self._bytes.Bytes32(slot.to_bytes(32, "big"))
                self._state.set_storage(state, address, key, self._numeric.U256(value))
        return state

    def _block_env(self, world: WorldState, env: BlockEnv) -> Any:
        uint, word = self._numeric.Uint, self._numeric.U256
        return self._vm.BlockEnvironment(
            chain_id=self._numeric.U64(env.chain_id),
            state=self._state_of(world),
            block_gas_limit=uint(env.gas_limit),
            block_hashes=[],
            coinbase=self._types.Address(env.coinbase),
            number=uint(env.number),
            base_fee_per_gas=uint(env.base_fee_per_gas),
            time=word(env.timestamp),
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
