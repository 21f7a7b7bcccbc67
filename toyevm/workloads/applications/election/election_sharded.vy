# pragma version 0.4.3
# pragma evm-version cancun
"""
@title An election with sealed votes, each candidate counted in 16 places
@notice Models what election models, and omits what it omits; only the tally is kept otherwise.
@dev Storage: officer; candidates; commitEnd, revealEnd; mayCommit, commitmentOf[voter]; tallyShards[candidate], each
    16 slots in a row. Hot: a shard, among those who vote for the same and whose addresses end in the same hexadecimal
    digit. The price: to count reads 16 slots for each candidate, once, when all is over.
"""

event Reveal:
    voter: indexed(address)
    candidate: indexed(uint256)

SHARDS: constant(uint256) = 16

officer: public(address)
candidates: public(uint256)
commitEnd: public(uint256)  # the last block in which to commit
revealEnd: public(uint256)  # the last block in which to reveal
mayCommit: public(HashMap[address, bool])
commitmentOf: public(HashMap[address, bytes32])
tallyShards: public(HashMap[uint256, uint256[SHARDS]])


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
    self.tallyShards[candidate][convert(msg.sender, uint256) % SHARDS] += 1
    log Reveal(voter=msg.sender, candidate=candidate)


@external
@view
def tally(candidate: uint256) -> uint256:
    total: uint256 = 0
    for part: uint256 in self.tallyShards[candidate]:
        total += part
    return total
