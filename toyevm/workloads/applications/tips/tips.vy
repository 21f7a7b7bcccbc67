# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Tips for what people write
@notice Models tips in social media, such as Farcaster's: fans pay out of a purse that they filled before, in coins of
    a thousandth of an ether; the author gets them, the site a fee. Omits the posts themselves (there is a hash of
    each in the log), names, who follows whom, and tokens instead of ether.
@dev Storage: site; fees; purses[fan]; earned[author]. Amounts are in wei, but tips in coins: so the fee is exact.
    Hot: fees, to which every tip adds; then earned, for an author of many fans.
"""

event Tip:
    fan: indexed(address)
    author: indexed(address)
    post: indexed(bytes32)
    coins: uint256

COIN: constant(uint256) = 10**15
FEE: constant(uint256) = 25  # of PARTS; a coin can be divided by PARTS, so nothing is ever rounded
PARTS: constant(uint256) = 1000

site: public(address)
fees: public(uint256)
purses: public(HashMap[address, uint256])
earned: public(HashMap[address, uint256])


@deploy
def __init__():
    self.site = msg.sender


@external
@payable
def fill():
    self.purses[msg.sender] += msg.value


@external
def tip(author: address, post: bytes32, coins: uint256):
    assert author != empty(address), "nobody's post"
    amount: uint256 = coins * COIN
    assert amount <= self.purses[msg.sender], "more than is in the purse"
    fee: uint256 = amount * FEE // PARTS
    self.purses[msg.sender] -= amount
    self.earned[author] += amount - fee
    self.fees += fee
    log Tip(fan=msg.sender, author=author, post=post, coins=coins)


@external
def withdraw():
    """
    @notice Pay out what the caller earned, and what is left in their purse.
    """
    amount: uint256 = self.earned[msg.sender] + self.purses[msg.sender]
    self.earned[msg.sender] = 0
    self.purses[msg.sender] = 0
    send(msg.sender, amount)  # last, and with no more gas than it takes to log: nobody can come in again


@external
def collectFees():
    amount: uint256 = self.fees
    self.fees = 0
    send(self.site, amount)
