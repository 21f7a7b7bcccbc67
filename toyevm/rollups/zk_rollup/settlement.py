"""The zk-rollup as a settlement: a block is final when L1 has a proof that its payments lead from root to root.

The accounts that the block touches get numbers, and L1 is told the root over them before it. What lies behind their
balances was locked before, and is not on this L1; what the block credits is locked on it. Nothing of the block is
believed: not its result, since the payments alone are proven, and not the operator, since a reader rebuilds the
accounts from L1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from toyevm.errors import InputError, InvalidTransaction, NotProvable
from toyevm.rollups.base import ExecutedBlock
from toyevm.state import WorldState
from toyevm.types import Hash32

if TYPE_CHECKING:
    from toyevm.rollups.zk_rollup.root_contract import RootContract


@dataclass(frozen=True)
class PostedPayments:
    """A block whose payments L1 has, and the world before it, which everybody knows."""

    contract: RootContract
    genesis: WorldState


class ZkRollupSettlement:
    """A rollup whose first batch is the block that is submitted. A block without payments is final as it is."""

    name = "zk"
    summary = "payments under a STARK: L1 checks a proof, and that each payment on it is signed"

    def submit(self, executed: ExecutedBlock) -> PostedPayments:
        """Prove the block's payments, and bring them with the proof before L1.

        Raises:
            NotProvable: not all of the block are payments that can be proven, or the result is not theirs.
            InputError: numpy is not installed.
        """
        try:
            from toyevm.rollups.zk_rollup.posting import post
        except ImportError as error:
            raise InputError("numpy is not installed", self.name, "pip install 'toyevm[course]'") from error
        try:
            return PostedPayments(post(executed), executed.pre)
        except InvalidTransaction as error:
            raise NotProvable(None, f"what the block credits cannot be locked on L1: {error}") from error

    def finalize(self, submission: PostedPayments) -> Hash32:
        """Return the state root of the world that a reader rebuilds from L1 alone.

        Raises:
            NotProvable: it is not the one that L1 believes.
        """
        from toyevm.rollups.zk_rollup.reader import rebuild

        try:
            return rebuild(submission.contract, submission.genesis).root
        except InputError as error:
            raise NotProvable(None, str(error)) from error
