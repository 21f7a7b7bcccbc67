"""The stored state tests of tests/vectors, as values, so that a test can drive them its own way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.worlds import execute
from toyevm.chain import blob_base_fee
from toyevm.crypto import keccak256
from toyevm.forks import FORKS, Fork
from toyevm.results import TxResult
from toyevm.state import WorldState
from toyevm.transactions import Transaction, decode_transaction
from toyevm.types import Address
from toyevm.vm.frame import BlockEnv
from toyevm.vm.precompiles import Precompile, precompiles_of
from toyevm.workloads.json_input import parse_alloc

FOLDER = Path(__file__).resolve().parents[1] / "vectors"
FILES = tuple(sorted(FOLDER.glob("*.json")))


class Vector(NamedTuple):
    """One transaction that may enter its block."""

    name: str
    pre: WorldState
    env: BlockEnv
    tx: Transaction


@cache
def vectors(path: Path) -> tuple[Vector, ...]:
    """Return the sub-cases of a file whose transaction is not rejected."""
    return tuple(_vectors(path))


@cache
def outcomes(path: Path) -> tuple[TxResult, ...]:
    """Return what the machine makes of each of them when nothing comes in between."""
    return tuple(execute(vector.pre, vector.tx, vector.env) for vector in vectors(path))


def _vectors(path: Path) -> Iterator[Vector]:
    for name, test in json.loads(path.read_text()).items():
        pre = parse_alloc(test["pre"], name)
        for fork, posts in test["post"].items():
            env = _environment(fork, test)
            for index, post in enumerate(posts):
                if "expectException" not in post:
                    tx = decode_transaction(bytes.fromhex(post["txbytes"][2:]))
                    yield Vector(f"{name} {fork} {index}", pre, env, tx)


@cache
def _remembering_precompiles(fork: Fork) -> Mapping[Address, Precompile]:
    """Return the precompiles of a fork; none computes an answer twice, however often a test asks."""
    return {address: replace(one, run=cache(one.run)) for address, one in precompiles_of(fork).items()}


def _environment(fork_name: str, test: dict[str, Any]) -> BlockEnv:
    fork, env = FORKS[fork_name], test["env"]

    def number(key: str) -> int:
        return int(env.get(key, "0x0"), 16)

    height = number("currentNumber")
    return BlockEnv(
        fork=fork,
        precompiles=_remembering_precompiles(fork),
        chain_id=int(str(test.get("config", {}).get("chainid", "0x1")), 16),
        coinbase=bytes.fromhex(env["currentCoinbase"][2:]),
        number=height,
        timestamp=number("currentTimestamp"),
        gas_limit=number("currentGasLimit"),
        base_fee_per_gas=number("currentBaseFee"),
        randao_or_difficulty=number("currentRandom" if fork.proof_of_stake else "currentDifficulty"),
        blob_base_fee=blob_base_fee(fork.blobs, number("currentExcessBlobGas")),
        ancestor_hashes={n: keccak256(str(n).encode()) for n in range(max(0, height - 256), height)},
    )
