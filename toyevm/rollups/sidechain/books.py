"""The books of a bridge: what lies in the escrow on L1, and who has a claim to it.

    escrow = supply on the sidechain + fees burned there + deposits that still arrive + burns that still leave + strays

Nobody holds the claim to the fees: the base fee destroys ether on the sidechain, and its ether on L1 stays locked. The
same is true of strays, which came to the gateway without a burn. What leaves is counted person by person: whoever is
paid for a burn that never was does not pay off what others are owed.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from toyevm.rollups.sidechain.chain import ChildChain, burns_in
from toyevm.rollups.sidechain.root_contracts import RootContracts
from toyevm.units import GWEI


class SideBooks(NamedTuple):
    """All in wei, each looked up where it is: none is computed from the escrow."""

    escrow: int
    supply: int
    fees_burned: int
    arriving: int
    leaving: int
    strays: int

    @property
    def missing(self) -> int:
        """How much more is claimed than there is: 0 as long as nobody has lost anything."""
        return self.supply + self.fees_burned + self.arriving + self.leaving + self.strays - self.escrow


def keep_books(contracts: RootContracts, chain: ChildChain, credited: int) -> SideBooks:
    """Return the books; `credited` deposits have arrived on the sidechain."""
    blocks = range(len(contracts.l1.entries))
    deposits = [deposit for number in blocks for deposit in contracts.deposits(number)]
    burns = [burn for entry in chain.entries for burn in burns_in(entry.sealed)]
    owed: Counter[bytes] = Counter()
    for receiver, amount in burns:
        owed[receiver] += amount
    for receiver, amount in (payment for number in blocks for payment in contracts.payments(number)):
        owed[receiver] -= amount
    return SideBooks(
        escrow=contracts.escrow,
        supply=chain.supply,
        fees_burned=chain.fees_burned,
        arriving=sum(deposit.amount for deposit in deposits if deposit.nonce >= credited) * GWEI,
        leaving=sum(amount for amount in owed.values() if amount > 0),
        strays=chain.burned - sum(amount for _, amount in burns),
    )
