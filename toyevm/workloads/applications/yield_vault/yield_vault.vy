# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A yield vault: users give one token, a keeper puts it into a market maker, all share fees and losses
@notice Models a vault of Yearn v3 in the form of ERC-4626, with one strategy: both sides of a pair, for its fees. Omits
    the transfer of shares (the vault as an ERC-20 token), allowances, a fee for the keeper, more than one strategy,
    profits that are let out slowly, and a withdrawal that takes money back from the strategy: what is idle can be
    had. What is invested counts at the value of the last report; a report believes the price of the pool at its
    moment, so its moment is the keeper's to choose with care. A present to the vault changes no price of a share.
@dev Storage: keeper; asset, other, pool; totalIdle, totalDebt; totalSupply, balanceOf[owner].
    Hot: totalIdle and totalSupply, to which every deposit adds, after it has read all three totals for the price. In
    the token, the balance of this contract is as hot.
    Shares are given rounded down and taken rounded up: what is left over belongs to those who stay.
"""

from ethereum.ercs import IERC20

interface Pool:
    def swap(sell0: bool, amount: uint256, least: uint256) -> uint256: nonpayable
    def addLiquidity(amount0: uint256, amount1: uint256) -> uint256: nonpayable
    def removeLiquidity(shares: uint256): nonpayable
    def reserve0() -> uint256: view
    def totalShares() -> uint256: view
    def sharesOf(provider: address) -> uint256: view

event Deposit:
    sender: indexed(address)
    owner: indexed(address)
    assets: uint256
    shares: uint256

event Withdraw:
    sender: indexed(address)
    receiver: indexed(address)
    owner: indexed(address)
    assets: uint256
    shares: uint256

event Reported:
    before: uint256
    now: uint256

keeper: public(address)
asset: public(address)  # token 0 of the pool
other: public(address)
pool: public(address)
totalIdle: public(uint256)
totalDebt: public(uint256)  # what the strategy was worth at the last report, and what went in and out since
totalSupply: public(uint256)
balanceOf: public(HashMap[address, uint256])


@deploy
def __init__(asset: address, other: address, pool: address):
    self.keeper = msg.sender
    self.asset = asset
    self.other = other
    self.pool = pool
    assert extcall IERC20(asset).approve(pool, max_value(uint256))
    assert extcall IERC20(other).approve(pool, max_value(uint256))


@external
@view
def totalAssets() -> uint256:
    return self.totalIdle + self.totalDebt


@external
@view
def convertToShares(assets: uint256) -> uint256:
    return self._shares(assets, False)


@external
@view
def convertToAssets(shares: uint256) -> uint256:
    return self._assets(shares, False)


@external
@nonreentrant
def deposit(assets: uint256, receiver: address) -> uint256:
    """
    @notice Give so many assets, for as many shares as they are worth.
    """
    shares: uint256 = self._shares(assets, False)
    self._enter(assets, shares, receiver)
    return shares


@external
@nonreentrant
def mint(shares: uint256, receiver: address) -> uint256:
    """
    @notice Get so many shares, for as many assets as it takes.
    """
    assets: uint256 = self._assets(shares, True)
    self._enter(assets, shares, receiver)
    return assets


@external
@nonreentrant
def withdraw(assets: uint256, receiver: address, owner: address) -> uint256:
    """
    @notice Take out so many assets, for as many shares as it takes.
    """
    shares: uint256 = self._shares(assets, True)
    self._leave(assets, shares, receiver, owner)
    return shares


@external
@nonreentrant
def redeem(shares: uint256, receiver: address, owner: address) -> uint256:
    """
    @notice Give back so many shares, for as many assets as they are worth.
    """
    assets: uint256 = self._assets(shares, False)
    self._leave(assets, shares, receiver, owner)
    return assets


@external
@nonreentrant
def invest(amount: uint256, sold: uint256, least: uint256):
    """
    @notice Put idle money into the pool: `sold` of it for at least `least` of the other token, the rest beside that.
    """
    assert msg.sender == self.keeper, "not the keeper"
    self.totalIdle -= amount
    self.totalDebt += amount
    bought: uint256 = extcall Pool(self.pool).swap(True, sold, least)
    extcall Pool(self.pool).addLiquidity(amount - sold, bought)


@external
@nonreentrant
def divest(shares: uint256, least: uint256):
    """
    @notice Take shares of the pool out, and sell what they hold of the other token for at least `least`.
    """
    assert msg.sender == self.keeper, "not the keeper"
    self.totalDebt -= self.totalDebt * shares // staticcall Pool(self.pool).sharesOf(self)
    before: uint256 = staticcall IERC20(self.asset).balanceOf(self)
    extcall Pool(self.pool).removeLiquidity(shares)
    extcall Pool(self.pool).swap(False, staticcall IERC20(self.other).balanceOf(self), least)
    self.totalIdle += staticcall IERC20(self.asset).balanceOf(self) - before


@external
@nonreentrant
def report():
    """
    @notice Book what the strategy is worth: both tokens in the pool are worth the same, so twice its part of one.
    """
    assert msg.sender == self.keeper, "not the keeper"
    before: uint256 = self.totalDebt
    held: uint256 = staticcall Pool(self.pool).sharesOf(self)
    self.totalDebt = 2 * staticcall Pool(self.pool).reserve0() * held // staticcall Pool(self.pool).totalShares()
    log Reported(before=before, now=self.totalDebt)


@internal
@view
def _shares(assets: uint256, up: bool) -> uint256:
    if self.totalSupply == 0:
        return assets
    return self._divide(assets * self.totalSupply, self.totalIdle + self.totalDebt, up)


@internal
@view
def _assets(shares: uint256, up: bool) -> uint256:
    if self.totalSupply == 0:
        return shares
    return self._divide(shares * (self.totalIdle + self.totalDebt), self.totalSupply, up)


@internal
@pure
def _divide(dividend: uint256, divisor: uint256, up: bool) -> uint256:
    if up:
        return (dividend + divisor - 1) // divisor
    return dividend // divisor


@internal
def _enter(assets: uint256, shares: uint256, receiver: address):
    assert shares > 0 and assets > 0, "too little"
    self.totalIdle += assets
    self.totalSupply += shares
    self.balanceOf[receiver] += shares
    assert extcall IERC20(self.asset).transferFrom(msg.sender, self, assets)
    log Deposit(sender=msg.sender, owner=receiver, assets=assets, shares=shares)


@internal
def _leave(assets: uint256, shares: uint256, receiver: address, owner: address):
    assert msg.sender == owner, "not the owner"
    self.balanceOf[owner] -= shares
    self.totalSupply -= shares
    self.totalIdle -= assets
    assert extcall IERC20(self.asset).transfer(receiver, assets)
    log Withdraw(sender=msg.sender, receiver=receiver, owner=owner, assets=assets, shares=shares)
