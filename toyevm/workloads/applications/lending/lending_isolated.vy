# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Lending in isolated markets: each account lends or borrows in one market, and markets share nothing
@notice Models Morpho's isolated markets, and the isolation mode of Aave. Rates, liquidation, rounding and omissions are
    those of lending; only the books are kept otherwise: there is one set of them for each market. Omits terms that
    differ from market to market, for which they are made; all have the same token, oracle and limits.
@dev Storage: token, oracle; tokensOf, etherOf[account]; cash, scaledBorrows, index, accruedAt, reserves,
    totalShares[market]; marketOf, sharesOf, collateralOf, scaledDebtOf[account].
    Hot: cash and scaledBorrows of a market, among those who use the same.
    The price: money is split up. A market can be lent out while others are full, each has a rate of its own, its
    lenders bear its bad debt alone, and who moves to another market must first leave theirs.
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
marketOf: public(HashMap[address, uint256])
cash: public(HashMap[uint256, uint256])  # tokens that are supplied, and not lent
scaledBorrows: public(HashMap[uint256, uint256])
index: public(HashMap[uint256, uint256])  # by which a debt of the first day has grown, times ONE; 0 at first
accruedAt: public(HashMap[uint256, uint256])  # in seconds
reserves: public(HashMap[uint256, uint256])  # of the market's tokens, those that belong to no lender
totalShares: public(HashMap[uint256, uint256])
sharesOf: public(HashMap[address, uint256])
collateralOf: public(HashMap[address, uint256])  # in wei
scaledDebtOf: public(HashMap[address, uint256])


@deploy
def __init__(token: address, oracle: address):
    self.token = token
    self.oracle = oracle


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
def choose(market: uint256):
    """
    @notice Belong to another market; at first everybody belongs to market 0.
    """
    assert self.sharesOf[msg.sender] == 0, "has lent"
    assert self.collateralOf[msg.sender] == 0, "has pledged"  # nobody has a debt without a pledge
    self.marketOf[msg.sender] = market


@external
def supply(tokens: uint256):
    market: uint256 = self.marketOf[msg.sender]
    self._accrue(market)
    # One share and one token that nobody has: there is always a price. Rounded down, in favour of the other lenders.
    shares: uint256 = tokens * (self.totalShares[market] + 1) // (self._assets(market) + 1)
    assert shares > 0, "too little"
    self.tokensOf[msg.sender] -= tokens
    self.cash[market] += tokens
    self.totalShares[market] += shares
    self.sharesOf[msg.sender] += shares


@external
def redeem(shares: uint256):
    market: uint256 = self.marketOf[msg.sender]
    self._accrue(market)
    tokens: uint256 = shares * (self._assets(market) + 1) // (self.totalShares[market] + 1)  # rounded down, as above
    assert tokens <= self.cash[market], "lent out"
    self.sharesOf[msg.sender] -= shares
    self.totalShares[market] -= shares
    self.cash[market] -= tokens
    self.tokensOf[msg.sender] += tokens


@external
def pledge(amount: uint256):
    self.etherOf[msg.sender] -= amount
    self.collateralOf[msg.sender] += amount


@external
def release(amount: uint256):
    self._accrue(self.marketOf[msg.sender])
    self.collateralOf[msg.sender] -= amount
    self.etherOf[msg.sender] += amount
    self._check_limit()


@external
def borrow(tokens: uint256):
    market: uint256 = self.marketOf[msg.sender]
    self._accrue(market)
    assert tokens <= self.cash[market], "lent out"
    scaled: uint256 = self._divide_up(tokens * ONE, self.index[market])  # rounded up, in favour of the lenders
    self.cash[market] -= tokens
    self.scaledBorrows[market] += scaled
    self.scaledDebtOf[msg.sender] += scaled
    self.tokensOf[msg.sender] += tokens
    self._check_limit()


@external
def repay(tokens: uint256):
    self._accrue(self.marketOf[msg.sender])
    self._pay_debt(msg.sender, min(tokens, self._debt(msg.sender)))  # with a very large number: all of it


@external
def liquidate(borrower: address, tokens: uint256):
    """
    @notice Repay some of an unhealthy debt, get as much of its collateral and a bonus. If no collateral is left, what
        is left of the debt is written off.
    """
    self._accrue(self.marketOf[borrower])
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
def _accrue(market: uint256):
    """
    @notice Let debts grow by the interest of the time since this was last done; simple interest within that time.
    """
    if self.index[market] == 0:
        self.index[market] = ONE
    passed: uint256 = block.timestamp - self.accruedAt[market]
    if passed == 0:
        return
    self.accruedAt[market] = block.timestamp
    before: uint256 = self._borrows(market)
    self.index[market] += self.index[market] * (self._rate(market, before) * passed // YEAR) // ONE
    self.reserves[market] += (self._borrows(market) - before) * RESERVED // 100


@internal
@view
def _rate(market: uint256, borrows: uint256) -> uint256:
    if borrows == 0:
        return 0
    used: uint256 = borrows * ONE // (self.cash[market] + borrows)
    if used <= KINK:
        return RATE_AT_ZERO + (RATE_AT_KINK - RATE_AT_ZERO) * used // KINK
    return RATE_AT_KINK + (RATE_AT_FULL - RATE_AT_KINK) * (used - KINK) // (ONE - KINK)


@internal
@view
def _borrows(market: uint256) -> uint256:
    return self.scaledBorrows[market] * self.index[market] // ONE  # rounded down: nobody counts on more


@internal
@view
def _assets(market: uint256) -> uint256:
    return self.cash[market] + self._borrows(market) - self.reserves[market]


@internal
@view
def _debt(borrower: address) -> uint256:
    index: uint256 = self.index[self.marketOf[borrower]]
    return self._divide_up(self.scaledDebtOf[borrower] * index, ONE)  # rounded up, in favour of the lenders


@internal
@view
def _check_limit():
    debt: uint256 = self._debt(msg.sender)
    if debt > 0:  # who owes nothing needs no price
        worth: uint256 = self.collateralOf[msg.sender] * staticcall Oracle(self.oracle).price() // ONE
        assert debt * 100 <= worth * LOAN_TO_VALUE, "too little collateral"


@internal
def _pay_debt(borrower: address, tokens: uint256):
    market: uint256 = self.marketOf[borrower]
    scaled: uint256 = min(self.scaledDebtOf[borrower], tokens * ONE // self.index[market])  # rounded down: debts stay
    self.tokensOf[msg.sender] -= tokens
    self.cash[market] += tokens
    self.scaledBorrows[market] -= scaled
    self.scaledDebtOf[borrower] -= scaled


@internal
def _write_off(borrower: address) -> uint256:
    """
    @notice Forget a debt that nothing secures; the reserves bear the loss, then all lenders of the market.
    """
    market: uint256 = self.marketOf[borrower]
    before: uint256 = self._borrows(market)
    self.scaledBorrows[market] -= self.scaledDebtOf[borrower]
    self.scaledDebtOf[borrower] = 0
    lost: uint256 = before - self._borrows(market)
    self.reserves[market] -= min(self.reserves[market], lost)
    return lost


@internal
@pure
def _divide_up(dividend: uint256, divisor: uint256) -> uint256:
    return (dividend + divisor - 1) // divisor
