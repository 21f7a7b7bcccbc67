"""Random set-code transactions: accounts that delegate to each other, and authorizations of which many do not hold.

A seed stands for one transaction, as in `programs`; EELS is asked once about each, so that looking for planted mistakes
is cheap. What the called contract sees of the delegated accounts, and what that costs, ends up in its storage.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from typing import Any

from tests.fuzz.eels import Answer, answer, spec_environment, specification
from tests.fuzz.programs import COINBASE, PRICE, SENDER, SENDER_KEY, TIP, Program
from tests.vectors.vectorsource.assembly import Part, asm, call, measure, store
from toyevm import rlp
from toyevm.crypto import SECP256K1_ORDER, address_of, keccak256, sign
from toyevm.forks import OSAKA, PRAGUE
from toyevm.state import Account
from toyevm.transactions import SET_CODE, Authorization, Transaction, decode_transaction, encode_transaction
from toyevm.types import ZERO_ADDRESS, Address

KEYS = tuple(keccak256(b"set code: %d" % i) for i in range(3))
AUTHORITIES = tuple(map(address_of, KEYS))
KEY_OF = {**dict(zip(AUTHORITIES, KEYS, strict=True)), SENDER: SENDER_KEY}
LOOKER, WRITER, NOBODY = b"\x10" * 20, b"\x20" * 20, b"\x99" * 20
IDENTITY = bytes(19) + b"\x04"
TARGETS = (LOOKER, WRITER, NOBODY, IDENTITY, ZERO_ADDRESS, COINBASE, SENDER, *AUTHORITIES)
MAX_NONCE = 2**64 - 1
PREFIX = b"\xef\x01\x00"

# Runs in whoever's account: who am I, who called, how long is the code that runs; then a count of visits.
WRITES = asm(*[store(i, ask) for i, ask in enumerate("ADDRESS CALLER CODESIZE".split())], store(3, 1, 3, "SLOAD ADD"))


def looks(rng: random.Random) -> bytes:
    """Return code that looks at a few accounts in several ways, and notes what it saw and paid."""
    parts: list[Part] = []
    for i in range(rng.randrange(1, 4)):
        who, slot = rng.choice((*AUTHORITIES, *AUTHORITIES, SENDER, LOOKER)), 0x100 + 16 * i
        kind = rng.choice(("CALL", "CALLCODE", "DELEGATECALL", "STATICCALL"))
        value = rng.choice((0, 1)) if kind in ("CALL", "CALLCODE") else 0
        flag = call(who, kind=kind, gas=rng.choice((3_000, 90_000, 150_000)), value=value, outputs=(0, 32))
        looking: list[Part] = [
            measure(slot, store(slot + 1, who, rng.choice(("EXTCODESIZE", "EXTCODEHASH", "BALANCE")))),
            measure(slot + 2, store(slot + 3, flag)),
            measure(slot + 4, 23, 0, 0, who, "EXTCODECOPY"),
            store(slot + 5, 0, "MLOAD"),
            store(slot + 6, "RETURNDATASIZE"),
        ]
        parts += rng.sample(looking, rng.randrange(1, len(looking)))
    return asm(*parts, rng.choice(("STOP", "STOP", "STOP", "INVALID", "CALLER SELFDESTRUCT")))


def authorization(rng: random.Random, nonces: dict[Address, int]) -> Authorization:
    """Return one that may hold; the true nonce rises when one that holds is applied, so that later ones may too."""
    who = rng.choice((*AUTHORITIES, *AUTHORITIES, SENDER))
    chain_id = rng.choice((1, 1, 1, 0, 0, 2, 2**256 - 1))
    nonce = min(MAX_NONCE, max(0, nonces[who] + rng.choice((0, 0, 0, 0, 0, 1, -1))))
    target = rng.choice(TARGETS)
    y_parity, r, s = sign(keccak256(b"\x05" + rlp.encode([chain_id, target, nonce])), KEY_OF[who])
    match rng.randrange(14):
        case 0:
            y_parity = rng.choice((1 - y_parity, 2, 27, 255))
        case 1:
            y_parity, s = 1 - y_parity, SECP256K1_ORDER - s  # as good a signature, but for EIP-2
        case 2:
            r, s = rng.choice(((0, s), (r, 0), (SECP256K1_ORDER, s), (r, SECP256K1_ORDER), (5, s), (2**256 - 1, s)))
    if chain_id in (0, 1) and nonce == nonces[who]:
        nonces[who] += 1
    return Authorization(chain_id, target, nonce, y_parity, r, s)


def account(rng: random.Random) -> Account:
    code = PREFIX + rng.choice(TARGETS) if rng.random() < 0.5 else b""
    code = rng.choice((code, code, code, code, WRITES, PREFIX, PREFIX + bytes(21)))
    return Account(rng.choice((0, 0, 1, 7, MAX_NONCE - 1, MAX_NONCE)), rng.choice((0, 0, 1, 10**18)), code)


@cache
def scene(seed: int) -> Program:
    """Return the set-code transaction that a seed stands for."""
    rng = random.Random(seed)
    accounts = {LOOKER: Account(1, 10**6, looks(rng)), WRITER: Account(1, 0, WRITES)}
    for who in AUTHORITIES:
        if rng.random() < 0.7:
            accounts[who] = account(rng)
    own = rng.choice((b"", b"", PREFIX + WRITER, PREFIX + AUTHORITIES[0]))
    accounts[SENDER] = Account(rng.choice((0, 5)), 10**20, own)
    accounts = {at: one for at, one in accounts.items() if not one.is_empty}
    nonces = {who: accounts[who].nonce if who in accounts else 0 for who in KEY_OF}
    sender_nonce = nonces[SENDER]
    nonces[SENDER] += 1
    tx = Transaction(
        type=SET_CODE, chain_id=1, nonce=sender_nonce, max_fee_per_gas=PRICE, max_priority_fee_per_gas=TIP,
        to=rng.choice((LOOKER, LOOKER, LOOKER, *AUTHORITIES, SENDER, NOBODY, ZERO_ADDRESS)),
        value=rng.choice((0, 0, 3)), data=rng.choice((b"", bytes(4), b"\xff" * 100)),
        access_list=rng.choice(((), (), ((WRITER, (0,)), (AUTHORITIES[1], ())))),
        authorizations=tuple(authorization(rng, nonces) for _ in range(rng.randrange(1, 5))),
    )  # fmt: skip
    gas = rng.choice((2_000, 90_000, 1_000_000, 1_000_000))
    return Program("set code", rng.choice((PRAGUE, OSAKA)), accounts, tx, gas)


def asked(program: Program) -> Answer:
    """Return what EELS says about a transaction."""
    raw = encode_transaction(program.signed)
    theirs = specification().execute(program.fork.name, spec_environment(program.env), program.accounts, raw)
    root, logs = theirs.state_root.hex(), theirs.logs_hash.hex()
    return Answer(theirs.rejection is not None, theirs.succeeded, theirs.gas_used, logs, root)


@cache
def said(seed: int) -> Answer:
    """Return what EELS says about the transaction that a seed stands for."""
    return asked(scene(seed))


def differs(seed: int) -> Any:
    """Return what toyevm says about it, if that is something else."""
    program = scene(seed)
    ours = answer(program, decode_transaction(encode_transaction(program.signed)))
    return None if ours == said(seed) else ours


def with_authorizations(program: Program, *authorizations: Authorization) -> Program:
    """Return the same transaction with other authorizations."""
    return replace(program, tx=replace(program.tx, authorizations=authorizations))
