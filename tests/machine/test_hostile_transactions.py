"""Bytes that somebody made up: a clean refusal, or a transaction that EELS takes too; no other error, and no hang.

Valid transactions of all types are damaged as bytes, as trees, and before they are signed. Then come some that were
built to be expensive to refuse, in a process that may have little memory and little time.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from tests.fuzz.eels import spec_environment
from tests.support.oracles import specification
from tests.support.worlds import ALICE, ALICE_KEY, CONTRACT, ETHER, NOBODY, authorize, environment, signed, world
from toyevm import rlp, transactions
from toyevm.crypto import SECP256K1_ORDER
from toyevm.errors import DecodingError, InvalidTransaction
from toyevm.forks import OSAKA, PRAGUE, Fork
from toyevm.transactions import BLOB, SET_CODE, Transaction, decode_transaction, encode_transaction, sign_transaction
from toyevm.transition import check_transaction

WORLD = world(source="")
ACCESS_LIST = ((CONTRACT, (0, 1)), (NOBODY, ()))
SAMPLES: tuple[Transaction, ...] = (
    signed(data=b"\0\1"),
    signed(chain_id=None, to=None, data=b"\x5f"),
    signed(type=1, access_list=ACCESS_LIST, value=1),
    signed(type=2, max_priority_fee_per_gas=2, data=b"x" * 60),
    signed(type=BLOB, blob_hashes=(b"\1" + bytes(31),) * 2, max_fee_per_blob_gas=5, access_list=ACCESS_LIST),
    signed(type=SET_CODE, authorizations=(authorize(), authorize(nonce=1)), access_list=ACCESS_LIST),
)
EDGES = [
    n % 2**264
    for base in (0, 1, 27, 35, 2**8, 2**64, 2**128, SECP256K1_ORDER, 2**256, 2**264)
    for n in (base - 1, base)
]
STRANGE: list[Any] = [
    b"",
    b"\0",
    b"\0\1",
    b"\1",
    b"\xff" * 32,
    b"\xff" * 33,
    b"\1" * 20,
    b"\1" * 21,
    [],
    [b""],
    [[]],
    [[b"", []]],
]


def damaged_bytes(rng: random.Random, raw: bytes) -> bytes:
    """Return the bytes with one to three changes."""
    data = bytearray(raw)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at, size = rng.randrange(len(data) + 1), rng.choice((1, 1, 2, 8))
        match rng.randrange(6):
            case 0 | 1 if data:
                data[at % len(data)] = rng.choice(
                    (0, 1, 0x7F, 0x80, 0x81, 0xB8, 0xBF, 0xC0, 0xF8, 0xFF, rng.randrange(256))
                )
            case 2:
                del data[at : at + size]
            case 3:
                data[at:at] = rng.randbytes(size)
            case 4:
                del data[at:]
            case 5:
                data[at:at] = data[at : at + 40]
    return bytes(data)


def damaged_tree(rng: random.Random, raw: bytes) -> bytes:
    """Return the encoding of the same fields with something wrong with one of them, or their number."""
    prefix, body = (b"", raw) if raw[0] >= 0xC0 else (raw[:1], raw[1:])
    tree = rlp.decode(body)
    assert isinstance(tree, list)
    fields: list[Any] = list(tree)
    place: list[Any] = fields
    while (inner := [item for item in place if isinstance(item, list) and item]) and rng.random() < 0.5:
        place = rng.choice(inner)
    at = rng.randrange(len(place))
    match rng.randrange(8):
        case 0 | 1 | 2:
            place[at] = rng.choice(EDGES)
        case 3 | 4:
            place[at] = rng.choice(STRANGE)
        case 5:
            place.insert(at, rng.choice(STRANGE))
        case 6:
            del place[at]
        case 7:
            place[at] = [place[at]] if isinstance(place[at], bytes) else rlp.encode(place[at])
    prefix = rng.choice((prefix, prefix, prefix, prefix, prefix, b"\1", b"\2", b"\3", b"\4", b"\5", b"\0", b""))
    return prefix + rlp.encode(fields)


def changed_and_signed(rng: random.Random, tx: Transaction) -> bytes:
    """Return a transaction with one or two strange values, which its sender has signed all the same."""
    words = [edge for edge in EDGES if edge < 2**256]
    ranges: dict[str, list[Any]] = {
        "nonce": [0, 0, *(edge for edge in EDGES if edge < 2**64)],
        "gas_limit": [20_999, 21_000, 21_100, 46_000, 53_000, 2**24, 2**24 + 1, 10_000_000, 10_000_001, 2**64 - 1],
        "max_fee_per_gas": [6, 7, 8, *words],
        "value": [0, 99 * ETHER, 100 * ETHER, *words],
        "data": [b"", bytes(5), b"\1" * 400, bytes(49_152), bytes(49_153)],
    }
    if tx.type >= 1:
        ranges["chain_id"] = [1, *words]
    if tx.type >= 2:
        ranges["max_priority_fee_per_gas"] = [0, 9, 10, 11, *words]
    if tx.type == BLOB:
        ranges |= {
            "max_fee_per_blob_gas": [0, 1, *words],
            "blob_hashes": [(b"\1" + bytes(31),) * n for n in (0, 6, 7, 9, 10)],
        }
    if tx.type == SET_CODE:
        ranges["authorizations"] = [(), (authorize(chain_id=7),) * 3]
    else:
        ranges["to"] = [None, ALICE, CONTRACT, bytes(20)]
    chosen = rng.sample(sorted(ranges), rng.choice((1, 2)))
    return encode_transaction(
        sign_transaction(replace(tx, **{name: rng.choice(ranges[name]) for name in chosen}), ALICE_KEY)
    )


@cache
def case(seed: int) -> tuple[Fork, bytes]:
    rng = random.Random(seed)
    tx, fork = rng.choice(SAMPLES), rng.choice((PRAGUE, OSAKA))
    if rng.random() < 0.4:
        return fork, changed_and_signed(rng, tx)
    return fork, rng.choice((damaged_bytes, damaged_tree, damaged_tree))(rng, encode_transaction(tx))


def ours(fork: Fork, raw: bytes) -> str:
    """Return what is said of the bytes; whatever else is raised is a fault."""
    try:
        tx = decode_transaction(raw)
    except DecodingError:
        return "no transaction"
    assert encode_transaction(tx) == raw
    try:
        return f"sent by {check_transaction(WORLD, environment(fork), tx).sender.hex()}"
    except InvalidTransaction as error:
        return error.reason


@cache
def accepted_by_eels(fork_name: str, raw: bytes) -> bool:
    """Return whether EELS decodes and executes the transaction; there, hostile bytes may raise anything."""
    oracle = specification()
    from ethereum_types.numeric import Uint

    state = oracle.make_state(fork_name, WORLD.accounts)
    env = oracle.make_block_env(fork_name, spec_environment(environment(PRAGUE)), state, 1)
    output = oracle.fork_module(fork_name, ".vm").BlockOutput()
    try:
        oracle.fork_module(fork_name, ".fork").process_transaction(env, output, oracle.decode(fork_name, raw), Uint(0))
    except Exception:
        return False
    return True


def disagreements(seeds: range) -> tuple[list[Any], Counter[str]]:
    wrong, said = [], Counter[str]()
    for seed in seeds:
        fork, raw = case(seed)
        answer = ours(fork, raw)
        said[answer.split(" by ")[0]] += 1
        if answer == "wrong-chain":  # EELS leaves that to others, except for legacy transactions
            continue
        if (answer.startswith("sent by")) is not accepted_by_eels(fork.name, raw):
            wrong.append((seed, answer))
    return wrong, said


SEEDS = range(800)


def test_a_damaged_transaction_is_judged_as_by_the_specification() -> None:
    wrong, said = disagreements(SEEDS)
    assert wrong == []
    assert said["no transaction"] > 200
    assert said["sent"] > 60
    assert len(said) > 12  # reasons


def test_more_damage_ends_in_no_error_of_python() -> None:
    for seed in range(10**6, 10**6 + 2_000):
        ours(*case(seed))


MISTAKES: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "leading zeros are read": lambda patch: patch.setattr(
        rlp, "decode_int", lambda data, max_bytes=32: int.from_bytes(data, "big") if isinstance(data, bytes) else 1 // 0
    ),
    "a longer integer is read": lambda patch: patch.setitem(
        transactions._DECODERS, "nonce", lambda item: rlp.decode_int(item, 99) % 2**64
    ),
    "an address may be short": lambda patch: patch.setitem(
        transactions._DECODERS, "to", lambda item: item.ljust(20, b"\0") if item else None
    ),
    "fields too many are dropped": lambda patch: patch.setattr(
        transactions, "len", lambda items: min(len(items), 12), raising=False
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_careless_decoder_is_found(monkeypatch: pytest.MonkeyPatch, mistake: str) -> None:
    MISTAKES[mistake](monkeypatch)
    try:
        wrong, _ = disagreements(SEEDS)
    except (AssertionError, ArithmeticError, ValueError, AttributeError):
        return
    assert wrong


# Made to be expensive


def bombs() -> dict[str, bytes]:
    """Return bytes of up to a few megabytes, each of which promises a lot of work."""
    legacy = [b"", b"\x0a", b"\x52\x08", CONTRACT, b"", b"", b"\x1b", b"\1", b"\1"]
    set_code = [b"\1", b"", b"", b"\x0a", b"\x52\x08", CONTRACT, b"", b"", []]
    one = [b"\1", CONTRACT, b"", b"", b"\1", b"\1"]
    return {
        "lists in lists": b"\xc1" * 600_000,
        "lists in lists, each as long as it says": rlp.encode(rlp.decode(b"\xc0")) * 300_000,
        "empty lists": rlp.encode([[]] * 300_000),
        "a length of 2**64": b"\xff" + b"\xff" * 8 + bytes(100),
        "a string of 2**63 in a list": b"\xca\xbf\x7f" + b"\xff" * 8,
        "a large integer": rlp.encode([*legacy[:4], b"\xff" * 1_000_000, *legacy[5:]]),
        "a large v": rlp.encode([*legacy[:6], b"\xff" * 300_000, *legacy[7:]]),
        "zeros for data": rlp.encode([*legacy[:5], bytes(1_000_000), *legacy[6:]]),
        "10,000 authorizations": b"\4" + rlp.encode([*set_code, [one] * 10_000, b"", b"\1", b"\1"]),
        "10,000 slots": b"\4"
        + rlp.encode([*set_code[:8], [[CONTRACT, [bytes(32)] * 10_000]], [one], b"", b"\1", b"\1"]),
        "10,000 blobs": b"\3" + rlp.encode([*set_code, b"\1", [b"\1" + bytes(31)] * 10_000, b"", b"\1", b"\1"]),
        "nothing but a type": b"\4",
    }


def refuse_bombs() -> None:
    """Refuse each; to be called where memory and time are short."""
    for name, raw in bombs().items():
        answer = ours(PRAGUE, raw)
        print(f"{name}: {answer}")
        assert not answer.startswith("sent by")


def limited(code: str, megabytes: int, seconds: int) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own that may use so much address space and CPU time."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, megabytes * 2**20))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    return subprocess.run(
        [sys.executable, "-c", code],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=10 * seconds,
        check=False,
    )


def test_bytes_made_to_be_expensive_are_refused_within_the_limits() -> None:
    done = limited(f"from {__name__} import refuse_bombs; refuse_bombs()", megabytes=700, seconds=20)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == len(bombs())


def test_the_limits_of_memory_and_time_hold() -> None:
    """The limits do limit."""
    assert "MemoryError" in limited("bytearray(2**30)", megabytes=700, seconds=20).stderr
    assert limited("while True: pass", megabytes=700, seconds=1).returncode < 0
