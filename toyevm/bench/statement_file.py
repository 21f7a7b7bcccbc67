"""The statement file of `toyevm prove`: all that a proof of payments is checked against, as JSON.

    {"format", "security", "chainId", "oldRoot", "newRoot", "digest", "count",
     "accounts": {number: address}, "payments": [{"payer", "payee", "amount", "nonce", "signature"}, ...]}

Accounts go by number, amounts are in units, a signature is r, s and parity, 65 bytes. On L1 a contract knows the old
root, whose each account is, and which parameters count; here the file stands for the contract, and is trusted as such.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toyevm.errors import InputError, InvalidSignature
from toyevm.rollups.zk.payments.air import PaymentStatement
from toyevm.rollups.zk.payments.digest import batch_digest
from toyevm.rollups.zk.payments.proofs import MAX_COUNT, check_payments
from toyevm.rollups.zk.payments.values import CAPACITY, AccountDigest, check_payment, digest_bytes, read_digest
from toyevm.rollups.zk.security import SECURITY_SETS, SecuritySet
from toyevm.rollups.zk.stark import ProofCheck
from toyevm.rollups.zk_rollup.signed_batch import SignedPayment
from toyevm.types import Address
from toyevm.workloads.json_input import parse_bytes, parse_int, parse_list, parse_object, read_json

FORMAT = "toyevm payments 1"
FIELDS = ("format", "security", "chainId", "oldRoot", "newRoot", "digest", "count", "accounts", "payments")
NUMBERS = ("payer", "payee", "amount", "nonce")
SIGNATURE = 65  # bytes
MAX_STATEMENT = 1 << 23  # bytes: a statement of all accounts and the most payments has a third of it


@dataclass(frozen=True)
class SignedStatement:
    """A statement about payments, the payments with their signatures, and the name of the parameters that count."""

    statement: PaymentStatement
    security: str
    chain_id: int
    owners: Mapping[int, Address]
    payments: tuple[SignedPayment, ...]

    def check_proof(self, proof: bytes) -> ProofCheck:
        """Check that payments with this digest lead from root to root. No bytes make it raise."""
        return check_payments(self.statement, proof, security_set(self.security).parameters)

    def check_data(self) -> ProofCheck:
        """Check what is no part of the proof: that these are the payments, each signed by the owner of its payer."""
        if self.statement.count != len(self.payments):
            return ProofCheck(False, f"count: {self.statement.count}, but there are {len(self.payments)} payments")
        for place, payment in enumerate(self.payments):
            if reason := self._unsigned(payment):
                return ProofCheck(False, f"payment {place}: {reason}")
        if batch_digest([payment.proven for payment in self.payments]) != self.statement.digest:
            return ProofCheck(False, "digest: it is of other payments")
        return ProofCheck(True)

    def _unsigned(self, payment: SignedPayment) -> str | None:
        """Return why this is no payment by the owner of its payer; None if it is one."""
        for account in (payment.payer, payment.payee):
            if account not in self.owners:
                return f"account {account} is nobody's"
        try:
            signer = payment.transaction(self.chain_id, self.owners[payment.payee]).sender
        except InvalidSignature as error:
            return str(error)
        owner = self.owners[payment.payer]
        return None if signer == owner else f"signed by 0x{signer.hex()}, not by 0x{owner.hex()}"

    def to_json(self) -> str:
        """Return the text of the file."""
        about = self.statement
        values = (
            FORMAT,
            self.security,
            self.chain_id,
            *(_hex(digest_bytes(digest)) for digest in (about.old_root, about.new_root, about.digest)),
            about.count,
            {str(number): _hex(owner) for number, owner in self.owners.items()},
            [dict(zip(NUMBERS, one[:4], strict=True)) | {"signature": _hex(one.signature)} for one in self.payments],
        )
        return json.dumps(dict(zip(FIELDS, values, strict=True)), indent=1) + "\n"


def security_set(name: str, where: str = "--security") -> SecuritySet:
    """Return the parameters of this name.

    Raises:
        InputError: there are none.
    """
    if name not in SECURITY_SETS:
        raise InputError(f"unknown {name[:40]!r}", where, " | ".join(SECURITY_SETS))
    return SECURITY_SETS[name]


def read_statement(path: Path) -> SignedStatement:
    """Read a statement file.

    Raises:
        InputError: the file cannot be read, or is not one.
    """
    return parse_statement(read_json(path, MAX_STATEMENT), str(path))


def read_back(text: str) -> SignedStatement:
    """Read the text that `to_json` wrote."""
    return parse_statement(json.loads(text), "the statement")


def parse_statement(value: Any, where: str) -> SignedStatement:
    """Read a statement from the JSON in its file; whether it is true is not looked at.

    Raises:
        InputError: a field is missing, too many, or out of its range.
    """
    fields = _fields(value, FIELDS, where)
    if fields["format"] != FORMAT:
        raise InputError(f"{str(fields['format'])[:40]!r}", f"{where} format", FORMAT)
    security_set(str(fields["security"]), f"{where} security")
    count = parse_int(fields["count"], f"{where} count", bits=32)
    if not 1 <= count <= MAX_COUNT:
        raise InputError(f"{count} payments", f"{where} count", f"1 to {MAX_COUNT}")
    old, new, digest = (_digest(fields[name], f"{where} {name}") for name in ("oldRoot", "newRoot", "digest"))
    accounts = parse_object(fields["accounts"], f"{where} accounts")
    payments = parse_list(fields["payments"], f"{where} payments")
    if max(len(accounts), len(payments)) > CAPACITY:
        raise InputError("too many accounts or payments", where, f"at most {CAPACITY} and {MAX_COUNT}")
    return SignedStatement(
        statement=PaymentStatement(old, new, digest, count),
        security=str(fields["security"]),
        chain_id=parse_int(fields["chainId"], f"{where} chainId", bits=64),
        owners=_owners(accounts, where),
        payments=tuple(_payment(one, place, where) for place, one in enumerate(payments)),
    )


def _owners(accounts: Mapping[str, Any], where: str) -> Mapping[int, Address]:
    """Read whose each account is; nobody has two: a signature names a signer, no number, and would count for both."""
    owners = {
        parse_int(number, f"{where} accounts", bits=14): parse_bytes(address, f"{where} account {number}", 20)
        for number, address in accounts.items()
    }
    if len(set(owners.values())) < len(accounts):
        raise InputError("a number or an owner is there twice", f"{where} accounts", "one account for each owner")
    return owners


def _payment(value: Any, place: int, where: str) -> SignedPayment:
    here = f"{where} payment {place}"
    fields = _fields(value, (*NUMBERS, "signature"), here)
    payer, payee, amount, nonce = (parse_int(fields[name], f"{here} {name}", bits=32) for name in NUMBERS)
    payment = SignedPayment(payer, payee, amount, nonce, parse_bytes(fields["signature"], here, SIGNATURE))
    try:
        check_payment(payment.proven, place)
    except InputError as error:
        raise InputError(error.what, here, error.expected) from None
    if payment.signature[-1] > 1:
        raise InputError(f"a parity of {payment.signature[-1]}", here, "0 or 1")
    return payment


def _digest(value: Any, where: str) -> AccountDigest:
    try:
        return read_digest(parse_bytes(value, where, 32))
    except InputError as error:
        raise InputError(error.what, where, error.expected) from None


def _fields(value: Any, names: tuple[str, ...], where: str) -> Mapping[str, Any]:
    fields = parse_object(value, where)
    if odd := set(fields) ^ set(names):
        name = min(odd)
        raise InputError(f"{'unknown' if name in fields else 'no'} field {name[:40]!r}", where, ", ".join(names))
    return fields


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
