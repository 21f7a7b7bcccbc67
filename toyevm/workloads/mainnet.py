"""Real blocks, as a node hands them out over JSON-RPC, with the part of the state they touch.

The file is `{fork, block, preState, blockHashes}`: the block with full transactions (`eth_getBlockByNumber`), the
touched accounts in the shape of a genesis alloc, and the ancestors' hashes by decimal number. The state is partial, so
its root and the queued requests cannot be compared with the header's; everything else the header commits to can.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from toyevm.blocks import EMPTY_BLOOM, Block, Header, Withdrawal
from toyevm.chain import ChainConfig
from toyevm.errors import DecodingError, InputError
from toyevm.forks import fork_named
from toyevm.state import WorldState
from toyevm.transactions import FIELDS, LEGACY, AccessList, Authorization, Transaction, split_v
from toyevm.trie import EMPTY_TRIE_ROOT
from toyevm.workloads.formats import parse_alloc, parse_bytes, parse_int, parse_list, parse_object, read_json


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
    body = _Fields(file["block"], f"{where} block")
    expected = _header(body)
    hashes = parse_object(file["blockHashes"], f"{where} blockHashes").items()
    transactions = parse_list(body["transactions"], f"{where} transactions")
    block = Block(
        header=_without_commitments(expected),
        transactions=tuple(_transaction(_Fields(tx, f"{where} transaction {i}")) for i, tx in enumerate(transactions)),
        withdrawals=tuple(_withdrawal(_Fields(w, f"{where} withdrawals")) for w in body.items("withdrawals")),
        ancestor_hashes={parse_int(n, where): parse_bytes(hash_, where, 32) for n, hash_ in hashes},
    )
    chain = ChainConfig(chain_id=1, fork=fork_named(str(file["fork"])))
    return RealBlock(chain, parse_alloc(file["preState"], f"{where} preState"), block, expected)


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

    def items(self, name: str) -> list[Any]:
        """Read a list that may be absent."""
        return parse_list(self[name] if self.has(name) else [], f"{self._where} {name}")

    def legacy_v(self) -> tuple[int | None, int]:
        try:
            return split_v(self.number("v"))
        except DecodingError as error:
            raise self.error(str(error)) from error

    def child(self, value: Any, name: str) -> _Fields:
        return _Fields(value, f"{self._where} {name}")


def _header(body: _Fields) -> Header:
    return Header(
        parent_hash=body.data("parentHash", 32),
        ommers_hash=body.data("sha3Uncles", 32),
        coinbase=body.data("miner", 20),
        state_root=body.data("stateRoot", 32),
        transactions_root=body.data("transactionsRoot", 32),
        receipts_root=body.data("receiptsRoot", 32),
        logs_bloom=body.data("logsBloom", 256),
        difficulty=body.number("difficulty", 0),
        number=body.number("number"),
        gas_limit=body.number("gasLimit"),
        gas_used=body.number("gasUsed"),
        timestamp=body.number("timestamp"),
        extra_data=body.data("extraData"),
        prev_randao=body.data("mixHash", 32),
        nonce=body.data("nonce", 8),
        base_fee_per_gas=body.number("baseFeePerGas"),
        withdrawals_root=body.data("withdrawalsRoot", 32) if body.has("withdrawalsRoot") else None,
        blob_gas_used=body.number("blobGasUsed") if body.has("blobGasUsed") else None,
        excess_blob_gas=body.number("excessBlobGas", bits=32) if body.has("excessBlobGas") else None,
        parent_beacon_root=body.data("parentBeaconBlockRoot", 32) if body.has("parentBeaconBlockRoot") else None,
        requests_hash=body.data("requestsHash", 32) if body.has("requestsHash") else None,
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
        fields.number("index"), fields.number("validatorIndex"), fields.data("address", 20), fields.number("amount")
    )


def _transaction(fields: _Fields) -> Transaction:
    type_ = fields.number("type", 0)
    if type_ not in FIELDS:
        raise fields.error(f"unknown transaction type {type_}", "0 to 4")
    chain_id: int | None = fields.number("chainId", 1)
    if type_ == LEGACY:
        chain_id, y_parity = fields.legacy_v()
    else:
        y_parity = fields.number("yParity" if fields.has("yParity") else "v")
    dynamic = fields.has("maxFeePerGas")
    return Transaction(
        type=type_,
        chain_id=chain_id,
        nonce=fields.number("nonce"),
        max_fee_per_gas=fields.number("maxFeePerGas" if dynamic else "gasPrice"),
        max_priority_fee_per_gas=fields.number("maxPriorityFeePerGas") if dynamic else 0,
        gas_limit=fields.number("gas"),
        to=fields.data("to", 20) if fields.has("to") else None,
        value=fields.number("value"),
        data=fields.data("input"),
        access_list=_access_list(fields),
        max_fee_per_blob_gas=fields.number("maxFeePerBlobGas", 0),
        blob_hashes=tuple(
            parse_bytes(hash_, "blobVersionedHashes", 32) for hash_ in fields.items("blobVersionedHashes")
        ),
        authorizations=tuple(
            _authorization(fields.child(entry, "authorizationList")) for entry in fields.items("authorizationList")
        ),
        y_parity=y_parity,
        r=fields.number("r"),
        s=fields.number("s"),
    )


def _access_list(fields: _Fields) -> AccessList:
    entries = [fields.child(entry, "accessList") for entry in fields.items("accessList")]
    return tuple(
        (entry.data("address", 20), tuple(parse_int(slot, "accessList") for slot in entry.items("storageKeys")))
        for entry in entries
    )


def _authorization(fields: _Fields) -> Authorization:
    return Authorization(
        chain_id=fields.number("chainId"),
        address=fields.data("address", 20),
        nonce=fields.number("nonce"),
        y_parity=fields.number("yParity"),
        r=fields.number("r"),
        s=fields.number("s"),
    )
