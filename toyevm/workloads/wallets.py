"""The wallet book: for each name a private key, and the account and signatures that come from it.

The keys follow from the names, so that a block has the same addresses and hashes everywhere. Everybody who knows the
name knows the key: such an account is a toy, and stays one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from typing import Any

from toyevm.chain import MAINNET
from toyevm.crypto import address_of, keccak256
from toyevm.errors import InputError
from toyevm.transactions import FEE_MARKET, Transaction, sign_transaction
from toyevm.types import Address

KINDS = {each.name: each.type for each in fields(Transaction)}


@dataclass(frozen=True)
class Wallet:
    """A private key, and the account that goes with it."""

    name: str
    private_key: bytes = field(repr=False)
    chain_id: int = MAINNET.chain_id

    @cached_property
    def address(self) -> Address:
        return address_of(self.private_key)

    def sign(self, **values: Any) -> Transaction:
        """Return a signed transaction with these fields; unless they say otherwise, it is of the fee-market type.

        Raises:
            InputError: a transaction has no such field, or not with such a value.

        >>> ann = wallet("Ann")
        >>> ann.sign(nonce=0, to=bytes(20), value=1).sender == ann.address
        True
        """
        _check_kinds(values)
        tx = Transaction(**{"type": FEE_MARKET, "chain_id": self.chain_id} | values)
        return sign_transaction(tx, self.private_key)


def _check_kinds(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name not in KINDS:
            raise InputError(f"a transaction has no {name!r}", "sign", " | ".join(KINDS))
        if KINDS[name] == "int" and not (isinstance(value, int) and value >= 0):
            raise InputError(f"{value!r:.80}", name, "a whole number, at least 0")
        if name in ("to", "data") and not isinstance(value, bytes) and (name, value) != ("to", None):
            raise InputError(f"{value!r:.80}", name, "bytes")


@lru_cache(maxsize=20_000)
def wallet(name: str, seed: int = 0) -> Wallet:
    """Return the wallet of somebody with this name: always the same one; another seed gives all people other keys."""
    return Wallet(name, keccak256(f"toyevm/{seed}/{name}".encode()))
