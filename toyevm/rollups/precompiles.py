"""What the course's L1 adds to Ethereum: two precompiles that check Merkle proofs for its contracts.

    receipt_proof   receipts root (32 bytes), transaction index (32), log index (32), RLP list of nodes
                    -> address, number of topics, four topics (0 where there are fewer), each a word; then the data
    slot_proof      state root (32), address (32), slot (32), RLP list of two lists of nodes: the account's, the slot's
                    -> the value, a word; 0 if the proof shows that nothing is there

On Ethereum this is done by bytecode: Polygon's exit contract and the OP Stack's portal decode RLP and walk the trees
in Solidity, for some 100,000 gas and more. Here it would hide the lesson. A proof that does not hold is a failed call.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from toyevm import rlp
from toyevm.crypto import keccak256
from toyevm.errors import DecodingError, InvalidProof, PrecompileFailure
from toyevm.trie import verify_proof
from toyevm.types import Address, to_address
from toyevm.vm.precompiles import Precompile

RECEIPT_PROOF, SLOT_PROOF = to_address(0xF001), to_address(0xF002)
PROOF_GAS, BYTE_GAS = 3_000, 3  # a byte is hashed, copied and decoded: some 6 gas a word for the hash alone
HEAD = 96  # three words in front of the nodes


def proof_gas(data: bytes) -> int:
    """Return what a check costs: by the length of the proof alone."""
    return PROOF_GAS + BYTE_GAS * len(data)


def receipt_proof(data: bytes) -> bytes:
    """Return the log that lies in a receipt under a receipts root; PrecompileFailure if the proof does not show it."""
    root, tx_index, log_index, proof = _split(data)
    receipt = _value(root, rlp.encode(tx_index), _nodes(proof))
    logs = _logs(receipt)
    if log_index >= len(logs):
        raise PrecompileFailure(f"log {log_index} of {len(logs)}")
    return _log(logs[log_index])


def slot_proof(data: bytes) -> bytes:
    """Return what lies in a slot under a state root, a word; PrecompileFailure if the proof shows nothing."""
    root, address, slot, both = _split(data)
    if address >> 160:
        raise PrecompileFailure("an address of more than 20 bytes")
    if len(both) != 2:
        raise PrecompileFailure(f"{len(both)} lists of nodes, not two")
    account_nodes, slot_nodes = (_nodes(part) for part in both)
    account = _value(root, keccak256(address.to_bytes(20, "big")), account_nodes, may_be_absent=True)
    if not account:
        if slot_nodes:
            raise PrecompileFailure("a proof of a slot where there is no account")
        return bytes(32)
    storage_root = _fields(account, 4)[2]
    value = _value(_bytes(storage_root), keccak256(slot.to_bytes(32, "big")), slot_nodes, may_be_absent=True)
    return (_number(value) if value else 0).to_bytes(32, "big")


def _split(data: bytes) -> tuple[bytes, int, int, list[rlp.Decoded]]:
    if len(data) < HEAD:
        raise PrecompileFailure(f"{len(data)} bytes, not even {HEAD}")
    one, two = (int.from_bytes(data[at : at + 32], "big") for at in (32, 64))
    return data[:32], one, two, _list(_decode(data[HEAD:]))


def _decode(data: bytes) -> rlp.Decoded:
    try:
        return rlp.decode(data)
    except DecodingError as error:
        raise PrecompileFailure(f"not RLP: {error}") from None


def _value(root: bytes, key: bytes, nodes: tuple[bytes, ...], may_be_absent: bool = False) -> bytes:
    try:
        found = verify_proof(root, key, nodes)
    except InvalidProof as error:
        raise PrecompileFailure(str(error)) from None
    if found is None and not may_be_absent:
        raise PrecompileFailure("the proof shows that nothing is there")
    return found or b""


def _logs(receipt: bytes) -> list[rlp.Decoded]:
    body = receipt[1:] if b"\0" < receipt[:1] < b"\x80" else receipt  # a type byte, before all types but the first
    return _list(_fields(body, 4)[3])


def _log(log: rlp.Decoded) -> bytes:
    fields = _list(log)
    if len(fields) != 3:
        raise PrecompileFailure("a log has three fields")
    address, topics, data = _bytes(fields[0]), [_bytes(topic) for topic in _list(fields[1])], _bytes(fields[2])
    if len(address) != 20 or len(topics) > 4 or any(len(topic) != 32 for topic in topics):
        raise PrecompileFailure("a log is of an address and at most four words")
    words = [address.rjust(32, b"\0"), len(topics).to_bytes(32, "big"), *topics, *[bytes(32)] * (4 - len(topics))]
    return b"".join(words) + data


def _fields(data: bytes, count: int) -> list[rlp.Decoded]:
    fields = _list(_decode(data))
    if len(fields) != count:
        raise PrecompileFailure(f"{len(fields)} fields, not {count}")
    return fields


def _number(data: bytes) -> int:
    try:
        value = rlp.decode_int(_decode(data))
    except DecodingError as error:
        raise PrecompileFailure(f"not the value of a slot: {error}") from None
    if not value:
        raise PrecompileFailure("a zero where an empty slot is an absent one")
    return value


def _nodes(items: rlp.Decoded) -> tuple[bytes, ...]:
    return tuple(_bytes(item) for item in _list(items))


def _bytes(item: rlp.Decoded) -> bytes:
    if isinstance(item, bytes):
        return item
    raise PrecompileFailure("a list where a string belongs")


def _list(item: rlp.Decoded) -> list[rlp.Decoded]:
    if isinstance(item, list):
        return item
    raise PrecompileFailure("a string where a list belongs")


PROOF_CHECKS: Mapping[Address, Precompile] = MappingProxyType(
    {
        RECEIPT_PROOF: Precompile("receipt_proof", proof_gas, receipt_proof),
        SLOT_PROOF: Precompile("slot_proof", proof_gas, slot_proof),
    }
)
