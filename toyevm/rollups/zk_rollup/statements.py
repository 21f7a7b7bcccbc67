"""What L1 checks of a batch, in plain Python: the proof, the signatures with the digest, and a leaf under a root.

Each function takes the bytes of a call and returns the bytes of the answer. Whatever the bytes are, it answers or
refuses with a reason.
"""

from __future__ import annotations

from toyevm.errors import InputError, PrecompileFailure
from toyevm.rollups.zk.field import P
from toyevm.rollups.zk.payments.air import PaymentStatement
from toyevm.rollups.zk.payments.digest import batch_digest
from toyevm.rollups.zk.payments.proofs import check_payments
from toyevm.rollups.zk.payments.tree import path_root
from toyevm.rollups.zk.payments.values import (
    CAPACITY,
    DEPTH,
    LIMIT,
    AccountLeaf,
    ProvenPayment,
    check_payment,
    digest_bytes,
    read_digest,
)
from toyevm.rollups.zk.security import SECURITY_SETS
from toyevm.rollups.zk_rollup.signed_batch import SignedPayment, decode_payments
from toyevm.types import to_address

MAX_PAYMENTS = 1_024  # of a batch, those from the queue among them
PARAMETERS = {1: SECURITY_SETS["proven"].parameters, 2: SECURITY_SETS["small"].parameters}  # a contract chooses one
YES = (1).to_bytes(32, "big")
WORD = 32


def check_proof(data: bytes) -> bytes:
    """Check a proof: old root, new root, digest, count, number of the parameters, each a word; then the proof."""
    words = [data[at : at + WORD] for at in range(0, 5 * WORD, WORD)]
    if len(data) < 5 * WORD:
        raise PrecompileFailure(f"{len(data)} bytes, not even {5 * WORD}")
    count, chosen = (int.from_bytes(word, "big") for word in words[3:])
    if not 1 <= count <= MAX_PAYMENTS:
        raise PrecompileFailure(f"{count} payments, not 1 to {MAX_PAYMENTS}")
    if chosen not in PARAMETERS:
        raise PrecompileFailure(f"no parameters number {chosen}")
    try:
        old_root, new_root, digest = map(read_digest, words[:3])
    except InputError as error:
        raise PrecompileFailure(str(error)) from None
    statement = PaymentStatement(old_root, new_root, digest, count)
    answer = check_payments(statement, data[5 * WORD :], PARAMETERS[chosen])
    if not answer.valid:
        raise PrecompileFailure(str(answer.reason))
    return YES


def check_signatures(data: bytes) -> bytes:
    """Return the digest of payments, if each is signed by the owner of its payer, and of those from a queue after them.

    The call is encoded as a contract does it: (chain id, payments, address[] of payer and payee in turn, uint256[] of
    the queue: see `queued_payment`). Who may put what into its queue, the contract decides.
    """
    chain_id, posted, parties, queued = _arguments(data)
    try:
        payments = decode_payments(posted)
        found = [payment.proven for payment in payments]
        found += map(queued_payment, queued)
        for place, payment in enumerate(found):
            check_payment(payment, place)
        if len(found) > MAX_PAYMENTS or len(parties) != 2 * len(payments):
            raise PrecompileFailure(f"{len(found)} payments, {len(payments)} of them with {len(parties)} parties")
        for place, signed in enumerate(payments):
            _check_signer(chain_id, place, signed, *parties[2 * place : 2 * place + 2])
    except InputError as error:
        raise PrecompileFailure(str(error)) from None
    return digest_bytes(batch_digest(found))


def queued_payment(word: int) -> ProvenPayment:
    """Return a payment from the queue on L1, payer << 48 | payee << 32 | amount: a deposit, or a request to leave."""
    return ProvenPayment(word >> 48, word >> 32 & 2**16 - 1, word & 2**32 - 1, None)


def _check_signer(chain_id: int, place: int, payment: SignedPayment, payer: int, payee: int) -> None:
    signer = payment.transaction(chain_id, to_address(payee)).sender
    if int.from_bytes(signer, "big") != payer:
        raise PrecompileFailure(f"payment {place}: signed by 0x{signer.hex()}, not by 0x{payer:040x}")


def _arguments(data: bytes) -> tuple[int, bytes, list[int], list[int]]:
    """Take a call apart; only the encoding that a compiler makes is taken."""
    chain_id, *offsets = _words(data, 0, 4)
    (size,) = _words(data, 4 * WORD, 1)
    parties_at = 5 * WORD + -(-size // WORD) * WORD
    parties, queue_at = _array(data, parties_at)
    queued, end = _array(data, queue_at)
    padding = data[5 * WORD + size : parties_at]
    is_plain = offsets == [4 * WORD, parties_at, queue_at] and end == len(data) and not any(padding)
    if not is_plain or any(party >> 160 for party in parties):
        raise PrecompileFailure("not the encoding of a call")
    return chain_id, data[5 * WORD : 5 * WORD + size], parties, queued


def _array(data: bytes, at: int) -> tuple[list[int], int]:
    """Return the words of an array, and where it ends."""
    (size,) = _words(data, at, 1)
    return _words(data, at + WORD, size), at + WORD + size * WORD


def _words(data: bytes, at: int, count: int) -> list[int]:
    end = at + count * WORD
    if end > len(data):
        raise PrecompileFailure("the call ends too early")
    return [int.from_bytes(data[start : start + WORD], "big") for start in range(at, end, WORD)]


def check_account(data: bytes) -> bytes:
    """Check a leaf: root, number, balance and nonce, each a word; then the siblings on the way up, a word each."""
    if len(data) != (4 + DEPTH) * WORD:
        raise PrecompileFailure(f"{len(data)} bytes, not {(4 + DEPTH) * WORD}")
    words = [data[at : at + WORD] for at in range(0, len(data), WORD)]
    number, balance, nonce = (int.from_bytes(word, "big") for word in words[1:4])
    if number >= CAPACITY or balance >= LIMIT or nonce >= P:
        raise PrecompileFailure(f"account {number} with {balance} units and nonce {nonce}")
    try:
        root, *path = map(read_digest, (words[0], *words[4:]))
    except InputError as error:
        raise PrecompileFailure(str(error)) from None
    if path_root(number, AccountLeaf(balance, nonce), path) != root:
        raise PrecompileFailure("the path leads to another root")
    return YES
