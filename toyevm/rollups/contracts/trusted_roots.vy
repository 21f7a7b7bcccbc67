# pragma version 0.4.3
# pragma evm-version cancun
"""
@title State roots of L2 that L1 takes for true because one key says so
@notice Models a bridge that some keys rule, the weakest settlement: who has them owns all that is locked. Others answer
    the same question, `accepted_root`, with signatures, a dispute game or a proof behind it.
    Omits that there are several keys, and how they agree.
@dev Storage: accepted_root[number]. Hot: nothing.
"""

event Accepted:
    number: indexed(uint256)
    root: bytes32

owner: public(immutable(address))
accepted_root: public(HashMap[uint256, bytes32])  # by the number of the L2 block


@deploy
def __init__():
    owner = msg.sender


@external
def accept(number: uint256, root: bytes32):
    """
    @param root Nothing (0) takes back what was accepted.
    """
    assert msg.sender == owner, "not the owner"
    self.accepted_root[number] = root
    log Accepted(number=number, root=root)
