"""Learned hints: rules are found and hold on other blocks; whatever is predicted, the result is the sequential one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.bench.learned import (
    Example,
    Judgement,
    Oracle,
    TxFeatures,
    examples_of,
    features_of,
    judge,
    read_examples,
    share_won,
    train_model,
    train_rules,
    train_table,
)
from toyevm.bench.learned.examples import Pair
from toyevm.bench.learned.judging import location_scores
from toyevm.bench.learned.templates import Template, entry_slot, explain
from toyevm.contracts import mapping_slot
from toyevm.crypto import keccak256
from toyevm.types import Field, Location
from toyevm.workloads.applications import APPLICATIONS

np = pytest.importorskip("numpy")
WORDS = st.integers(0, 2**256 - 1)
ADDRESSES = st.binary(min_size=20, max_size=20)


def example(name: str, seed: int, count: int = 30) -> Example:
    (found,) = examples_of([(name, APPLICATIONS[name](count, seed=seed))])
    return found


@pytest.fixture(scope="module")
def past() -> list[Example]:
    return [example("mixed", seed) for seed in range(1, 5)]


@pytest.fixture(scope="module")
def later() -> Example:
    return example("mixed", 99, count=60)


@given(slot=st.integers(0, 15), key=WORDS)
def test_an_entry_lies_where_vyper_and_solidity_keep_it(slot: int, key: int) -> None:
    assert entry_slot(slot, key, "slot first") == mapping_slot(slot, key)
    solidity = keccak256(bytes.fromhex(f"{key:064x}{slot:064x}"))
    assert entry_slot(slot, key, "key first") == int.from_bytes(solidity, "big")


@given(
    features=st.builds(
        TxFeatures, ADDRESSES, ADDRESSES, st.just(b"abcd"), st.tuples(WORDS, ADDRESSES.map(int.from_bytes)), WORDS
    ),
    slot=st.integers(0, 15),
)
def test_each_rule_leads_back_to_a_location_that_it_explains(features: TxFeatures, slot: int) -> None:
    assert features.sender
    assert features.to
    sender = int.from_bytes(features.sender, "big")
    allowance = mapping_slot(mapping_slot(slot, sender), features.words[1])
    there = {Location(features.to, allowance), Location(features.sender, Field.NONCE), Location(bytes(20), 7)}
    rules = explain(features, there)
    assert {rule.locate(features) for rule in rules} == there
    assert Template("to", (slot, "sender", "word 1"), "slot first") in rules


def test_features_are_what_is_signed_and_nothing_else(later: Example) -> None:
    tx = later.judged.workload.block.transactions[0]
    seen = features_of(tx)
    assert (seen.sender, seen.to, seen.selector, seen.value) == (tx.sender, tx.to, tx.data[:4], tx.value)
    assert b"".join(word.to_bytes(32, "big") for word in seen.words) == tx.data[4:260]


def test_rules_name_the_pairs_and_the_locations_of_a_block_to_come(past: list[Example], later: Example) -> None:
    rules = train_rules(past)
    named = rules.pairs(later.features)
    assert named > later.pairs != set()
    assert len(later.pairs) > 0.9 * len(named)
    locks = list(map(rules.locks, later.features))
    right = [lock.writes == writes for lock, writes in zip(locks, later.writes, strict=True)]
    assert sum(right) > 0.6 * len(right)


def test_rules_name_most_locations_and_few_that_are_not_there(past: list[Example], later: Example) -> None:
    precision, recall = location_scores(train_rules(past), later)
    assert 0.9 < precision <= 1
    assert 0.85 < recall <= 1
    assert location_scores(train_rules([]), later)[1] < 0.8


def test_without_mappings_rules_find_less(past: list[Example], later: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toyevm.bench.learned.templates.SLOTS", 0)
    assert len(train_rules(past).pairs(later.features) & later.pairs) < len(later.pairs)


def test_table_and_model_name_some_pairs_and_the_model_more(past: list[Example], later: Example) -> None:
    table, model = train_table(past).pairs(later.features), train_model(past).pairs(later.features)
    for named in (table, model):
        assert len(named & later.pairs) > 0.9 * len(named) > 0
    assert len(model & later.pairs) > len(table & later.pairs)
    assert train_model(past).weights == train_model(past).weights


def by_name(judgements: Sequence[Judgement]) -> dict[str, Judgement]:
    return {each.predictor: each for each in judgements}


def test_what_is_won_is_a_share_of_what_the_oracle_wins(past: list[Example], later: Example) -> None:
    found = by_name(judge([train_rules(past), train_table(past)], later))
    assert share_won([found["no hints"]]) == 0
    assert share_won([found["oracle"]]) == 1
    assert (share_won([found["rules"]]) or 0) > 0.8
    assert found["table"].makespan > found["oracle"].makespan == found["table"].best
    assert all(each.equal for each in found.values())
    assert (found["no hints"].precision, found["no hints"].recall, found["rules"].recall) == (1, 0, 1)


@dataclass(frozen=True)
class Says:
    """A predictor that always says the same."""

    named: frozenset[Pair]
    name: str = "liar"

    def pairs(self, block: Sequence[TxFeatures]) -> set[Pair]:
        return set(self.named)


SIZE = 60
LIES = {
    "nothing": frozenset[Pair](),
    "all pairs": frozenset((i, j) for j in range(SIZE) for i in range(j)),
    "backwards": frozenset((j, i) for j in range(SIZE) for i in range(j)),
    "chance": frozenset((i, j) for i, j in (sorted(Random(n).sample(range(SIZE), 2)) for n in range(200))),
    "nobody": frozenset({(-1, 5), (3, 10**9), (7, 7)}),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=list(LIES))
def test_a_lie_costs_time_and_nothing_else(later: Example, lie: frozenset[Pair]) -> None:
    found = by_name(judge([Says(lie)], later))
    assert found["liar"].equal
    assert found["liar"].makespan >= found["oracle"].makespan
    assert found["liar"].recall < 1 or found["liar"].precision < 1


def test_the_past_of_one_design_misleads_about_the_other(past: list[Example]) -> None:
    other = example("nft", 7)
    found = by_name(judge([train_rules(past)], other))
    assert found["rules"].precision < 0.1
    assert found["rules"].makespan > found["no hints"].makespan
    assert found["rules"].equal


def test_nothing_is_learned_from_the_block_that_is_judged(past: list[Example], later: Example) -> None:
    assert len(Oracle(later).pairs(later.features)) == len(later.pairs)
    assert train_rules([]).pairs(later.features) != later.pairs
    assert train_table([]).pairs(later.features) == train_model([]).pairs(later.features) == set()


def test_real_blocks_come_in_their_order_and_are_executed_rightly(toyevm_data: Path) -> None:
    paths = [toyevm_data / "mainnet" / f"{number}.json.xz" for number in (19933122, 19426587)]
    old, new = read_examples(paths)
    assert (old.name, new.name) == ("block 19,426,587", "block 19,933,122")
    found = by_name(judge([train_rules([old])], new))
    assert found["rules"].equal
    assert found["rules"].recall > 0.2
