# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A stablecoin: owners of vaults issue coins against ether that is worth one and a half times as much
@notice Models Maker (today Sky): vaults, a stability fee, a debt ceiling, liquidation with a penalty; what the fees
    bring stands against bad debt. Omits the auctions (a liquidator pays a fixed price, as at Abracadabra), other
    collaterals, a fee that changes, the savings rate, approvals of ERC-20. Ether moves inside the ledger of the
    contract: it comes and goes by `deposit` and `withdraw`.
@dev Storage: governor; oracle; ceiling; startedAt; etherOf, balanceOf, collateralOf, scaledDebtOf[account];
    scaledDebts; totalSupply. A scaled debt is the debt divided by the rate, which only time changes.
    Hot: scaledDebts and totalSupply. Whoever draws, wipes or liquidates reads and writes both, for the ceiling and for
    the books; to pledge and to transfer touches entries of one or two people.
"""


interface Oracle:
    def price() -> uint256: view


event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    value: uint256


event Liquidation:
    owner: indexed(address)
    liquidator: indexed(address)
    paid: uint256
    seized: uint256
    forgotten: uint256

ONE: constant(uint256) = 10**18
YEAR: constant(uint256) = 365 * 86400  # in seconds
FEE: constant(uint256) = 5 * 10**16  # of ONE: a year's fee on what was first drawn; simple interest
RATIO: constant(uint256) = 150  # per cent of a debt that its collateral must be worth
PENALTY: constant(uint256) = 13  # per cent that a liquidator gets on top

governor: public(address)
oracle: public(address)
ceiling: public(uint256)  # of all debts together, in coins
startedAt: public(uint256)  # in seconds
etherOf: public(HashMap[address, uint256])  # which their owner can withdraw at once, in wei
balanceOf: public(HashMap[address, uint256])
collateralOf: public(HashMap[address, uint256])  # in wei
scaledDebtOf: public(HashMap[address, uint256])
scaledDebts: public(uint256)
totalSupply: public(uint256)


@deploy
def __init__(oracle: address, ceiling: uint256):
    self.governor = msg.sender
    self.oracle = oracle
    self.ceiling = ceiling
    self.startedAt = block.timestamp


@external
@payable
def deposit():
    self.etherOf[msg.sender] += msg.value


@external
def withdraw(amount: uint256):
    self.etherOf[msg.sender] -= amount
    send(msg.sender, amount)


@external
def transfer(receiver: address, coins: uint256) -> bool:
    self.balanceOf[msg.sender] -= coins
    self.balanceOf[receiver] += coins
    log Transfer(sender=msg.sender, receiver=receiver, value=coins)
    return True


@external
def pledge(amount: uint256):
    self.etherOf[msg.sender] -= amount
    self.collateralOf[msg.sender] += amount


@external
def release(amount: uint256):
    self.collateralOf[msg.sender] -= amount
    self.etherOf[msg.sender] += amount
    assert self._is_safe(msg.sender), "too little collateral"


@external
def draw(coins: uint256):
    """
    @notice Issue coins to oneself, and owe them.
    """
    scaled: uint256 = self._divide_up(coins * ONE, self._rate())  # rounded up, in favour of the system
    self.scaledDebts += scaled
    self.scaledDebtOf[msg.sender] += scaled
    self._issue(msg.sender, coins)
    assert self._grown(self.scaledDebts) <= self.ceiling, "above the ceiling"
    assert self._is_safe(msg.sender), "too little collateral"


@external
def wipe(coins: uint256):
    """
    @notice Pay back coins, at most all that one owes; they cease to be.
    """
    self._pay_debt(msg.sender, min(coins, self._debt(msg.sender)))


@external
def liquidate(owner: address, coins: uint256):
    """
    @notice Pay some of an unsafe debt, get as much of its collateral and the penalty. If no collateral is left, what is
        left of the debt is forgotten.
    """
    assert not self._is_safe(owner), "safe"
    assert coins <= self._debt(owner), "more than the debt"
    collateral: uint256 = self.collateralOf[owner]
    price: uint256 = staticcall Oracle(self.oracle).price()
    seized: uint256 = min(collateral, coins * (100 + PENALTY) * ONE // (100 * price))  # rounded down
    self._pay_debt(owner, coins)
    self.collateralOf[owner] = collateral - seized
    self.etherOf[msg.sender] += seized
    forgotten: uint256 = 0
    if seized == collateral:
        forgotten = self._debt(owner)
        self.scaledDebts -= self.scaledDebtOf[owner]
        self.scaledDebtOf[owner] = 0
    log Liquidation(owner=owner, liquidator=msg.sender, paid=coins, seized=seized, forgotten=forgotten)


@external
def collect(coins: uint256):
    """
    @notice Issue what the fees have brought, less bad debt, to the governor: coins that others owe already.
    """
    assert msg.sender == self.governor, "not the governor"
    self._issue(msg.sender, coins)
    assert self.totalSupply <= self._grown(self.scaledDebts), "more than the fees"


@external
@view
def owed() -> uint256:
    """
    @notice All debts, with their fees: more than the supply, unless bad debt was greater than the fees.
    """
    return self._grown(self.scaledDebts)


@internal
def _issue(receiver: address, coins: uint256):
    self.totalSupply += coins
    self.balanceOf[receiver] += coins
    log Transfer(sender=empty(address), receiver=receiver, value=coins)


@internal
def _pay_debt(owner: address, coins: uint256):
    scaled: uint256 = min(self.scaledDebtOf[owner], coins * ONE // self._rate())  # rounded down: debts stay
    self.scaledDebts -= scaled
    self.scaledDebtOf[owner] -= scaled
    self.totalSupply -= coins
    self.balanceOf[msg.sender] -= coins
    log Transfer(sender=msg.sender, receiver=empty(address), value=coins)


@internal
@view
def _rate() -> uint256:
    return ONE + FEE * (block.timestamp - self.startedAt) // YEAR


@internal
@view
def _grown(scaled: uint256) -> uint256:
    return scaled * self._rate() // ONE  # rounded down: nobody counts on more than is owed


@internal
@view
def _debt(owner: address) -> uint256:
    return self._divide_up(self.scaledDebtOf[owner] * self._rate(), ONE)  # rounded up, in favour of the system


@internal
@view
def _is_safe(owner: address) -> bool:
    debt: uint256 = self._debt(owner)
    if debt == 0:  # needs no price
        return True
    worth: uint256 = self.collateralOf[owner] * staticcall Oracle(self.oracle).price() // ONE
    return worth * 100 >= debt * RATIO


@internal
@pure
def _divide_up(dividend: uint256, divisor: uint256) -> uint256:
    return (dividend + divisor - 1) // divisor
