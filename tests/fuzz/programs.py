"""Random transactions: a small world, programs in it, and one signed message that sets them going.

A seed stands for one program, whatever machine and order it is tried in. Most programs are written so that they live
(`writer`); the rest are noise, and mutations of programs that somebody else wrote: the stored state tests and a real
token. A program can be kept as JSON and read again.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from tests.fuzz.writer import EDGES, Writer, instructions
from tests.support.forks import FORKS_WITH_RULES
from tests.support.vectors import FOLDER as VECTORS
from tests.vectors.vectorsource.assembly import Part, asm, call
from toyevm import rlp
from toyevm.contracts import load_contract, mapping_slot
from toyevm.crypto import address_of, keccak256, sign
from toyevm.forks import FORKS, Fork
from toyevm.state import Account, WorldState
from toyevm.transactions import (
    ACCESS_LIST,
    BLOB,
    FEE_MARKET,
    LEGACY,
    SET_CODE,
    Authorization,
    Transaction,
    decode_transaction,
    encode_transaction,
    sign_transaction,
)
from toyevm.transition import intrinsic_gas
from toyevm.types import Address
from toyevm.vm.frame import BlockEnv
from toyevm.vm.precompiles import precompiles_of
from toyevm.workloads.json_input import parse_alloc

SENDER_KEY = keccak256(b"fuzz: sender")
SIGNER_KEY = keccak256(b"fuzz: signer")
SENDER, SIGNER = address_of(SENDER_KEY), address_of(SIGNER_KEY)
MAIN, OTHER, THIRD, DELEGATING, TOKEN = (bytes([0xC0 + n]) * 20 for n in range(5))
CONTRACTS = (MAIN, OTHER, THIRD)
STORED = tuple(number.to_bytes(20, "big") for number in (0x1000, 0x2000, 0x3000))  # where the stored tests have them
COINBASE = b"\xcb" * 20
BASE_FEE, PRICE, TIP = 7, 10, 2
MAX_GAS = 16_000_000  # the newest fork allows little more


@dataclass(frozen=True)
class Program:
    """One transaction and the world it finds; `gas` is what is left for the code after the intrinsic price."""

    kind: str
    fork: Fork
    accounts: dict[Address, Account]
    tx: Transaction
    gas: int

    @property
    def signed(self) -> Transaction:
        """The transaction, with its gas limit, as the sender signs it."""
        return sign_transaction(replace(self.tx, gas_limit=self.gas_limit), SENDER_KEY)

    @property
    def gas_limit(self) -> int:
        cost, floor = intrinsic_gas(self.fork, self.tx)
        return max(cost + self.gas, floor)

    @property
    def world(self) -> WorldState:
        return WorldState(self.accounts)

    @property
    def env(self) -> BlockEnv:
        return environment(self.fork.name)

    def to_json(self) -> dict[str, Any]:
        """Return the program in the shape of a genesis alloc and the bytes of a transaction."""
        alloc = {
            "0x" + address.hex(): {
                "nonce": hex(account.nonce),
                "balance": hex(account.balance),
                "code": "0x" + account.code.hex(),
                "storage": {hex(slot): hex(value) for slot, value in account.storage.items()},
            }
            for address, account in self.accounts.items()
        }
        raw = "0x" + encode_transaction(self.signed).hex()
        return {"kind": self.kind, "fork": self.fork.name, "gas": self.gas, "pre": alloc, "txbytes": raw}

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Program:
        """Read what `to_json` wrote."""
        tx = decode_transaction(bytes.fromhex(fields["txbytes"][2:]))
        accounts = dict(parse_alloc(fields["pre"], "pre").accounts)
        return cls(fields["kind"], FORKS[fields["fork"]], accounts, tx, fields["gas"])


@cache
def environment(fork_name: str) -> BlockEnv:
    """Return the block all programs run in."""
    fork, number = FORKS[fork_name], 5
    return BlockEnv(
        fork,
        precompiles_of(fork),
        coinbase=COINBASE,
        number=number,
        timestamp=1_000,
        gas_limit=100_000_000,
        base_fee_per_gas=BASE_FEE,
        randao_or_difficulty=int.from_bytes(keccak256(b"fuzz: randao"), "big") if fork.proof_of_stake else 0x20000,
        ancestor_hashes={n: keccak256(str(n).encode()) for n in range(number)},
    )


def program(seed: int, kinds: tuple[str, ...] | None = None, forks: Sequence[Fork] = FORKS_WITH_RULES) -> Program:
    """Return the program of this seed, for one of these kinds and forks."""
    rng = random.Random(seed)
    chosen = {kind: KINDS[kind] for kind in kinds or KINDS}
    kind = rng.choices(list(chosen), [weight for _, weight in chosen.values()])[0]
    fork = rng.choice(forks)
    made = KINDS[kind][0](rng, fork)
    rich = {SENDER: Account(balance=10**24), SIGNER: Account(balance=rng.choice((0, 5)), nonce=rng.choice((0, 0, 1)))}
    accounts = {**rich, **made.accounts}
    if accounts[SIGNER].is_empty:
        del accounts[SIGNER]
    return replace(made, kind=kind, fork=fork, accounts=dict(sorted(accounts.items())))


# What the kinds share


def _envelope(rng: random.Random, fork: Fork, **fields: Any) -> Transaction:
    """Return a transaction of a type the fork knows."""
    usual: dict[str, Any] = {"chain_id": 1, "max_fee_per_gas": PRICE, "to": MAIN} | fields
    types = [LEGACY, LEGACY, ACCESS_LIST, FEE_MARKET, FEE_MARKET]
    if fork.max_transaction_type >= BLOB and usual["to"]:
        types.append(BLOB)
    if fork.max_transaction_type >= SET_CODE and usual["to"]:
        types += [SET_CODE, SET_CODE]
    usual["type"] = rng.choice(types)
    if usual["type"] != LEGACY and rng.random() < 0.5:
        usual["access_list"] = ((rng.choice(CONTRACTS), (0, 2)), (OTHER, ()))
    if usual["type"] >= FEE_MARKET:
        usual["max_priority_fee_per_gas"] = rng.choice((0, TIP))
    if usual["type"] == BLOB:
        usual |= {"max_fee_per_blob_gas": 5, "blob_hashes": (b"\1" * 32,) * rng.randrange(1, 3)}
    if usual["type"] == SET_CODE:
        targets = [rng.choice((*CONTRACTS, bytes(20), bytes(19) + b"\4", SIGNER)) for _ in range(rng.randrange(1, 3))]
        usual["authorizations"] = tuple(_authorization(target, i) for i, target in enumerate(targets))
    return Transaction(**usual)


@cache
def _authorization(target: Address, nonce: int) -> Authorization:
    digest = keccak256(b"\x05" + rlp.encode([1, target, nonce]))
    return Authorization(1, target, nonce, *sign(digest, SIGNER_KEY))


def _input(rng: random.Random, size: int) -> bytes:
    """Return call data: a few words that make a difference, or noise."""
    if rng.random() < 0.3:
        return rng.randbytes(rng.randrange(size))
    values = (rng.choice((rng.choice(EDGES), rng.randrange(99), rng.getrandbits(256))) for _ in range(4))
    return b"".join(value.to_bytes(32, "big") for value in values)


def _storage(rng: random.Random) -> dict[int, int]:
    return {slot: rng.randrange(1, 5) for slot in range(6) if rng.random() < 0.5}


def _contract(rng: random.Random, code: bytes) -> Account:
    return Account(nonce=1, balance=rng.choice((0, 1_000, 10**7)), code=code, storage=_storage(rng))


def _targets(rng: random.Random, fork: Fork) -> tuple[Address, ...]:
    more = (DELEGATING, SIGNER) if fork.set_code else (DELEGATING,)
    return (*CONTRACTS, OTHER, THIRD, *more, SENDER, COINBASE, b"\xbe" * 20)


def _written(
    rng: random.Random, fork: Fork, code: bytes, *, others: int = 6, gas: tuple[int, ...] = (300_000,), data: int = 80
) -> Program:
    """Return a call of MAIN with this code, among others with little programs of their own."""
    targets = _targets(rng, fork)
    ends: dict[Address, Part | None] = {OTHER: None, THIRD: rng.choice((None, [32, 0, "REVERT"]))}
    guests = {who: Writer(rng, fork, targets).program(rng.randrange(1, others), end) for who, end in ends.items()}
    accounts = {MAIN: _contract(rng, code)} | {who: _contract(rng, guest) for who, guest in guests.items()}
    accounts[DELEGATING] = Account(nonce=1, code=b"\xef\x01\x00" + rng.choice((OTHER, THIRD, DELEGATING, MAIN)))
    tx = _envelope(rng, fork, data=_input(rng, data), value=rng.choice((0, 0, 5)))
    return Program("", fork, accounts, tx, rng.choice(gas))


# The kinds

NO_WORLD = {"call": 0, "attempt": 0, "create": 0, "precompile": 0}


def _expressions(rng: random.Random, fork: Fork) -> Program:
    """Straight arithmetic, and the ways through it: what the compiler turns into expressions."""
    likes = NO_WORLD | {
        "binary": 30,
        "truth": 10,
        "unary": 6,
        "modular": 3,
        "shift": 10,
        "shuffle": 16,
        "storage": 1,
        "log": 0,
    }
    return _written(rng, fork, Writer(rng, fork, CONTRACTS, likes).program(rng.randrange(10, 60)), others=2)


def _loops(rng: random.Random, fork: Fork) -> Program:
    likes = NO_WORLD | {"loop": 12, "long_loop": 8, "look": 0}
    code = Writer(rng, fork, CONTRACTS, likes).program(rng.randrange(5, 25))
    return _written(rng, fork, code, others=2, gas=(100_000, 500_000))


def _jumps(rng: random.Random, fork: Fork) -> Program:
    likes = NO_WORLD | {"internal_call": 15, "computed_jump": 8, "jump_table": 6, "recursion": 4, "branch": 10}
    return _written(rng, fork, Writer(rng, fork, CONTRACTS, likes).program(rng.randrange(10, 40)), others=2)


def _memory(rng: random.Random, fork: Fork) -> Program:
    likes = NO_WORLD | {"memory": 20, "remember": 10, "hashing": 8, "copying": 8, "mapping": 5}
    return _written(rng, fork, Writer(rng, fork, CONTRACTS, likes).program(rng.randrange(10, 50)), others=2)


def _storages(rng: random.Random, fork: Fork) -> Program:
    likes = NO_WORLD | {"storage": 20, "count_up": 8, "mapping": 8, "look": 4, "binary": 5}
    code = Writer(rng, fork, CONTRACTS, likes).program(rng.randrange(10, 40))
    return _written(rng, fork, code, others=2, gas=(100_000, 300_000, 900_000))


def _mixed(rng: random.Random, fork: Fork) -> Program:
    code = Writer(rng, fork, _targets(rng, fork)).program(rng.randrange(10, 50))
    return _written(rng, fork, code, gas=(50_000, 200_000, 500_000))


def _calls(rng: random.Random, fork: Fork) -> Program:
    likes = {"call": 20, "attempt": 8, "create": 8, "precompile": 6, "ask": 5, "look": 3, "storage": 6, "count_up": 3}
    code = Writer(rng, fork, _targets(rng, fork), likes).program(rng.randrange(10, 30))
    return _written(rng, fork, code, others=20, gas=(100_000, 300_000, 600_000))


def _creation(rng: random.Random, fork: Fork) -> Program:
    """A transaction whose data is init code."""
    ending: Part = rng.choice(([0x40, 0, "RETURN"], "STOP", [0, 0, "RETURN"]))
    init = Writer(rng, fork, _targets(rng, fork)).program(rng.randrange(1, 20), ending)
    made = _written(rng, fork, b"", gas=(200_000, 900_000))
    return replace(made, tx=_envelope(rng, fork, to=None, data=init, value=rng.choice((0, 3))))


def _careless(rng: random.Random, fork: Fork) -> Program:
    """The rules are broken now and then."""
    writer = Writer(rng, fork, _targets(rng, fork), mischief=0.04)
    return _written(rng, fork, writer.program(rng.randrange(5, 30)), gas=(30_000, 300_000))


def _small(rng: random.Random, fork: Fork) -> Program:
    """So little that it can be tried with every amount of gas."""
    likes = {**NO_WORLD, "loop": 3, "long_loop": 0, "branch": 8, "storage": 0, "count_up": 0, "mapping": 0, "look": 0}
    likes |= {"copying": 2, "memory": 6, "log": 0, "power": 2, "input": 2, "escape": 6}
    writer = Writer(rng, fork, CONTRACTS, likes)
    ending: Part = rng.choice(("STOP", [32, 0, "RETURN"]))
    return _written(rng, fork, writer.program(rng.randrange(3, 9), ending), others=2, gas=(30_000,), data=5)


COMMON_BYTES = bytes.fromhex(
    "01 02 03 10 11 14 15 16 50 51 52 54 55 56 57 58 5a 5b 5b 5b 5f 60 60 60 80 81 82 90 91 f3"
)


def _noise(rng: random.Random, fork: Fork) -> Program:
    """Bytes: any of them, or mostly the frequent ones, after a few words to work on."""
    frequent = rng.random() < 0.7
    body = bytes(rng.choice(COMMON_BYTES) if frequent else rng.randrange(256) for _ in range(rng.randrange(1, 120)))
    words_first = asm([rng.randrange(256) for _ in range(rng.randrange(20))])
    return _written(rng, fork, words_first + body, others=4, gas=(30_000, 100_000))


def _mutated(rng: random.Random, fork: Fork) -> Program:
    """A program that works, with one to four mistakes."""
    code = Writer(rng, fork, _targets(rng, fork)).program(rng.randrange(5, 30))
    return _written(rng, fork, mutate(rng, code), gas=(50_000, 300_000))


def _stored(rng: random.Random, fork: Fork) -> Program:
    """A stored state test, as it is or with mistakes, in another fork, in other company and with another input."""
    codes = [rng.choice(_stored_codes()) for _ in STORED]
    if rng.random() < 0.5:
        codes[0] = mutate(rng, codes[0])
    made = _written(rng, fork, b"", gas=(100_000, 400_000), data=200)
    contracts = {who: _contract(rng, code) for who, code in zip(STORED, codes, strict=True)}
    return replace(made, accounts=made.accounts | contracts, tx=replace(made.tx, to=STORED[0]))


@cache
def _stored_codes() -> tuple[bytes, ...]:
    """Return the different codes in the stored state tests."""
    found: dict[bytes, None] = {}
    for path in sorted(VECTORS.glob("*.json")):
        for test in json.loads(path.read_text()).values():
            codes = (bytes.fromhex(account["code"][2:]) for account in test["pre"].values())
            found |= dict.fromkeys(code for code in codes if 4 < len(code) < 3_000)
    return tuple(found)


def _token(rng: random.Random, fork: Fork) -> Program:
    """A real token, called directly, or in a loop by a program; sometimes with mistakes in its code."""
    token, holders = load_contract("erc20"), (SENDER, MAIN, OTHER)
    balances = {mapping_slot(token.slots["balanceOf"], who): rng.choice((5, 10**18)) for who in holders}
    who, amount = rng.choice((*holders, THIRD)), rng.choice((0, 1, 5, 6, 2**255))
    inputs = [
        token.call_data("transfer", who, amount),
        token.call_data("approve", who, amount),
        token.call_data("transferFrom", rng.choice(holders), who, amount),
        token.call_data("balanceOf", who),
        token.call_data("totalSupply"),
        rng.randbytes(rng.randrange(70)),
    ]
    data = rng.choices(inputs, (8, 3, 3, 2, 1, 1))[0]
    code = mutate(rng, token.code) if rng.random() < 0.3 else token.code
    copy: Part = ["CALLDATASIZE", 0, 0, "CALLDATACOPY"]
    turn: Part = [call(TOKEN, inputs=(0, "CALLDATASIZE"), outputs=(0x100, 32)), "POP"]
    loop = asm(copy, rng.randrange(1, 30), ":t", turn, [1, "SWAP1 SUB DUP1", "@t", "JUMPI", 32, 0x100, "RETURN"])
    made = _written(rng, fork, loop, gas=(60_000, 500_000))
    accounts = made.accounts | {TOKEN: Account(nonce=1, code=code, storage=balances)}
    value = 0 if rng.random() < 0.9 else 1
    tx = _envelope(rng, fork, to=rng.choice((TOKEN, TOKEN, MAIN)), data=data, value=value)
    return replace(made, accounts=accounts, tx=tx)


def mutate(rng: random.Random, code: bytes) -> bytes:
    """Return `code` with one to four mistakes: a byte, an instruction less, one twice, two exchanged, a new end."""
    for _ in range(rng.randrange(1, 5)):
        parts = instructions(code) or [b"\0"]
        i, j = rng.randrange(len(parts)), rng.randrange(len(parts))
        match rng.randrange(6):
            case 0:
                parts[i] = bytes([rng.randrange(256)]) + parts[i][1:]
            case 1:
                parts[i] = parts[i][:-1] + bytes([rng.choice(COMMON_BYTES)])
            case 2:
                del parts[i]
            case 3:
                parts.insert(i, parts[j])
            case 4:
                parts[i], parts[j] = parts[j], parts[i]
            case 5:
                parts = parts[: max(i, 1)] if rng.random() < 0.2 else [*parts[:i], b"\x5b", *parts[i:]]
        code = b"".join(parts)
    return code


KINDS: dict[str, tuple[Callable[[random.Random, Fork], Program], int]] = {
    "expressions": (_expressions, 12),
    "loops": (_loops, 12),
    "jumps": (_jumps, 12),
    "memory": (_memory, 10),
    "storage": (_storages, 10),
    "mixed": (_mixed, 10),
    "calls": (_calls, 10),
    "creation": (_creation, 4),
    "careless": (_careless, 6),
    "small": (_small, 8),
    "noise": (_noise, 5),
    "mutated": (_mutated, 6),
    "stored": (_stored, 6),
    "token": (_token, 4),
}
"""Kind -> how it is written, and how often."""
