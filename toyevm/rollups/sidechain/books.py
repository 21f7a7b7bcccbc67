"""The books of a bridge: what lies in the escrow on L1, and who has a claim to it.

    escrow = supply on the sidechain + fees burned there + deposits that still arrive + burns that still leave

The fees are a claim that nobody holds: the base fee destroys ether on the sidechain, and its ether on L1 stays locked.
"""

from __future__ import annotations

from typing import NamedTuple

from toyevm.rollups.sidechain.chain import ChildChain
from toyevm.rollups.sidechain.root_contracts import RootContracts
from toyevm.units import GWEI


class SideBooks(NamedTuple):
    """All in wei, each looked up where it is: none is computed from the others."""

    escrow: int
    supply: int
    fees_burned: int
    arriving: int
    leaving: int

    @property
    def missing(self) -> int:
        """How much more is claimed than there is: 0 as long as nobody has lost anything."""
        return self.supply + self.fees_burned + self.arriving + self.leaving - self.escrow


def keep_books(contracts: RootContracts, chain: ChildChain, credited: int) -> SideBooks:
    """Return the books; `credited` deposits have arrived on the sidechain."""
    blocks = range(len(contracts.l1.entries))
    deposits = [deposit for number in blocks for deposit in contracts.deposits(number)]
    return SideBooks(
        escrow=contracts.escrow,
        supply=chain.supply,
        fees_burned=chain.fees_burned,
        arriving=sum(deposit.amount for deposit in deposits if deposit.nonce >= credited) * GWEI,
        leaving=chain.burned - sum(contracts.paid(number) for number in blocks),
    )
