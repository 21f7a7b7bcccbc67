# pragma version 0.4.3
# pragma evm-version cancun
"""
@title An election with sealed votes
@notice Models votes by commit and reveal, as in the courts of Kleros and in the oracle of UMA: nobody sees how others
    voted before all have. Omits stakes and weights, the penalty for a vote that is never opened, appeals.
@dev Storage: officer; candidates; commitEnd, revealEnd; mayCommit, commitmentOf[voter]; tally[candidate].
    Hot: tally, one slot for each candidate, to which every vote for the candidate adds.
"""

event Reveal:
    voter: indexed(address)
    candidate: indexed(uint256)

officer: public(address)
candidates: public(uint256)
commitEnd: public(uint256)  # the last block in which to commit
revealEnd: public(uint256)  # the last block in which to reveal
mayCommit: public(HashMap[address, bool])
commitmentOf: public(HashMap[address, bytes32])
tally: public(HashMap[uint256, uint256])


@deploy
def __init__(candidates: uint256, commitEnd: uint256, revealEnd: uint256):
    self.officer = msg.sender
    self.candidates = candidates
    self.commitEnd = commitEnd
    self.revealEnd = revealEnd


@external
def register(voter: address):
    assert msg.sender == self.officer, "not the officer"
    self.mayCommit[voter] = True


@external
def commit(commitment: bytes32):
    """
    @notice Cast a sealed vote: the hash of the candidate, 32 secret bytes and the voter, a word each.
    """
    assert block.number <= self.commitEnd, "too late"
    assert self.mayCommit[msg.sender], "not registered, or has voted"
    self.mayCommit[msg.sender] = False
    self.commitmentOf[msg.sender] = commitment


@external
def reveal(candidate: uint256, secret: bytes32):
    assert self.commitEnd < block.number and block.number <= self.revealEnd, "not now"
    assert candidate < self.candidates, "no such candidate"
    assert self.commitmentOf[msg.sender] == keccak256(abi_encode(candidate, secret, msg.sender)), "not what was sealed"
    self.commitmentOf[msg.sender] = empty(bytes32)
    self.tally[candidate] += 1
    log Reveal(voter=msg.sender, candidate=candidate)
