"""What a schedule of halves did to a few payments: played, and put into words from the first half that breaks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from toyevm.errors import InputError
from toyevm.simulation.interleaver import Play, all_plays, play
from toyevm.simulation.notation import LETTERS
from toyevm.teaching.kit.interleaving.scene import InterleavingScene, free_of_gas, watched
from toyevm.teaching.lab.turns import read_words
from toyevm.types import Location
from toyevm.units import ETHER
from toyevm.workloads.transfers import Payment


class Stale(NamedTuple):
    """The first write that is made from an old value: whose balance it is, which half is lost, and all in words."""

    name: str
    lost: str
    text: str


def scene_of(payments: Sequence[Payment], schedule: object) -> InterleavingScene:
    """Return what a schedule of halves does to these payments.

    Raises:
        InputError: it cannot be read, it has other moves than halves, or a payment is refused where it stands.
    """
    if isinstance(schedule, (list, tuple)) and schedule and all(isinstance(half, str) for half in schedule):
        schedule = " ".join(schedule)
    words = re.sub(r"([A-Za-z][12])", r"\1 ", read_words(schedule, 'halves such as "A1 A2 B1 B2 C1 C2"'))
    halves, last = re.findall(r"[^\s,]+", words.upper()), LETTERS[len(payments) - 1]
    if strange := [half for half in halves if not re.fullmatch(rf"[A-{last}][12]", half)]:
        raise InputError(f"{strange[0]!r} is no half", "schedule", f"A1, A2 and so on up to {last}2, and spaces")
    if twice := [half for half in halves if halves.count(half) > 1]:
        raise InputError(f"{twice[0]} occurs twice", "schedule", "each half once")
    if early := [half for at, half in enumerate(halves) if half[1] == "2" and f"{half[0]}1" not in halves[:at]]:
        name, half = early[0][0], early[0]
        why = f"{half} stands before {name}1, but {name} can write only what it has worked out."
        raise InputError(f"{why} Which half must come first?")
    workload = free_of_gas(payments)
    played = play(workload.pre, workload.block, words)
    return InterleavingScene(played, tuple(map(str, payments)), watched(workload))


def stale_of(scene: InterleavingScene) -> Stale | None:
    """Return the first write that overwrites a value which its transaction had not seen."""
    seen: dict[int, dict[Location, object]] = {}
    world, writers = scene.play.pre, dict[Location, object]()
    for event in scene.play.events:
        if event.move.runs:
            seen[event.move.tx_index] = {place: read.value for place, read in event.seen.items()}
            continue
        for place, name in scene.watched.items():
            saw, now = seen[event.move.tx_index].get(place), world.read(place).value
            if place in event.wrote and saw != now:
                half, old, new = event.move, scene.shown(saw), scene.shown(event.wrote[place])  # type: ignore[arg-type]
                text = f"{half} writes {name} {new}, worked out from the {old} that {str(half)[0]}1 saw. "
                lost = str(writers[place])
                return Stale(name, lost, f"{text}But {lost} had written {scene.shown(now)} by then.")
        writers |= dict.fromkeys(event.wrote, event.move)
        world = event.world
    return None


def money_of(played: Play, places: Sequence[Location]) -> int:
    """Return how much ether these balances hold at the end."""
    return sum(int(played.post.read(place).value) for place in places) // ETHER


def can_mint(payments: Sequence[Payment]) -> bool | None:
    """Say whether any schedule of two payments leaves more money than before; of more than two, None."""
    if len(payments) > 2:
        return None
    workload = free_of_gas(payments)
    places = list(watched(workload))
    before = sum(int(workload.pre.read(place).value) for place in places) // ETHER
    return any(money_of(each, places) > before for each in all_plays(workload.pre, workload.block))


def overlap(halves: Sequence[str], one: str, other: str) -> bool:
    """Say whether each of two transactions begins before the other has ended."""
    at = halves.index
    return at(f"{one}1") < at(f"{other}2") and at(f"{other}1") < at(f"{one}2")
