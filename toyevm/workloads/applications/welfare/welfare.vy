# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Welfare out of one budget
@notice Models Building Blocks of the World Food Programme: an agency entitles people to so much a month, they spend it
    in shops, and shops are paid out of the agency's budget. What is not spent in a month is gone. Omits who the people
    are and why they are entitled (off chain, and rightly), families, prices and goods, and an appeal against a
    revocation. Whoever knows an address sees what its owner eats.
@dev Storage: agency; budget; isShop[shop]; allowanceOf, endMonthOf[person]; spentIn[person][month];
    earned[shop]. Ether moves only when it is given and when a shop withdraws.
    Hot: budget, of which everything is paid; then earned, of a shop with many customers.
"""

event Spent:
    person: indexed(address)
    shop: indexed(address)
    amount: uint256

MONTH: constant(uint256) = 216_000  # blocks, of 12 seconds: 30 days
LONGEST: constant(uint256) = 12  # months

agency: public(address)
budget: public(uint256)  # wei
isShop: public(HashMap[address, bool])
allowanceOf: public(HashMap[address, uint256])  # wei a month
endMonthOf: public(HashMap[address, uint256])  # the first without an allowance
spentIn: public(HashMap[address, HashMap[uint256, uint256]])
earned: public(HashMap[address, uint256])


@deploy
def __init__():
    self.agency = msg.sender


@external
@payable
def fund():
    self.budget += msg.value


@external
def admit(shop: address, valid: bool):
    assert msg.sender == self.agency, "not the agency"
    self.isShop[shop] = valid


@external
def entitle(person: address, allowance: uint256, months: uint256):
    assert msg.sender == self.agency, "not the agency"
    assert months <= LONGEST, "too long"
    month: uint256 = block.number // MONTH
    assert self.endMonthOf[person] <= month, "entitled already"
    self.allowanceOf[person] = allowance
    self.endMonthOf[person] = month + months
    # spentIn stays as it is: who was entitled before in this month does not get the month twice


@external
def revoke(person: address):
    """
    @notice End an entitlement now. What the shops have earned stays theirs.
    """
    assert msg.sender == self.agency, "not the agency"
    self.endMonthOf[person] = min(self.endMonthOf[person], block.number // MONTH)


@external
def spend(shop: address, amount: uint256):
    assert self.isShop[shop], "not a shop"
    month: uint256 = block.number // MONTH
    assert month < self.endMonthOf[msg.sender], "not entitled"
    spent: uint256 = self.spentIn[msg.sender][month] + amount
    assert spent <= self.allowanceOf[msg.sender], "over the allowance"
    assert amount <= self.budget, "the budget is spent"
    self.spentIn[msg.sender][month] = spent
    self.budget -= amount
    self.earned[shop] += amount
    log Spent(person=msg.sender, shop=shop, amount=amount)


@external
def withdraw():
    amount: uint256 = self.earned[msg.sender]
    self.earned[msg.sender] = 0
    send(msg.sender, amount)
