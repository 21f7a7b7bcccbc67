"""Three precompiles that the L1 of a zk-rollup has besides: they check a STARK, signed payments, a leaf under a root.

    stark_proof       old root, new root, digest, count, number of the parameters (a word each), proof   -> 1
    signed_payments   (chain id, payments, parties, queue), encoded as arguments of a contract            -> the digest
    account_proof     root, number, balance, nonce (a word each), 14 siblings                             -> 1

Ethereum has none of them. There a STARK is checked in bytecode, for some millions of gas, or wrapped into a pairing
proof first. What does not hold is a failed call. They need numpy, which is loaded by the first call.

The boundary of trust: nobody's signature is in the proof. The proof says that payments with this digest lead from one
root to the other; that they are the posted ones and signed by their payers, `signed_payments` says, from the payments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from toyevm.rollups.l1 import L1_CHAIN
from toyevm.rollups.zk_rollup.needs import need_numpy
from toyevm.types import to_address
from toyevm.vm.precompiles import Precompile

STARK_PROOF, SIGNED_PAYMENTS, ACCOUNT_PROOF = (to_address(number) for number in (0xF003, 0xF004, 0xF005))
PROOF_GAS, PROOF_BYTE_GAS = 500_000, 6  # some 40 ms; each byte is hashed, and is an element or a node of a tree
PAYMENTS_GAS, PAYMENTS_BYTE_GAS = 3_000, 30  # of some 141 bytes a payment: 3,000 for its signer, the rest for its hash
ACCOUNT_GAS = 30_000  # 15 hashes


def proof_gas(data: bytes) -> int:
    """Return what the check of a STARK costs: by its length alone."""
    return PROOF_GAS + PROOF_BYTE_GAS * len(data)


def payments_gas(data: bytes) -> int:
    """Return what the check of payments costs: by their length alone."""
    return PAYMENTS_GAS + PAYMENTS_BYTE_GAS * len(data)


def account_gas(data: bytes) -> int:
    """Return what the check of a leaf costs: always the same."""
    return ACCOUNT_GAS


def _later(name: str) -> Callable[[bytes], bytes]:
    """Return a check that is loaded by its first call. A node without numpy must stop: it has no answer, not a no."""

    def check(data: bytes) -> bytes:
        need_numpy(name)
        from toyevm.rollups.zk_rollup import statements

        answer: bytes = getattr(statements, name)(data)
        return answer

    return check


STARK_CHECKS = {
    STARK_PROOF: Precompile("stark_proof", proof_gas, _later("check_proof")),
    SIGNED_PAYMENTS: Precompile("signed_payments", payments_gas, _later("check_signatures")),
    ACCOUNT_PROOF: Precompile("account_proof", account_gas, _later("check_account")),
}
ZK_L1_CHAIN = replace(L1_CHAIN, extra_precompiles={**(L1_CHAIN.extra_precompiles or {}), **STARK_CHECKS})
