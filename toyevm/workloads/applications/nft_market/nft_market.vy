# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A market for unique tokens, with royalties and no counter
@notice Models what nft_market_counter models, and omits what it omits; only the fee of the market is kept otherwise:
    beside the proceeds of the seller from whom it was withheld, and collected from there.
@dev Storage: operator; ownerOf, creatorOf, priceOf[token]; deposits, proceeds, royalties[account]; feesOf[seller].
    Hot: nothing. Two sales conflict when they share a buyer, a seller or a creator.
    The price: the operator collects from one seller at a time.
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
feesOf: public(HashMap[address, uint256])


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
    self.feesOf[seller] += fee
    log Sale(token=token, seller=seller, buyer=msg.sender, price=price)


@external
def withdraw():
    amount: uint256 = self.deposits[msg.sender] + self.proceeds[msg.sender] + self.royalties[msg.sender]
    self.deposits[msg.sender] = 0
    self.proceeds[msg.sender] = 0
    self.royalties[msg.sender] = 0
    send(msg.sender, amount)


@external
def collect(seller: address):
    amount: uint256 = self.feesOf[seller]
    self.feesOf[seller] = 0
    send(self.operator, amount)
