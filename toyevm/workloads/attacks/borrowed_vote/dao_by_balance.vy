# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A DAO that counts the shares that a voter has at the moment
@notice Models governance as Beanstalk had it in April 2022, when somebody borrowed the votes for one transaction and
    took the treasury, 182 million dollars: dao without the snapshot. Omits what dao omits, too.
@dev Storage: quorum, threshold, votingPeriod, delay; checkpointCount, checkpoints[account][number], of which the last
    is what the account has now; proposalCount, proposals[id]; votesFor, votesAgainst[id]; hasVoted[id][account].
    Hot: votesFor and votesAgainst, one slot each for a proposal, and the shares of whoever lends them.
"""

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    value: uint256

event Vote:
    voter: indexed(address)
    proposal: indexed(uint256)
    support: bool
    shares: uint256

event Executed:
    proposal: indexed(uint256)

struct Checkpoint:
    fromBlock: uint256
    shares: uint256  # at the end of that block, and until the next checkpoint

struct Proposal:
    proposer: address
    action: bytes32  # the hash of target, value and data
    snapshot: uint256  # the block at whose end shares are counted
    voteEnd: uint256  # the last block in which to vote
    eta: uint256  # from when it may be executed; 0: not queued
    closed: bool  # executed, or cancelled

GRACE: constant(uint256) = 14 * 24 * 3600  # seconds in which to execute what may be executed

quorum: public(uint256)  # shares that must vote for a proposal
threshold: public(uint256)  # shares that one needs to propose, in the block before
votingPeriod: public(uint256)  # in blocks
delay: public(uint256)  # of the timelock, in seconds
checkpointCount: public(HashMap[address, uint256])
checkpoints: HashMap[address, HashMap[uint256, Checkpoint]]
proposalCount: public(uint256)
proposals: public(HashMap[uint256, Proposal])
votesFor: public(HashMap[uint256, uint256])
votesAgainst: public(HashMap[uint256, uint256])
hasVoted: public(HashMap[uint256, HashMap[address, bool]])


@deploy
def __init__(supply: uint256, quorum: uint256, threshold: uint256, votingPeriod: uint256, delay: uint256):
    self.quorum = quorum
    self.threshold = threshold
    self.votingPeriod = votingPeriod
    self.delay = delay
    self._record(msg.sender, supply)


@external
@payable
def __default__():  # the treasury takes whatever is sent to it
    pass


@external
def transfer(receiver: address, amount: uint256) -> bool:
    self._record(msg.sender, self._sharesOf(msg.sender) - amount)
    self._record(receiver, self._sharesOf(receiver) + amount)
    log Transfer(sender=msg.sender, receiver=receiver, value=amount)
    return True


@external
@view
def balanceOf(account: address) -> uint256:
    return self._sharesOf(account)


@external
@view
def sharesAt(account: address, number: uint256) -> uint256:
    """
    @notice Return what an account had at the end of a block. A block that is not over has no end yet.
    """
    assert number < block.number, "not over yet"
    return self._sharesAt(account, number)


@external
def propose(target: address, amount: uint256, data: Bytes[324]) -> uint256:
    """
    @notice Propose that the DAO calls `target` with `amount` of its wei. Votes count from the next block on.
    """
    assert self._sharesAt(msg.sender, block.number - 1) >= self.threshold, "too few shares to propose"
    proposal: uint256 = self.proposalCount
    self.proposalCount = proposal + 1
    self.proposals[proposal] = Proposal(
        proposer=msg.sender,
        action=keccak256(abi_encode(target, amount, data)),
        snapshot=block.number,
        voteEnd=block.number + self.votingPeriod,
        eta=0,
        closed=False,
    )
    return proposal


@external
def vote(proposal: uint256, support: bool):
    snapshot: uint256 = self.proposals[proposal].snapshot
    assert snapshot < block.number and block.number <= self.proposals[proposal].voteEnd, "not now"
    assert not self.hasVoted[proposal][msg.sender], "has voted"
    shares: uint256 = self._sharesOf(msg.sender)
    assert shares > 0, "no shares at the snapshot"
    self.hasVoted[proposal][msg.sender] = True
    if support:
        self.votesFor[proposal] += shares
    else:
        self.votesAgainst[proposal] += shares
    log Vote(voter=msg.sender, proposal=proposal, support=support, shares=shares)


@external
def queue(proposal: uint256):
    """
    @notice Let the timelock of a proposal that has passed begin.
    """
    assert proposal < self.proposalCount, "no such proposal"
    assert self.proposals[proposal].voteEnd < block.number, "still voted on"
    assert self.proposals[proposal].eta == 0 and not self.proposals[proposal].closed, "queued or closed"
    assert self._passed(proposal), "not passed"
    self.proposals[proposal].eta = block.timestamp + self.delay


@external
def cancel(proposal: uint256):
    """
    @notice Close a proposal: its proposer can, and anybody once the proposer has fewer shares than it takes to propose.
    """
    assert proposal < self.proposalCount, "no such proposal"
    assert not self.proposals[proposal].closed, "closed"
    proposer: address = self.proposals[proposal].proposer
    assert msg.sender == proposer or self._sharesOf(proposer) < self.threshold, "not the proposer"
    self.proposals[proposal].closed = True


@external
def execute(proposal: uint256, target: address, amount: uint256, data: Bytes[324]):
    eta: uint256 = self.proposals[proposal].eta
    assert eta > 0, "not queued"
    assert not self.proposals[proposal].closed, "closed"
    assert block.timestamp >= eta, "in the timelock"
    assert block.timestamp <= eta + GRACE, "expired"
    assert self.proposals[proposal].action == keccak256(abi_encode(target, amount, data)), "not what was voted on"
    self.proposals[proposal].closed = True  # before the call, which could come back here
    raw_call(target, data, value=amount)
    log Executed(proposal=proposal)


@external
def setDelay(delay: uint256):
    assert msg.sender == self, "not the DAO"  # its rules change as everything does: by a proposal
    self.delay = delay


@external
def setQuorum(quorum: uint256):
    assert msg.sender == self, "not the DAO"
    self.quorum = quorum


@internal
@view
def _passed(proposal: uint256) -> bool:
    return self.votesFor[proposal] >= self.quorum and self.votesFor[proposal] > self.votesAgainst[proposal]


@internal
@view
def _sharesOf(account: address) -> uint256:
    count: uint256 = self.checkpointCount[account]
    return self.checkpoints[account][count - 1].shares if count > 0 else 0


@internal
@view
def _sharesAt(account: address, number: uint256) -> uint256:
    low: uint256 = 0  # so many checkpoints, at least, are not later than the block
    high: uint256 = self.checkpointCount[account]  # and at most so many
    for _: uint256 in range(256):
        if low == high:
            break
        middle: uint256 = (low + high) // 2
        if self.checkpoints[account][middle].fromBlock <= number:
            low = middle + 1
        else:
            high = middle
    return self.checkpoints[account][low - 1].shares if low > 0 else 0


@internal
def _record(account: address, shares: uint256):
    """
    @dev One checkpoint a block: what changes twice in a block counts as at its end.
    """
    count: uint256 = self.checkpointCount[account]
    if count == 0 or self.checkpoints[account][count - 1].fromBlock < block.number:
        self.checkpointCount[account] = count + 1
    else:
        count -= 1
    self.checkpoints[account][count] = Checkpoint(fromBlock=block.number, shares=shares)
