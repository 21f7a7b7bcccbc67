"""Rules: for each (to, selector) those by which most of its past calls read and wrote."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from toyevm.backends.hints import Locks
from toyevm.bench.learned.examples import Example, Pair
from toyevm.bench.learned.features import TxFeatures
from toyevm.bench.learned.templates import Template, explain
from toyevm.types import Address, Field, Location

HALF = 0.5  # of the calls that it must have been right for
PAYER = (Template("sender", (Field.BALANCE,)), Template("sender", (Field.NONCE,)))
PAYEE = (Template("to", (Field.BALANCE,)),)
Call = tuple[Address | None, bytes]


@dataclass(frozen=True)
class CallRules:
    """How calls of one function read and write."""

    reads: tuple[Template, ...]
    writes: tuple[Template, ...]


@dataclass(frozen=True)
class RuleBook:
    """Rules by call. Of a call that is new to it, it knows what each transaction does: it pays, and is counted."""

    rules: Mapping[Call, CallRules] = field(repr=False)
    name: str = "rules"

    def locks(self, features: TxFeatures) -> Locks:
        """Return the locations that a transaction is predicted to read and to write."""
        known = PAYER + (PAYEE if features.value else ())
        rules = self.rules.get(features.call, CallRules(known, known))
        return Locks(_located(rules.reads, features), _located(rules.writes, features))

    def pairs(self, block: Sequence[TxFeatures]) -> set[Pair]:
        """Return the pairs of which the later one is predicted to read what the earlier one writes."""
        writers: dict[Location, list[int]] = defaultdict(list)
        found = set()
        for tx_index, locks in enumerate(map(self.locks, block)):
            found |= {(before, tx_index) for location in locks.reads for before in writers[location]}
            for location in locks.writes:
                writers[location].append(tx_index)
        return found


def _located(templates: Iterable[Template], features: TxFeatures) -> frozenset[Location]:
    return frozenset(found for each in templates if (found := each.locate(features)) is not None)


def train_rules(examples: Iterable[Example]) -> RuleBook:
    """Return the rules that these blocks show."""
    calls: dict[Call, list[tuple[TxFeatures, frozenset[Location], frozenset[Location]]]] = defaultdict(list)
    for example in examples:
        for seen in zip(example.features, example.reads, example.writes, strict=True):
            calls[seen[0].call].append(seen)
    return RuleBook({call: _rules_of(seen) for call, seen in calls.items()})


def _rules_of(seen: Sequence[tuple[TxFeatures, frozenset[Location], frozenset[Location]]]) -> CallRules:
    reads = _rules([(features, read) for features, read, _ in seen])
    return CallRules(reads, _rules([(features, written) for features, _, written in seen]))


def _rules(seen: Sequence[tuple[TxFeatures, frozenset[Location]]]) -> tuple[Template, ...]:
    """Return the rules that gave a location which was there, for more than half of the calls."""
    counts = Counter(template for features, locations in seen for template in explain(features, locations))
    return tuple(sorted((each for each, times in counts.items() if times > HALF * len(seen)), key=repr))
