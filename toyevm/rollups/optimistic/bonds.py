"""What a claim costs: the deeper, the more, since what answers it costs more work, and gas.

The OP Stack's prices: 0.08 ether at the top, 60 at depth 73, and each depth so much more than the one above.
"""

from __future__ import annotations

from toyevm.units import ETHER

BASE_BOND = 8 * ETHER // 100
GROWTH = 1_095  # thousandths


def bond_at(depth: int) -> int:
    """Return the bond of a claim at this depth, in wei.

    >>> bond_at(0) / ETHER, round(bond_at(73) / ETHER)
    (0.08, 60)
    """
    bond = BASE_BOND
    for _ in range(depth):
        bond = bond * GROWTH // 1_000
    return bond
