# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A hash time lock: tokens for whoever is named, if they show the secret in time, and else for their owner
@notice Models the hash time locks of atomic swaps (Tier Nolan, 2013): two of them, on two chains, under one hash.
    Whoever takes the one shows the secret that opens the other. No message passes between the chains. Omits tokens
    that move less than they are asked to.
@dev Storage: locks[hash]. Hot: nothing.
    A hash opens one lock, ever: its secret is known afterwards, and would open the next one at once.
"""

from ethereum.ercs import IERC20

struct Lock:
    token: address
    owner: address
    receiver: address
    amount: uint256
    deadline: uint256  # in seconds
    open: bool

event Locked:
    secret_hash: indexed(bytes32)
    receiver: indexed(address)
    amount: uint256
    deadline: uint256

event Claimed:
    secret_hash: indexed(bytes32)
    secret: bytes32

event Refunded:
    secret_hash: indexed(bytes32)

locks: public(HashMap[bytes32, Lock])


@external
def lock(secret_hash: bytes32, token: address, receiver: address, amount: uint256, deadline: uint256):
    assert self.locks[secret_hash].owner == empty(address), "hash used already"
    assert deadline > block.timestamp, "deadline has passed"
    self.locks[secret_hash] = Lock(
        token=token, owner=msg.sender, receiver=receiver, amount=amount, deadline=deadline, open=True
    )
    assert extcall IERC20(token).transferFrom(msg.sender, self, amount), "no tokens"
    log Locked(secret_hash=secret_hash, receiver=receiver, amount=amount, deadline=deadline)


@external
def claim(secret: bytes32):
    """
    @notice Have the receiver paid; anybody may, who knows the secret. From now on everybody does.
    """
    secret_hash: bytes32 = keccak256(secret)
    assert self.locks[secret_hash].open, "no open lock"
    assert block.timestamp < self.locks[secret_hash].deadline, "too late"
    self.locks[secret_hash].open = False
    self._pay(secret_hash, self.locks[secret_hash].receiver)
    log Claimed(secret_hash=secret_hash, secret=secret)


@external
def refund(secret_hash: bytes32):
    assert self.locks[secret_hash].open, "no open lock"
    assert block.timestamp >= self.locks[secret_hash].deadline, "too early"
    self.locks[secret_hash].open = False
    self._pay(secret_hash, self.locks[secret_hash].owner)
    log Refunded(secret_hash=secret_hash)


@internal
def _pay(secret_hash: bytes32, to: address):
    assert extcall IERC20(self.locks[secret_hash].token).transfer(to, self.locks[secret_hash].amount), "no tokens"
