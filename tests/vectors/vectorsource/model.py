"""A state test is one transaction with lists: each choice of data, gas limit, value and fork is a sub-case.

`StateTest` holds what a person writes; `fill` asks the oracle about each sub-case and returns the public form. What the
author believes (does the transaction succeed? is it rejected, and why?) is checked while filling, so that a vector
cannot silently test something else than its name says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import coincurve
from ethereum.crypto.hash import keccak256
from ethereum_rlp import rlp
from ethereum_types.numeric import Uint

from . import oracle

Address = bytes
ETHER = 10**18
LONDON, PARIS, SHANGHAI, CANCUN, PRAGUE, OSAKA = oracle.FORKS


def since(fork: str) -> tuple[str, ...]:
    """Return `fork` and the later ones.

    >>> since("Prague")
    ('Prague', 'Osaka')
    """
    return oracle.FORKS[oracle.FORKS.index(fork) :]


def keccak(data: bytes) -> bytes:
    return bytes(keccak256(data))


def address(number: int) -> Address:
    """Return a small, recognisable contract address."""
    return number.to_bytes(20, "big")


def private_key(name: str) -> int:
    """Return the key of a named person; nobody else has reason to use it."""
    return int.from_bytes(keccak(b"toyevm test vectors: " + name.encode()), "big")


def account_of(key: int) -> Address:
    """Return the address a key controls."""
    return keccak(coincurve.PrivateKey.from_int(key).public_key.format(compressed=False)[1:])[12:]


def create_address(sender: Address, nonce: int) -> Address:
    """Return the address of what `sender` creates with `nonce`."""
    return keccak(rlp.encode([sender, Uint(nonce)]))[12:]


def create2_address(sender: Address, salt: int, initcode: bytes) -> Address:
    """Return the address CREATE2 makes of sender, salt and init code."""
    return keccak(b"\xff" + sender + salt.to_bytes(32, "big") + keccak(initcode))[12:]


CURVE_ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
SENDER_KEY = private_key("sender")
SENDER = account_of(SENDER_KEY)
COINBASE = bytes.fromhex("c01bba5ec01bba5ec01bba5ec01bba5ec01bba5e")
MAIN, OTHER, THIRD = address(0x1000), address(0x2000), address(0x3000)
NOBODY = address(0xDEAD0000)

ENV: dict[str, Any] = {
    "currentCoinbase": COINBASE,
    "currentGasLimit": 100_000_000,
    "currentNumber": 1,
    "currentTimestamp": 1000,
    "currentDifficulty": 0x20000,
    "currentRandom": keccak(b"toyevm test vectors: randao"),
    "currentBaseFee": 7,
    "currentExcessBlobGas": 0,
}


@dataclass(frozen=True)
class Account:
    """An account before the transaction."""

    code: bytes = b""
    balance: int = 0
    nonce: int = 1
    storage: dict[int, int] = field(default_factory=dict)


RICH = Account(balance=1000 * ETHER, nonce=0)


@dataclass(frozen=True)
class AuthorizationTuple:
    """A promise by `key` that its account runs the code of `target`."""

    key: int
    target: Address
    nonce: int = 0
    chain_id: int = 1
    y_parity: int | None = None
    r: int | None = None
    s: int | None = None

    def signed(self) -> tuple[int, Address, int, int, int, int]:
        """Return (chain_id, address, nonce, y_parity, r, s); fields given by hand replace those of the signature."""
        digest = keccak(b"\x05" + rlp.encode([Uint(self.chain_id), self.target, Uint(self.nonce)]))
        y_parity, r, s = sign(self.key, digest)
        chosen = [
            own if own is not None else made for own, made in zip((self.y_parity, self.r, self.s), (y_parity, r, s))
        ]
        return (self.chain_id, self.target, self.nonce, chosen[0], chosen[1], chosen[2])


AccessList = Sequence[tuple[Address, Sequence[int]]]


@dataclass(frozen=True)
class Tx:
    """The transaction of a test; which optional fields are given decides its type, as in the public format.

    Args:
        signed_for: the chain a legacy signature is made for, where it is not `chain_id`.
        high_s: use the other of the two signatures that ECDSA allows and Ethereum does not.
    """

    to: Address | None = MAIN
    data: Sequence[bytes] = (b"",)
    gas: Sequence[int] = (1_000_000,)
    value: Sequence[int] = (0,)
    nonce: int = 0
    key: int = SENDER_KEY
    gas_price: int = 10
    max_fee: int | None = None
    priority_fee: int = 0
    access_list: AccessList | None = None
    blob_hashes: Sequence[bytes] | None = None
    max_blob_fee: int = 100
    authorizations: Sequence[AuthorizationTuple] | None = None
    chain_id: int = 1
    protected: bool = True
    signed_for: int | None = None
    high_s: bool = False

    @property
    def type(self) -> int:
        if self.authorizations is not None:
            return 4
        if self.blob_hashes is not None:
            return 3
        if self.max_fee is not None:
            return 2
        return 0 if self.access_list is None else 1

    def raw(self, data: bytes, gas: int, value: int) -> bytes:
        """Return the signed transaction as it travels in a block body."""
        if self.type == 0:
            return self._raw_legacy(data, gas, value)
        payload = self._typed_fields(data, gas, value)
        prefix = bytes([self.type])
        return prefix + encode([*payload, *self._signature(prefix + encode(payload))])

    def _raw_legacy(self, data: bytes, gas: int, value: int) -> bytes:
        fields = [self.nonce, self.gas_price, gas, self.to or b"", value, data]
        chain_id = self.chain_id if self.signed_for is None else self.signed_for
        y_parity, r, s = self._signature(encode([*fields, chain_id, 0, 0] if self.protected else fields))
        v = y_parity + (35 + 2 * chain_id if self.protected else 27)
        return encode([*fields, v, r, s])

    def _signature(self, message: bytes) -> tuple[int, int, int]:
        y_parity, r, s = sign(self.key, keccak(message))
        return (1 - y_parity, r, CURVE_ORDER - s) if self.high_s else (y_parity, r, s)

    def _typed_fields(self, data: bytes, gas: int, value: int) -> list[Any]:
        price = [self.gas_price] if self.type == 1 else [self.priority_fee, self.max_fee or 0]
        access_list = [[who, [slot.to_bytes(32, "big") for slot in slots]] for who, slots in self.access_list or ()]
        fields = [self.chain_id, self.nonce, *price, gas, self.to or b"", value, data, access_list]
        if self.type == 3:
            fields += [self.max_blob_fee, list(self.blob_hashes or ())]
        if self.type == 4:
            fields.append([list(authorization.signed()) for authorization in self.authorizations or ()])
        return fields

    def to_json(self) -> dict[str, Any]:
        """Return the `transaction` object of the public format."""
        body: dict[str, Any] = {"nonce": self.nonce}
        if self.max_fee is None and self.type < 2:
            body["gasPrice"] = self.gas_price
        else:
            body |= {"maxFeePerGas": self.max_fee or 0, "maxPriorityFeePerGas": self.priority_fee}
        body |= {"gasLimit": list(self.gas), "to": self.to if self.to is not None else "", "value": list(self.value)}
        body |= {"data": list(self.data), "sender": account_of(self.key), "secretKey": self.key.to_bytes(32, "big")}
        if self.type > 0:
            entries = [
                {"address": who, "storageKeys": [slot.to_bytes(32, "big") for slot in slots]}
                for who, slots in self.access_list or ()
            ]
            body["accessLists"] = [entries for _ in self.data]
        if self.type == 3:
            body |= {"maxFeePerBlobGas": self.max_blob_fee, "blobVersionedHashes": list(self.blob_hashes or ())}
        if self.type == 4:
            names = ("chainId", "address", "nonce", "v", "r", "s")
            body["authorizationList"] = [
                dict(zip(names, a.signed())) | {"yParity": a.signed()[3], "signer": account_of(a.key)}
                for a in self.authorizations or ()
            ]
        return body


@dataclass(frozen=True)
class StateTest:
    """A question to the oracle.

    Args:
        name: unique within its family.
        outcome: "success", "failure", "mixed" (executed; rows differ), or the name of a rejection; names that clients
            use alike are joined by "|", as in the public fixtures.
        sender: what the sender has before; None if it does not exist.
    """

    name: str
    forks: Sequence[str]
    pre: dict[Address, Account]
    tx: Tx
    outcome: str = "success"
    env: dict[str, Any] = field(default_factory=dict)
    sender: Account | None = RICH

    def alloc(self) -> dict[Address, Account]:
        """Return the accounts before the transaction, the sender's included."""
        funded = {} if self.sender is None else {account_of(self.tx.key): self.sender}
        return dict(sorted((funded | self.pre).items()))

    def rows(self) -> Iterator[tuple[str, tuple[int, int, int], bytes]]:
        """Yield (fork, (data, gas, value) indexes, signed transaction) for each sub-case."""
        lengths = (range(len(self.tx.data)), range(len(self.tx.gas)), range(len(self.tx.value)))
        for fork, (d, g, v) in product(self.forks, product(*lengths)):
            yield fork, (d, g, v), self.tx.raw(self.tx.data[d], self.tx.gas[g], self.tx.value[v])


class UnexpectedOutcome(Exception):
    """The oracle disagrees with what the author of a test wrote about it."""


def fill(test: StateTest) -> dict[str, Any]:
    """Return the test in the public JSON form, with the oracle's answers.

    Raises:
        UnexpectedOutcome: the oracle's verdict is not `test.outcome`.
    """
    env = ENV | test.env
    post: dict[str, list[dict[str, Any]]] = {}
    for fork, (d, g, v), raw in test.rows():
        result = oracle.execute(fork, env, test.alloc(), raw, test.tx.chain_id)
        if not (result.verdict in test.outcome.split("|") or (test.outcome == "mixed" and result.rejection is None)):
            raise UnexpectedOutcome(f"{test.name} {fork} {d, g, v}: {result}")
        row = {"indexes": {"data": d, "gas": g, "value": v}, "hash": result.state_root, "logs": result.logs_hash}
        if result.rejection is not None:
            row["expectException"] = "|".join(f"TransactionException.{name}" for name in test.outcome.split("|"))
        post.setdefault(fork, []).append(row | {"txbytes": raw})
    body = {"env": env, "pre": test.alloc(), "transaction": test.tx.to_json(), "post": post}
    if test.tx.chain_id != 1:
        body["config"] = {"chainid": test.tx.chain_id}
    return body


def sign(key: int, digest: bytes) -> tuple[int, int, int]:
    """Return (y_parity, r, s) of a digest; deterministic (RFC 6979)."""
    signature = coincurve.PrivateKey.from_int(key).sign_recoverable(digest, hasher=None)
    return signature[64], int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")


def encode(value: Any) -> bytes:
    """Return the RLP of nested lists of integers and bytes."""
    return bytes(rlp.encode(_wrapped(value)))


def _wrapped(value: Any) -> Any:
    if isinstance(value, int):
        return Uint(value)
    if isinstance(value, bytes):
        return value
    return [_wrapped(item) for item in value]
