# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Welfare out of what is reserved for each person
@notice Models what welfare models, and omits what it omits; only the budget is kept otherwise: an entitlement moves its
    months' money beside the person at once, and what is left of it comes back at the end.
@dev Storage: agency; budget; isShop[shop]; allowanceOf, endMonthOf, reservedFor[person]; spentIn[person][month];
    earned[shop].
    Hot: earned, of a shop with many customers. To entitle is hot at budget, once for many payments.
    The price: money lies idle. The agency needs all months' allowances at the start, and who spends less than they may
    keeps it from others until the entitlement ends. On the other hand nobody who is entitled is told that the budget is
    spent.
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
reservedFor: public(HashMap[address, uint256])  # wei
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
    self._release(person)
    assert allowance * months <= self.budget, "the budget is spent"
    self.budget -= allowance * months
    self.reservedFor[person] = allowance * months
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
    self._release(person)


@external
def release(person: address):
    """
    @notice Return what is left of an entitlement that has ended; anybody may ask for it.
    """
    assert self.endMonthOf[person] <= block.number // MONTH, "entitled still"
    self._release(person)


@external
def spend(shop: address, amount: uint256):
    assert self.isShop[shop], "not a shop"
    month: uint256 = block.number // MONTH
    assert month < self.endMonthOf[msg.sender], "not entitled"
    spent: uint256 = self.spentIn[msg.sender][month] + amount
    assert spent <= self.allowanceOf[msg.sender], "over the allowance"
    self.spentIn[msg.sender][month] = spent
    self.reservedFor[msg.sender] -= amount
    self.earned[shop] += amount
    log Spent(person=msg.sender, shop=shop, amount=amount)


@external
def withdraw():
    amount: uint256 = self.earned[msg.sender]
    self.earned[msg.sender] = 0
    send(msg.sender, amount)


@internal
def _release(person: address):
    self.budget += self.reservedFor[person]
    self.reservedFor[person] = 0
