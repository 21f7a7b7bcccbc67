"""Real blocks, as a node hands them out over JSON-RPC, with the part of the state they touch.

The file is `{fork, block, preState, blockHashes}`: the block with full transactions (`eth_getBlockByNumber`), the
touched accounts in the shape of a genesis alloc, and the ancestors' hashes by decimal number. The state is partial, so
its root and the queued requests cannot be compared with the header's; everything else the header commits to can. What
the block's fork needs must be there, and so must the hash of every ancestor that BLOCKHASH asks for: nothing that a
file lacks is taken for zero. (An account that is not in it was empty: that cannot be told from one that was forgotten.)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from toyevm.blocks import EMPTY_BLOOM, Block, Header, Withdrawal
from toyevm.chain import ChainConfig
from toyevm.errors import DecodingError, InputError
from toyevm.forks import Fork, fork_named
from toyevm.state import WorldState
from toyevm.system import BLOCK_REWARD
from toyevm.transactions import BLOB, FIELDS, LEGACY, SET_CODE, AccessList, Authorization, Transaction, split_v
from toyevm.trie import EMPTY_TRIE_ROOT
from toyevm.types import Hash32
from toyevm.units import GWEI
from toyevm.workloads.json_input import (
    check_blob_price,
    check_supply,
    parse_alloc,
    parse_bytes,
    parse_int,
    parse_list,
    parse_object,
    read_json,
)


class MissingHash(InputError):
    """BLOCKHASH asks for an ancestor whose hash is not in the file."""

    def __init__(self, number: int, where: str) -> None:
        self.number = number
        super().__init__(f"no hash of block {number}", where, "the hash of every ancestor that BLOCKHASH asks for")


class AncestorHashes(dict[int, Hash32]):
    """The hashes that a file has, by number: whoever asks for another one gets an error, and no silent zero."""

    def __init__(self, known: Any, where: str) -> None:
        super().__init__(known)
        self.where = where

    def get(self, number: int, default: Any = None) -> Hash32:
        """Return the hash of block `number`; raise MissingHash if it is not known."""
        if number not in self:
            raise MissingHash(number, self.where)
        return self[number]


@dataclass(frozen=True)
class RealBlock:
    """A block ready to be executed, and the header it must lead to."""

    chain: ChainConfig
    pre: WorldState
    block: Block
    expected: Header


def load_block(path: Path) -> RealBlock:
    """Read a `.json` or `.json.xz` file with a real block.

    Raises:
        InputError: naming the first field that is missing or malformed.
    """
    return parse_real_block(read_json(path), str(path))


def parse_real_block(data: Any, where: str) -> RealBlock:
    """Turn the JSON of a real block into values."""
    file = _Fields(data, where)
    chain = ChainConfig(chain_id=1, fork=fork_named(str(file["fork"])))
    body = file.child(file["block"], "block")
    expected = _header(body, chain.fork)
    transactions = parse_list(body["transactions"], f"{where} transactions")
    withdrawals = body.items("withdrawals", needed=chain.fork.withdrawals)
    block = Block(
        header=_without_commitments(expected),
        transactions=tuple(_transaction(file.child(tx, f"transaction {i}")) for i, tx in enumerate(transactions)),
        withdrawals=tuple(_withdrawal(file.child(w, "withdrawals")) for w in withdrawals),
        ancestor_hashes=_ancestor_hashes(file["blockHashes"], f"{where} blockHashes"),
    )
    pre = parse_alloc(file["preState"], f"{where} preState")
    check_supply(pre, f"{where} preState", GWEI * sum(w.amount for w in block.withdrawals) + 2 * BLOCK_REWARD)
    check_blob_price(chain.fork.blobs, expected.excess_blob_gas or 0, f"{where} block")
    return RealBlock(chain, pre, block, expected)


def _ancestor_hashes(value: Any, where: str) -> AncestorHashes:
    hashes = parse_object(value, where).items()
    return AncestorHashes({parse_int(n, where, 64): parse_bytes(hash_, where, 32) for n, hash_ in hashes}, where)


class _Fields:
    """A JSON object that reports a missing or malformed field by name."""

    def __init__(self, value: Any, where: str) -> None:
        self._object, self._where = parse_object(value, where), where

    def error(self, what: str, expected: str = "") -> InputError:
        return InputError(what, self._where, expected)

    def __getitem__(self, name: str) -> Any:
        if name not in self._object:
            raise self.error(f"no field {name!r}")
        return self._object[name]

    def has(self, name: str) -> bool:
        return self._object.get(name) is not None

    def data(self, name: str, size: int | None = None) -> bytes:
        return parse_bytes(self[name], f"{self._where} {name}", size)

    def number(self, name: str, default: int | None = None, bits: int = 256) -> int:
        value = default if default is not None and not self.has(name) else self[name]
        return parse_int(value, f"{self._where} {name}", bits)

    def items(self, name: str, needed: bool) -> list[Any]:
        """Read a list, which may be absent where nothing needs it."""
        return parse_list(self[name] if needed or self.has(name) else [], f"{self._where} {name}")

    def legacy_v(self) -> tuple[int | None, int]:
        try:
            return split_v(self.number("v"))
        except DecodingError as error:
            raise self.error(str(error)) from error

    def child(self, value: Any, name: str) -> _Fields:
        return _Fields(value, f"{self._where} {name}")


def _header(body: _Fields, fork: Fork) -> Header:
    def root(name: str, needed: bool) -> bytes | None:
        return body.data(name, 32) if needed or body.has(name) else None

    def blob_gas(name: str) -> int | None:
        return body.number(name, bits=64) if fork.blobs or body.has(name) else None

    return Header(
        parent_hash=body.data("parentHash", 32),
        ommers_hash=body.data("sha3Uncles", 32),
        coinbase=body.data("miner", 20),
        state_root=body.data("stateRoot", 32),
        transactions_root=body.data("transactionsRoot", 32),
        receipts_root=body.data("receiptsRoot", 32),
        logs_bloom=body.data("logsBloom", 256),
        difficulty=body.number("difficulty", 0 if fork.proof_of_stake else None),
        number=body.number("number", bits=64),
        gas_limit=body.number("gasLimit", bits=64),
        gas_used=body.number("gasUsed", bits=64),
        timestamp=body.number("timestamp", bits=64),
        extra_data=body.data("extraData"),
        prev_randao=body.data("mixHash", 32),
        nonce=body.data("nonce", 8),
        base_fee_per_gas=body.number("baseFeePerGas"),
        withdrawals_root=root("withdrawalsRoot", fork.withdrawals),
        blob_gas_used=blob_gas("blobGasUsed"),
        excess_blob_gas=blob_gas("excessBlobGas"),
        parent_beacon_root=root("parentBeaconBlockRoot", fork.beacon_root),
        requests_hash=root("requestsHash", needed=False),  # not checked, and nothing reads it
    )


def _without_commitments(header: Header) -> Header:
    """Forget what execution must find out by itself."""
    return replace(
        header,
        transactions_root=EMPTY_TRIE_ROOT,
        receipts_root=EMPTY_TRIE_ROOT,
        logs_bloom=EMPTY_BLOOM,
        gas_used=0,
        withdrawals_root=None,
        blob_gas_used=None,
        requests_hash=None,
    )


def _withdrawal(fields: _Fields) -> Withdrawal:
    return Withdrawal(
        index=fields.number("index", bits=64),
        validator_index=fields.number("validatorIndex", bits=64),
        address=fields.data("address", 20),
        amount=fields.number("amount", bits=64),
    )


def _transaction(fields: _Fields) -> Transaction:
    type_ = fields.number("type", 0)
    if type_ not in FIELDS:
        raise fields.error(f"unknown transaction type {type_}", "0 to 4")
    chain_id: int | None
    if type_ == LEGACY:
        chain_id, y_parity = fields.legacy_v()
    else:
        chain_id, y_parity = fields.number("chainId"), fields.number("yParity" if fields.has("yParity") else "v")
    dynamic = fields.has("maxFeePerGas")
    blob_hashes = fields.items("blobVersionedHashes", needed=type_ == BLOB)
    authorizations = fields.items("authorizationList", needed=type_ == SET_CODE)
    return Transaction(
        type=type_,
        chain_id=chain_id,
        nonce=fields.number("nonce", bits=64),
        max_fee_per_gas=fields.number("maxFeePerGas" if dynamic else "gasPrice"),
        max_priority_fee_per_gas=fields.number("maxPriorityFeePerGas") if dynamic else 0,
        gas_limit=fields.number("gas", bits=64),
        to=None if fields["to"] is None else fields.data("to", 20),
        value=fields.number("value"),
        data=fields.data("input"),
        access_list=_access_list(fields, needed=type_ != LEGACY),
        max_fee_per_blob_gas=fields.number("maxFeePerBlobGas", None if type_ == BLOB else 0),
        blob_hashes=tuple(parse_bytes(hash_, "blobVersionedHashes", 32) for hash_ in blob_hashes),
        authorizations=tuple(_authorization(fields.child(one, "authorizationList")) for one in authorizations),
        y_parity=y_parity,
        r=fields.number("r"),
        s=fields.number("s"),
    )


def _access_list(fields: _Fields, needed: bool) -> AccessList:
    entries = [fields.child(entry, "accessList") for entry in fields.items("accessList", needed)]
    return tuple(
        (
            entry.data("address", 20),
            tuple(parse_int(slot, "accessList") for slot in entry.items("storageKeys", needed=True)),
        )
        for entry in entries
    )


def _authorization(fields: _Fields) -> Authorization:
    return Authorization(
        chain_id=fields.number("chainId"),
        address=fields.data("address", 20),
        nonce=fields.number("nonce", bits=64),
        y_parity=fields.number("yParity", bits=8),
        r=fields.number("r"),
        s=fields.number("s"),
    )
