"""A port: three layers that believe each other's messages, and the few words with which a student works there.

    port = open_port()
    message = port.burn("Ann", "sidechain", "rollup", 5, to="Bob")
    port.wait(3)
    port.relay("Rita", message)

Layers and answers are those of `toyevm.rollups.interop`. All layers make a block in the same second, every 12 seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from toyevm.errors import InputError
from toyevm.rollups.interop.cluster import PURSE, Cluster, SentMessage
from toyevm.rollups.interop.forgery import FORGER, FORGER_CODE
from toyevm.state import Account
from toyevm.workloads.workload import SLOT_SECONDS

PEOPLE = ("Ann", "Bob", "Rita", "Mallory")
LAYERS = ("rollup", "sidechain", "validium")
MILESTONE_EVERY, FIRST_BLOCKS = 5, 4
SINGLE_BLOCKS, DAY, MOST_DAYS = 50, 86_400, 60
MOST_BLOCKS = MOST_DAYS * DAY // SLOT_SECONDS
LETTERS = {name: name[0].upper() for name in LAYERS}


@dataclass(frozen=True)
class PortMessage:
    """What was burned on one layer, and can be minted on another."""

    sent: SentMessage
    source: str
    destination: str
    amount: int
    to: str

    def __repr__(self) -> str:
        place = self.sent.log.identifier
        return (
            f"{self.amount} tokens for {self.to}, {self.source} -> {self.destination}: "
            f"log {place.log_index} of block {place.block_number}"
        )


class Port:
    """Three layers, their people, and what was said.

    Attributes:
        said: what was done and answered so far, line by line.
        relayed: messages that have minted.
        early: how many blocks lay on the first of them when it was relayed, if it was not final.
    """

    def __init__(self, milestone_every: int = MILESTONE_EVERY) -> None:
        self._every = milestone_every
        self.cluster = Cluster(PEOPLE, extra={FORGER: Account(nonce=1, code=FORGER_CODE)})
        self.said: list[str] = []
        self.relayed: list[PortMessage] = []
        self.early: int | None = None

    def __repr__(self) -> str:
        return "a port"

    def burn(self, name: str, source: str, destination: str, amount: int, to: str | None = None) -> PortMessage:
        """Burn tokens on one layer, in its next block, for a message that mints them on another."""
        receiver = to or name
        for person in (name, receiver):
            _one_of(person, PEOPLE, "who")
        for layer in (source, destination):
            _one_of(layer, LAYERS, "layer")
        if source == destination:
            raise InputError(f"from {source} to {destination}", expected="two different layers")
        if type(amount) is not int or not 0 < amount <= PURSE:
            raise InputError(f"{amount!r:.40} tokens", expected=f"a whole number from 1 to {PURSE:,}")
        tx = self.cluster.send_tokens(name, source, destination, amount, receiver)
        self._tick()
        if reason := self.cluster.reason(source, tx):
            raise InputError(f"{name} cannot burn {amount}: {reason}")
        message = PortMessage(self.cluster.sent(source)[-1], source, destination, amount, receiver)
        self._note(f"burned: {message!r}")
        return message

    def wait(self, blocks: int = 1) -> None:
        """Let every layer make so many blocks; after block 50, the time of all passes in one, for speed."""
        if type(blocks) is not int or not 0 < blocks <= MOST_BLOCKS:
            raise InputError(f"{blocks!r:.40} blocks", expected=f"a whole number from 1 to {MOST_BLOCKS:,}")
        single = min(blocks, max(0, SINGLE_BLOCKS - self._height("sidechain")))
        for seconds in [SLOT_SECONDS] * single + [SLOT_SECONDS * (blocks - single)] * (blocks > single):
            self._tick(seconds)

    def wait_days(self, days: int) -> None:
        """Let days pass."""
        if type(days) is not int or not 0 < days <= MOST_DAYS:
            raise InputError(f"{days!r:.40} days", expected=f"a whole number from 1 to {MOST_DAYS}")
        self._tick(days * DAY)

    def relay(self, name: str, message: PortMessage) -> str:
        """Show a message to its destination, and return what comes of it."""
        _one_of(name, PEOPLE, "who")
        refused, is_final = len(self.cluster.refused), self.is_final(message)
        lie_on_it = self._height(message.source) - message.sent.log.identifier.block_number
        tx = self.cluster.relay(name, message.sent, message.destination)
        self._tick()
        layer = message.destination
        new = [why for block, why in self.cluster.refused[refused:] if self.cluster.names[block.chain_id] == layer]
        if new:
            return self._note(f"{layer}: block left out, {new[0]}")
        if reason := self.cluster.reason(layer, tx):
            return self._note(f"{layer}: refused, {reason}")
        if not (is_final or self.relayed):
            self.early = lie_on_it
        self.relayed.append(message)
        return self._note(f"{layer}: mints {message.amount} for {message.to}")

    def is_final(self, message: PortMessage) -> bool:
        """Tell whether the block of a burn can no longer be replaced, nor become invalid."""
        if not isinstance(message, PortMessage):
            raise InputError(f"{message!r:.60}", expected="a message: what port.burn returns")
        return self.cluster.final()[message.source] >= message.sent.log.identifier.block_number

    def balance(self, name: str, layer: str) -> int:
        """Return how many tokens somebody has on a layer."""
        return self.cluster.balance(_one_of(name, PEOPLE, "who"), _one_of(layer, LAYERS, "layer"))

    def storm(self) -> int:
        """Replace every block of the sidechain that is not final by an empty one; return how many."""
        lost = self._height("sidechain") - self.cluster.final()["sidechain"]
        if lost > 0:
            self.cluster.reorg("sidechain", lost)
            self.cluster.settle()
        self._note(f"reorg: blocks of the sidechain that are replaced: {lost}")
        return lost

    def _tick(self, seconds: int = SLOT_SECONDS) -> None:
        self.cluster.tick(seconds)
        if self._height("sidechain") % self._every == 0:
            self.cluster.milestone()

    def _height(self, layer: str) -> int:
        return len(self.cluster.members[layer].chain.entries) - 1

    def _note(self, words: str) -> str:
        self.said.append(words)
        return words


def open_port(milestone_every: int = MILESTONE_EVERY) -> Port:
    """Return a port in which everybody has 1,000 tokens on each layer.

    Args:
        milestone_every: so many blocks of the sidechain, its signers sign a milestone.
    """
    port = Port(milestone_every)
    port.wait(FIRST_BLOCKS)
    return port


def _one_of(value: object, names: tuple[str, ...], what: str) -> str:
    if value not in names:
        raise InputError(f"{value!r:.40}", expected=f"{what}: {' | '.join(names)}")
    return str(value)
