"""Small blocks, each with one thing in it that a parallel backend may get wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.support import full_block
from tests.support.chains import block_of
from tests.support.forks import FORKS_WITH_RULES
from tests.support.worlds import (
    BASE_FEE,
    BOB,
    BOB_KEY,
    COINBASE,
    CONTRACT,
    ETHER,
    NOBODY,
    OTHER,
    THIRD,
    authorize,
    call,
    contract,
    signed,
    world,
)
from toyevm.assembler import assemble
from toyevm.blocks import Block
from toyevm.chain import ChainConfig
from toyevm.crypto import address_of, keccak256
from toyevm.forks import CANCUN, LONDON, PRAGUE, SHANGHAI, Fork
from toyevm.state import Account, WorldState
from toyevm.transactions import BLOB, SET_CODE, Transaction
from toyevm.types import Address
from toyevm.vm.instructions.calls import contract_address

KEYS = tuple(bytes([0x11 * i]) * 32 for i in range(1, 9))
PEOPLE = tuple(map(address_of, KEYS))
POOR_KEY = b"\x99" * 32
POOR = address_of(POOR_KEY)
FACTORY: Address = b"\xfa" * 20

INCREMENT = "PUSH 0 SLOAD PUSH 1 ADD PUSH 0 SSTORE"
BURN = "PUSH {n} loop: JUMPDEST PUSH 1 SWAP1 SUB DUP1 PUSH @loop JUMPI POP"  # 26 gas a turn


@dataclass(frozen=True)
class Case:
    """A block, the state it finds, and whose rules hold."""

    name: str
    pre: WorldState
    block: Block
    chain: ChainConfig

    def __str__(self) -> str:
        return self.name


def people(accounts: dict[Address, Account] | None = None) -> WorldState:
    """Return a world in which all of PEOPLE, Alice and Bob are rich."""
    return world({person: Account(balance=100 * ETHER) for person in PEOPLE} | (accounts or {}))


def case(
    name: str, accounts: dict[Address, Account], *transactions: Transaction, fork: Fork = CANCUN, **fields: Any
) -> Case:
    return Case(name, people(accounts), block_of(fork, *transactions, **fields), ChainConfig(fork=fork))


def sent(person: int, nonce: int = 0, **fields: Any) -> Transaction:
    """Return a transaction of one of the PEOPLE, to CONTRACT unless it says otherwise."""
    return signed(KEYS[person], nonce=nonce, **fields)


def everybody(count: int = 6, **fields: Any) -> list[Transaction]:
    return [sent(person, **fields) for person in range(count)]


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def if_slot_is_set(slot: int, then: str, otherwise: str = "") -> str:
    """Return assembly that does one thing or another, depending on what it reads."""
    return f"PUSH {slot} SLOAD PUSH @then JUMPI {otherwise} STOP then: JUMPDEST {then} STOP"


KILLABLE = assemble(
    f"CALLDATASIZE PUSH @kill JUMPI {INCREMENT} STOP kill: JUMPDEST CALLER SELFDESTRUCT", LONDON
)  # counts its calls in slot 0; with any data, it destroys itself
DEPLOY = assemble(f"PUSH {len(KILLABLE)} PUSH @code PUSH 0 CODECOPY PUSH {len(KILLABLE)} PUSH 0 RETURN code:", LONDON)
INIT_CODE = DEPLOY + KILLABLE
CHILD = keccak256(b"\xff" + FACTORY + word(7) + keccak256(INIT_CODE))[12:]
FACTORY_SOURCE = f"""
    PUSH {len(INIT_CODE)} PUSH @init PUSH 0 CODECOPY
    PUSH 7 PUSH {len(INIT_CODE)} PUSH 0 PUSH 0 CREATE2 PUSH 5 SSTORE STOP
    init: DATA 0x{INIT_CODE.hex()}
"""
READ_FEES = f"PUSH 0x{COINBASE.hex()} BALANCE PUSH 0 SLOAD PUSH 1 ADD DUP1 PUSH 0 SSTORE SSTORE"  # one slot a reader


def mixed_snapshot_cases() -> Iterator[Case]:
    """Yield blocks in which an attempt that saw a mixed snapshot ends in an error of the machine."""
    first, second = b"\xaa" * 20, b"\xbb" * 20  # while money is on its way, it may be seen in both: more than a word
    parts = "4750366013576113885b6001900380600957505b5f5f5f5f7f80", "00" * 31, "73", second.hex(), "620186a0f173"
    code = bytes.fromhex("".join((*parts, second.hex(), "315f5260205fa0")))
    accounts = {first: Account(1, 2**255, code), second: Account(1, 2**255 - 10**22)}
    mover, reader = sent(0, to=first, data=b"\x78", gas_limit=300_000), sent(1, to=first, gas_limit=300_000)
    yield case("more than a word", accounts, mover, reader)


def fee_recipient_cases() -> Iterator[Case]:
    code = {CONTRACT: contract(INCREMENT)}
    reader = {CONTRACT: contract(READ_FEES)}
    paid = {COINBASE: Account(balance=5)}
    yield case("the fee recipient is a sender", code, *everybody(3), sent(3), sent(3, 1), sent(4), coinbase=PEOPLE[3])
    yield case(
        "the fee recipient can pay from its fees alone",
        {},
        *everybody(4, to=NOBODY),
        signed(POOR_KEY, to=NOBODY, gas_limit=21_000, value=21_000),
        coinbase=POOR,
    )
    gifts = [sent(i, to=COINBASE, value=i) for i in range(3, 7)]
    yield case("the fee recipient is paid", paid, *everybody(3, to=NOBODY), *gifts, sent(7))
    slow = {CONTRACT: contract(BURN.format(n=5_000)), **paid}
    late = sent(0, gas_limit=300_000, max_fee_per_gas=BASE_FEE)  # pays nothing, and holds up all commits
    yield case("the fee recipient is paid while nothing is final", slow, late, *gifts, sent(1, to=NOBODY))
    yield case("the fee recipient's balance is read", reader, *everybody(2, to=NOBODY), *everybody(6)[2:])
    yield case(
        "the fee recipient's balance is read and nothing is paid",
        reader,
        *[sent(i, max_fee_per_gas=BASE_FEE) for i in range(3)],
    )
    own = {CONTRACT: contract("SELFBALANCE PUSH 0 SLOAD PUSH 1 ADD DUP1 PUSH 0 SSTORE SSTORE")}
    yield case("the fee recipient is a contract that looks", own, *everybody(), coinbase=CONTRACT)
    heir = {CONTRACT: contract(f"PUSH 0x{NOBODY.hex()} SELFDESTRUCT", balance=9)}
    for fork in (LONDON, CANCUN):
        yield case(
            f"the fee recipient destroys itself ({fork.name})", heir, *everybody(4), fork=fork, coinbase=CONTRACT
        )


def nonce_cases() -> Iterator[Case]:
    yield case("a chain of nonces", {}, *[sent(0, i, to=NOBODY, value=1) for i in range(6)])
    yield case("three chains of nonces", {}, *[sent(i % 3, i // 3, to=NOBODY, value=1) for i in range(9)])
    yield case(
        "a sender who is paid just before",
        {},
        *everybody(3, to=NOBODY),
        sent(3, to=POOR, value=ETHER),
        signed(POOR_KEY, to=NOBODY, value=5),
        signed(POOR_KEY, nonce=1, to=NOBODY, value=5),
    )
    agreed = [authorize(KEYS[5], CONTRACT, 0), authorize(BOB_KEY, CONTRACT, 0)]
    yield case(
        "an authorization raises somebody else's nonce",
        {CONTRACT: contract(INCREMENT)},
        sent(0, type=SET_CODE, to=BOB, authorizations=tuple(agreed)),
        signed(BOB_KEY, nonce=1, to=PEOPLE[5]),
        sent(5, 1, to=BOB),
        sent(1, type=SET_CODE, to=BOB, authorizations=(authorize(BOB_KEY, OTHER, 2),)),
        sent(2, to=BOB),
        fork=PRAGUE,
    )
    yield case(
        "an authorization makes a later transaction invalid",
        {CONTRACT: contract(INCREMENT)},
        sent(0, type=SET_CODE, to=BOB, authorizations=(authorize(BOB_KEY, CONTRACT, 0),)),
        sent(1),
        signed(BOB_KEY, nonce=0, to=NOBODY),
        fork=PRAGUE,
    )


def failure_cases() -> Iterator[Case]:
    revert = {CONTRACT: contract(f"{INCREMENT} PUSH 0 SLOAD PUSH 1 AND PUSH @odd JUMPI STOP odd: JUMPDEST "
                                 f"PUSH 0 PUSH 0 REVERT")}  # fmt: skip
    yield case("a revert after a write", revert, *everybody())
    half = f"{INCREMENT} {if_slot_is_set(1, 'PUSH 0 PUSH 1 SSTORE INVALID', 'PUSH 1 PUSH 1 SSTORE')}"
    yield case("out of gas after a write", {CONTRACT: contract(half)}, *everybody())
    inner = {CONTRACT: contract(f"{call(OTHER)} POP {INCREMENT}"), OTHER: contract(f"{INCREMENT} INVALID")}
    yield case("an inner call fails after a write", inner, *everybody(gas_limit=500_000))
    loop = {
        CONTRACT: contract("wait: JUMPDEST PUSH 0 SLOAD PUSH 1 LT PUSH @go JUMPI PUSH 0 SLOAD PUSH @go JUMPI "
                           "PUSH @wait JUMP go: JUMPDEST PUSH 1 PUSH 0 SLOAD ADD PUSH 0 SSTORE"),
        OTHER: contract(f"PUSH 1 PUSH 0 SSTORE {call(CONTRACT)}"),
        THIRD: contract("PUSH 5 PUSH 0 SSTORE"),
    }  # fmt: skip
    yield case("a loop that ends only after the one before", loop, sent(0, to=OTHER), *everybody()[1:])
    tight = {CONTRACT: contract(INCREMENT)}
    scarce = [sent(i, gas_limit=21_000 + 5_200) for i in range(7)]
    yield case("gas that suffices only for a slot in use", tight, *scarce[:3], sent(3), *scarce[4:])


def storage_cases() -> Iterator[Case]:
    yield case("a chain on one slot", {CONTRACT: contract(INCREMENT)}, *everybody(8))
    yield case(
        "gas that differs between attempts", {CONTRACT: contract("PUSH 0 SLOAD ISZERO PUSH 0 SSTORE")}, *everybody(7)
    )
    pointer = {CONTRACT: contract("CALLER PUSH 0 SLOAD PUSH 1 ADD DUP1 PUSH 0 SSTORE SSTORE")}
    yield case("keys that depend on values", pointer, *everybody())
    follow = {CONTRACT: contract(f"PUSH 0 SLOAD SLOAD PUSH 9 SSTORE {INCREMENT}", storage={0: 3, 3: 8, 4: 1, 5: 6})}
    yield case("reads that depend on values", follow, *everybody())
    same = {CONTRACT: contract("PUSH 0 SLOAD PUSH 0 SSTORE", storage={0: 5}), OTHER: contract(INCREMENT)}
    yield case("a write that changes nothing", same, *everybody(), sent(6, to=OTHER))
    blind = {CONTRACT: contract("CALLDATASIZE PUSH 0 SSTORE")}
    sizes = (1, 2, 2, 0, 1, 1)
    yield case("writes that look blind", blind, *[sent(i, data=bytes(size)) for i, size in enumerate(sizes)])
    back = {CONTRACT: contract(if_slot_is_set(0, "PUSH 0 PUSH 0 SSTORE", "PUSH 1 PUSH 0 SSTORE"), storage={0: 1})}
    yield case("a value that comes back", back, *everybody(7))
    yield case(
        "a second attempt that spoils a clean one",
        {CONTRACT: contract("PUSH 1 PUSH 0 SSTORE"),
         OTHER: contract(call(CONTRACT) + " POP STOP"),
         THIRD: contract(if_slot_is_set(0, "PUSH 7 PUSH 1 SSTORE", "PUSH 7 PUSH 2 SSTORE"))},
        *everybody(2),
        fork=CANCUN,
    )  # fmt: skip
    switch = f"""
        CALLDATASIZE PUSH 1 EQ PUSH @set JUMPI CALLDATASIZE PUSH 2 EQ PUSH @move JUMPI
        PUSH 1 SLOAD PUSH 3 SSTORE STOP
        set: JUMPDEST {BURN.format(n=200)} PUSH 1 PUSH 0 SSTORE STOP
        move: JUMPDEST PUSH 0 SLOAD PUSH @there JUMPI PUSH 7 PUSH 2 SSTORE STOP there: JUMPDEST PUSH 7 PUSH 1 SSTORE
    """
    yield case(
        "a repeated transaction writes elsewhere",
        {CONTRACT: contract(switch)},
        *[sent(i, data=bytes(size)) for i, size in enumerate((1, 2, 0, 2, 0, 0))],
    )
    late = f"{BURN.format(n=900)} {INCREMENT}"
    yield case("a read that comes late", {CONTRACT: contract(late)}, *everybody())
    slow = f"{INCREMENT} {BURN.format(n=3_000)} STOP"
    quick = f"{BURN.format(n=1_500).replace('loop', 'again')} {INCREMENT}"
    both = {CONTRACT: contract(f"CALLDATASIZE PUSH @slow JUMPI {quick} STOP slow: JUMPDEST {slow}")}
    first, second = sent(0, data=b"x", gas_limit=300_000), sent(1, gas_limit=300_000)
    yield case("a write long before the end", both, first, second)
    early = f"PUSH 0 SLOAD {BURN.format(n=900)} PUSH 0 SLOAD ADD PUSH 1 ADD PUSH 0 SSTORE"
    yield case("a slot read twice", {CONTRACT: contract(early)}, *everybody())


def account_cases() -> Iterator[Case]:
    factory = {FACTORY: contract(FACTORY_SOURCE)}
    yield case("CREATE2, then a call", factory, sent(0, to=FACTORY), *everybody(6, to=CHILD)[1:])
    yield case("CREATE2 at a place that is taken", factory, *everybody(3, to=FACTORY), sent(3, to=CHILD))
    for fork in (LONDON, CANCUN):
        yield case(
            f"destroyed, made anew and called ({fork.name})",
            factory,
            sent(0, to=FACTORY),
            sent(1, to=CHILD),
            sent(2, to=CHILD),
            sent(3, to=CHILD, data=b"x"),
            sent(4, to=CHILD),
            sent(5, to=FACTORY),
            sent(6, to=CHILD),
            sent(7, to=CHILD),
            fork=fork,
        )
        old = Account(nonce=1, code=KILLABLE, storage={0: 9}, balance=3)
        yield case(
            f"old storage is cleared ({fork.name})",
            {**factory, CHILD: old, CONTRACT: contract(BURN.format(n=8_000))},
            sent(5, gas_limit=300_000),  # while it runs, nothing is final
            sent(0, to=CHILD),
            sent(1, to=CHILD, data=b"x"),
            sent(2, to=FACTORY),
            sent(3, to=CHILD),
            sent(4, to=CHILD, value=1),
            fork=fork,
        )
    code = bytes([0x60, len(KILLABLE), 0x80, 0x60, 0x0B, 0x60, 0, 0x39, 0x60, 0, 0xF3]) + KILLABLE
    made = contract_address(PEOPLE[0], 0)
    yield case("a creation, then calls", {}, sent(0, to=None, data=code), *everybody(4, to=made)[1:])
    empty = {NOBODY: Account(), COINBASE: Account()}
    yield case("an empty account is touched", empty, sent(0, to=NOBODY), sent(1, to=THIRD), sent(2, to=NOBODY))
    remains = Account(storage={3: 1})
    slow = {CONTRACT: contract(BURN.format(n=8_000))}  # while it runs, nothing is final
    late = sent(5, gas_limit=300_000)
    yield case(
        "an empty account with storage is touched, then paid",
        {NOBODY: remains, **slow},
        *(late, sent(0, to=NOBODY), sent(1, to=NOBODY, value=1), sent(2, to=NOBODY)),
        fork=LONDON,
    )
    successor = contract_address(PEOPLE[1], 0)
    reads_what_was = assemble("PUSH 3 SLOAD PUSH 5 ADD PUSH 4 SSTORE", LONDON)
    yield case(
        "an empty account with storage is touched, then made a contract",
        {successor: remains, **slow},
        *(late, sent(0, to=successor), sent(1, to=None, data=reads_what_was), sent(2, to=successor)),
        fork=LONDON,
    )
    yield case(
        "an empty account with storage is touched, then agrees to run code",
        {POOR: remains, OTHER: contract("PUSH 3 SLOAD PUSH 5 ADD PUSH 4 SSTORE"), **slow},
        *(late, sent(0, to=POOR)),
        sent(1, type=SET_CODE, to=POOR, authorizations=(authorize(POOR_KEY, OTHER, 0),)),
        *(sent(2, to=POOR), sent(3, to=POOR, value=1)),
        fork=PRAGUE,
    )
    yield case(
        "an empty producer with storage is paid at last",
        {COINBASE: remains},
        *everybody(3, to=NOBODY, max_fee_per_gas=BASE_FEE),
        *(sent(3, to=COINBASE, max_fee_per_gas=BASE_FEE), sent(4, to=NOBODY)),
        fork=LONDON,
    )
    look = f"PUSH 0x{NOBODY.hex()} EXTCODEHASH PUSH 0 SLOAD PUSH 1 ADD DUP1 PUSH 0 SSTORE SSTORE"
    yield case(
        "an account comes into being",
        {CONTRACT: contract(look)},
        sent(0),
        sent(1, to=NOBODY, value=0),
        sent(2),
        sent(3, to=NOBODY, value=1),
        sent(4),
    )
    yield case("everybody pays one", {}, *everybody(8, to=NOBODY, value=3))
    ring = [sent(i, to=PEOPLE[(i + 1) % 8], value=99 * ETHER) for i in range(8)]
    yield case("money that goes round", {}, *ring, sent(0, 1, to=NOBODY, value=99 * ETHER))


def invalid_cases() -> Iterator[Case]:
    chain = [sent(i, to=NOBODY) for i in range(5)]
    for k in (0, 2, 5):
        gap = (*chain[:k], signed(BOB_KEY, nonce=3, to=NOBODY), *chain[k:])
        yield case(f"a nonce too high at {k}", {}, *gap)
    yield case("a nonce used twice", {}, *chain, sent(1, to=BOB), sent(6))
    poor = {POOR: Account(balance=3 * ETHER)}
    broke = [signed(POOR_KEY, nonce=i, to=NOBODY, value=ETHER) for i in range(4)]
    yield case("money that has been spent", poor, *chain[:2], *broke)
    yield case("two that are wrong", {}, *chain[:1], sent(7, 9), sent(6, 9), *chain[1:])
    limit = 400_000
    full = [sent(i, gas_limit=150_000) for i in range(7)]
    code = {CONTRACT: contract(f"{BURN.format(n=2000)} {INCREMENT}")}
    yield case("a block that is full", code, *full, gas_limit=limit)
    fits = [*(sent(i, gas_limit=100_000) for i in range(3)), sent(3, gas_limit=21_000, to=NOBODY)]
    yield case("a block that is just not full", code, *fits, gas_limit=limit)
    wrong_too = [sent(0, gas_limit=300_000), sent(1, 5, gas_limit=390_000)]
    yield case("one that does not fit and has a wrong nonce", code, *wrong_too, gas_limit=limit)
    blobs = {"type": BLOB, "blob_hashes": (full_block.BLOB_HASH,) * 3, "max_fee_per_blob_gas": 9, "to": NOBODY}
    yield case("more blobs than a block takes", {}, *everybody(3, **blobs))
    guarded = {CONTRACT: contract(f"PUSH 0x{POOR.hex()} BALANCE PUSH 0 SSTORE")}
    yield case(
        "a receiver who cannot pay yet", guarded, sent(0), signed(POOR_KEY, to=NOBODY), sent(1, to=POOR, value=ETHER)
    )


def whole_blocks() -> Iterator[Case]:
    yield case("an empty block", {})
    for fork in FORKS_WITH_RULES:
        yield Case(
            f"something of everything ({fork.name})",
            world(full_block.accounts(fork)),
            block_of(fork, *full_block.transactions(fork), withdrawals=full_block.withdrawals(fork)),
            ChainConfig(fork=fork),
        )
    yield case("one transaction", {CONTRACT: contract(INCREMENT)}, sent(0), fork=SHANGHAI)


def all_cases() -> list[Case]:
    parts = (
        *(
            fee_recipient_cases(),
            invalid_cases(),
            nonce_cases(),
            failure_cases(),
            mixed_snapshot_cases(),
            storage_cases(),
        ),
        *(account_cases(), whole_blocks()),
    )
    return [each for part in parts for each in part]


CASES = all_cases()
