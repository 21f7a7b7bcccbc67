"""What a block does besides its transactions: system calls before them; withdrawals, rewards and requests after them.

Every backend runs `begin_block` and `end_block`, holds transactions to the `BlockRoom`, and differs from the others
only in how it executes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from toyevm.blocks import Block, Log
from toyevm.chain import GAS_PER_BLOB
from toyevm.errors import InvalidBlock, InvalidTransaction
from toyevm.results import TxResult
from toyevm.state import BlockView, StateDiff
from toyevm.transactions import Transaction
from toyevm.types import BEFORE_BLOCK, Address, Hash32, Version
from toyevm.units import ETHER, GWEI
from toyevm.vm.frame import BlockEnv
from toyevm.vm.interpreter import run
from toyevm.vm.message import begin_message, finish_message

SYSTEM_ADDRESS: Address = b"\xff" * 19 + b"\xfe"
SYSTEM_CALL_GAS = 30_000_000
BEACON_ROOTS = bytes.fromhex("000f3df6d732807ef1319fb7b8bb8522d0beac02")  # EIP-4788
BLOCK_HASH_HISTORY = bytes.fromhex("0000f90827f1c53a10cb7a02335b175320002935")  # EIP-2935
DEPOSIT_CONTRACT = bytes.fromhex("00000000219ab540356cbb839cbe05303d7705fa")  # EIP-6110
WITHDRAWAL_REQUESTS = bytes.fromhex("00000961ef480eb55e80d19ad83579a64c007002")  # EIP-7002
CONSOLIDATION_REQUESTS = bytes.fromhex("0000bbddc7ce488642fb579f8b00f3a590007251")  # EIP-7251
REQUEST_QUEUES = (WITHDRAWAL_REQUESTS, CONSOLIDATION_REQUESTS)
DEPOSIT_TOPIC = 0x649BBC62D0E31342AFEA4E5CD82D4049E7E1EE912FC0889AA790803BE39038C5
DEPOSIT_FIELD_SIZES = (48, 32, 8, 96, 8)  # public key, withdrawal credentials, amount, signature, index
BLOCK_REWARD = 2 * ETHER  # before the Merge


class BlockRoom:
    """How much gas and how many blobs still fit into the block."""

    def __init__(self, env: BlockEnv) -> None:
        self.gas = env.gas_limit
        self.blob_gas = GAS_PER_BLOB * env.fork.blobs.maximum if env.fork.blobs else 0

    def check(self, tx: Transaction) -> None:
        """Raise InvalidTransaction when the transaction does not fit any more."""
        if tx.gas_limit > self.gas:
            raise InvalidTransaction("gas-limit-above-block", self.gas, tx.gas_limit)
        blob_gas = GAS_PER_BLOB * len(tx.blob_hashes)
        if blob_gas > self.blob_gas:
            raise InvalidTransaction("too-many-blobs", self.blob_gas // GAS_PER_BLOB, len(tx.blob_hashes))

    def use(self, tx: Transaction, result: TxResult) -> None:
        """Take what an executed transaction used."""
        self.gas -= result.gas_used
        self.blob_gas -= GAS_PER_BLOB * len(tx.blob_hashes)


def begin_block(view: BlockView, env: BlockEnv, block: Block) -> None:
    """Note the beacon root and the parent's hash where contracts can look them up."""
    if env.fork.beacon_root:
        _system_call(view, env, BEFORE_BLOCK, BEACON_ROOTS, block.header.parent_beacon_root or bytes(32))
    if env.fork.block_hash_history:
        _system_call(view, env, BEFORE_BLOCK, BLOCK_HASH_HISTORY, block.header.parent_hash)


def end_block(view: BlockView, env: BlockEnv, block: Block, results: Sequence[TxResult]) -> tuple[bytes, ...]:
    """Pay withdrawals or rewards, and return the requests to the consensus layer; InvalidBlock where they are wrong."""
    after = Version(len(results))
    for withdrawal in block.withdrawals:
        view.pay(after, withdrawal.address, withdrawal.amount * GWEI)
    if not env.fork.proof_of_stake:
        for ommer in block.ommers:
            view.pay(after, ommer.coinbase, BLOCK_REWARD * (8 + ommer.number - env.number) // 8)
        view.pay(after, env.coinbase, BLOCK_REWARD + BLOCK_REWARD // 32 * len(block.ommers))
    if not env.fork.requests:
        return ()
    deposits = b"".join(deposit_request(log) for result in results for log in result.logs if is_deposit(log))
    dequeued = [_system_call(view, env, after, queue, b"", must_succeed=True) for queue in REQUEST_QUEUES]
    return tuple(bytes([kind]) + data for kind, data in enumerate((deposits, *dequeued)) if data)


def requests_hash(requests: Sequence[bytes]) -> Hash32:
    """Return the header's commitment to the requests (EIP-7685)."""
    return sha256(b"".join(sha256(request).digest() for request in requests)).digest()


def is_deposit(log: Log) -> bool:
    return log.address == DEPOSIT_CONTRACT and log.topics[:1] == (DEPOSIT_TOPIC,)


def deposit_request(log: Log) -> bytes:
    """Take the five fields out of a deposit event (EIP-6110), ABI-encoded as the deposit contract lays them out."""
    data, fields = log.data, []
    position = 32 * len(DEPOSIT_FIELD_SIZES)
    for i, size in enumerate(DEPOSIT_FIELD_SIZES):
        offset = int.from_bytes(data[32 * i : 32 * i + 32], "big")
        length = int.from_bytes(data[position : position + 32], "big")
        if offset != position or length != size:
            raise InvalidBlock("malformed deposit log")
        fields.append(data[position + 32 : position + 32 + size])
        position += 32 + -(-size // 32) * 32
    if len(data) != position:
        raise InvalidBlock("malformed deposit log")
    return b"".join(fields)


def _system_call(
    view: BlockView, env: BlockEnv, version: Version, address: Address, input: bytes, must_succeed: bool = False
) -> bytes:
    """Call a system contract: no fee, no nonce, its own gas. Where the contract is absent, nothing happens."""
    machine = begin_message(view, env, sender=SYSTEM_ADDRESS, address=address, input=input, gas=SYSTEM_CALL_GAS)
    run(machine)
    result = finish_message(machine, SYSTEM_CALL_GAS)
    if result.error is not None and must_succeed:
        raise InvalidBlock(f"system call to 0x{address.hex()} failed: {result.error}")
    view.commit(version, StateDiff(result.write_set, frozenset(machine.journal.touched)))
    return result.output
