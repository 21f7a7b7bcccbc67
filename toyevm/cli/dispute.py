"""`toyevm dispute`: games of an honest player against liars of all kinds, and what came of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from statistics import median_high
from typing import TYPE_CHECKING, Any

from toyevm.cli.screen import progress, show, table
from toyevm.errors import InputError
from toyevm.rollups.optimistic.many_games import LIAR, PlayedGame, play_games
from toyevm.units import ETHER

if TYPE_CHECKING:
    from rich.console import Console

Report = dict[str, Any]
MOST_TRANSACTIONS, MOST_GAMES = 2_000, 1_000_000


def run(transactions: int, games: int, seed: int, as_json: bool) -> int:
    """Play the games and print a report; return 1 if an honest player lost one.

    Raises:
        InputError: a number that there cannot be.
    """
    for option, value, most in (("--transactions", transactions, MOST_TRANSACTIONS), ("--games", games, MOST_GAMES)):
        if not 1 <= value <= most:
            raise InputError(f"{value}", option, f"1 to {most:,}")
    if seed < 0:
        raise InputError(f"{seed}", "--seed", "0 or more")
    played = []
    with progress("games", games) as begin:
        for game in play_games(transactions, games, seed):
            played.append(game)
            begin(game.kind)
    report = report_on(played)
    show(report, as_json, lambda console, value: print_report(console, value, played))
    return 0 if report["honestWins"] == games and not report["falseConvictions"] else 1


def report_on(played: Iterable[PlayedGame]) -> Report:
    """Return what the contract of the command asks for; bytes are those of witnesses that the verifier has taken."""
    games = list(played)
    shown = [step for game in games for step in game.shown]
    sizes = [step.size for step in shown]
    return {
        "games": len(games),
        "honestWins": sum(game.honest_wins for game in games),
        "falseConvictions": sum(not game.is_proposer and not game.game.is_defended for game in games),
        "maxRounds": max(game.rounds for game in games),
        "witnessMedian": median_high(sizes) if sizes else None,
        "witnessMax": max(sizes, default=None),
        "worstStep": max(shown).name if shown else None,
        "kinds": dict(Counter(game.kind for game in games)),
    }


def print_report(console: Console, report: Report, played: Iterable[PlayedGame]) -> None:
    """Print a line for each kind of liar, and the whole in words."""
    rows = []
    for kind, count in report["kinds"].items():
        of_kind = [game for game in played if game.kind == kind]
        best = max(game.returns[LIAR] for game in of_kind) / ETHER
        rounds = max(game.rounds for game in of_kind)
        rows.append((kind, count, sum(game.honest_wins for game in of_kind), rounds, f"{best:.2f}"))
    heads = ("liar", "games", "honest wins", "rounds", "liar's best, ether")
    console.print(table("an honest player against liars", heads, rows))
    console.print(f"The honest won {report['honestWins']:,} of {report['games']:,} games.")
    console.print(f"Honest proposers convicted: {report['falseConvictions']}.")
    if report["witnessMax"] is not None:
        console.print(
            f"A witness of the last step: {report['witnessMedian']:,} bytes in the median, {report['witnessMax']:,} at "
            f"most ({report['worstStep']})."
        )
