"""What payments do to accounts: each takes from its payer, then gives to its payee."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from toyevm.errors import InputError
from toyevm.rollups.zk.field import P
from toyevm.rollups.zk.payments.values import LIMIT, AccountLeaf, ProvenPayment, check_payment


class AccountMove(NamedTuple):
    """One account, before and after one half of a payment."""

    account: int
    old: AccountLeaf
    new: AccountLeaf


def moves(leaves: Mapping[int, AccountLeaf], payments: Iterable[ProvenPayment]) -> list[AccountMove]:
    """Return what happens to the accounts, two moves a payment.

    Raises:
        InputError: a payer has not enough, a nonce is not the payer's next, or a number is out of its range.
    """
    now, found = dict(leaves), []
    for place, payment in enumerate(payments):
        check_payment(payment, place)
        payer = now.get(payment.payer, AccountLeaf())
        if payment.nonce not in (None, payer.nonce):
            raise InputError(f"nonce {payment.nonce}", f"payment {place}", f"{payer.nonce}, the payer's next")
        if payment.amount > payer.balance:
            raise InputError(
                f"an amount of {payment.amount}", f"payment {place}", f"at most {payer.balance}, the balance"
            )
        if payer.nonce == P - 1 and payment.nonce is not None:
            raise InputError(f"nonce {payment.nonce}", f"payment {place}", f"below {P - 1}: the next would be 0 again")
        paid = AccountLeaf(payer.balance - payment.amount, payer.nonce + (payment.nonce is not None))
        found.append(AccountMove(payment.payer, payer, paid))
        now[payment.payer] = paid
        payee = now.get(payment.payee, AccountLeaf())
        richer = AccountLeaf(payee.balance + payment.amount, payee.nonce)
        if richer.balance >= LIMIT:
            raise InputError(f"a balance of {richer.balance}", f"payment {place}", f"below {LIMIT}")
        found.append(AccountMove(payment.payee, payee, richer))
        now[payment.payee] = richer
    return found
