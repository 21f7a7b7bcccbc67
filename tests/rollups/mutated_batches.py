"""Batches with bytes changed: no exception, no hang, and the honest channels beside them still lead to their blocks.

    python -m tests.rollups.mutated_batches --count 100000      all of them
    python -m tests.rollups.mutated_batches --seed 7013 --count 1    one again

Cases have numbers, from `--seed` on; the number decides everything. Each takes something that was right, a submission,
a channel, what a channel unpacks to, or the bytes of one encoding, changes it in one to four places, and hands it to
who reads it. What goes to L1 is followed by an honest submission in the next L1 block. Prints what became of them; ends
with 1 if a case raised anything, took longer than the limit, or cost the layer a block.

Most cases change batches that L2 has already, so that nothing of them may count. The rest change the very next batch:
what is left of that may count, and only if L2 did grow by it may the honest one come too late.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from random import Random

from tests.support.layers import PEOPLE, Layer, config, encodings
from toyevm import rlp
from toyevm.deadline import OutOfTime, time_limit
from toyevm.errors import DecodingError
from toyevm.rollups.batches import make_batch, pack
from toyevm.rollups.compression import compress, decompress
from toyevm.rollups.derivation import Pipeline
from toyevm.rollups.encodings.account_index import AccountIndex
from toyevm.rollups.encodings.measure import synthetic_batch
from toyevm.rollups.encodings.netted_diff import NettedDiff
from toyevm.rollups.encodings.payment_records import PaymentRecords
from toyevm.rollups.encodings.singular import Singular
from toyevm.rollups.frames import cut, submission_of
from toyevm.rollups.values import L1Block
from toyevm.workloads.wallets import wallet

SECONDS = 5.0  # of a case: a thousand times what one takes
CHUNK = 500
LEVELS = ("submission", "channel", "unpacked", "encoding")


@dataclass
class Sums:
    """What the cases became of, and what went wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def add(self, other: Sums) -> None:
        self.counts += other.counts
        self.faults += other.faults
        self.slowest = max(self.slowest, other.slowest)


@dataclass(frozen=True)
class Scene:
    """A node that has followed L1 so far, what was posted, and what the sequencer posts next."""

    layer: Layer
    node: Pipeline
    old: dict[str, list[bytes]]  # level -> what was right, of blocks that L2 has
    next: dict[str, list[bytes]]  # of the blocks that come next
    honest: L1Block
    height: int  # of L2, before a case
    decoders: dict[str, tuple[bytes, Callable[[bytes], object]]]


@cache
def scene() -> Scene:
    """Make the layer that all cases are tried on; every case leaves it as it was."""
    layer = Layer(rules=config(max_drift=100_000))
    layer.l1.mine(deposits=[layer.deposit("Ann")])
    _, old = layer.sequence(blocks=4, payments=2)
    layer.l1.mine(layer.submissions(1, old))
    layer.sequence(blocks=2, payments=2)
    node = Pipeline(layer.rules)
    node.follow(layer.l1.blocks)
    hostile = layer.l1.mine()
    honest = layer.l1.mine(layer.submissions(old + 1))
    assert hostile.number + 1 == honest.number
    return Scene(layer, node, levels(layer, 1, old), levels(layer, old + 1, None), honest, old, decoders())


def levels(layer: Layer, first: int, last: int | None) -> dict[str, list[bytes]]:
    """Return a batch at every level, in every encoding and compressed in both ways."""
    batch = make_batch(layer.chain, first, last)
    channels = [pack(batch, one, how) for one in encodings(layer.rules).values() for how in ("zlib", "brotli")]
    return {
        "submission": [submission_of(cut(channel, size)) for channel in channels for size in (60, 10_000)],
        "channel": channels,
        "unpacked": [decompress(channel, 100_000) for channel in channels[::2]],
        "encoding": [Singular().encode_block(batch[0])]
        + [bytes([one.version]) + one.encode(batch) for one in encodings(layer.rules).values() if one.version],
    }


def decoders() -> dict[str, tuple[bytes, Callable[[bytes], object]]]:
    """Return for each encoding some bytes of it, and who reads them."""
    made = synthetic_batch(count=12, people=6)
    index = AccountIndex([*made.index.accounts, *(wallet(name).address for name in PEOPLE)])
    records, diff = PaymentRecords(index), NettedDiff(index)
    rules = config(genesis_timestamp=made.batch[0].timestamp)
    found: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
        name: (one.encode(made.batch), one.decode) for name, one in encodings(rules).items()
    }
    found["payment records"] = (records.encode(made.batch), records.decode)
    found["netted diff"] = (diff.encode(made.changes()), diff.decode)
    return found


def mutate(random: Random, data: bytes, others: list[bytes]) -> bytes:
    """Change some bytes in one to four places."""
    changed = bytearray(data)
    for _ in range(random.randint(1, 4)):
        place = random.randint(0, len(changed))
        end = min(len(changed), place + random.choice((1, 1, 2, 8, 40)))
        match random.randrange(8):
            case 0 if place < len(changed):
                changed[place] ^= 1 << random.randrange(8)
            case 1 if place < len(changed):
                changed[place] = random.choice((0, 1, 0x7F, 0x80, 0xB8, 0xBF, 0xC0, 0xF8, 0xFF))
            case 2:
                changed[place:place] = random.randbytes(random.choice((1, 2, 20)))
            case 3:
                del changed[place:end]
            case 4:
                changed[place:place] = changed[place:end] * random.choice((1, 2, 50))
            case 5:
                del changed[place:]
            case 6:
                other = random.choice(others)
                start = random.randint(0, len(other))
                changed[place:end] = other[start : start + random.choice((1, 8, 40, 400))]
            case _:
                changed[place:end] = random.choice((b"\xff", b"\0")) * random.choice((1, 4, 9, 33))
    return bytes(changed)


def submissions_of(level: str, data: bytes) -> list[bytes]:
    """Return what is posted when somebody has changed a batch at this level."""
    match level:
        case "submission":
            return [data]
        case "channel":
            return [submission_of(cut(data, 10_000))]
        case "encoding":  # with its version in front, in a string that is right
            data = rlp.encode(data)
    return [submission_of(cut(compress(data), 10_000))]


def try_case(number: int) -> Sums:
    """Try one case, and say what became of it."""
    random, now, sums = Random(number), scene(), Sums()
    started = time.perf_counter()
    try:
        with time_limit(SECONDS):
            if random.random() < 0.3:
                decode_changed(random, now, sums)
            else:
                derive_changed(number, random, now, sums)
    except OutOfTime:
        sums.faults.append(f"case {number}: not finished after {SECONDS} seconds")
    except Exception as error:
        sums.faults.append(f"case {number}: {error!r}")
    finally:
        now.node.follow(now.layer.l1.blocks[: now.honest.number - now.layer.rules.genesis_epoch - 1])
    sums.slowest = time.perf_counter() - started
    return sums


def decode_changed(random: Random, now: Scene, sums: Sums) -> None:
    """Hand changed bytes to the decoder of one encoding."""
    name = random.choice(list(now.decoders))
    data, decode = now.decoders[name]
    try:
        decode(mutate(random, data, [other for other, _ in now.decoders.values()]))
        sums.counts[f"{name}: decoded"] += 1
    except DecodingError:
        sums.counts[f"{name}: refused"] += 1


def derive_changed(number: int, random: Random, now: Scene, sums: Sums) -> None:
    """Post changed bytes on L1, then the honest submission, and see what L2 is."""
    is_old, level = random.random() < 0.7, random.choice(LEVELS)
    corpus = (now.old if is_old else now.next)[level]
    data = mutate(random, random.choice(corpus), corpus)
    node, before = now.node, len(now.node.dropped)
    parent = node.l1_blocks[-1]
    place = now.honest.number - now.layer.rules.genesis_epoch - 1
    empty = now.layer.l1.blocks[place]
    assert empty.parent_hash == parent.hash
    node.advance(L1Block(empty.number, empty.hash, parent.hash, empty.timestamp, tuple(submissions_of(level, data))))
    dropped, height = node.dropped[before:], node.chain.head.number
    node.advance(now.honest)
    expected = now.layer.chain.hashes
    sums.counts["posted"] += 1
    sums.counts.update(str(one.reason) for one in dropped)
    if node.chain.hashes == expected:
        sums.counts["nothing lost"] += 1
    elif is_old or height == now.height:  # nothing of what was posted counted, and yet the honest batch did not either
        sums.faults.append(f"case {number}: the honest batch was lost to {level} {data[:40].hex()}…")
    else:
        sums.counts["some of the next batch counted"] += 1


def try_cases(numbers: range) -> Sums:
    sums = Sums()
    for number in numbers:
        sums.add(try_case(number))
    return sums


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0, help="the number of the first case")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    end, sums, started = options.seed + options.count, Sums(), time.perf_counter()
    chunks = [range(start, min(start + CHUNK, end)) for start in range(options.seed, end, CHUNK)]
    with ProcessPoolExecutor(max_workers=options.jobs) as pool:
        for number, found in enumerate(pool.map(try_cases, chunks), start=1):
            sums.add(found)
            if sys.stderr.isatty():
                print(f"\r{number * CHUNK:,} cases, {len(sums.faults)} faults", end="", file=sys.stderr)
    told = {
        "cases": options.count,
        "faults": sums.faults[:20],
        "slowestSeconds": round(sums.slowest, 3),
        "seconds": round(time.perf_counter() - started, 1),
        "counts": dict(sorted(sums.counts.items())),
    }
    print(json.dumps(told, indent=1))
    return 1 if sums.faults else 0


if __name__ == "__main__":
    sys.exit(main())
