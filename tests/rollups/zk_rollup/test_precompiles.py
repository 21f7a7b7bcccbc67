"""The three checks of L1: right answers for what holds, a named refusal for anything else, and nothing besides."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from functools import cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rollups.zk_rollup.payment_blocks import PEOPLE, RICH
from toyevm.contracts.abi import encode_word
from toyevm.errors import InputError, PrecompileFailure
from toyevm.rollups.l1 import L1_CHAIN
from toyevm.rollups.zk.payments.digest import batch_digest
from toyevm.rollups.zk.payments.tree import AccountTree
from toyevm.rollups.zk.payments.values import BRIDGE, ProvenPayment, digest_bytes
from toyevm.rollups.zk_rollup import needs
from toyevm.rollups.zk_rollup.accounts import tree_of
from toyevm.rollups.zk_rollup.precompiles import ACCOUNT_PROOF, SIGNED_PAYMENTS, STARK_CHECKS, STARK_PROOF, ZK_L1_CHAIN
from toyevm.rollups.zk_rollup.proven_batch import ProvenBatch, prove_batch
from toyevm.rollups.zk_rollup.root_contract import BRIDGE_ADDRESS
from toyevm.rollups.zk_rollup.signed_batch import SignedPayment, encode_payments, sign_payment
from toyevm.types import Address

YES = encode_word(1)
OWNERS = [BRIDGE_ADDRESS, *(person.address for person in PEOPLE)]


def ask(address: Address, data: bytes) -> bytes:
    row = STARK_CHECKS[address]
    assert row.gas(data) > 0
    return row.run(data)


def refusal(address: Address, data: bytes) -> str:
    with pytest.raises(PrecompileFailure) as caught:
        ask(address, data)
    return caught.value.detail


def signed(payer: int, payee: int, units: int = 5, nonce: int = 0) -> SignedPayment:
    return sign_payment(PEOPLE[payer - 1], 1, SignedPayment(payer, payee, units, nonce, b""), OWNERS[payee])


def call(payments: list[SignedPayment], deposits: tuple[int, ...] = (), chain_id: int = 1) -> bytes:
    """Return the call as a compiler encodes it."""
    data = encode_payments(payments)
    parties = [OWNERS[number] for payment in payments for number in payment[:2]]
    tail = encode_word(len(data)) + data + bytes(-len(data) % 32)
    second = 128 + len(tail)
    tail += encode_word(len(parties)) + b"".join(map(encode_word, parties))
    third = 128 + len(tail)
    tail += encode_word(len(deposits)) + b"".join(map(encode_word, deposits))
    return b"".join(map(encode_word, (chain_id, 128, second, third))) + tail


@cache
def tree() -> AccountTree:
    return tree_of(RICH, OWNERS)


@cache
def batch() -> ProvenBatch:
    return prove_batch(tree(), [signed(1, 2), signed(2, 0)])


def proof_call(**changed: bytes) -> bytes:
    good = batch()
    parts = {
        "old": digest_bytes(tree().root),
        "new": good.new_root,
        "digest": good.digest,
        "count": encode_word(good.count),
        "parameters": encode_word(1),
        "proof": good.proof,
    }
    return b"".join((parts | changed).values())


# A proof


def test_a_proof_holds_for_its_statement_alone() -> None:
    assert ask(STARK_PROOF, proof_call()) == YES
    good = batch()
    for name, value in {
        "old": good.new_root,
        "new": digest_bytes(tree().root),
        "digest": good.new_root,
        "count": encode_word(1),
        "parameters": encode_word(2),
    }.items():
        assert refusal(STARK_PROOF, proof_call(**{name: value})), name


def test_what_no_statement_has_is_refused_before_the_proof() -> None:
    assert refusal(STARK_PROOF, b"x" * 159) == "159 bytes, not even 160"
    assert refusal(STARK_PROOF, proof_call(count=encode_word(0))) == "0 payments, not 1 to 1024"
    assert refusal(STARK_PROOF, proof_call(count=encode_word(2**200))).endswith("payments, not 1 to 1024")
    assert refusal(STARK_PROOF, proof_call(parameters=encode_word(9))) == "no parameters number 9"
    assert "is not below p" in refusal(STARK_PROOF, proof_call(digest=b"\xff" * 32))


def test_a_changed_proof_is_refused() -> None:
    random, good = Random(1), batch().proof
    for _ in range(12):
        data = bytearray(good)
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        assert refusal(STARK_PROOF, proof_call(proof=bytes(data)))
    assert refusal(STARK_PROOF, proof_call(proof=good + b"\0"))
    assert refusal(STARK_PROOF, proof_call(proof=good[:-1]))
    assert refusal(STARK_PROOF, proof_call(proof=b""))


# Signatures


def test_signed_payments_and_deposits_have_the_digest_of_the_proof() -> None:
    payments = [signed(1, 2), signed(2, 0)]
    assert ask(SIGNED_PAYMENTS, call(payments)) == batch().digest
    proven = [*(one.proven for one in payments), ProvenPayment(BRIDGE, 3, 7, None)]
    assert ask(SIGNED_PAYMENTS, call(payments, (3 << 32 | 7,))) == digest_bytes(batch_digest(proven))
    assert ask(SIGNED_PAYMENTS, call([], (3 << 32 | 7,))) == digest_bytes(batch_digest(proven[2:]))
    leaving = ProvenPayment(3, BRIDGE, 7, None)
    assert ask(SIGNED_PAYMENTS, call([], (3 << 48 | 7,))) == digest_bytes(batch_digest([leaving]))


def test_a_payment_that_its_payer_has_not_signed_is_refused() -> None:
    good = signed(1, 2)
    stolen = good._replace(payer=3)
    assert refusal(SIGNED_PAYMENTS, call([good, stolen])).startswith("payment 1: signed by 0x")
    for changed in ({"payee": 3}, {"amount": 6}, {"nonce": 1}):
        assert refusal(SIGNED_PAYMENTS, call([good._replace(**changed)]))  # type: ignore[arg-type]
    assert refusal(SIGNED_PAYMENTS, call([good], chain_id=2)).startswith("payment 0: signed by 0x")
    assert refusal(SIGNED_PAYMENTS, call([good._replace(signature=bytes(65))]))


def test_nobody_signs_for_the_bridge() -> None:
    """A deposit in a payment's clothes: its payer is account 0, whose owner has no key."""
    assert "signed by" in refusal(SIGNED_PAYMENTS, call([signed(1, 2)._replace(payer=0)]))


def test_a_call_in_another_encoding_is_refused() -> None:
    good = call([signed(1, 2)], (3 << 32 | 7,))
    for changed in (good[:-1], good + b"\0", good + bytes(32), good[:32] + encode_word(160) + good[64:], good[:96]):
        assert refusal(SIGNED_PAYMENTS, changed)
    for word in (1 << 46, 1 << 62, 1 << 64, 1 << 255):  # accounts that there cannot be
        assert refusal(SIGNED_PAYMENTS, call([], (word,)))
    assert "1025 payments" in refusal(SIGNED_PAYMENTS, call([], (3 << 32 | 7,) * 1025))
    padded = bytearray(call([signed(1, 2)]))
    padded[160 + 80] = 1  # behind the 77 bytes
    assert refusal(SIGNED_PAYMENTS, bytes(padded))


# A leaf


def account_call(number: int, balance: int, nonce: int, root: bytes | None = None, path: bytes | None = None) -> bytes:
    siblings = b"".join(map(digest_bytes, tree().path(number % 2**14)))
    words = b"".join(map(encode_word, (number, balance, nonce)))
    return (root or digest_bytes(tree().root)) + words + (siblings if path is None else path)


def test_a_leaf_lies_under_the_root_with_its_own_numbers_alone() -> None:
    leaf = tree().leaf(1)
    assert ask(ACCOUNT_PROOF, account_call(1, *leaf)) == YES
    assert ask(ACCOUNT_PROOF, account_call(9, 0, 0)) == YES  # nobody's
    for wrong in ((1, leaf.balance + 1, 0), (1, leaf.balance, 1), (2, 0, 0), (9, 1, 0)):
        assert refusal(ACCOUNT_PROOF, account_call(*wrong)) == "the path leads to another root"
    assert refusal(ACCOUNT_PROOF, account_call(1, *leaf, root=batch().new_root))


def test_what_no_leaf_has_is_refused() -> None:
    path = b"".join(map(digest_bytes, tree().path(1)))
    for wrong in ((2**14 + 1, 0, 0), (1, 2**28, 0), (1, 0, 2**31)):
        assert refusal(ACCOUNT_PROOF, account_call(*wrong)).startswith("account ")
    for other in (path[:-32], path + bytes(32), path[:-1], b""):
        assert "bytes, not 576" in refusal(ACCOUNT_PROOF, account_call(1, *tree().leaf(1), path=other))
    assert "is not below p" in refusal(ACCOUNT_PROOF, account_call(1, *tree().leaf(1), path=b"\xff" * 448))


# Hostile input, and no numpy


@given(st.sampled_from([STARK_PROOF, SIGNED_PAYMENTS, ACCOUNT_PROOF]), st.binary(max_size=700))
def test_no_bytes_make_a_check_fail_otherwise(address: Address, data: bytes) -> None:
    assert refusal(address, data)


@given(st.randoms(use_true_random=False))
def test_no_changed_call_makes_a_check_fail_otherwise(random: Random) -> None:
    address, good = random.choice(
        [(SIGNED_PAYMENTS, call([signed(1, 2)], (3 << 32 | 7,))), (ACCOUNT_PROOF, account_call(1, *tree().leaf(1)))]
    )
    data = bytearray(good)
    for _ in range(random.randrange(1, 4)):
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    with suppress(PrecompileFailure):
        ask(address, bytes(data))


def test_a_price_follows_from_the_length() -> None:
    for row in STARK_CHECKS.values():
        assert row.gas(bytes(1_000)) == row.gas(b"\xff" * 1_000)
    assert STARK_CHECKS[SIGNED_PAYMENTS].gas(bytes(141)) - STARK_CHECKS[SIGNED_PAYMENTS].gas(b"") > 3_000  # ecrecover's


def test_the_other_l1_is_as_it_was() -> None:
    assert set(ZK_L1_CHAIN.precompiles) - set(L1_CHAIN.precompiles) == set(STARK_CHECKS)
    assert ZK_L1_CHAIN.chain_id == L1_CHAIN.chain_id


def test_without_numpy_a_check_has_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "find_spec", lambda name: None)
    for row in STARK_CHECKS.values():
        with pytest.raises(InputError, match=r"numpy is not installed \(expected pip install 'toyevm\[course\]'\)"):
            row.run(b"")


def test_numpy_is_loaded_by_the_first_call_alone() -> None:
    program = "import sys, toyevm.rollups.settlements, toyevm.rollups.matrix; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False\n"
