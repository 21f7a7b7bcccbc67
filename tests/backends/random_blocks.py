"""Random blocks: a few senders meet on a few contracts whose code is random.

What is in them: storage read and written, slots cleared for a refund, slots under hashed keys, balances and the fee
recipient's, code, calls and delegations, creations, destroyed accounts (their storage cleared), failures of each kind,
access lists, blobs, withdrawals and requests, chains of their own, blocks that are full or not valid.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from tests.backends.cases import KEYS, PEOPLE, POOR_KEY, Case, people
from tests.backends.edges import DEPOSITOR, DOUBLE, DOUBLER, QUEUE, SYSTEM, deposit_data
from tests.support.chains import block_of
from tests.support.forks import FORKS_WITH_RULES
from tests.support.full_block import BLOB_HASH
from tests.support.worlds import BASE_FEE, COINBASE, CONTRACT, NOBODY, OTHER, THIRD, authorize, call, contract, signed
from toyevm.assembler import assemble
from toyevm.blocks import Withdrawal
from toyevm.chain import ChainConfig
from toyevm.forks import LONDON, Fork
from toyevm.state import Account
from toyevm.system import CONSOLIDATION_REQUESTS, DEPOSIT_CONTRACT, WITHDRAWAL_REQUESTS
from toyevm.transactions import ACCESS_LIST, BLOB, FEE_MARKET, SET_CODE, Transaction

CONTRACTS = (CONTRACT, OTHER, THIRD)
PLACES = (*CONTRACTS, NOBODY, COINBASE, *PEOPLE[:2])
INIT_CODES = ("33ff", "600160005560016000f3", "600054600055", "fe", "")
QUEUES = {
    **{at: contract(QUEUE) for at in (WITHDRAWAL_REQUESTS, CONSOLIDATION_REQUESTS)},
    DEPOSIT_CONTRACT: contract(DEPOSITOR),
}
OWN_CHAIN = 0x1234
HASHED_SLOT = "CALLER PUSH 0 MSTORE PUSH 32 PUSH 0 KECCAK256"  # a slot for each caller, under a key of 256 bits
ASK = f"PUSH 3 PUSH 0 MSTORE PUSH 32 PUSH 32 PUSH 32 PUSH 0 PUSH 0 PUSH 0x{DOUBLER.hex()} GAS CALL POP PUSH 32 MLOAD"


def snippet(random: Random) -> str:
    """Return a few instructions that read, write, call, create, burn gas or fail."""
    slot, other, place = random.randrange(3), random.randrange(3), random.choice(PLACES)
    target = f"PUSH 0x{place.hex()}"
    init_code = bytes.fromhex(random.choice(INIT_CODES)).ljust(32, b"\1").hex()
    create = f"PUSH 0x{init_code} PUSH 0 MSTORE {{salt}} PUSH 32 PUSH 0 PUSH {random.randrange(2)} {{name}} POP"
    return random.choice(
        (
            *(f"PUSH {slot} SLOAD PUSH 1 ADD PUSH {slot} SSTORE",) * 4,
            *(f"PUSH {slot} SLOAD PUSH {other} SSTORE",) * 2,
            f"PUSH {random.randrange(3)} PUSH {slot} SSTORE",
            f"PUSH 0 PUSH {slot} SSTORE",
            f"{HASHED_SLOT} DUP1 SLOAD PUSH 1 ADD SWAP1 SSTORE",
            f"PUSH {slot} SLOAD DUP1 SSTORE" if random.random() < 0.5 else f"CALLER PUSH {slot} SLOAD SSTORE",
            f"{target} BALANCE PUSH {slot} SSTORE",
            f"COINBASE BALANCE PUSH {slot} SSTORE",
            f"{target} EXTCODEHASH PUSH {slot} SSTORE",
            f"SELFBALANCE PUSH {slot} SSTORE",
            f"CHAINID PUSH {slot} SSTORE" if random.random() < 0.5 else f"{ASK} PUSH {slot} SSTORE",
            f"{call(place)} POP",
            f"{call(place, value=1)} PUSH {slot} SSTORE",
            f"{call(place, gas='PUSH 9000')} POP",
            create.format(salt="", name="CREATE"),
            create.format(salt="PUSH 7", name="CREATE2"),
            f"PUSH 0 PUSH 0 PUSH 0 PUSH 0 {target} GAS DELEGATECALL POP",
            f"PUSH {slot} SLOAD PUSH 1 AND PUSH @on{{n}} JUMPI PUSH 0 PUSH 0 REVERT on{{n}}: JUMPDEST",
            f"PUSH {random.randrange(1, 150)} burn{{n}}: JUMPDEST PUSH 1 SWAP1 SUB DUP1 PUSH @burn{{n}} JUMPI POP",
            f"PUSH {slot} SLOAD PUSH 3 AND PUSH @out{{n}} JUMPI {target} SELFDESTRUCT out{{n}}: JUMPDEST",
            f"{target} SELFDESTRUCT" if random.random() < 0.3 else "GAS PUSH 0 SSTORE",
            "INVALID" if random.random() < 0.3 else f"PUSH {slot} SLOAD PUSH 0 MSTORE PUSH 32 PUSH 0 LOG0",
            "PUSH 45 all{n}: JUMPDEST DUP1 SLOAD POP PUSH 1 SWAP1 SUB DUP1 PUSH @all{n} JUMPI POP"
            if random.random() < 0.3
            else f"CALLDATASIZE PUSH {slot} SSTORE",
        )
    )


def contract_of(random: Random) -> Account:
    source = " ".join(snippet(random).replace("{n}", str(i)) for i in range(random.randrange(1, 5)))
    storage = {slot: random.randrange(1, 4) for slot in range(3) if random.random() < 0.4}
    return Account(nonce=1, balance=random.randrange(5), code=assemble(source, LONDON), storage=storage)


def random_case(seed: int) -> Case:
    """Return the block with this number: 2 to 8 transactions of few senders on few contracts."""
    random = Random(seed)
    fork, count = random.choice(FORKS_WITH_RULES), random.randrange(2, 9)
    nonces: Counter[int] = Counter()
    chain = ChainConfig(random.choice((1, 1, 1, OWN_CHAIN)), fork, random.choice((None, {DOUBLER: DOUBLE})))
    transactions = [_transaction(random, chain, nonces) for _ in range(count)]
    if random.random() < 0.06:
        place = random.randrange(count)
        transactions[place] = signed(random.choice((POOR_KEY, KEYS[6])), nonce=random.randrange(2), to=NOBODY)
    pre = people({**(SYSTEM | QUEUES if fork.requests else {}), **{at: contract_of(random) for at in CONTRACTS}})
    fields: dict[str, Any] = {
        "coinbase": random.choice((*(COINBASE,) * 6, PEOPLE[0], CONTRACT, NOBODY)),
        "gas_limit": random.choice((*(30_000_000,) * 15, 500_000)),
    }
    if fork.withdrawals and random.random() < 0.3:
        receivers = random.choices((*PLACES, fields["coinbase"]), k=2)
        fields["withdrawals"] = tuple(Withdrawal(i, i, at, random.randrange(3)) for i, at in enumerate(receivers))
    return Case(f"random block {seed}", pre, block_of(fork, *transactions, **fields), chain)


def _transaction(random: Random, chain: ChainConfig, nonces: Counter[int]) -> Transaction:
    sender = random.randrange(5)
    fields: dict[str, Any] = {
        "nonce": nonces[sender],
        "chain_id": chain.chain_id,
        "to": random.choice((*CONTRACTS, *CONTRACTS, *PLACES)),
        "value": random.choice((0, 0, 0, 1, 10**18)),
        "data": bytes(random.randrange(3)),
        "gas_limit": random.choice((26_200, 45_000, 80_000, 150_000, 150_000)),
        "max_fee_per_gas": BASE_FEE + random.randrange(3),
    }
    nonces[sender] += 1
    if chain.fork.set_code and random.random() < 0.15:
        fields |= _delegation(random, chain, nonces)
    elif random.random() < 0.3:
        fields |= _of_a_type(random, chain.fork)
    return signed(KEYS[sender], **fields)


def _delegation(random: Random, chain: ChainConfig, nonces: Counter[int]) -> dict[str, Any]:
    authority = random.randrange(5)
    signer, nonce = KEYS[authority], nonces[authority]
    agreed = authorize(signer, random.choice(CONTRACTS), nonce, chain_id=random.choice((0, chain.chain_id)))
    nonces[authority] += 1
    return {"type": SET_CODE, "to": random.choice(PLACES), "gas_limit": 200_000, "authorizations": (agreed,)}


def _of_a_type(random: Random, fork: Fork) -> dict[str, Any]:
    """Return a transaction's type and what goes with it: an access list, a tip, blobs, a creation or a request."""
    places = random.sample(PLACES, random.randrange(3))
    access_list = tuple((place, tuple(range(random.randrange(4)))) for place in places)
    kinds: list[dict[str, Any]] = [
        {"type": ACCESS_LIST, "access_list": access_list},
        {"type": FEE_MARKET, "access_list": access_list, "max_priority_fee_per_gas": random.randrange(3)},
        {"to": None, "data": bytes.fromhex(random.choice(INIT_CODES))},
    ]
    if fork.blobs:
        kinds.append({"type": BLOB, "blob_hashes": (BLOB_HASH,), "max_fee_per_blob_gas": 9, "value": 0})
    if fork.requests:
        at = random.choice((WITHDRAWAL_REQUESTS, CONSOLIDATION_REQUESTS, DEPOSIT_CONTRACT))
        data = deposit_data(random.randrange(9)) if at == DEPOSIT_CONTRACT else bytes([random.randrange(9)]) * 32
        kinds.append({"to": at, "data": data})
    return random.choice(kinds) | {"gas_limit": 200_000}
