# pragma version 0.4.3
# pragma evm-version cancun
"""
@title The gateway of a sidechain
@notice Models the withdrawal side of Polygon's child tokens: what comes here stays here, out of circulation on the
    sidechain, and its log is a claim to the escrow on L1. It omits the credit side: deposits come as withdrawals.
@dev Storage: none. Hot: its balance, at every burn.
"""

event Burned:
    receiver: indexed(address)  # on L1
    amount: uint256


@external
@payable
def burn(receiver: address):
    assert msg.value > 0, "nothing to burn"
    log Burned(receiver=receiver, amount=msg.value)
