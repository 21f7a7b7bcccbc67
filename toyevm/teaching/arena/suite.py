"""The blocks of a contest: applications with so many transactions, by a seed, on so many cores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toyevm.errors import InputError
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.json_input import read_json
from toyevm.workloads.mixer import MIXABLE
from toyevm.workloads.workload import Workload

WORKLOADS = APPLICATIONS | MIXABLE
MOST = 200  # transactions, and cores


@dataclass(frozen=True)
class Bout:
    """One block to be played.

    Raises:
        InputError: there is no such workload, or a number is too small or too large.
    """

    workload: str
    transactions: int = 40
    cores: int = 8
    seed: int = 0

    def __post_init__(self) -> None:
        if self.workload not in tuple(WORKLOADS):
            raise InputError(f"unknown workload {self.workload!r}", "suite", " | ".join(WORKLOADS))
        for name in ("transactions", "cores", "seed"):
            number = getattr(self, name)
            if type(number) is not int or not (name == "seed" or 1 <= number <= MOST):
                expected = "a whole number" + ("" if name == "seed" else f", 1 to {MOST}")
                raise InputError(f"{name} {number!r:.40}", "suite", expected)

    def build(self) -> Workload:
        """Return the block."""
        return WORKLOADS[self.workload](self.transactions, seed=self.seed)


SUITE = (
    Bout("mixed"), Bout("ether"), Bout("erc20-zipf"), Bout("nft-counter"), Bout("amm-swap"), Bout("payments"),
)  # fmt: skip
"""The open suite: to train on. What counts is a hidden one, in the same form."""


def read_suite(path: Path) -> tuple[Bout, ...]:
    """Read a suite: a JSON list of {"workload", "transactions"?, "cores"?, "seed"?}.

    Raises:
        InputError: it is none.
    """
    document: Any = read_json(path)
    if not isinstance(document, list) or not document:
        raise InputError("no list of bouts", str(path), '[{"workload": "mixed"}, …]')
    return tuple(_bout(each, f"{path} [{number}]") for number, each in enumerate(document))


def _bout(document: Any, where: str) -> Bout:
    names = ("workload", "transactions", "cores", "seed")
    if not isinstance(document, Mapping) or "workload" not in document or set(document) - set(names):
        raise InputError("no bout", where, ", ".join(names))
    try:
        return Bout(**document)
    except InputError as error:
        raise InputError(error.what, where, error.expected) from None
