"""What a mix of applications makes of a block: calls and longest chain of each, and how far the block is parallel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from toyevm.analysis.conflicts import Lens, hot_spots
from toyevm.analysis.dependencies import span
from toyevm.backends import BACKENDS, RunConfig
from toyevm.errors import InputError
from toyevm.workloads.location_names import LocationNames
from toyevm.workloads.mixer import mix
from toyevm.workloads.workload import Workload

TRANSACTIONS, PEOPLE = 60, 10_000
MOST_SHARES = 20  # of one application
CROWDS = {"all alike": 0.0, "some busier": 0.5, "a few busy": 1.0, "one busy": 2.0}  # Zipf's exponent
DESIGNS = ("one sum", "spread")
OTHERS = "others"


class Mixed(NamedTuple):
    """An application of the mixer: its two designs in the registry, and its contract's name in a block."""

    meaning: str
    one_sum: str
    spread: str
    contract: str


MIXED: Mapping[str, Mixed] = {
    "payments": Mixed("people pay each other in ether", "ether", "ether", ""),
    "swaps": Mixed("people swap two tokens in one pool", "amm-swap", "amm-swap", "pool"),
    "drop": Mixed("people buy in a sale with a cap", "sale-buy", "sale-buy-sharded", "sale"),
    "market": Mixed("people buy NFTs of each other", "nft-counter", "nft", "market"),
    "loans": Mixed("people borrow tokens", "lending-borrow", "lending-isolated", "lending"),
    "game": Mixed("players work land for a rent", "game-push", "game-pull", "game"),
}


class ApplicationRow(NamedTuple):
    """One application in a block; `chain` counts its own calls on its longest path, `place` is where most meet."""

    name: str
    calls: int
    chain: int
    place: str

    @property
    def meet(self) -> str:
        return f"most meet at {self.place}" if self.chain > 1 else self.place


@dataclass(frozen=True)
class MixProfile:
    """A profiled block."""

    rows: tuple[ApplicationRow, ...]
    span: int
    crowd: str
    design: str

    @property
    def calls(self) -> int:
        return sum(row.calls for row in self.rows)

    @property
    def speedup(self) -> float:
        """Work over span, each transaction one unit: no number of cores exceeds it."""
        return self.calls / max(1, self.span)

    @property
    def lines(self) -> list[str]:
        """The same in words."""
        if not self.rows:
            return ["no calls: set a share above 0"]
        lines = [f"{row.name}: {row.calls} calls, longest chain {row.chain}, {row.meet}" for row in self.rows]
        return [*lines, f"{self.calls} transactions, span {self.span}: at best {self.speedup:.1f} times as fast"]


def profile_of_mix(shares: Mapping[str, int], crowd: str = "all alike", design: str = "one sum") -> MixProfile:
    """Return what 60 transactions of a mix do.

    Args:
        shares: whole numbers by names of `MIXED`; only their ratio counts.
        crowd: one of `CROWDS`, who is popular, in payments, drop and market.
        design: "one sum" or "spread", of the contracts that have two.

    Raises:
        InputError: what is none of these, or no share above 0.
    """
    for name, share in shares.items():
        if name not in MIXED:
            raise InputError(f"no application {name!r}", expected=" | ".join(MIXED))
        if type(share) is not int or not 0 <= share <= MOST_SHARES:
            raise InputError(f"a share of {share!r}", expected=f"a whole number from 0 to {MOST_SHARES}")
    if crowd not in CROWDS or design not in DESIGNS:
        raise InputError(f"{crowd!r}, {design!r}", expected=f"{' | '.join(CROWDS)}; {' | '.join(DESIGNS)}")
    if not any(shares.values()):
        raise InputError("no share above 0", expected="at least one")
    return _profiled(tuple((name, shares.get(name, 0)) for name in MIXED if shares.get(name)), crowd, design)


@cache
def _profiled(shares: tuple[tuple[str, int], ...], crowd: str, design: str) -> MixProfile:
    chosen = {(MIXED[name].spread if design == "spread" else MIXED[name].one_sum): share for name, share in shares}
    block = mix(chosen, TRANSACTIONS, users=PEOPLE, zipf=CROWDS[crowd])
    return profile_of_block(block, {MIXED[name].contract: name for name, _ in shares}, crowd, design)


def profile_of_block(block: Workload, names: Mapping[str, str], crowd: str = "", design: str = "") -> MixProfile:
    """Return what each application does in a block; `names` of applications by the names of their contracts."""
    config = RunConfig(block.chain)
    results = BACKENDS.named("sequential").execute_block(block.pre, block.block, config).result.results
    called = [names.get(block.name(tx.to or b"") if tx.data else "", OTHERS) for tx in block.block.transactions]
    location_name, rows = LocationNames(block), []
    for name in (*dict.fromkeys(names.values()), OTHERS):
        own = [result for result, application in zip(results, called, strict=True) if application == name]
        if own:
            graph = Lens().graph(own)
            hottest = hot_spots(graph, one_unit, limit=1)
            place = location_name(hottest[0].location) if hottest else "no two meet"
            rows.append(ApplicationRow(name, len(own), span(graph, one_unit), place))
    return MixProfile(tuple(rows), span(Lens().graph(results), one_unit), crowd, design)


def one_unit(_: int) -> int:
    """Return how long a transaction takes, where all take the same."""
    return 1
