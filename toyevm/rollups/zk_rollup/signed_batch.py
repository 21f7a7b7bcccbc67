"""What is posted on L1 for each payment: payer, payee, amount, nonce, and the signature of the payment's transaction.

    payer 2 | payee 2 | amount 4 | nonce 4 | r 32 | s 32 | parity 1        77 bytes, numbers big-endian

A payment is a toyevm transaction in one form: fee-market type, no fees, 21,000 gas, no data. So nothing else of it has
to be posted: whoever checks makes the transaction anew and recovers who signed it. Deposits and requests to leave are
not posted. L1 has them in its queue, and a batch says only how many it takes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from toyevm.errors import DecodingError
from toyevm.rollups.zk.payments.values import UNIT, ProvenPayment, check_payment
from toyevm.transactions import FEE_MARKET, Transaction, sign_transaction
from toyevm.types import Address
from toyevm.workloads.wallets import Wallet

RECORD = 77


class SignedPayment(NamedTuple):
    """One payment, by the numbers of the accounts; the amount is in units."""

    payer: int
    payee: int
    amount: int
    nonce: int
    signature: bytes

    @property
    def proven(self) -> ProvenPayment:
        """What of it is in the proof: all but the signature."""
        return ProvenPayment(self.payer, self.payee, self.amount, self.nonce)

    def transaction(self, chain_id: int, payee: Address) -> Transaction:
        """Return the transaction whose signature this is; `payee` is the address behind the payee's number."""
        r, s = (int.from_bytes(self.signature[at : at + 32], "big") for at in (0, 32))
        unsigned = unsigned_payment(chain_id, self.nonce, payee, self.amount)
        return replace(unsigned, r=r, s=s, y_parity=self.signature[64])


def unsigned_payment(chain_id: int, nonce: int, to: Address, amount: int) -> Transaction:
    """Return a payment's transaction, in the one form in which it can be posted; `amount` is in units."""
    return Transaction(type=FEE_MARKET, chain_id=chain_id, nonce=nonce, to=to, value=amount * UNIT)


def sign_payment(payer: Wallet, chain_id: int, payment: SignedPayment, payee: Address) -> SignedPayment:
    """Return a payment with its payer's signature; `payee` is the address behind the payee's number."""
    unsigned = unsigned_payment(chain_id, payment.nonce, payee, payment.amount)
    return payment._replace(signature=signature_of(sign_transaction(unsigned, payer.private_key)))


def signature_of(tx: Transaction) -> bytes:
    """Return a transaction's signature as it is posted."""
    return tx.r.to_bytes(32, "big") + tx.s.to_bytes(32, "big") + bytes([tx.y_parity])


def encode_payments(payments: Iterable[SignedPayment]) -> bytes:
    """Return payments as they are posted."""
    return b"".join(_encode(payment) for payment in payments)


def _encode(payment: SignedPayment) -> bytes:
    return struct.pack(">HHII", *payment[:4]) + payment.signature


def decode_payments(data: bytes) -> tuple[SignedPayment, ...]:
    """Return the payments that were posted. Each has one encoding.

    Raises:
        DecodingError: not a whole number of payments, or a number or parity out of its range.
    """
    if len(data) % RECORD:
        raise DecodingError(f"{len(data)} bytes", "payments", f"{RECORD} for each")
    return tuple(_decode(data[at : at + RECORD], at // RECORD) for at in range(0, len(data), RECORD))


def _decode(record: bytes, place: int) -> SignedPayment:
    payer, payee, amount, nonce = struct.unpack(">HHII", record[:12])
    payment = SignedPayment(payer, payee, amount, nonce, record[12:])
    check_payment(payment.proven, place)
    if payment.signature[64] > 1:
        raise DecodingError(f"a parity of {payment.signature[64]}", f"payment {place}", "0 or 1")
    return payment
