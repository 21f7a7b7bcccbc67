"""`toyevm bench hints`: the table, the model, the rules and the oracle, on blocks that they were not trained on.

Seeded blocks: trained on a few, judged on others of the same application, on the other design of it, and on
applications that were in none. Real blocks: each judged after training on those before it; eight of them, years apart,
show what can happen and prove very little.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean
from time import process_time
from typing import Any

from toyevm.bench.learned.examples import Example, examples_of, read_examples
from toyevm.bench.learned.judging import Judgement, Predictor, judge, location_scores, share_won
from toyevm.bench.learned.model import NAMES, PairModel, train_model
from toyevm.bench.learned.rules import RuleBook, train_rules
from toyevm.bench.learned.table import train_table
from toyevm.bench.machine import describe_computer
from toyevm.workloads.applications import APPLICATIONS

TRAINED_ON, SEEDS, JUDGED_SEEDS, TRANSACTIONS = "mixed", range(1, 9), range(101, 104), 100
SPLITS = {
    "the same application, later": ("mixed",),
    "the other design of a part of it": ("nft",),
    "applications in no block of the past": ("dao-vote", "lending-borrow", "supply-handover", "tips-push"),
}
REAL = "real blocks, each after those before it"
LEAST_PAST = 3  # real blocks to train on before the first is judged
CORES = 16

Report = dict[str, Any]


def run_bench_hints(
    paths: Sequence[Path] = (), cores: int = CORES, progress: Callable[[str], None] = lambda name: None
) -> Report:
    """Train, predict and judge; return a row for each block and predictor, and their means.

    Raises:
        InputError: a file is no block.
    """
    real = read_examples(paths)
    past = list(_seeded([TRAINED_ON], SEEDS))
    predictors, seconds = train_all(past)
    judged: dict[str, list[Judgement]] = defaultdict(list)
    for split, names in SPLITS.items():
        for example in _seeded(names, JUDGED_SEEDS):
            progress(example.name)
            judged[split] += judge(predictors, example, cores)
    for place in range(LEAST_PAST, len(real)):
        progress(real[place].name)
        later, _ = train_all(real[:place])
        judged[REAL] += judge(later, real[place], cores)
    model = next(each for each in predictors if isinstance(each, PairModel))
    rules = next(each for each in predictors if isinstance(each, RuleBook))
    (last,) = _seeded([TRAINED_ON], JUDGED_SEEDS[:1])
    precision, recall = location_scores(rules, last)
    return {
        "environment": describe_computer() | {"virtualCores": cores, "trainedOn": len(past), "trainSeconds": seconds},
        "predictMicroseconds": {each.name: _microseconds(each, last) for each in predictors},
        "locations": {"precision": round(precision, 4), "recall": round(recall, 4)},
        "weights": dict(zip(NAMES, (round(each, 3) for each in model.weights), strict=True)),
        "rows": [{"split": split} | _row(each) for split, each_of in judged.items() for each in each_of],
        "means": list(_means(judged)),
    }


def count_pieces(paths: Sequence[Path]) -> int:
    """Return how often `progress` is told something."""
    return sum(map(len, SPLITS.values())) * len(JUDGED_SEEDS) + max(0, len(paths) - LEAST_PAST)


def train_all(examples: Sequence[Example]) -> tuple[list[Predictor], dict[str, float]]:
    """Return the three predictors, and the CPU seconds that each took to train."""
    predictors: list[Predictor] = []
    seconds = {}
    for train in (train_table, train_model, train_rules):
        begun = process_time()
        predictors.append(train(examples))
        seconds[predictors[-1].name] = round(process_time() - begun, 3)
    return predictors, seconds


def _microseconds(predictor: Predictor, example: Example) -> float:
    """Return what predicting takes for a transaction, in microseconds of the processor: the best of three."""
    times = []
    for _ in range(3):
        begun = process_time()
        predictor.pairs(example.features)
        times.append(process_time() - begun)
    return round(min(times) / len(example.features) * 1e6, 1)


def is_right(report: Report) -> bool:
    """Tell whether every result was the sequential one."""
    return all(row["equal"] for row in report["rows"])


def _seeded(names: Iterable[str], seeds: Iterable[int]) -> Iterator[Example]:
    yield from examples_of(
        (f"{name}, seed {seed}", APPLICATIONS[name](TRANSACTIONS, seed=seed)) for name in names for seed in seeds
    )


def _row(judgement: Judgement) -> Report:
    shown = asdict(judgement) | {"precision": judgement.precision, "recall": judgement.recall}
    return {name: round(each, 4) if type(each) is float else each for name, each in shown.items()}


def _means(judged: Mapping[str, Sequence[Judgement]]) -> Iterator[Report]:
    """Yield the means over the blocks of each split, and the share that was won over all of them together."""
    for split, judgements in judged.items():
        for name in dict.fromkeys(each.predictor for each in judgements):
            own = [each for each in judgements if each.predictor == name]
            won = share_won(own)
            yield {
                "split": split,
                "predictor": name,
                "blocks": len(own),
                "precision": round(fmean(each.precision for each in own), 3),
                "recall": round(fmean(each.recall for each in own), 3),
                "speedup": round(fmean(each.speedup for each in own), 3),
                "won": None if won is None else round(won, 3),
            }
