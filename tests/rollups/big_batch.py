"""How long a large batch takes, and how much memory: made, encoded, compressed, and derived from L1 again.

    python -m tests.rollups.big_batch --transactions 10000

Measured: seconds of this machine. The peak is that of the whole process, in bytes, after each step.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.layers import GENESIS_EPOCH, START, ListedL1, encodings
from toyevm.rollups.batches import make_batch, pack, post
from toyevm.rollups.derivation import derive
from toyevm.rollups.encodings.measure import PER_BLOCK, synthetic_batch
from toyevm.rollups.l2 import L2Chain, RollupConfig


def measure(transactions: int, people: int = 1_000) -> dict[str, Any]:
    """Return seconds and peak after each step, and the sizes."""
    told: dict[str, Any] = {"transactions": transactions, "people": people, "seconds": {}, "peakBytes": {}, "bytes": {}}
    with step(told, "signed"):
        made = synthetic_batch(transactions, people)
    rules = RollupConfig(genesis=made.before, genesis_epoch=GENESIS_EPOCH, genesis_timestamp=START)
    l1, chain = ListedL1(), L2Chain(rules)
    epoch = l1.mine()
    with step(told, "sequenced"):
        for block in made.batch:
            chain.append(chain.next_input(epoch, block.transactions), epoch)
    batch = make_batch(chain, 1)
    told["blocks"] = len(batch)
    for name, encoding in encodings(rules).items():
        with step(told, f"encoded as {name}"):
            data = encoding.encode(batch)
        with step(told, f"decoded from {name}"):
            encoding.decode(data)
        told["bytes"][name] = len(data)
    span = encodings(rules)["span"]
    for compressor in ("zlib", "brotli"):
        with step(told, f"compressed by {compressor}"):
            told["bytes"][compressor] = len(pack(batch, span, compressor))
    l1.mine(post(batch, span))
    with step(told, "derived"):
        derived = derive(l1.blocks, rules)
    told["equal"] = derived.hashes == chain.hashes
    return told


@contextmanager
def step(told: dict[str, Any], name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    told["seconds"][name] = round(time.perf_counter() - started, 3)
    told["peakBytes"][name] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--transactions", type=int, default=10_000)
    told = measure(parser.parse_args().transactions)
    print(json.dumps(told, indent=1))
    return 0 if told["equal"] and told["blocks"] == -(-told["transactions"] // PER_BLOCK) else 1


if __name__ == "__main__":
    sys.exit(main())
