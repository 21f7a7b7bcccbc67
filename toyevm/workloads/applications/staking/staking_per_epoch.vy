# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A staking vault whose stakes count from the next epoch on
@notice Models what staking models, and omits what it omits; only the way in is another one, as in proof-of-stake chains,
    where a stake waits for the end of an epoch: all stakes of an epoch become shares at once, at one price.
@dev Storage: officer; rewardRate, periodEnd, updatedAt, rewardPerShare; totalStaked, totalShares; moneyOf, sharesOf,
    paidPerShare, rewardOf, leaveAt[account]; epoch, epochEnd; newStakes, 16 slots in a row; newStakeOf,
    newSince[account]; stakedAt, sharesAt, rewardAt[epoch].
    Hot: a slot of newStakes, among those whose addresses end in the same hexadecimal digit. To claim writes nothing
    that is shared. To unstake is as hot as in staking, but announced days before.
    The price: a new stake earns nothing until its epoch ends, somebody has to call `close`, which reads 16 slots, and a
    claim pays only what was earned until the accumulator last moved.
"""

event Slashed:
    taken: uint256

PERIOD: constant(uint256) = 7 * 86400  # seconds for which a fund lasts
EPOCH: constant(uint256) = 86400  # seconds, at least
COOLDOWN: constant(uint256) = 10 * 86400  # seconds from the announcement to the day of leaving: time to find a fault
WINDOW: constant(uint256) = 2 * 86400  # seconds to leave in: nobody may be ready to leave all the time
MAX_SLASH: constant(uint256) = 300  # of PARTS; below all of it, so that shares keep a price
PARTS: constant(uint256) = 1000
SCALE: constant(uint256) = 10**18
SHARDS: constant(uint256) = 16

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
epoch: public(uint256)
epochEnd: public(uint256)  # from then on it can be closed
newStakes: public(uint256[SHARDS])  # of this epoch
newStakeOf: public(HashMap[address, uint256])
newSince: public(HashMap[address, uint256])  # the epoch in which newStakeOf was given
stakedAt: public(HashMap[uint256, uint256])  # totalStaked, totalShares, rewardPerShare when the epoch was closed,
sharesAt: public(HashMap[uint256, uint256])  # before its stakes became shares
rewardAt: public(HashMap[uint256, uint256])


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
    @notice Stake money from the end of the epoch on; whoever had announced to leave has changed their mind.
    """
    assert amount > 0, "too little"
    self._admit(msg.sender)
    self.leaveAt[msg.sender] = 0
    self.moneyOf[msg.sender] -= amount
    self.newStakeOf[msg.sender] += amount
    self.newSince[msg.sender] = self.epoch
    self.newStakes[convert(msg.sender, uint256) % SHARDS] += amount


@external
def close():
    """
    @notice End the epoch: its stakes become shares, all at the same price.
    """
    assert block.timestamp >= self.epochEnd, "too early"
    self._accumulate()
    total: uint256 = 0
    for part: uint256 in self.newStakes:
        total += part
    self.newStakes = empty(uint256[SHARDS])
    self.stakedAt[self.epoch] = self.totalStaked
    self.sharesAt[self.epoch] = self.totalShares
    self.rewardAt[self.epoch] = self.rewardPerShare
    self.totalShares += self._shares(total, self.epoch)
    self.totalStaked += total
    self.epoch += 1
    self.epochEnd = block.timestamp + EPOCH


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
    self._admit(msg.sender)
    self._settle(msg.sender, self.rewardPerShare)
    amount: uint256 = shares * self.totalStaked // self.totalShares
    self.sharesOf[msg.sender] -= shares
    self.totalShares -= shares
    self.totalStaked -= amount
    self.moneyOf[msg.sender] += amount


@external
def claim():
    self._admit(msg.sender)
    self._settle(msg.sender, self.rewardPerShare)
    amount: uint256 = self.rewardOf[msg.sender]
    self.rewardOf[msg.sender] = 0
    self.moneyOf[msg.sender] += amount


@external
def slash(parts: uint256):
    """
    @notice Take a part of every stake for a fault of the validator; stakes that do not count yet backed nobody.
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
    """
    @notice What the stake is worth, with what does not count yet.
    """
    shares: uint256 = self.sharesOf[account]
    waiting: uint256 = self.newStakeOf[account]
    if waiting > 0 and self.newSince[account] < self.epoch:
        shares += self._shares(waiting, self.newSince[account])
        waiting = 0
    if shares == 0:
        return waiting
    return waiting + shares * self.totalStaked // self.totalShares


@internal
@view
def _shares(amount: uint256, epoch: uint256) -> uint256:
    if self.sharesAt[epoch] == 0:
        return amount
    return amount * self.sharesAt[epoch] // self.stakedAt[epoch]


@internal
def _admit(account: address):
    """
    @notice Turn a stake whose epoch is over into shares, which earn since its end.
    """
    since: uint256 = self.newSince[account]
    if self.newStakeOf[account] > 0 and since < self.epoch:
        self._settle(account, self.rewardAt[since])
        self.sharesOf[account] += self._shares(self.newStakeOf[account], since)
        self.newStakeOf[account] = 0


@internal
def _accumulate():
    now: uint256 = min(block.timestamp, self.periodEnd)
    if now > self.updatedAt:
        if self.totalShares > 0:
            self.rewardPerShare += (now - self.updatedAt) * self.rewardRate * SCALE // self.totalShares
        self.updatedAt = now


@internal
def _settle(account: address, rewardPerShare: uint256):
    self.rewardOf[account] += self.sharesOf[account] * (rewardPerShare - self.paidPerShare[account]) // SCALE
    self.paidPerShare[account] = rewardPerShare
