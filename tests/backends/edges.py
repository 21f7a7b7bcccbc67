"""Blocks at the edge: of their room, of what a transaction may read, of what a slot's key tells, of what is mainnet's.

Equality with our own sequential backend cannot see a fault that both have. So what the specification knows is judged by
it as well (test_edges.py); `ROOM` says what has to come of the blocks that are just full, or one unit beyond.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.backends.cases import INCREMENT, KEYS, PEOPLE, POOR, POOR_KEY, Case, case, if_slot_is_set, sent
from tests.support.full_block import BLOB_HASH
from tests.support.system_contracts import system_accounts
from tests.support.worlds import CONTRACT, NOBODY, OTHER, THIRD, authorize, call, contract, signed
from toyevm.blocks import Withdrawal
from toyevm.chain import ChainConfig
from toyevm.forks import CANCUN, OSAKA, PRAGUE, Fork
from toyevm.state import Account
from toyevm.system import (
    CONSOLIDATION_REQUESTS,
    DEPOSIT_CONTRACT,
    DEPOSIT_TOPIC,
    SYSTEM_ADDRESS,
    WITHDRAWAL_REQUESTS,
)
from toyevm.transactions import BLOB, SET_CODE, Transaction
from toyevm.types import Address
from toyevm.vm.precompiles import Precompile

# Room in the block

CLEARS = "CALLDATASIZE PUSH @fail JUMPI PUSH 0 PUSH 0 SSTORE PUSH 0 PUSH 1 SSTORE STOP fail: JUMPDEST INVALID"
REVERTS = "PUSH 1 PUSH 7 SSTORE PUSH 0 PUSH 0 REVERT"
SYSTEM = system_accounts()  # from Prague on the specification insists on them
FULL = {**SYSTEM, CONTRACT: contract(CLEARS, storage={0: 1, 1: 1}), OTHER: contract(REVERTS)}
FAILED = 50_000  # gas used: all of the limit
REFUNDED = (
    24_822  # 21,000, instructions for 27 and two slots cleared at 5,000 each, of which a fifth (6,205) is given back
)
REVERTED = 43_112  # 21,000, four pushes and a new slot at 22,100; what is undone is paid for
LAST = 60_000  # the limit of the last one, which uses less


def _until_full(blobs: int = 0) -> list[Transaction]:
    """Return one that fails, one that gets a refund, one that reverts, and one that is fine."""
    extra = {"type": BLOB, "blob_hashes": (BLOB_HASH,) * blobs, "max_fee_per_blob_gas": 9} if blobs else {}
    return [
        sent(0, data=b"x", gas_limit=FAILED, **extra),
        sent(1, gas_limit=100_000, **extra),
        sent(2, to=OTHER, gas_limit=100_000, **extra),
        sent(3, to=NOBODY, gas_limit=LAST, **extra),
    ]


def room_cases(fork: Fork = CANCUN) -> Iterator[tuple[Case, int | None]]:
    """Yield blocks, each with the transaction that does not fit any more, None if all do."""
    used = FAILED + REFUNDED + REVERTED
    name = f"({fork.name})"
    yield case(f"just room for the last {name}", FULL, *_until_full(), fork=fork, gas_limit=used + LAST), None
    yield case(f"a unit of gas too little {name}", FULL, *_until_full(), fork=fork, gas_limit=used + LAST - 1), 3
    assert fork.blobs
    most = fork.blobs.maximum
    some = most // 3
    blobs = {"type": BLOB, "max_fee_per_blob_gas": 9, "to": NOBODY}
    three = _until_full(some)[:3]
    rest = most - 3 * some
    fitting = [sent(4, blob_hashes=(BLOB_HASH,) * rest, **blobs)] if rest else []
    yield case(f"just room for the last blob {name}", FULL, *three, *fitting, fork=fork), None
    beyond = [*three, *fitting, sent(5, blob_hashes=(BLOB_HASH,), **blobs)]
    yield case(f"a blob too many {name}", FULL, *beyond, fork=fork), len(beyond) - 1


def floor_cases() -> Iterator[tuple[Case, int | None]]:
    """Yield blocks with much calldata: it has a price of its own (EIP-7623), and that is what takes room."""
    heavy = sent(0, to=NOBODY, data=b"\1" * 1_000, gas_limit=61_000)  # 21,000 and 40 for each byte that is not zero
    for missing, wrong in ((0, None), (1, 1)):
        limit = 61_000 + LAST - missing
        yield case(f"the floor of calldata, {missing} missing", SYSTEM, heavy, sent(1, to=NOBODY, gas_limit=LAST),
                   fork=PRAGUE, gas_limit=limit), wrong  # fmt: skip


ROOM = [*room_cases(CANCUN), *room_cases(PRAGUE), *floor_cases()]


# Requests

QUEUE = f"""
    CALLER PUSH 0x{SYSTEM_ADDRESS.hex()} EQ PUSH @hand JUMPI
    PUSH 0 CALLDATALOAD PUSH 0 SLOAD PUSH 1 ADD DUP1 PUSH 0 SSTORE SSTORE STOP
    hand: JUMPDEST PUSH 1 SLOAD PUSH 0 MSTORE PUSH 2 SLOAD PUSH 32 MSTORE PUSH 3 SLOAD PUSH 64 MSTORE
    PUSH 0 SLOAD PUSH 32 MUL PUSH 0 PUSH 0 SSTORE PUSH 0 RETURN
"""  # who calls it leaves a word; at the end of the block the first three are handed over, and the count begins anew
LOG_DEPOSIT = f"PUSH 576 PUSH 0 PUSH 0 CALLDATACOPY PUSH {DEPOSIT_TOPIC} PUSH 576 PUSH 0 LOG1"
DEPOSITOR = f"{LOG_DEPOSIT} CALLDATASIZE PUSH 577 EQ PUSH @undo JUMPI STOP undo: JUMPDEST PUSH 0 PUSH 0 REVERT"


def deposit_data(key: int) -> bytes:
    """Return what the deposit contract logs, for a public key of these bytes."""
    parts = [bytes([key]) * 48, b"\x02" * 32, b"\x03" * 8, b"\x04" * 96, bytes([key]) * 8]
    head, tail = b"", b""
    for part in parts:
        head += (5 * 32 + len(tail)).to_bytes(32, "big")
        tail += len(part).to_bytes(32, "big") + part + bytes(-len(part) % 32)
    return head + tail


def request_cases() -> Iterator[Case]:
    """Yield blocks that end with requests: of each type alone, and of all."""
    queues = {at: contract(QUEUE) for at in (WITHDRAWAL_REQUESTS, CONSOLIDATION_REQUESTS)}
    accounts = {**SYSTEM, **queues, DEPOSIT_CONTRACT: contract(DEPOSITOR)}
    rich: dict[str, int] = {"gas_limit": 300_000}
    kinds: dict[str, list[Transaction]] = {
        "deposits": [
            sent(0, to=DEPOSIT_CONTRACT, data=deposit_data(1), **rich),
            sent(1, to=DEPOSIT_CONTRACT, data=deposit_data(2) + b"x", **rich),  # undone: no deposit
            sent(2, to=DEPOSIT_CONTRACT, data=deposit_data(3), **rich),
        ],
        "withdrawals": [sent(3 + i, to=WITHDRAWAL_REQUESTS, data=bytes([i + 1]) * 32, **rich) for i in range(2)],
        "consolidations": [sent(5 + i, to=CONSOLIDATION_REQUESTS, data=bytes([i + 9]) * 32, **rich) for i in range(3)],
    }
    for name, transactions in kinds.items():
        yield case(f"requests: {name}", accounts, *transactions, fork=PRAGUE)
    everything = [tx for transactions in kinds.values() for tx in transactions]
    yield case("requests of each type", accounts, *everything, fork=OSAKA)
    yield case(
        "money from the consensus layer",
        accounts,
        *(sent(0, to=NOBODY, value=5), sent(1, to=PEOPLE[2])),
        fork=PRAGUE,
        withdrawals=(Withdrawal(1, 1, NOBODY, 7), Withdrawal(2, 1, NOBODY, 8), Withdrawal(3, 4, PEOPLE[0], 9)),
    )


# Long lists of reads, and long keys

READS = 300
LATER = "PUSH 1 PUSH 640000 MSTORE"  # memory for some 840,000 gas: time passes, and nobody has to count it


def many_reads_case() -> Case:
    """Return a block whose second transaction reads 300 slots, the last but one of which changes meanwhile."""
    walk = (f"PUSH {READS} next: JUMPDEST DUP1 SLOAD POP PUSH 1 SWAP1 SUB DUP1 PUSH @next JUMPI POP "
            "PUSH 2 SLOAD PUSH 1 ADD PUSH 1000 SSTORE")  # fmt: skip
    source = f"CALLDATASIZE PUSH @walk JUMPI {LATER} PUSH 7 PUSH 2 SSTORE STOP walk: JUMPDEST {walk}"
    rich = {"gas_limit": 2_000_000}
    return case("300 reads", {CONTRACT: contract(source)}, sent(0, **rich), sent(1, data=b"x", **rich))


SAME_TAIL = 0x1234_5678_9ABC_DEF0
HASHED = tuple((high << 64) | SAME_TAIL for high in (0, 1, 2**191, 2**100 + 1))  # as hashed keys are: 256 bits long
BUMP = (  # the slot that is named first is one more, or as much more as the one that is named second holds
    "CALLDATASIZE PUSH 32 LT PUSH @both JUMPI PUSH 0 CALLDATALOAD DUP1 SLOAD PUSH 1 ADD SWAP1 SSTORE STOP "
    "both: JUMPDEST PUSH 0 CALLDATALOAD DUP1 SLOAD PUSH 32 CALLDATALOAD SLOAD ADD SWAP1 SSTORE"
)


def key_case() -> Case:
    """Return a block that uses slots whose keys have the same low 64 bits."""
    storage = {key: 10 * i + 1 for i, key in enumerate(HASHED)}
    keys = [HASHED[i] for i in (0, 1, 2, 3, 1, 0, 2)]
    transactions = [sent(i, data=key.to_bytes(32, "big"), gas_limit=60_000) for i, key in enumerate(keys)]
    both = sent(7, data=b"".join(key.to_bytes(32, "big") for key in (HASHED[3], HASHED[2])), gas_limit=60_000)
    return case("keys with the same tail", {CONTRACT: contract(BUMP, storage=storage)}, *transactions, both)


# Chains of their own

OWN = 7_777
DOUBLER: Address = (0xD0B1E).to_bytes(20, "big")
DOUBLE = Precompile("double", lambda data: 100, lambda data: (2 * int.from_bytes(data, "big")).to_bytes(32, "big"))
DOUBLED = (f"PUSH 21 PUSH 0 MSTORE PUSH 32 PUSH 32 PUSH 32 PUSH 0 PUSH 0 PUSH 0x{DOUBLER.hex()} GAS CALL POP "
           f"PUSH 32 MLOAD {INCREMENT} PUSH 1 SSTORE")  # fmt: skip


def chain_cases() -> Iterator[Case]:
    number = {CONTRACT: contract(f"CHAINID PUSH 1 SSTORE {INCREMENT}")}
    unprotected = [sent(i, chain_id=None) for i in range(3)]
    yield _on(ChainConfig(OWN, CANCUN), case("a chain of its own", number, *unprotected, sent(3, chain_id=OWN)))
    yield _on(ChainConfig(OWN, CANCUN), case("sent to another chain", number, *unprotected, sent(3, chain_id=1)))
    agreed = authorize(POOR_KEY, CONTRACT, 0, chain_id=OWN)
    delegated = signed(KEYS[0], chain_id=OWN, type=SET_CODE, to=POOR, authorizations=(agreed,))
    accounts = {**SYSTEM, **number}
    yield _on(ChainConfig(OWN, PRAGUE), case("a permission for one chain", accounts, delegated, fork=PRAGUE))
    more = ChainConfig(fork=CANCUN, extra_precompiles={DOUBLER: DOUBLE})
    yield _on(more, case("a precompile of its own", {CONTRACT: contract(DOUBLED)}, *[sent(i) for i in range(4)]))


def _on(chain: ChainConfig, block: Case) -> Case:
    return replace(block, chain=chain)


# Who looks at their own balance while others pay

LOOK = "SELFBALANCE PUSH 0 SLOAD PUSH 1 ADD DUP1 PUSH 0 SSTORE SSTORE"  # one slot for each look


def look_cases() -> Iterator[Case]:
    leaves = contract(f"PUSH 0x{OTHER.hex()} SELFDESTRUCT", balance=9)
    pays = contract(f"{call(OTHER, value=2)} POP {if_slot_is_set(0, 'PUSH 1 PUSH 1 SSTORE')}")
    accounts = {OTHER: contract(LOOK, balance=3), CONTRACT: leaves, THIRD: replace(pays, balance=50)}
    yield case(
        "a contract looks while others pay it",
        accounts,
        *(sent(0, to=OTHER, value=5), sent(1, to=THIRD, gas_limit=300_000), sent(2, to=CONTRACT)),
        *(sent(3, to=OTHER), sent(4, to=OTHER, value=1), sent(5, to=THIRD, gas_limit=300_000), sent(6, to=OTHER)),
    )
    agrees = signed(KEYS[1], type=SET_CODE, to=POOR, authorizations=(authorize(POOR_KEY, OTHER, 0),))
    yield case(
        "a person who is paid begins to look",
        {**SYSTEM, OTHER: contract(LOOK), POOR: Account(balance=1)},
        *(sent(0, to=POOR, value=2), agrees, sent(2, to=POOR, value=3), sent(3, to=POOR, value=4), sent(4, to=POOR)),
        fork=PRAGUE,
    )


def edge_cases() -> list[Case]:
    parts = (request_cases(), [many_reads_case(), key_case()], chain_cases(), look_cases())
    return [*(case for case, _ in ROOM), *(each for part in parts for each in part)]


EDGES = edge_cases()
