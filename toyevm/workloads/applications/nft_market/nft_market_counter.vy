# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A market for unique tokens, with royalties
@notice Models a market such as Blur or OpenSea: buyers pay out of a pool that they filled before, the creator of a
    token gets a royalty on every sale (ERC-2981), the market a fee. Omits signed offers, auctions,
    transfers outside the market (ERC-721 proper) and a royalty rate for each creator. Tokens and money are all in here.
@dev Storage: operator; ownerOf, creatorOf, priceOf[token]; deposits, proceeds, royalties[account]; fees.
    Hot: fees. Every sale adds to it; everything else that a sale writes belongs to the token or to one of three people.
"""

event Sale:
    token: indexed(uint256)
    seller: indexed(address)
    buyer: indexed(address)
    price: uint256

ROYALTY: constant(uint256) = 50  # of PARTS, to the creator
FEE: constant(uint256) = 25  # of PARTS, to the market
PARTS: constant(uint256) = 1000

operator: public(address)
ownerOf: public(HashMap[uint256, address])
creatorOf: public(HashMap[uint256, address])
priceOf: public(HashMap[uint256, uint256])  # 0: not for sale
deposits: public(HashMap[address, uint256])
proceeds: public(HashMap[address, uint256])
royalties: public(HashMap[address, uint256])
fees: public(uint256)


@deploy
def __init__():
    self.operator = msg.sender


@external
def mint(token: uint256):
    assert self.ownerOf[token] == empty(address), "taken"
    self.ownerOf[token] = msg.sender
    self.creatorOf[token] = msg.sender


@external
def offer(token: uint256, price: uint256):
    assert self.ownerOf[token] == msg.sender, "not the owner"
    self.priceOf[token] = price


@external
@payable
def deposit():
    self.deposits[msg.sender] += msg.value


@external
def buy(token: uint256):
    price: uint256 = self.priceOf[token]
    assert price > 0, "not for sale"
    seller: address = self.ownerOf[token]
    royalty: uint256 = price * ROYALTY // PARTS
    fee: uint256 = price * FEE // PARTS
    self.priceOf[token] = 0
    self.ownerOf[token] = msg.sender
    self.deposits[msg.sender] -= price
    self.proceeds[seller] += price - royalty - fee
    self.royalties[self.creatorOf[token]] += royalty
    self.fees += fee
    log Sale(token=token, seller=seller, buyer=msg.sender, price=price)


@external
def withdraw():
    amount: uint256 = self.deposits[msg.sender] + self.proceeds[msg.sender] + self.royalties[msg.sender]
    self.deposits[msg.sender] = 0
    self.proceeds[msg.sender] = 0
    self.royalties[msg.sender] = 0
    send(msg.sender, amount)


@external
def collect():
    amount: uint256 = self.fees
    self.fees = 0
    send(self.operator, amount)
