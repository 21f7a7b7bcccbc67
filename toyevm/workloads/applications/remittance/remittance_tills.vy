# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Payments across a border, out of 16 tills of each dealer
@notice Models what remittance models, and omits what it omits; only the float is kept otherwise: a payment goes into
    the till that belongs to its sender, and comes out of that till, and out of the next ones if there is not enough.
    So a dealer can pay whatever one with a single till could.
@dev Storage: teller; balanceOf[currency][person]; tills[currency][dealer], each 16 slots in a row; isUsed[quote].
    Hot: a till, among the senders whose addresses end in the same hexadecimal digit: two of them conflict once in 16
    times, as long as it has money. The price: where money flows one way, tills run dry, and payments read up to 16,
    until the dealer takes the float out and adds it again, which shares it out anew.
"""

event Payment:
    quote: indexed(bytes32)
    sender: indexed(address)
    receiver: indexed(address)
    given: uint256
    paidOut: uint256

CURRENCIES: constant(uint256) = 2
TILLS: constant(uint256) = 16

teller: public(address)
balanceOf: public(HashMap[uint256, HashMap[address, uint256]])
tills: HashMap[uint256, HashMap[address, uint256[TILLS]]]  # what a dealer deals with
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
    for till: uint256 in range(TILLS):
        self.tills[currency][msg.sender][till] += amount // TILLS
    self._receive(currency, msg.sender, amount % TILLS)


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
    total: uint256 = 0
    for part: uint256 in self.tills[currency][dealer]:
        total += part
    return total


@internal
def _receive(currency: uint256, dealer: address, amount: uint256):
    self.tills[currency][dealer][convert(msg.sender, uint256) % TILLS] += amount


@internal
def _pay_out(currency: uint256, dealer: address, amount: uint256):
    rest: uint256 = amount
    first: uint256 = convert(msg.sender, uint256) % TILLS
    for turn: uint256 in range(TILLS):
        if rest == 0:
            break
        till: uint256 = (first + turn) % TILLS
        part: uint256 = min(rest, self.tills[currency][dealer][till])
        self.tills[currency][dealer][till] -= part
        rest -= part
    assert rest == 0, "more than the dealer has"
