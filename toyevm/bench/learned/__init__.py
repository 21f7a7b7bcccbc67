"""Conflict hints that were learned from past blocks: predicted before a transaction runs, checked when it has run.

A hint decides the order in which things run, never what is true. So a wrong prediction costs time; how much, and how
much a right one saves, is measured beside an oracle that knows the block.
"""

from __future__ import annotations

from toyevm.bench.learned.examples import Example, examples_of, read_examples
from toyevm.bench.learned.features import TxFeatures, features_of
from toyevm.bench.learned.judging import Judgement, Oracle, Predictor, judge, share_won
from toyevm.bench.learned.model import PairModel, train_model
from toyevm.bench.learned.rules import RuleBook, train_rules
from toyevm.bench.learned.table import CallTable, train_table

__all__ = [
    "CallTable",
    "Example",
    "Judgement",
    "Oracle",
    "PairModel",
    "Predictor",
    "RuleBook",
    "TxFeatures",
    "examples_of",
    "features_of",
    "judge",
    "read_examples",
    "share_won",
    "train_model",
    "train_rules",
    "train_table",
]
