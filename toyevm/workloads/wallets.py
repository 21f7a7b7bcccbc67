"""The wallet book: for each name a private key, and the account and signatures that come from it.

The keys follow from the names, so that a block has the same addresses and hashes everywhere. Everybody who knows the
name knows the key: such an account is a toy, and stays one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from toyevm.chain import MAINNET
from toyevm.crypto import address_of, keccak256
from toyevm.transactions import FEE_MARKET, Transaction, sign_transaction
from toyevm.types import Address


@dataclass(frozen=True)
class Wallet:
    """A private key, and the account that goes with it."""

    name: str
    private_key: bytes = field(repr=False)
    chain_id: int = MAINNET.chain_id

    @cached_property
    def address(self) -> Address:
        return address_of(self.private_key)

    def sign(self, **fields: Any) -> Transaction:
        """Return a signed transaction with these fields; unless they say otherwise, it is of the fee-market type.

        >>> ann = wallet("Ann")
        >>> ann.sign(nonce=0, to=bytes(20), value=1).sender == ann.address
        True
        """
        return sign_transaction(
            Transaction(**{"type": FEE_MARKET, "chain_id": self.chain_id} | fields), self.private_key
        )


@lru_cache(maxsize=20_000)
def wallet(name: str, seed: int = 0) -> Wallet:
    """Return the wallet of somebody with this name: always the same one; another seed gives all people other keys."""
    return Wallet(name, keccak256(f"toyevm/{seed}/{name}".encode()))
