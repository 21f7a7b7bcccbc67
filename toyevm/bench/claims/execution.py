"""Claims about speed: what parallel execution multiplies, what cores bring, whose number transactions a second is."""

from __future__ import annotations

from functools import lru_cache

from toyevm.backends import BACKENDS
from toyevm.bench.claims.base import ClaimCase, PopularClaim
from toyevm.bench.compare.figures import simulated
from toyevm.bench.judged_block import JudgedBlock
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.mixer import MIXABLE

COUNT, BACKEND, FASTER, SEED = 40, "block_stm", 1.5, 0
HUNDRED, MANY, CORES = 100, 640, 128  # a hundredfold needs more than a hundred cores, and work for all of them
BLOCKS = {
    "its transactions are payments between strangers": "ether",
    "it is a mixed block": "mixed",
    "all mint from one counter": "nft-counter",
    "all swap in one pool": "amm-swap",
}


def speedup(name: str, cores: int, count: int = COUNT, backend: str = BACKEND) -> float:
    """Return the speedup of a block over one core (simulated)."""
    judged = _block(name, count)
    return float(judged.figures(BACKENDS.named(backend), cores, with_hints=False)["speedup"])


@lru_cache(maxsize=8)
def _block(name: str, count: int) -> JudgedBlock:
    return JudgedBlock.of((APPLICATIONS | MIXABLE)[name](count, users=100 * count, seed=SEED))


def hundredfold() -> tuple[ClaimCase, ...]:
    """Run large blocks on more than a hundred cores."""
    return tuple(_at_least(HUNDRED, condition, name, CORES, MANY) for condition, name in BLOCKS.items())


def cores_help() -> tuple[ClaimCase, ...]:
    """Run blocks on 16 cores instead of one."""
    return tuple(_at_least(FASTER, condition, name, 16) for condition, name in BLOCKS.items())


def _at_least(factor: float, condition: str, name: str, cores: int, count: int = COUNT) -> ClaimCase:
    found = speedup(name, cores, count)
    return ClaimCase(condition, found >= factor, {f"speedup on {cores} cores": simulated(found, "times")})


def one_number() -> tuple[ClaimCase, ...]:
    """Run blocks of several applications on one chain with 16 cores; the number is one if none is twice another."""
    found = {name: speedup(name, 16) for name in BLOCKS.values()}
    figures = {name: simulated(each, "times one core's rate") for name, each in found.items()}
    return (ClaimCase("only the chain is the same", max(found.values()) < 2 * min(found.values()), figures),)


def hints_help() -> tuple[ClaimCase, ...]:
    """Learn hints from mixed blocks, and follow them in others."""
    from toyevm.bench.learned import examples_of, judge, train_rules

    rules = train_rules(examples_of((f"past {seed}", APPLICATIONS["mixed"](COUNT, seed=seed)) for seed in range(1, 5)))
    cases = []
    for condition, name in (("blocks to come are like those of the past", "mixed"), ("a contract has changed", "nft")):
        (block,) = examples_of([(name, APPLICATIONS[name](COUNT, seed=99))])
        found = {each.predictor: each for each in judge([rules], block)}
        rows = {"with hints": rules.name, "without": "no hints", "by Block-STM, without": "Block-STM"}
        figures = {f"speedup {how}": simulated(found[row].speedup, "times") for how, row in rows.items()}
        cases.append(ClaimCase(condition, found[rules.name].makespan < found["no hints"].makespan, figures))
    return tuple(cases)


EXECUTION = (
    PopularClaim(
        "hundredfold",
        "Parallel execution makes a chain a hundred times as fast.",
        "03",
        "Blocks of 640 transactions run on 128 virtual cores.",
        hundredfold,
        "cores, and work that can be shared",
    ),
    PopularClaim(
        "cores-help",
        "More cores make a chain faster.",
        "03",
        "Blocks run on 16 virtual cores instead of one.",
        cores_help,
        "a faster computer, and a shorter chain of dependencies",
    ),
    PopularClaim(
        "one-number",
        "A chain's throughput is one number.",
        "15",
        "One chain runs blocks of four applications.",
        one_number,
        "what a chain can, and what its users do",
    ),
    PopularClaim(
        "hints-help",
        "AI that predicts conflicts makes execution faster.",
        "17",
        "Hints are learned from some blocks, and followed in others.",
        hints_help,
        "the past, and what comes",
    ),
)
