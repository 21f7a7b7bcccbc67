# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Payments across a border, from one currency to another
@notice Models remittances by stablecoins, as over Stellar's anchors: a dealer has money in both currencies and
    signs, off chain, a quote to one person: so much given, so much paid out, until when (a request for quotation, as
    answered by the signed orders of 0x). The sender takes it up before the deadline, and the receiver has the money at
    once. Omits identification (see security_token), fees, EIP-712's typed data, the issuers and their reserves: a
    teller books in what people bring.
@dev Storage: teller; balanceOf[currency][person]; float[currency][dealer]; isUsed[quote].
    Hot: float of a dealer, which everybody who takes up a quote of theirs changes, in both currencies.
"""

event Payment:
    quote: indexed(bytes32)
    sender: indexed(address)
    receiver: indexed(address)
    given: uint256
    paidOut: uint256

CURRENCIES: constant(uint256) = 2

teller: public(address)
balanceOf: public(HashMap[uint256, HashMap[address, uint256]])
float: HashMap[uint256, HashMap[address, uint256]]  # what a dealer deals with
isUsed: public(HashMap[bytes32, bool])


@deploy
def __init__():
    self.teller = msg.sender


@external
def bookIn(currency: uint256, person: address, amount: uint256):
    assert msg.sender == self.teller, "not the teller"
    assert currency < CURRENCIES, "no such currency"
    self.balanceOf[currency][person] += amount


@external
def takeHome(currency: uint256, amount: uint256):
    self.balanceOf[currency][msg.sender] -= amount


@external
def addFloat(currency: uint256, amount: uint256):
    """
    @notice Become a dealer, or a larger one.
    """
    self.balanceOf[currency][msg.sender] -= amount
    self._receive(currency, msg.sender, amount)


@external
def takeFloat(currency: uint256, amount: uint256):
    self._pay_out(currency, msg.sender, amount)
    self.balanceOf[currency][msg.sender] += amount


@external
def pay(
    currency: uint256, receiver: address, dealer: address, given: uint256, paidOut: uint256, deadline: uint256,
    number: uint256, v: uint256, r: uint256, s: uint256,
):
    """
    @notice Give so much of one currency; the receiver gets what the dealer quoted in the other.
    @param number Tells apart two quotes that are otherwise alike.
    @param v (and r, s) The dealer's signature of the hash of all that is quoted; the receiver is the sender's affair.
    """
    assert currency < CURRENCIES, "no such currency"
    assert block.timestamp <= deadline, "the quote has expired"
    quote: bytes32 = keccak256(
        abi_encode(chain.id, self, msg.sender, currency, given, paidOut, deadline, number)
    )
    signer: address = ecrecover(quote, v, r, s)
    assert signer != empty(address) and signer == dealer, "not signed by the dealer"
    used: bytes32 = keccak256(abi_encode(dealer, quote))  # two dealers may quote alike
    assert not self.isUsed[used], "the quote was used"
    self.isUsed[used] = True
    self.balanceOf[currency][msg.sender] -= given
    self._receive(currency, dealer, given)
    other: uint256 = 1 - currency
    self._pay_out(other, dealer, paidOut)
    self.balanceOf[other][receiver] += paidOut
    log Payment(quote=used, sender=msg.sender, receiver=receiver, given=given, paidOut=paidOut)


@external
@view
def floatOf(currency: uint256, dealer: address) -> uint256:
    return self.float[currency][dealer]


@internal
def _receive(currency: uint256, dealer: address, amount: uint256):
    self.float[currency][dealer] += amount


@internal
def _pay_out(currency: uint256, dealer: address, amount: uint256):
    assert amount <= self.float[currency][dealer], "more than the dealer has"
    self.float[currency][dealer] -= amount
