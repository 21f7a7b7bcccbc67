# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A staking vault: rewards flow to all stakes by the second, and a fault costs all of them the same part
@notice Models StakingRewards of Synthetix (one accumulator, rewards over a period) with the cooldown and the slashing of
    Aave's safety module; a stake backs a validator, as in delegated proof of stake. Omits a choice of validators,
    commissions, the transfer of stakes, and a vote before a slashing. Money is in here, and was paid in before.
    While nobody stakes, rewards are lost: they stay in here, as in Synthetix.
@dev Storage: officer; rewardRate, periodEnd, updatedAt, rewardPerShare; totalStaked, totalShares; moneyOf, sharesOf,
    paidPerShare, rewardOf, leaveAt[account].
    Hot: totalStaked and totalShares, to which every stake adds, beside the accumulator (rewardPerShare, updatedAt),
    which every call brings up to date first.
    All divisions round down: what is left over belongs to the vault, never to the caller.
"""

event Slashed:
    taken: uint256

PERIOD: constant(uint256) = 7 * 86400  # seconds for which a fund lasts
COOLDOWN: constant(uint256) = 10 * 86400  # seconds from the announcement to the day of leaving: time to find a fault
WINDOW: constant(uint256) = 2 * 86400  # seconds to leave in: nobody may be ready to leave all the time
MAX_SLASH: constant(uint256) = 300  # of PARTS; below all of it, so that shares keep a price
PARTS: constant(uint256) = 1000
SCALE: constant(uint256) = 10**18

officer: public(address)
rewardRate: public(uint256)  # wei a second
periodEnd: public(uint256)
updatedAt: public(uint256)
rewardPerShare: public(uint256)  # of one share since the beginning, times SCALE
totalStaked: public(uint256)
totalShares: public(uint256)
moneyOf: public(HashMap[address, uint256])
sharesOf: public(HashMap[address, uint256])
paidPerShare: public(HashMap[address, uint256])  # rewardPerShare up to which rewardOf counts
rewardOf: public(HashMap[address, uint256])
leaveAt: public(HashMap[address, uint256])  # 0: not announced


@deploy
def __init__():
    self.officer = msg.sender


@external
@payable
def deposit():
    self.moneyOf[msg.sender] += msg.value


@external
def withdraw(amount: uint256):
    self.moneyOf[msg.sender] -= amount
    send(msg.sender, amount)


@external
@payable
def fund():
    """
    @notice Reward stakes for a period from now, with what is paid and what is left of the period before.
    """
    assert msg.sender == self.officer, "not the officer"
    self._accumulate()
    left: uint256 = 0
    if block.timestamp < self.periodEnd:
        left = (self.periodEnd - block.timestamp) * self.rewardRate
    self.rewardRate = (msg.value + left) // PERIOD
    self.periodEnd = block.timestamp + PERIOD
    self.updatedAt = block.timestamp


@external
def stake(amount: uint256):
    """
    @notice Stake money; whoever had announced to leave has changed their mind.
    """
    self._accumulate()
    self._settle(msg.sender)
    shares: uint256 = amount
    if self.totalShares > 0:
        shares = amount * self.totalShares // self.totalStaked
    assert shares > 0, "too little"
    self.leaveAt[msg.sender] = 0
    self.moneyOf[msg.sender] -= amount
    self.totalStaked += amount
    self.totalShares += shares
    self.sharesOf[msg.sender] += shares


@external
def announce():
    """
    @notice Say that one wants to leave; until then the stake earns, and can be slashed.
    """
    self.leaveAt[msg.sender] = block.timestamp + COOLDOWN


@external
def unstake(shares: uint256):
    day: uint256 = self.leaveAt[msg.sender]
    assert day > 0 and day <= block.timestamp and block.timestamp <= day + WINDOW, "not the day to leave"
    self._accumulate()
    self._settle(msg.sender)
    amount: uint256 = shares * self.totalStaked // self.totalShares
    self.sharesOf[msg.sender] -= shares
    self.totalShares -= shares
    self.totalStaked -= amount
    self.moneyOf[msg.sender] += amount


@external
def claim():
    self._accumulate()
    self._settle(msg.sender)
    amount: uint256 = self.rewardOf[msg.sender]
    self.rewardOf[msg.sender] = 0
    self.moneyOf[msg.sender] += amount


@external
def slash(parts: uint256):
    """
    @notice Take a part of every stake for a fault of the validator; no account is touched, only what a share is worth.
    """
    assert msg.sender == self.officer, "not the officer"
    assert parts <= MAX_SLASH, "too much"
    taken: uint256 = self.totalStaked * parts // PARTS
    self.totalStaked -= taken
    self.moneyOf[self.officer] += taken
    log Slashed(taken=taken)


@external
@view
def stakeOf(account: address) -> uint256:
    if self.sharesOf[account] == 0:
        return 0
    return self.sharesOf[account] * self.totalStaked // self.totalShares


@internal
def _accumulate():
    now: uint256 = min(block.timestamp, self.periodEnd)
    if now > self.updatedAt:
        if self.totalShares > 0:
            self.rewardPerShare += (now - self.updatedAt) * self.rewardRate * SCALE // self.totalShares
        self.updatedAt = now


@internal
def _settle(account: address):
    self.rewardOf[account] += self.sharesOf[account] * (self.rewardPerShare - self.paidPerShare[account]) // SCALE
    self.paidPerShare[account] = self.rewardPerShare
