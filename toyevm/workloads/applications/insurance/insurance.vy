# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A mutual insurance: members pool capital, holders pay premiums, members judge claims, a season is paid at its end
@notice Models Nexus Mutual: shares in one pool of capital, covers up to a multiple of it, claims judged by the members'
    votes. Omits prices that follow demand, a cover for each risk, stakes and fines for who judges, and appeals.
    Who votes has joined before the claim and cannot leave while one is open. Claims that were accepted in a season
    are paid together: if capital is not enough, all get the same part of their cover. A mutual that has paid out
    everything is closed. Money is in here, and was paid in before.
@dev Storage: capital, covered; totalShares, openClaims, accepted, season, seasonEnd; moneyOf, sharesOf, joinedAt,
    coverOf, coveredUntil, claimedAt, yesOf, noOf, acceptedOf, acceptedIn[account]; votedAt[holder][member];
    acceptedAt, paidAt[season].
    Hot: capital and covered. Every cover adds its premium to the one and its amount to the other, and must fit in.
    Premiums round up, shares and payments down: what is left over belongs to the pool.
"""

PARTS: constant(uint256) = 1000
RATE: constant(uint256) = 26  # of PARTS of the cover, a year
YEAR: constant(uint256) = 365  # days
CAPACITY: constant(uint256) = 4  # times the capital may be covered: not everybody has a claim at once
DAY: constant(uint256) = 86400  # seconds
VOTING: constant(uint256) = 3 * DAY
SEASON: constant(uint256) = 30 * DAY

capital: public(uint256)
covered: public(uint256)
totalShares: public(uint256)
openClaims: public(uint256)  # a number of claims
accepted: public(uint256)  # wei, in this season
season: public(uint256)
seasonEnd: public(uint256)
moneyOf: public(HashMap[address, uint256])
sharesOf: public(HashMap[address, uint256])
joinedAt: public(HashMap[address, uint256])  # when shares were last bought
coverOf: public(HashMap[address, uint256])
coveredUntil: public(HashMap[address, uint256])
claimedAt: public(HashMap[address, uint256])  # 0: no open claim
yesOf: public(HashMap[address, uint256])  # shares
noOf: public(HashMap[address, uint256])
votedAt: public(HashMap[address, HashMap[address, uint256]])  # on the claim of that time
acceptedOf: public(HashMap[address, uint256])
acceptedIn: public(HashMap[address, uint256])  # the season
acceptedAt: public(HashMap[uint256, uint256])
paidAt: public(HashMap[uint256, uint256])


@external
@payable
def deposit():
    self.moneyOf[msg.sender] += msg.value


@external
def withdraw(amount: uint256):
    self.moneyOf[msg.sender] -= amount
    send(msg.sender, amount)


@external
def join(amount: uint256):
    shares: uint256 = amount
    if self.totalShares > 0:
        shares = amount * self.totalShares // self.capital
    assert shares > 0, "too little"
    self.moneyOf[msg.sender] -= amount
    self.joinedAt[msg.sender] = block.timestamp
    self.sharesOf[msg.sender] += shares
    self.totalShares += shares
    self.capital += amount


@external
def leave(shares: uint256):
    assert self.openClaims == 0 and self.accepted == 0, "there are claims"
    amount: uint256 = shares * self.capital // self.totalShares
    self.sharesOf[msg.sender] -= shares
    self.totalShares -= shares
    self.capital -= amount
    self.moneyOf[msg.sender] += amount
    assert self.covered <= CAPACITY * self.capital, "covers need it"


@external
def buy(amount: uint256, duration: uint256):
    """
    @notice Buy a cover of `amount` for `duration` days.
    """
    assert amount > 0 and self.coverOf[msg.sender] == 0, "one cover"
    assert duration > 0 and duration <= YEAR, "a year at most"
    premium: uint256 = (amount * RATE * duration - 1) // (PARTS * YEAR) + 1
    self.moneyOf[msg.sender] -= premium
    self.coverOf[msg.sender] = amount
    self.coveredUntil[msg.sender] = block.timestamp + duration * DAY
    self.capital += premium
    self.covered += amount
    assert self.covered <= CAPACITY * self.capital, "no capacity"


@external
def expire(holder: address):
    assert self.coverOf[holder] > 0 and block.timestamp > self.coveredUntil[holder], "not over"
    assert self.claimedAt[holder] == 0, "there is a claim"
    self.covered -= self.coverOf[holder]
    self.coverOf[holder] = 0


@external
def claim():
    assert self.coverOf[msg.sender] > 0 and block.timestamp <= self.coveredUntil[msg.sender], "not covered"
    assert self.claimedAt[msg.sender] == 0, "there is a claim"
    self.claimedAt[msg.sender] = block.timestamp
    self.openClaims += 1


@external
def vote(holder: address, yes: bool):
    claimed: uint256 = self.claimedAt[holder]
    assert claimed > 0 and block.timestamp < claimed + VOTING, "not open"
    assert msg.sender != holder and self.joinedAt[msg.sender] < claimed, "no judge"
    assert self.votedAt[holder][msg.sender] != claimed, "has voted"
    self.votedAt[holder][msg.sender] = claimed
    if yes:
        self.yesOf[holder] += self.sharesOf[msg.sender]
    else:
        self.noOf[holder] += self.sharesOf[msg.sender]


@external
def assess(holder: address):
    """
    @notice Count the votes: more for a claim than against it, and the whole cover is accepted; else the cover goes on.
    """
    assert self.claimedAt[holder] > 0 and block.timestamp >= self.claimedAt[holder] + VOTING, "votes are still cast"
    self._collect(holder)
    yes: bool = self.yesOf[holder] > self.noOf[holder]
    self.claimedAt[holder] = 0
    self.yesOf[holder] = 0
    self.noOf[holder] = 0
    self.openClaims -= 1
    if yes:
        amount: uint256 = self.coverOf[holder]
        self.coverOf[holder] = 0
        self.covered -= amount
        self.acceptedOf[holder] += amount
        self.acceptedIn[holder] = self.season
        self.accepted += amount


@external
def settle():
    """
    @notice End the season: set aside what its claims get, in full or all the same part.
    """
    assert block.timestamp >= self.seasonEnd, "too early"
    paid: uint256 = min(self.accepted, self.capital)
    self.acceptedAt[self.season] = self.accepted
    self.paidAt[self.season] = paid
    self.capital -= paid
    self.accepted = 0
    self.season += 1
    self.seasonEnd = block.timestamp + SEASON


@external
def collect():
    self._collect(msg.sender)


@internal
def _collect(holder: address):
    season: uint256 = self.acceptedIn[holder]
    if self.acceptedOf[holder] > 0 and season < self.season:
        amount: uint256 = self.acceptedOf[holder] * self.paidAt[season] // self.acceptedAt[season]
        self.acceptedOf[holder] = 0
        self.moneyOf[holder] += amount
