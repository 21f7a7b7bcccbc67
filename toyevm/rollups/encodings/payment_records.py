"""A payment in 13 bytes, for a rollup that proves its blocks: who, to whom, how much, for what fee.

    payer 3    payee 3    amount 5    fee 2

No signature: the proof says that there was one. No nonce: payments stand in the order in which they happened, so a
payer's nonces count themselves. No gas: a payment always costs the same, so only its product with the price is left.
Amount and fee are decimal floating-point numbers, mantissa * 10 ** exponent, as in zkSync Lite: 35 + 5 bits and
11 + 5 bits. That is ten digits of an amount and three of a fee; what needs more is refused, never rounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from toyevm.errors import DecodingError, InputError
from toyevm.rollups.encodings.account_index import INDEX_BYTES, AccountIndex
from toyevm.rollups.encodings.base import Piece, by_part
from toyevm.rollups.encodings.cursor import Cursor
from toyevm.rollups.values import Batch
from toyevm.transactions import Transaction, decode_transaction
from toyevm.types import Address

AMOUNT_BYTES, FEE_BYTES = 5, 2
EXPONENT_BITS = 5
RECORD_BYTES = 2 * INDEX_BYTES + AMOUNT_BYTES + FEE_BYTES
PAYMENT_GAS = 21_000


class UnsignedPayment(NamedTuple):
    """What is left of a payment; amount and fee are in wei."""

    payer: Address
    payee: Address
    amount: int
    fee: int


def payment_of(tx: Transaction) -> UnsignedPayment:
    """Return what a plain payment says; the fee is the most its payer agreed to.

    Raises:
        InputError: it does more than to pay.
    """
    if tx.to is None or tx.data or tx.access_list or tx.blob_hashes or tx.authorizations:
        raise InputError("a transaction that does more than to pay", expected="a payment of ether")
    return UnsignedPayment(tx.sender, tx.to, tx.value, PAYMENT_GAS * tx.max_fee_per_gas)


def write_decimal(number: int, size: int) -> bytes:
    """Return a number as mantissa * 10 ** exponent in `size` bytes, the mantissa as small as can be.

    Raises:
        InputError: it has too many digits.

    >>> write_decimal(1_230_000_000_000_000, 2).hex()
    '0f6d'
    """
    mantissa, exponent, limit = number, 0, 1 << 8 * size - EXPONENT_BITS
    while mantissa and mantissa % 10 == 0 and exponent < 2**EXPONENT_BITS - 1:
        mantissa, exponent = mantissa // 10, exponent + 1
    if mantissa >= limit:
        raise InputError(f"{number} has too many digits", expected=f"below {limit} but for zeros at the end")
    return (mantissa << EXPONENT_BITS | exponent).to_bytes(size, "big")


def read_decimal(packed: bytes) -> int:
    """Return the number that `write_decimal` wrote; DecodingError where it would have written it in another way."""
    mantissa, exponent = divmod(int.from_bytes(packed, "big"), 2**EXPONENT_BITS)
    number: int = mantissa * 10**exponent
    if write_decimal(number, len(packed)) != packed:
        raise DecodingError(f"{packed.hex()} for {number}", expected=write_decimal(number, len(packed)).hex())
    return number


@dataclass(frozen=True)
class PaymentRecords:
    """Payments between the accounts of a list. What is decoded is no batch any more: nobody could execute it."""

    index: AccountIndex
    name: str = "payment records"

    def encode(self, batch: Batch) -> bytes:
        """Return 13 bytes a payment.

        Raises:
            InputError: a transaction is no plain payment between accounts of the list, or has too many digits.
        """
        return b"".join(content for _, content in self._pieces(batch))

    def decode(self, data: bytes) -> tuple[UnsignedPayment, ...]:
        """Return the payments in the order in which they happened, or raise DecodingError."""
        if len(data) % RECORD_BYTES:
            raise DecodingError(f"{len(data)} bytes", expected=f"a multiple of {RECORD_BYTES}")
        cursor, payments = Cursor(data), []
        while cursor.left:
            payer, payee = self.index.read(cursor, allow_new=False), self.index.read(cursor, allow_new=False)
            amount, fee = read_decimal(cursor.take(AMOUNT_BYTES)), read_decimal(cursor.take(FEE_BYTES))
            payments.append(UnsignedPayment(payer, payee, amount, fee))
        return tuple(payments)

    def parts(self, batch: Batch) -> dict[str, bytes]:
        """Return the bytes of `encode` by what they are for."""
        return by_part(self._pieces(batch))

    def _pieces(self, batch: Batch) -> list[Piece]:
        payments = [payment_of(decode_transaction(raw)) for block in batch for raw in block.transactions]
        pieces: list[Piece] = []
        for payment in payments:
            pieces += [
                ("from", self.index.write_known(payment.payer)),
                ("to", self.index.write_known(payment.payee)),
                ("value", write_decimal(payment.amount, AMOUNT_BYTES)),
                ("fees", write_decimal(payment.fee, FEE_BYTES)),
            ]
        return pieces
