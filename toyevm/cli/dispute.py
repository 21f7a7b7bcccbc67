"""`toyevm dispute`: games of an honest player against liars of all kinds, and what came of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median_high
from typing import TYPE_CHECKING, Any

from toyevm.cli.screen import progress, show, table
from toyevm.errors import InputError
from toyevm.rollups.optimistic.block_states import ShownStep
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
    tallies: dict[str, Tally] = {}
    with progress("games", games) as begin:
        for game in play_games(transactions, games, seed):
            tallies.setdefault(game.kind, Tally()).add(game)
            begin(game.kind)
    report = report_on(tallies)
    show(report, as_json, lambda console, value: print_report(console, value, tallies))
    return 0 if report["honestWins"] == games and not report["falseConvictions"] else 1


@dataclass
class Tally:
    """What the games against one kind of liar came to. The games themselves are not kept: a million fill any memory."""

    games: int = 0
    honest_wins: int = 0
    false_convictions: int = 0
    rounds: int = 0
    returns: list[int] = field(default_factory=list)  # the liar's, in wei
    shown: Counter[ShownStep] = field(default_factory=Counter)

    def add(self, game: PlayedGame) -> None:
        """Count one game more."""
        self.games += 1
        self.honest_wins += game.honest_wins
        self.false_convictions += not game.is_proposer and not game.game.is_defended
        self.rounds = max(self.rounds, game.rounds)
        self.returns.append(game.returns[LIAR])
        self.shown.update(game.shown)


def report_on(tallies: Mapping[str, Tally]) -> Report:
    """Return what the contract of the command asks for; bytes are those of witnesses that the verifier has taken."""
    every = tallies.values()
    shown = sum((tally.shown for tally in every), Counter[ShownStep]())
    sizes = [step.size for step in shown.elements()]
    return {
        "games": sum(tally.games for tally in every),
        "honestWins": sum(tally.honest_wins for tally in every),
        "falseConvictions": sum(tally.false_convictions for tally in every),
        "maxRounds": max(tally.rounds for tally in every),
        "witnessMedian": median_high(sizes) if sizes else None,
        "witnessMax": max(sizes, default=None),
        "worstStep": max(shown).name if shown else None,
        "kinds": {kind: tally.games for kind, tally in tallies.items()},
    }


def print_report(console: Console, report: Report, tallies: Mapping[str, Tally]) -> None:
    """Print a line for each kind of liar, and the whole in words."""
    rows = [
        (kind, tally.games, tally.honest_wins, tally.rounds, f"{max(tally.returns) / ETHER:.2f}")
        for kind, tally in tallies.items()
    ]
    heads = ("liar", "games", "honest wins", "rounds", "liar's best, ether")
    console.print(table("an honest player against liars", heads, rows))
    console.print(f"The honest won {report['honestWins']:,} of {report['games']:,} games.")
    console.print(f"Honest proposers convicted: {report['falseConvictions']}.")
    if report["witnessMax"] is not None:
        console.print(
            f"A witness of the last step: {report['witnessMedian']:,} bytes in the median, {report['witnessMax']:,} at "
            f"most ({report['worstStep']})."
        )
