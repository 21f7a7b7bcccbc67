"""The part of the block that is final. Parallel backends commit here, in the block's order, and only what is valid.

An outcome is valid if everything it read still has the version it saw. Versions, not values alone: a version names the
run that wrote it, and so one value; equal versions mean that nothing has happened in between. (The value is compared as
well: who has added up increments says in which version the highest was, and must have added up all of them.) All lower
transactions being final, "still" here means "for ever".

The balance of the fee recipient is a sum over *all* transactions so far. A fee that is added to it makes a version of
its own (`FEE`): whoever has read the sum without it, from wherever, has seen another version.

Whatever the cores do before this point is a guess. This module is what makes guessing safe, and the reason why hints,
schedules and seeds change the time a block takes, and never its outcome.
"""

from __future__ import annotations

from toyevm.blocks import Block
from toyevm.chain import ChainConfig
from toyevm.errors import InvalidBlock, InvalidTransaction
from toyevm.results import TxResult
from toyevm.simulation.conversation import Conclusion
from toyevm.state import BlockView, WorldState
from toyevm.system import BlockRoom, begin_block, end_block
from toyevm.types import Field, Location, Version

FEE = -1  # in place of an incarnation: Version(5, FEE) is no run's value, but what there is after 5 has paid


class Ledger:
    """Outcomes in block order, and the state after the last of them."""

    def __init__(self, pre: WorldState, block: Block, chain: ChainConfig) -> None:
        self.block, self.env = block, chain.env(block)
        self.view = BlockView(pre)
        begin_block(self.view, self.env, block)
        self.results: list[TxResult] = []
        self.fees = Location(self.env.coinbase, Field.BALANCE)  # every commit adds to it
        self._room = BlockRoom(self.env)

    @property
    def head(self) -> int:
        """The lowest transaction that is not final. What it reads now is what it reads in the end."""
        return len(self.results)

    @property
    def is_complete(self) -> bool:
        return self.head == len(self.block.transactions)

    def find_stale(self, outcome: Conclusion) -> Location | None:
        """Return a location that has another version by now than the one this outcome has seen; None if it is valid."""
        for location, read in outcome.reads.items():
            if self.view.read(location) != read:
                return location
        return None

    def commit(self, version: Version, outcome: Conclusion) -> None:
        """Make the outcome of the head final.

        Raises:
            InvalidBlock: when the head may not be in the block: it does not fit any more, or it is not allowed.
            Exception: what went wrong in the head, which has seen nothing but final values.
        """
        tx = self.block.transactions[self.head]
        try:
            self._room.check(tx)
            if outcome.result is None:
                raise outcome.refusal or outcome.failure or AssertionError("an outcome that is none")
        except InvalidTransaction as error:
            raise InvalidBlock(str(error), self.head) from error
        self._room.use(tx, outcome.result)
        self.view.commit(version, outcome.result.diff)
        self.view.pay(Version(version.tx_index, FEE), self.env.coinbase, outcome.result.fee)
        self.results.append(outcome.result)

    def close(self) -> tuple[bytes, ...]:
        """Do what comes after the last transaction, and return the requests to the consensus layer."""
        return end_block(self.view, self.env, self.block, self.results)
