# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A token that is minted and burned
@notice Models a stable coin such as USDC: the issuer gives minters an allowance, each mints and burns by itself.
    Omits pausing, blocked accounts, signed approvals, transferFrom, and the proxy behind which the code is replaced.
@dev Storage: issuer; mintAllowance[minter]; totalSupply; balanceOf[holder].
    Hot: totalSupply. Every mint and every burn adds to it, so no two of them can run at the same time.
"""

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    value: uint256

issuer: public(address)
mintAllowance: public(HashMap[address, uint256])
totalSupply: public(uint256)
balanceOf: public(HashMap[address, uint256])


@deploy
def __init__():
    self.issuer = msg.sender


@external
def allowMinter(minter: address, amount: uint256):
    assert msg.sender == self.issuer, "not the issuer"
    self.mintAllowance[minter] = amount


@external
def mint(receiver: address, amount: uint256) -> bool:
    self.mintAllowance[msg.sender] -= amount
    self.totalSupply += amount
    self.balanceOf[receiver] += amount
    log Transfer(sender=empty(address), receiver=receiver, value=amount)
    return True


@external
def burn(amount: uint256) -> bool:
    self.totalSupply -= amount
    self.balanceOf[msg.sender] -= amount
    log Transfer(sender=msg.sender, receiver=empty(address), value=amount)
    return True


@external
def transfer(receiver: address, amount: uint256) -> bool:
    self.balanceOf[msg.sender] -= amount
    self.balanceOf[receiver] += amount
    log Transfer(sender=msg.sender, receiver=receiver, value=amount)
    return True
