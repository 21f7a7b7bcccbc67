# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A lending pool: lenders supply tokens, borrowers pledge ether and borrow the tokens
@notice Models a market of Compound or Aave: a rate that rises with utilisation, and steeply beyond a kink; debts that
    grow with an index; liquidation with a close factor and a bonus; bad debt that is written off. Omits other assets
    and collaterals, shares that can be transferred, caps, flash loans, and a way to take out the reserves: they cover
    bad debt. Money moves inside the ledger of the contract, as in Balancer's vault: it comes and goes by `deposit` and
    `withdraw`.
@dev Storage: token, oracle; tokensOf, etherOf[account]; cash, scaledBorrows, index, accruedAt, reserves, totalShares;
    sharesOf, collateralOf, scaledDebtOf[account]. A scaled debt is the debt divided by the index.
    Hot: cash and scaledBorrows. Whoever supplies, borrows, repays or liquidates reads and writes cash; index and
    accruedAt are written by the first one of a block, and read by all. To pledge touches only one's own entries.
"""

from ethereum.ercs import IERC20


interface Oracle:
    def price() -> uint256: view


event Liquidation:
    borrower: indexed(address)
    liquidator: indexed(address)
    repaid: uint256
    seized: uint256
    writtenOff: uint256

ONE: constant(uint256) = 10**18
YEAR: constant(uint256) = 365 * 86400  # in seconds
KINK: constant(uint256) = 8 * 10**17  # of ONE: the utilisation beyond which the rate is steep
RATE_AT_ZERO: constant(uint256) = 2 * 10**16  # a year, of ONE
RATE_AT_KINK: constant(uint256) = 10 * 10**16
RATE_AT_FULL: constant(uint256) = 100 * 10**16
RESERVED: constant(uint256) = 10  # per cent of the interest
LOAN_TO_VALUE: constant(uint256) = 75  # per cent of the collateral's worth that may be borrowed
THRESHOLD: constant(uint256) = 80  # per cent of it beyond which a debt may be liquidated
BONUS: constant(uint256) = 5  # per cent that a liquidator gets on top
CLOSE_FACTOR: constant(uint256) = 50  # per cent of a debt that may be repaid in one liquidation
NEARLY_HEALTHY: constant(uint256) = 95  # per cent of health below which all of it may

token: public(address)
oracle: public(address)
tokensOf: public(HashMap[address, uint256])  # which their owner can withdraw at once
etherOf: public(HashMap[address, uint256])  # likewise, in wei
cash: public(uint256)  # tokens that are supplied, and not lent
scaledBorrows: public(uint256)
index: public(uint256)  # by which a debt of the first day has grown, times ONE
accruedAt: public(uint256)  # in seconds
reserves: public(uint256)  # of the pool's tokens, those that belong to no lender
totalShares: public(uint256)
sharesOf: public(HashMap[address, uint256])
collateralOf: public(HashMap[address, uint256])  # in wei
scaledDebtOf: public(HashMap[address, uint256])


@deploy
def __init__(token: address, oracle: address):
    self.token = token
    self.oracle = oracle
    self.index = ONE


@external
@payable
@nonreentrant
def deposit(tokens: uint256):
    self.tokensOf[msg.sender] += tokens
    self.etherOf[msg.sender] += msg.value
    assert extcall IERC20(self.token).transferFrom(msg.sender, self, tokens)


@external
@nonreentrant
def withdraw(tokens: uint256, amount: uint256):
    """
    @notice Take out tokens, and `amount` wei.
    """
    self.tokensOf[msg.sender] -= tokens
    self.etherOf[msg.sender] -= amount
    assert extcall IERC20(self.token).transfer(msg.sender, tokens)
    if amount > 0:  # a contract that takes no ether can have tokens
        send(msg.sender, amount)


@external
def supply(tokens: uint256):
    self._accrue()
    # One share and one token that nobody has: there is always a price. Rounded down, in favour of the other lenders.
    shares: uint256 = tokens * (self.totalShares + 1) // (self._assets() + 1)
    assert shares > 0, "too little"
    self.tokensOf[msg.sender] -= tokens
    self.cash += tokens
    self.totalShares += shares
    self.sharesOf[msg.sender] += shares


@external
def redeem(shares: uint256):
    self._accrue()
    tokens: uint256 = shares * (self._assets() + 1) // (self.totalShares + 1)  # rounded down, as above
    assert tokens <= self.cash, "lent out"
    self.sharesOf[msg.sender] -= shares
    self.totalShares -= shares
    self.cash -= tokens
    self.tokensOf[msg.sender] += tokens


@external
def pledge(amount: uint256):
    self.etherOf[msg.sender] -= amount
    self.collateralOf[msg.sender] += amount


@external
def release(amount: uint256):
    self._accrue()
    self.collateralOf[msg.sender] -= amount
    self.etherOf[msg.sender] += amount
    self._check_limit()


@external
def borrow(tokens: uint256):
    self._accrue()
    assert tokens <= self.cash, "lent out"
    scaled: uint256 = self._divide_up(tokens * ONE, self.index)  # rounded up, in favour of the lenders
    self.cash -= tokens
    self.scaledBorrows += scaled
    self.scaledDebtOf[msg.sender] += scaled
    self.tokensOf[msg.sender] += tokens
    self._check_limit()


@external
def repay(tokens: uint256):
    self._accrue()
    self._pay_debt(msg.sender, min(tokens, self._debt(msg.sender)))  # with a very large number: all of it


@external
def liquidate(borrower: address, tokens: uint256):
    """
    @notice Repay some of an unhealthy debt, get as much of its collateral and a bonus. If no collateral is left, what
        is left of the debt is written off.
    """
    self._accrue()
    collateral: uint256 = self.collateralOf[borrower]
    debt: uint256 = self._debt(borrower)
    price: uint256 = staticcall Oracle(self.oracle).price()
    limit: uint256 = collateral * price // ONE * THRESHOLD
    assert debt * 100 > limit, "healthy"
    most: uint256 = debt
    if debt * NEARLY_HEALTHY <= limit:
        most = debt * CLOSE_FACTOR // 100
    assert tokens <= most, "more than the close factor"
    seized: uint256 = min(collateral, tokens * (100 + BONUS) * ONE // (100 * price))  # rounded down
    self._pay_debt(borrower, tokens)
    self.collateralOf[borrower] = collateral - seized
    self.etherOf[msg.sender] += seized
    lost: uint256 = 0
    if seized == collateral:
        lost = self._write_off(borrower)
    log Liquidation(borrower=borrower, liquidator=msg.sender, repaid=tokens, seized=seized, writtenOff=lost)


@internal
def _accrue():
    """
    @notice Let debts grow by the interest of the time since this was last done; simple interest within that time.
    """
    passed: uint256 = block.timestamp - self.accruedAt
    if passed == 0:
        return
    self.accruedAt = block.timestamp
    before: uint256 = self._borrows()
    self.index += self.index * (self._rate(before) * passed // YEAR) // ONE
    self.reserves += (self._borrows() - before) * RESERVED // 100


@internal
@view
def _rate(borrows: uint256) -> uint256:
    if borrows == 0:
        return 0
    used: uint256 = borrows * ONE // (self.cash + borrows)
    if used <= KINK:
        return RATE_AT_ZERO + (RATE_AT_KINK - RATE_AT_ZERO) * used // KINK
    return RATE_AT_KINK + (RATE_AT_FULL - RATE_AT_KINK) * (used - KINK) // (ONE - KINK)


@internal
@view
def _borrows() -> uint256:
    return self.scaledBorrows * self.index // ONE  # rounded down: lenders count on no more than is owed


@internal
@view
def _assets() -> uint256:
    return self.cash + self._borrows() - self.reserves


@internal
@view
def _debt(borrower: address) -> uint256:
    return self._divide_up(self.scaledDebtOf[borrower] * self.index, ONE)  # rounded up, in favour of the lenders


@internal
@view
def _check_limit():
    debt: uint256 = self._debt(msg.sender)
    if debt > 0:  # who owes nothing needs no price
        worth: uint256 = self.collateralOf[msg.sender] * staticcall Oracle(self.oracle).price() // ONE
        assert debt * 100 <= worth * LOAN_TO_VALUE, "too little collateral"


@internal
def _pay_debt(borrower: address, tokens: uint256):
    scaled: uint256 = min(self.scaledDebtOf[borrower], tokens * ONE // self.index)  # rounded down: debts stay
    self.tokensOf[msg.sender] -= tokens
    self.cash += tokens
    self.scaledBorrows -= scaled
    self.scaledDebtOf[borrower] -= scaled


@internal
def _write_off(borrower: address) -> uint256:
    """
    @notice Forget a debt that nothing secures; the reserves bear the loss, then all lenders.
    """
    before: uint256 = self._borrows()
    self.scaledBorrows -= self.scaledDebtOf[borrower]
    self.scaledDebtOf[borrower] = 0
    lost: uint256 = before - self._borrows()
    self.reserves -= min(self.reserves, lost)
    return lost


@internal
@pure
def _divide_up(dividend: uint256, divisor: uint256) -> uint256:
    return (dividend + divisor - 1) // divisor
