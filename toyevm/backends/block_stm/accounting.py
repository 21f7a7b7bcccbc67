"""Money that everybody pays and nobody looks at: three ways to keep the fee recipient's balance.

Every transaction pays a fee to the same account. Whoever adds to a balance has read it, so seen naively every
transaction needs the one before. But an addition need not know the sum:

    apart     the ledger adds the fees up at the end; who asks for the balance has seen too little, and runs again
    read      the balance is read and written like any other: the block becomes one chain
    lazy      the memory holds "5 more than below"; only who asks for the balance adds up. The same for who is paid in a
              plain transfer: to an account without code, which cannot look at its balance

Source of the lazy way: pevm (github.com/risechain/pevm), "lazily updated addresses". To compare with, from there (2024,
32 virtual CPUs): independent transfers become 2.8 times as fast; without it, all transfers would be one chain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from toyevm.simulation.conversation import Conclusion
from toyevm.simulation.ledger import FEE
from toyevm.simulation.multiversion import Entry, Increment, as_number
from toyevm.state import StateView
from toyevm.transactions import Transaction
from toyevm.types import Field, Location, Read, Version

LAZY = -2  # in place of an incarnation: no run's value, but one that will be known in the end


@dataclass
class FeesApart:
    """The memory holds what transactions write, and no fees."""

    fees: Location
    transactions: Sequence[Transaction]
    reads_fees = False  # whether paying is a read like any other

    def postpone(self, tx_index: int, location: Location, seen: Mapping[Location, Read]) -> Read | None:
        """Return an answer that stands in for a value nobody looks at, or None where it must be looked up."""
        return None

    def entries(self, version: Version, outcome: Conclusion, paid: Read | None) -> dict[Location, Entry]:
        """Return what an outcome leaves in the memory.

        Args:
            paid: the fee recipient's balance before, if paying has read it.
        """
        result = outcome.result
        return {location: Read(version, value) for location, value in (result.write_set if result else {}).items()}

    def settle(self, tx_index: int, outcome: Conclusion, view: StateView) -> Conclusion:
        """Put what is there in place of what stood in for it: the transaction is about to become final."""
        return outcome


@dataclass
class FeesRead(FeesApart):
    """Paying reads the balance and writes it."""

    reads_fees = True

    def entries(self, version: Version, outcome: Conclusion, paid: Read | None) -> dict[Location, Entry]:
        """Return what an outcome leaves, and the balance with its fee."""
        found = super().entries(version, outcome, paid)
        if outcome.result and outcome.result.fee:
            before = found.get(self.fees, paid)
            assert before is not None
            found[self.fees] = Read(Version(version.tx_index, FEE), as_number(before.value) + outcome.result.fee)
        return found


@dataclass
class FeesLazy(FeesApart):
    """Paying, a fee or in a plain transfer, leaves an increment."""

    def postpone(self, tx_index: int, location: Location, seen: Mapping[Location, Read]) -> Read | None:
        """Answer for the balance of an account without code that a transaction pays into."""
        tx = self.transactions[tx_index]
        if tx.to is None or location != (tx.to, Field.BALANCE) or not tx.value or tx.authorizations:
            return None
        code = seen.get(Location(tx.to, Field.CODE))
        if code is None or code.value or tx.to == tx.sender:
            return None
        return Read(Version(tx_index, LAZY), 0)

    def entries(self, version: Version, outcome: Conclusion, paid: Read | None) -> dict[Location, Entry]:
        """Return what an outcome leaves, with increments for what it has paid unseen."""
        found, result = super().entries(version, outcome, paid), outcome.result
        for location in unseen(outcome):
            if location in found:  # as if it had held nothing before
                found[location] = Increment(version, as_number(found[location].value))
        if result and result.fee:
            before = found.get(self.fees, Increment(version, 0))
            paid_by = Version(version.tx_index, FEE)
            found[self.fees] = before._replace(version=paid_by, value=as_number(before.value) + result.fee)
        return found

    def settle(self, tx_index: int, outcome: Conclusion, view: StateView) -> Conclusion:
        """Add what was paid unseen to the balance that is there."""
        now = {location: view.read(location) for location in unseen(outcome)}
        if not now or outcome.result is None:
            return replace(outcome, reads=outcome.reads | now)
        reads, writes = outcome.reads | now, dict(outcome.result.write_set)
        for location in now.keys() & writes.keys():
            writes[location] = as_number(now[location].value) + as_number(writes[location])
        return Conclusion(reads, replace(outcome.result, read_set=reads, write_set=writes))


def unseen(outcome: Conclusion) -> list[Location]:
    """Return the locations for which something stood in."""
    return [location for location, read in outcome.reads.items() if read.version.incarnation == LAZY]
