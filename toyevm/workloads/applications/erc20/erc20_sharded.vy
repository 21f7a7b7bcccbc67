# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A token that is minted and burned, its supply counted in 16 places
@notice Models what erc20_mint models, and omits what it omits; only the supply is kept otherwise.
@dev Storage: issuer; mintAllowance[minter]; supplyShards, 16 slots in a row; balanceOf[holder].
    Hot: a shard, among the callers whose addresses end in the same hexadecimal digit: two of them conflict once in
    16 times. A shard may be negative, since tokens need not be burned by whoever minted them; the sum never is.
    The price: to ask for the supply reads 16 slots.
"""

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    value: uint256

SHARDS: constant(uint256) = 16

issuer: public(address)
mintAllowance: public(HashMap[address, uint256])
supplyShards: public(int256[SHARDS])
balanceOf: public(HashMap[address, uint256])


@deploy
def __init__():
    self.issuer = msg.sender


@external
@view
def totalSupply() -> uint256:
    total: int256 = 0
    for part: int256 in self.supplyShards:
        total += part
    return convert(total, uint256)


@external
def allowMinter(minter: address, amount: uint256):
    assert msg.sender == self.issuer, "not the issuer"
    self.mintAllowance[minter] = amount


@external
def mint(receiver: address, amount: uint256) -> bool:
    self.mintAllowance[msg.sender] -= amount
    self.supplyShards[self._shard()] += convert(amount, int256)
    self.balanceOf[receiver] += amount
    log Transfer(sender=empty(address), receiver=receiver, value=amount)
    return True


@external
def burn(amount: uint256) -> bool:
    self.supplyShards[self._shard()] -= convert(amount, int256)
    self.balanceOf[msg.sender] -= amount
    log Transfer(sender=msg.sender, receiver=empty(address), value=amount)
    return True


@external
def transfer(receiver: address, amount: uint256) -> bool:
    self.balanceOf[msg.sender] -= amount
    self.balanceOf[receiver] += amount
    log Transfer(sender=msg.sender, receiver=receiver, value=amount)
    return True


@internal
@view
def _shard() -> uint256:
    return convert(msg.sender, uint256) % SHARDS
