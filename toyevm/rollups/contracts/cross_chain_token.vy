# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A token that is one token on many chains: burned here, minted there
@notice Models the OP Stack's SuperchainERC20 with its bridge in one contract. It lies at the same address on every
    chain, so it believes itself: who minted there for a message of anybody else would mint for everybody.
    Omits a name, decimals, signed approvals.
@dev Storage: totalSupply; balanceOf[holder]; allowance[owner][spender]; refunded[message].
    Hot: totalSupply, in all that crosses.
"""

from ethereum.ercs import IERC20

implements: IERC20

interface Messenger:
    def send_message(destination: uint256, target: address, message: Bytes[512]) -> bytes32: nonpayable
    def cross_domain_sender() -> address: view
    def expired(message_hash: bytes32) -> bool: view
    def hash_of(
        destination: uint256, source: uint256, nonce: uint256, sender: address, target: address, message: Bytes[512]
    ) -> bytes32: view

MESSENGER: constant(address) = 0x4200000000000000000000000000000000000023

totalSupply: public(uint256)
balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])
refunded: public(HashMap[bytes32, bool])


@external
def transfer(receiver: address, amount: uint256) -> bool:
    self._move(msg.sender, receiver, amount)
    return True


@external
def transferFrom(owner: address, receiver: address, amount: uint256) -> bool:
    self.allowance[owner][msg.sender] -= amount
    self._move(owner, receiver, amount)
    return True


@external
def approve(spender: address, amount: uint256) -> bool:
    self.allowance[msg.sender][spender] = amount
    log IERC20.Approval(owner=msg.sender, spender=spender, value=amount)
    return True


@external
def send_tokens(destination: uint256, to: address, amount: uint256) -> bytes32:
    """
    @notice Burn tokens here, and send the message that mints as many on another chain.
    """
    self.balanceOf[msg.sender] -= amount
    self.totalSupply -= amount
    log IERC20.Transfer(sender=msg.sender, receiver=empty(address), value=amount)
    return extcall Messenger(MESSENGER).send_message(destination, self, self._message(msg.sender, to, amount))


@external
def relay_tokens(owner: address, to: address, amount: uint256):
    """
    @notice Mint what was burned on another chain; `owner` burned it.
    """
    assert msg.sender == MESSENGER, "not the messenger"
    assert staticcall Messenger(MESSENGER).cross_domain_sender() == self, "not from this token"
    self._mint(to, amount)


@external
def refund_tokens(destination: uint256, nonce: uint256, owner: address, to: address, amount: uint256):
    """
    @notice Mint again what was burned here for a message that has expired; anybody may, for its owner.
    """
    message_hash: bytes32 = staticcall Messenger(MESSENGER).hash_of(
        destination, chain.id, nonce, self, self, self._message(owner, to, amount)
    )
    assert staticcall Messenger(MESSENGER).expired(message_hash), "not expired"
    assert not self.refunded[message_hash], "refunded already"
    self.refunded[message_hash] = True
    self._mint(owner, amount)


@internal
@pure
def _message(owner: address, to: address, amount: uint256) -> Bytes[100]:
    return abi_encode(owner, to, amount, method_id=method_id("relay_tokens(address,address,uint256)"))


@internal
def _mint(to: address, amount: uint256):
    self.totalSupply += amount
    self.balanceOf[to] += amount
    log IERC20.Transfer(sender=empty(address), receiver=to, value=amount)


@internal
def _move(sender: address, receiver: address, amount: uint256):
    self.balanceOf[sender] -= amount
    self.balanceOf[receiver] += amount
    log IERC20.Transfer(sender=sender, receiver=receiver, value=amount)
