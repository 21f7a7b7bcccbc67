"""`toyevm claims`: run the experiments behind sentences of the press, and say what is left of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from toyevm.bench.claims import CLAIMS, PopularClaim, audit, claim_named
from toyevm.bench.compare import plain
from toyevm.bench.compare.figures import short
from toyevm.cli.screen import progress, show
from toyevm.rollups.zk_rollup.needs import need_numpy

if TYPE_CHECKING:
    from rich.console import Console

Report = Mapping[str, Any]


def run(names: Sequence[str], as_json: bool) -> None:
    """Audit the claims of these names, or all.

    Raises:
        InputError: there is no such claim, or numpy is not installed.
    """
    need_numpy("claims")
    claims = [claim_named(name) for name in names] or list(CLAIMS.values())
    rows = []
    with progress("claims", len(claims)) as begin:
        for claim in claims:
            begin(claim.id)
            rows.append(row_of(claim))
    show(rows, as_json, print_claims)


def row_of(claim: PopularClaim) -> Report:
    """Run a claim's experiment, and return it with its evidence as JSON."""
    found = audit(claim)
    cases = [{"if": case.condition, "holds": case.holds, "figures": plain(dict(case.figures))} for case in found.cases]
    return {
        "id": claim.id,
        "sentence": claim.sentence,
        "lesson": claim.lesson,
        "experiment": claim.experiment,
        "ruled": found.ruled.value,
        "verdict": found.verdict,
        "confuses": claim.confusion,
        "cases": cases,
    }


def print_claims(console: Console, rows: Sequence[Report]) -> None:
    """Print each claim with its verdict, and a line for each case."""
    for row in rows:
        console.print(f'"{row["sentence"]}"  {row["ruled"].upper()}  ({row["id"]}, lesson {row["lesson"]})')
        console.print(f"  {row['experiment']} It confuses: {row['confuses']}.")
        for case in row["cases"]:
            console.print(f"  {'holds' if case['holds'] else 'fails'} if {case['if']}: {_figures(case['figures'])}")
        console.print()


def _figures(figures: Mapping[str, Report]) -> str:
    told = [f"{name} {short(each['value'])} {each['unit']} ({each['tag']})" for name, each in figures.items()]
    return ", ".join(told)
