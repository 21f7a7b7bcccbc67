"""The index of an account: its number in the layer's list of accounts, 3 bytes in place of an address's 20.

A layer whose accounts are the leaves of a tree has such a list anyway. 3 bytes are enough for 16.7 million accounts;
the highest number is kept free, for an account that is not in the list yet and is written out.
"""

from __future__ import annotations

from collections.abc import Iterable

from toyevm.errors import DecodingError, InputError
from toyevm.rollups.encodings.cursor import Cursor
from toyevm.types import Address

INDEX_BYTES = 3
NEW = b"\xff" * INDEX_BYTES  # the address follows


class AccountIndex:
    """Accounts by number and back."""

    def __init__(self, accounts: Iterable[Address]) -> None:
        self.accounts = tuple(dict.fromkeys(accounts))
        if len(self.accounts) > 256**INDEX_BYTES - 1:
            raise InputError(f"{len(self.accounts):,} accounts", expected=f"at most {256**INDEX_BYTES - 1:,}")
        self._numbers = {account: number for number, account in enumerate(self.accounts)}

    def write(self, account: Address) -> bytes:
        """Return the index of an account, or NEW and its address."""
        number = self._numbers.get(account)
        return NEW + account if number is None else number.to_bytes(INDEX_BYTES, "big")

    def write_known(self, account: Address) -> bytes:
        """Return the index of an account, or raise InputError when it is not in the list."""
        if account not in self._numbers:
            raise InputError(f"account 0x{account.hex()} has no index", expected="an account of the layer's list")
        return self.write(account)

    def read(self, cursor: Cursor, allow_new: bool = True) -> Address:
        """Return the account whose index comes next."""
        index = cursor.take(INDEX_BYTES)
        if allow_new and index == NEW:
            account = cursor.take(20)
            if account in self._numbers:
                raise DecodingError(f"0x{account.hex()} written out", expected="its index")
            return account
        number = int.from_bytes(index, "big")
        if number >= len(self.accounts):
            raise DecodingError(f"account number {number}", expected=f"below {len(self.accounts)}")
        return self.accounts[number]
