# pragma version 0.4.3
# pragma evm-version cancun
"""
@title The manager of a sidechain's checkpoints, on L1
@notice Models the part of Polygon's RootChain and StakeManager that believes a checkpoint when enough of the stake has
    signed it. Whether the blocks under it are right it cannot know, and does not ask. It omits delegation, rewards,
    proposers, stake that comes or goes later (what was never burned stays locked).
@dev Storage: stakes (by address), total, count (of checkpoints, numbered from 1), ends (the last block under each),
    roots, times (when each came). Hot: count, which every checkpoint moves.
    A signature counts for one vote (kind, range, root) under this contract on this chain, and for nothing else.
"""

KIND_CHECKPOINT: constant(uint256) = 1
KIND_MILESTONE: constant(uint256) = 2
MAX_SIGNERS: constant(uint256) = 100
SIGNATURE: constant(uint256) = 65  # r and s, a word each, and the parity

event Staked:
    validator: indexed(address)
    amount: uint256

event Checkpoint:
    checkpoint: indexed(uint256)
    start: uint256
    end: uint256
    root: bytes32

event Slashed:
    validator: indexed(address)
    amount: uint256

stakes: public(HashMap[address, uint256])
total: public(uint256)
numerator: public(immutable(uint256))
denominator: public(immutable(uint256))
first: public(immutable(uint256))
count: public(uint256)  # of checkpoints; they are numbered from 1
ends: public(HashMap[uint256, uint256])  # the last block under a checkpoint
roots: public(HashMap[uint256, bytes32])
times: public(HashMap[uint256, uint256])  # when it came


@deploy
def __init__(first_: uint256, numerator_: uint256, denominator_: uint256):
    assert first_ > 0 and denominator_ > 0 and numerator_ < denominator_, "not a threshold"
    first = first_
    numerator = numerator_
    denominator = denominator_
    self.ends[0] = first_ - 1


@external
@payable
def stake():
    assert self.count == 0, "too late to stake"  # a set that changes is another story
    self.stakes[msg.sender] += msg.value
    self.total += msg.value
    log Staked(validator=msg.sender, amount=msg.value)


@external
@view
def needed() -> uint256:
    return self._needed()


@external
@view
def digest(kind: uint256, start: uint256, end: uint256, root: bytes32) -> bytes32:
    return self._digest(kind, start, end, root)


@external
@view
def start_of(checkpoint: uint256) -> uint256:
    return self.ends[checkpoint - 1] + 1


@external
def submit_checkpoint(start: uint256, end: uint256, root: bytes32, signatures: Bytes[MAX_SIGNERS * SIGNATURE]):
    assert start == self.ends[self.count] + 1, "start is not previous end + 1"
    assert end >= start, "end before start"
    stake: uint256 = self._stake_behind(self._digest(KIND_CHECKPOINT, start, end, root), signatures)
    assert stake >= self._needed(), "not enough stake"
    self.count += 1
    self.ends[self.count] = end
    self.roots[self.count] = root
    self.times[self.count] = block.timestamp
    log Checkpoint(checkpoint=self.count, start=start, end=end, root=root)


@external
def slash(
    start: uint256,
    end: uint256,
    kind: uint256,
    root: bytes32,
    other_kind: uint256,
    other_root: bytes32,
    signatures: Bytes[2 * SIGNATURE],
):
    """
    @notice Burn the stake of whoever has signed two roots for one range of blocks; anybody may bring the evidence.
    @param signatures Of the first vote, then of the other.
    """
    assert root != other_root, "no two roots"
    assert len(signatures) == 2 * SIGNATURE, "malformed signatures"
    for each: uint256 in [kind, other_kind]:
        assert each == KIND_CHECKPOINT or each == KIND_MILESTONE, "unknown kind"
    signer: address = self._signer(self._digest(kind, start, end, root), signatures, 0)
    other: address = self._signer(self._digest(other_kind, start, end, other_root), signatures, SIGNATURE)
    assert signer == other, "two signers"
    amount: uint256 = self.stakes[signer]
    assert amount > 0, "signer without stake"
    self.stakes[signer] = 0
    self.total -= amount
    send(empty(address), amount)
    log Slashed(validator=signer, amount=amount)


@internal
@view
def _needed() -> uint256:
    return self.total * numerator // denominator + 1


@internal
@view
def _digest(kind: uint256, start: uint256, end: uint256, root: bytes32) -> bytes32:
    return keccak256(abi_encode(chain.id, self, kind, start, end, root))


@internal
@view
def _stake_behind(digest: bytes32, signatures: Bytes[MAX_SIGNERS * SIGNATURE]) -> uint256:
    assert len(signatures) % SIGNATURE == 0, "malformed signatures"
    found: uint256 = 0
    last: address = empty(address)
    for i: uint256 in range(MAX_SIGNERS):
        if i * SIGNATURE == len(signatures):
            break
        signer: address = self._signer(digest, signatures, i * SIGNATURE)
        assert convert(signer, uint160) > convert(last, uint160), "signers not ascending"  # so nobody counts twice
        assert self.stakes[signer] > 0, "signer without stake"
        found += self.stakes[signer]
        last = signer
    return found


@internal
@pure
def _signer(digest: bytes32, signatures: Bytes[MAX_SIGNERS * SIGNATURE], at: uint256) -> address:
    r: uint256 = convert(slice(signatures, at, 32), uint256)
    s: uint256 = convert(slice(signatures, at + 32, 32), uint256)
    parity: uint256 = convert(slice(signatures, at + 64, 1), uint256)
    assert parity < 2, "malformed signatures"
    signer: address = ecrecover(digest, 27 + parity, r, s)
    assert signer != empty(address), "signer without stake"
    return signer
