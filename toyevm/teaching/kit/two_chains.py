"""Two chains and a bridge, move by move: deposits and blocks on L1, credits on a sidechain, reorgs of L1.

Both chains are real. A reorg replaces the last blocks of L1 by as many empty ones: what was in them is lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from toyevm.errors import InputError
from toyevm.rollups.sidechain.sidechain import Sidechain
from toyevm.teaching.kit.marks import CROSS, TICK
from toyevm.units import ETHER, GWEI

DEPOSIT, MOST_MOVES, DEEPEST = 5, 12, 6  # ether; moves; blocks of a reorg
FORM = "deposit, block, credit, or reorg1 to reorg6"


@dataclass(frozen=True)
class TwoChains:
    """What becomes of two chains.

    Args:
        moves: what happens, in order: a deposit (in an L1 block of its own), an empty block, credit (a block of the
            sidechain), or a reorg of so many blocks.
        wait: how many blocks of L1 must lie on a deposit before the sidechain credits it.
    """

    moves: tuple[str, ...] = ()
    wait: int = 2

    @cached_property
    def _played(self) -> tuple[Sidechain, list[tuple[int, int]], int]:
        side = Sidechain({"Pia": ETHER}, users=["Ann"], confirmations=self.wait)
        lost: list[tuple[int, int]] = []
        first = side.l1.head.number + 1
        for move in self.moves:
            if move == "deposit":
                side.deposit("Ann", DEPOSIT * ETHER)
            elif move == "block":
                side.l1.mine()
            elif move == "credit":
                side.produce()
            else:
                depth, grown = int(move[5:]), side.l1.head.number - first + 1
                if depth > grown:
                    raise InputError(f"{move}, but there are {grown} blocks", "two chains", "a reorg of no more")
                lost = _deposits(side, first)[-depth:]
                side.l1.reorg(depth, keep=False)
                for _ in range(depth):
                    side.l1.mine()
        return side, lost, first

    @property
    def l1(self) -> list[tuple[int, int]]:
        """The blocks of L1: number, and how many ether were deposited in it."""
        side, _, first = self._played
        return _deposits(side, first)

    @property
    def lost(self) -> list[tuple[int, int]]:
        """The blocks that the last reorg took back."""
        return self._played[1]

    @property
    def credits(self) -> list[tuple[int, int]]:
        """The blocks of the sidechain: number, and how many ether were credited in it."""
        chain = self._played[0].chain
        supplies = [sum(each.balance for each in entry.world.accounts.values()) // ETHER for entry in chain.entries]
        return [(at, supplies[at] - supplies[at - 1]) for at in range(1, len(supplies))]

    @property
    def escrow(self) -> int:
        """The ether in the bridge on L1."""
        return self._played[0].escrow // ETHER

    @property
    def supply(self) -> int:
        """The ether on the sidechain."""
        return self._played[0].supply // ETHER

    @property
    def lines(self) -> list[str]:
        """What a picture of them says, line by line."""
        rows = (("L1, lost ", self.lost), ("L1       ", self.l1), ("sidechain", self.credits))
        lines = [f"Ann deposits 5 ether at a time, the sidechain waits for {self.wait} more blocks"]
        for name, blocks in rows:
            lines.append(
                f"{name} " + (", ".join(f"block {number}: {ether} ether" for number, ether in blocks) or "no blocks")
            )
        lines.append(f"escrow on L1: {self.escrow} ether, on the sidechain: {self.supply} ether")
        gap = self.supply - self.escrow
        if gap > 0:
            return [*lines, f"{CROSS} {gap} ether on the sidechain have nothing behind them"]
        return [*lines, f"{TICK} every ether on the sidechain lies in the escrow"]


def read_moves(text: str) -> tuple[str, ...]:
    """Return the moves of a text.

    >>> read_moves("deposit block, Reorg2")
    ('deposit', 'block', 'reorg2')

    Raises:
        InputError: one of them cannot be read, or there are too many.
    """
    moves = tuple(text.casefold().replace(",", " ").replace("reorg ", "reorg").split())
    for move in moves:
        if not re.fullmatch(rf"deposit|block|credit|reorg[1-{DEEPEST}]", move):
            raise InputError(f"{move!r:.40}", "moves", FORM)
    if len(moves) > MOST_MOVES:
        raise InputError(f"{len(moves)} moves", "moves", f"at most {MOST_MOVES}")
    return moves


def _deposits(side: Sidechain, first: int) -> list[tuple[int, int]]:
    numbers = range(first, side.l1.head.number + 1)
    return [
        (number - first + 1, sum(each.amount for each in side.contracts.deposits(number)) * GWEI // ETHER)
        for number in numbers
    ]
