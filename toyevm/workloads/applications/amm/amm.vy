# pragma version 0.4.3
# pragma evm-version cancun
"""
@title An automated market maker: whoever gives one token takes the other, at a price that the pool's contents set
@notice Models a pair of Uniswap v2: constant product, a fee of 0.3 % that stays in the pool, shares for who fills it.
    Omits flash swaps, the price accumulator, the protocol's share of the fee, the router and its paths, and the
    packing of both reserves into one slot. The tokens must be plain ones, which take no fee of their own.
@dev Storage: token0, token1; reserve0, reserve1; totalShares; sharesOf[provider].
    Hot: both reserves. Each swap reads both and writes both, and what it pays out depends on the swap before: no
    sharding helps. In the two tokens, the balance of this contract is as hot.
"""

from ethereum.ercs import IERC20

event Swap:
    trader: indexed(address)
    sold0: bool
    given: uint256
    taken: uint256

FEE: constant(uint256) = 3  # of PARTS
PARTS: constant(uint256) = 1000
LOCKED_SHARES: constant(uint256) = 1000  # nobody's, for ever: so that a share cannot be made to cost a fortune

token0: public(address)
token1: public(address)
reserve0: public(uint256)
reserve1: public(uint256)
totalShares: public(uint256)
sharesOf: public(HashMap[address, uint256])


@deploy
def __init__(token0: address, token1: address):
    self.token0 = token0
    self.token1 = token1


@external
@nonreentrant
def addLiquidity(amount0: uint256, amount1: uint256) -> uint256:
    """
    @notice Give both tokens, get shares; what is given of one beyond the pool's ratio is a present to all providers.
    """
    total: uint256 = self.totalShares
    shares: uint256 = 0
    if total == 0:
        shares = isqrt(amount0 * amount1) - LOCKED_SHARES
        total = LOCKED_SHARES
    else:
        shares = min(amount0 * total // self.reserve0, amount1 * total // self.reserve1)
    assert shares > 0, "too little"
    self.totalShares = total + shares
    self.sharesOf[msg.sender] += shares
    self.reserve0 += amount0
    self.reserve1 += amount1
    self._take(self.token0, amount0)
    self._take(self.token1, amount1)
    return shares


@external
@nonreentrant
def removeLiquidity(shares: uint256):
    total: uint256 = self.totalShares
    amount0: uint256 = self.reserve0 * shares // total
    amount1: uint256 = self.reserve1 * shares // total
    self.sharesOf[msg.sender] -= shares
    self.totalShares = total - shares
    self.reserve0 -= amount0
    self.reserve1 -= amount1
    self._give(self.token0, amount0)
    self._give(self.token1, amount1)


@external
@nonreentrant
def swap(sell0: bool, amount: uint256, least: uint256) -> uint256:
    """
    @notice Sell `amount` of token 0 (or of token 1) for at least `least` of the other.
    """
    if sell0:
        taken: uint256 = self._price(amount, self.reserve0, self.reserve1)
        assert taken >= max(least, 1), "too little"
        self.reserve0 += amount
        self.reserve1 -= taken
        self._take(self.token0, amount)
        self._give(self.token1, taken)
        log Swap(trader=msg.sender, sold0=sell0, given=amount, taken=taken)
        return taken
    taken: uint256 = self._price(amount, self.reserve1, self.reserve0)
    assert taken >= max(least, 1), "too little"
    self.reserve1 += amount
    self.reserve0 -= taken
    self._take(self.token1, amount)
    self._give(self.token0, taken)
    log Swap(trader=msg.sender, sold0=sell0, given=amount, taken=taken)
    return taken


@internal
@pure
def _price(given: uint256, reserve_in: uint256, reserve_out: uint256) -> uint256:
    paid: uint256 = given * (PARTS - FEE)
    return paid * reserve_out // (reserve_in * PARTS + paid)


@internal
def _take(token: address, amount: uint256):
    assert extcall IERC20(token).transferFrom(msg.sender, self, amount)


@internal
def _give(token: address, amount: uint256):
    assert extcall IERC20(token).transfer(msg.sender, amount)
