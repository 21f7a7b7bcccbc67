# pragma version 0.4.3
# pragma evm-version cancun
"""
@title The L2 end of a bridge: ether given here is gone from L2, and a message to pay as much on L1 is sent
@notice Models the OP Stack's L2ToL1MessagePasser. Nothing can take ether out of this contract: what it has is burnt.
    On L1, the message is proven by the slot in which it is remembered, under a state root of L2. Omits calls on L1.
@dev Storage: nonce; sent[message]. Hot: nonce, in every withdrawal.
"""

event Sent:
    message: indexed(bytes32)
    nonce: uint256
    sender: indexed(address)
    to: indexed(address)
    amount: uint256

nonce: public(uint256)
sent: public(HashMap[bytes32, bool])


@external
@payable
def withdraw(to: address):
    assert msg.value > 0, "nothing withdrawn"
    # The nonce makes two messages of the same amount two: on L1, a message is paid once.
    message: bytes32 = keccak256(abi_encode(self.nonce, msg.sender, to, msg.value))
    self.sent[message] = True
    log Sent(message=message, nonce=self.nonce, sender=msg.sender, to=to, amount=msg.value)
    self.nonce += 1
