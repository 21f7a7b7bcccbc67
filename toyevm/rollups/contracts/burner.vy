# pragma version 0.4.3
# pragma evm-version cancun
"""
@title The way out of a sidechain: ether that is sent here stays here, and a log says to whom L1 owes it
@dev It begins with the sidechain, at an address that the contract on L1 knows. MRC20 of Polygon PoS is the model.
"""

event Burned:
    receiver: indexed(address)
    amount: uint256


@external
@payable
def burn(receiver: address):
    assert msg.value > 0, "nothing to burn"
    log Burned(receiver=receiver, amount=msg.value)
