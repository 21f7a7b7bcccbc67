"""Blocks of our own: made, executed, sealed, written as nodes do, and judged by the executable specification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.support.oracles import specification
from tests.support.worlds import BASE_FEE, COINBASE
from toyevm.backends import BACKENDS, RunConfig
from toyevm.blocks import Block, Header
from toyevm.chain import ChainConfig
from toyevm.forks import Fork
from toyevm.results import BlockResult, SealedBlock
from toyevm.sealing import seal_block
from toyevm.state import WorldState
from toyevm.transactions import LEGACY, Transaction, encode_transaction

PARENT_HASH = b"\x5a" * 32
BEACON_ROOT = b"\xbe" * 32


def block_of(fork: Fork, *transactions: Transaction, **fields: Any) -> Block:
    """Return an unsealed block; `fields` are those of Block, or of its header."""
    parts = {name: fields.pop(name) for name in ("withdrawals", "ommers") if name in fields}
    number = fields.get("number", 1_000)
    header = {
        "number": number,
        "timestamp": 12_000,
        "coinbase": COINBASE,
        "base_fee_per_gas": BASE_FEE,
        "parent_hash": PARENT_HASH,
        "prev_randao": b"\x0f" * 32,
        "excess_blob_gas": 0 if fork.blobs else None,
        "parent_beacon_root": BEACON_ROOT if fork.beacon_root else None,
    } | fields
    hashes = {n: n.to_bytes(32, "big") for n in range(max(0, number - 256), number - 1)} | {number - 1: PARENT_HASH}
    return Block(Header(**header), transactions, ancestor_hashes=hashes, **parts)


@dataclass(frozen=True)
class Outcome:
    """A block as the sequential backend executed it."""

    result: BlockResult
    post: WorldState
    sealed: SealedBlock


def run_block(fork: Fork, pre: WorldState, block: Block, backend: str = "sequential") -> Outcome:
    """Execute and seal a block."""
    chain = ChainConfig(fork=fork)
    result = BACKENDS.named(backend).execute_block(pre, block, RunConfig(chain)).result
    post = pre.apply(result.diff)
    return Outcome(result, post, seal_block(chain, block, result, post))


def specified_header(fork: Fork, pre: WorldState, block: Block, chain_id: int = 1) -> dict[str, Any]:
    """Return what EELS puts into the header of the same block."""
    oracle = specification()
    from ethereum.crypto.hash import Hash32
    from ethereum_types.numeric import U64, U256, Uint

    def module(name: str) -> Any:
        return oracle.fork_module(fork.name, name)

    header = block.header
    surroundings = {
        "currentNumber": header.number,
        "currentGasLimit": header.gas_limit,
        "currentCoinbase": header.coinbase,
        "currentBaseFee": header.base_fee_per_gas,
        "currentTimestamp": header.timestamp,
        "currentRandom": header.prev_randao,
        "currentDifficulty": header.difficulty,
        "currentExcessBlobGas": header.excess_blob_gas or 0,
    }
    state = oracle.make_state(fork.name, pre.accounts)
    env = oracle.make_block_env(fork.name, surroundings, state, chain_id)
    env.block_hashes = [Hash32(hash_) for _, hash_ in sorted(block.ancestor_hashes.items())]
    if fork.beacon_root:
        env.parent_beacon_block_root = Hash32(header.parent_beacon_root or bytes(32))
    transactions = tuple(
        oracle.decode(fork.name, encode_transaction(tx)) if tx.type == LEGACY else encode_transaction(tx)
        for tx in block.transactions
    )
    arguments: dict[str, Any] = {}
    if fork.withdrawals:
        to_address, to_withdrawal = module(".fork_types").Address, module(".blocks").Withdrawal
        arguments["withdrawals"] = tuple(
            to_withdrawal(U64(w.index), U64(w.validator_index), to_address(w.address), U256(w.amount))
            for w in block.withdrawals
        )
    if not fork.proof_of_stake:
        arguments["ommers"] = tuple(
            _Ommer(Uint(o.number), module(".fork_types").Address(o.coinbase)) for o in block.ommers
        )
    output = module(".fork").apply_body(env, transactions, **arguments)
    root = module(".trie").root
    values = {
        "state_root": module(".state").state_root(state),
        "transactions_root": root(output.transactions_trie),
        "receipts_root": root(output.receipts_trie),
        "logs_bloom": module(".bloom").logs_bloom(output.block_logs),
        "gas_used": int(output.block_gas_used),
    }
    if fork.withdrawals:
        values["withdrawals_root"] = root(output.withdrawals_trie)
    if fork.blobs:
        values["blob_gas_used"] = int(output.blob_gas_used)
    if fork.requests:
        values["requests_hash"] = module(".requests").compute_requests_hash(output.requests)
    return values


@dataclass(frozen=True)
class _Ommer:
    number: Any
    coinbase: Any


# As a node hands it out over JSON-RPC


def real_block_json(fork: Fork, pre: WorldState, block: Block) -> dict[str, Any]:
    """Return the block, executed and sealed, in the format of `toyevm replay`."""
    header = run_block(fork, pre, block).sealed.header
    body: dict[str, Any] = {
        "parentHash": header.parent_hash,
        "sha3Uncles": header.ommers_hash,
        "miner": header.coinbase,
        "stateRoot": header.state_root,
        "transactionsRoot": header.transactions_root,
        "receiptsRoot": header.receipts_root,
        "logsBloom": header.logs_bloom,
        "difficulty": header.difficulty,
        "number": header.number,
        "gasLimit": header.gas_limit,
        "gasUsed": header.gas_used,
        "timestamp": header.timestamp,
        "extraData": header.extra_data,
        "mixHash": header.prev_randao,
        "nonce": header.nonce,
        "baseFeePerGas": header.base_fee_per_gas,
        "transactions": [_transaction_json(tx) for tx in block.transactions],
    }
    if fork.withdrawals:
        body["withdrawalsRoot"] = header.withdrawals_root
        body["withdrawals"] = [
            {"index": w.index, "validatorIndex": w.validator_index, "address": w.address, "amount": w.amount}
            for w in block.withdrawals
        ]
    if fork.blobs:
        body |= {"blobGasUsed": header.blob_gas_used, "excessBlobGas": header.excess_blob_gas}
        body["parentBeaconBlockRoot"] = header.parent_beacon_root
    if fork.requests:
        body["requestsHash"] = header.requests_hash
    data = {
        "fork": fork.name,
        "block": body,
        "preState": alloc_json(pre),
        "blockHashes": {str(number): hash_ for number, hash_ in block.ancestor_hashes.items()},
    }
    encoded: dict[str, Any] = in_hex(data)
    return encoded


def alloc_json(world: WorldState) -> dict[str, Any]:
    """Return a world as a genesis alloc."""
    return {
        "0x" + address.hex(): in_hex(
            {
                "nonce": account.nonce,
                "balance": account.balance,
                "code": account.code,
                "storage": {hex(slot): value for slot, value in account.storage.items()},
            }
        )
        for address, account in world.accounts.items()
    }


def in_hex(value: Any) -> Any:
    """Return a value as JSON-RPC writes it: numbers and bytes in hex."""
    if isinstance(value, dict):
        return {key: in_hex(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [in_hex(item) for item in value]
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return hex(value) if isinstance(value, int) else value


def _transaction_json(tx: Transaction) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "type": tx.type,
        "nonce": tx.nonce,
        "gas": tx.gas_limit,
        "to": tx.to,
        "value": tx.value,
        "input": tx.data,
        "r": tx.r,
        "s": tx.s,
        "v": tx.y_parity,
    }
    if tx.type == LEGACY:
        fields["v"] = tx.y_parity + (27 if tx.chain_id is None else 35 + 2 * tx.chain_id)
        return fields | {"gasPrice": tx.max_fee_per_gas}
    fields |= {"chainId": tx.chain_id, "yParity": tx.y_parity}
    fields["accessList"] = [
        {"address": address, "storageKeys": [slot.to_bytes(32, "big") for slot in slots]}
        for address, slots in tx.access_list
    ]
    if tx.type == 1:
        return fields | {"gasPrice": tx.max_fee_per_gas}
    fields |= {"maxFeePerGas": tx.max_fee_per_gas, "maxPriorityFeePerGas": tx.max_priority_fee_per_gas}
    if tx.type == 3:
        fields |= {"maxFeePerBlobGas": tx.max_fee_per_blob_gas, "blobVersionedHashes": list(tx.blob_hashes)}
    if tx.type == 4:
        fields["authorizationList"] = [
            {
                "chainId": a.chain_id,
                "address": a.address,
                "nonce": a.nonce,
                "yParity": a.y_parity,
                "r": a.r,
                "s": a.s,
            }
            for a in tx.authorizations
        ]
    return fields
