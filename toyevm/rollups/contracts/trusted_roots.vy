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
def accept(number: uint256, root: bytes32, l1_number: uint256, l1_hash: bytes32):
    """
    @param root Nothing (0) takes back what was accepted.
    @param l1_hash Of the L1 block that L2 was computed up to: after a reorg, the root would be that of another L2.
    """
    assert msg.sender == owner, "not the owner"
    assert blockhash(l1_number) == l1_hash, "of another L1"
    self.accepted_root[number] = root
    log Accepted(number=number, root=root)
