"""Who proposes: an honest one, three who lie, and one whom a second player steers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from toyevm.teaching.kit.bisection.eight_steps import Change, State, honest, story
from toyevm.vm.frame import Machine

Claims = tuple[State, ...]


def on_top(word: int) -> Change:
    """Return a change of the word on top of the stack."""

    def change(machine: Machine) -> None:
        machine.frames[-1].stack[-1] = word

    return change


def less_gas(machine: Machine) -> None:
    """Take a little gas away; the stack is as it was."""
    machine.frames[-1].gas_left -= 1


def restless() -> Claims:
    """Return the claims of somebody whose lies do not belong together: each comes from another story."""
    stories = [story({1: on_top(8)}), story({4: on_top(92)}), story({3: on_top(9)})]
    return tuple(stories[at % 3][at] if at else honest()[0] for at in range(len(honest())))


PROPOSERS: Mapping[str, Callable[[], Claims]] = {
    "Mallory": lambda: story({4: on_top(92)}),
    "Zoe": lambda: story({2: less_gas}),
    "Igor": restless,
    "Pia": honest,
}
SECOND = "player 2"


@cache
def claims_of(proposer: str, lies_from: int = 4) -> Claims:
    """Return states 0 to 8 as a proposer claims them; the second player's are false from a state on."""
    if proposer != SECOND:
        return PROPOSERS[proposer]()
    if lies_from == len(honest()) - 1:
        return (*honest()[:-1], story({4: on_top(92)})[-1])
    return story({lies_from: less_gas})
