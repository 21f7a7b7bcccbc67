# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Proposed states of an optimistic rollup, and the games about them
@notice Models the OP Stack's FaultDisputeGame and its factory: anybody may propose the state after a block, with a bond;
    anybody may dispute it, down to one micro-step, which the precompile one_step does. Each side has a clock; a claim
    that nobody has countered in time stands, and its bond goes back; otherwise it goes to who countered it first from
    the left. It omits a guardian, a change of the verifier, delayed payment of bonds, and a way to post what is long in
    parts: on the layer, a precompile that is given more than fits into MAX_POSTED bytes fails instead.
@dev Storage: owner, until the portal is known; count, games[game], claims[game][claim], made[hash of a claim],
    credits[who]; next_block[place]; accepted_root[number of a block]. Hot: games[game], in every claim.
    Claim 0 of a game is what is agreed, claim 1 the root.
    A claim that is resolved tells its parent: so no call ever walks through a list that strangers made long.
"""

interface Portal:
    def nonce() -> uint256: view  # how many deposits there are
    def deposit_digest(count: uint256) -> bytes32: view  # over the first deposits
    def forced_digest(count: uint256) -> bytes32: view  # over the first transactions sent here
    def is_overdue(deposits: uint256, forced: uint256) -> bool: view  # what comes behind so many
    def leaves_out(deposits: uint256, forced: uint256, old_deposits: uint256, old_forced: uint256) -> bool: view

struct Game:
    parent: uint256  # the game about the block before, plus 1; 0: the first block
    number: uint256
    items: uint256
    split: uint256
    data_hash: bytes32
    claims: uint256
    deposits: uint256  # taken by this block and those before
    forced: uint256
    accepted: bool
    place: bytes32  # the state, with the blocks that lead to it: games about the same have the same

struct Claim:
    parent: uint256
    is_attack: bool
    lo: uint256
    hi: uint256
    item: uint256  # plus 1; 0: the dispute is about several items
    at: uint256
    state: bytes32
    height: uint256
    depth: uint256
    claimant: address
    bond: uint256
    used: uint256
    since: uint256
    countered_by: address
    is_resolved: bool
    unresolved: uint256  # answers
    leftmost: uint256  # the answer that stands farthest to the left, of those that are resolved

struct Middle:
    lo: uint256
    hi: uint256
    item: uint256
    at: uint256

event Proposed:
    game: indexed(uint256)
    number: indexed(uint256)
    state: bytes32

event Claimed:
    game: indexed(uint256)
    claim: indexed(uint256)
    state: bytes32

event Proven:
    game: indexed(uint256)
    claim: indexed(uint256)

event Resolved:
    game: indexed(uint256)
    claim: indexed(uint256)
    winner: address

ONE_STEP: constant(address) = 0x000000000000000000000000000000000000F006  # precompiles of this layer's L1
BLOCK_INPUT: constant(address) = 0x000000000000000000000000000000000000f007
NEXT_BLOCK: constant(address) = 0x000000000000000000000000000000000000f008
MAX_DATA: constant(uint256) = 100_000  # bytes of a block
MAX_OPENING: constant(uint256) = 1_024
MAX_WITNESS: constant(uint256) = 16_384
MAX_POSTED: constant(uint256) = 65_536
MAX_HEIGHT: constant(uint256) = 40
MAX_DEPTH: constant(uint256) = 60
BASE_BOND: constant(uint256) = 8 * 10 ** 16

genesis: public(immutable(bytes32))
first: public(immutable(uint256))  # the number of the first block
clock: public(immutable(uint256))  # in seconds, of each side
extension: public(immutable(uint256))
sequencer: public(immutable(address))  # who alone brings blocks while nothing is overdue; empty: anybody

owner: public(address)
portal: public(address)
count: public(uint256)
games: public(HashMap[uint256, Game])
claims: public(HashMap[uint256, HashMap[uint256, Claim]])
made: HashMap[bytes32, bool]
credits: public(HashMap[address, uint256])
next_block: public(HashMap[bytes32, bytes32])  # by place: the first block that came after it is the next one
accepted_root: public(HashMap[uint256, bytes32])  # by the number of the L2 block


@deploy
def __init__(its_genesis: bytes32, its_first: uint256, its_clock: uint256, its_extension: uint256, its_sequencer: address):
    genesis = its_genesis
    first = its_first
    clock = its_clock
    extension = its_extension
    sequencer = its_sequencer
    self.owner = msg.sender


@external
def connect(its_portal: address):
    """
    @notice Say once whose deposits a block has to take.
    """
    assert msg.sender == self.owner, "not the owner"
    self.portal = its_portal
    self.owner = empty(address)


@external
@payable
def propose(
    parent: uint256,
    deposits: uint256,
    forced: uint256,
    state: bytes32,
    height: uint256,
    opening: Bytes[MAX_OPENING],
    data: Bytes[MAX_DATA],
) -> uint256:
    """
    @notice Propose the state after a block. The first block that comes after another is the next one: about its state
        there may be several proposals, but a second block in its place would pay the same money twice.
    @param parent The game about the block before, plus 1; 0 for the first block.
    @param deposits How many are taken by this block and those before; what they are, the portal says.
    @param forced The same for transactions that were sent to the portal.
    @param opening What shows the world in the state after the block before; nothing for the first block.
    """
    game: Game = empty(Game)
    before: bytes32 = genesis
    game.number = first
    deposit_digest: bytes32 = empty(bytes32)
    forced_digest: bytes32 = empty(bytes32)
    old_place: bytes32 = empty(bytes32)
    old_deposits: uint256 = 0
    old_forced: uint256 = 0
    if parent > 0:
        assert parent <= self.count, "no such parent"
        root: Claim = self.claims[parent - 1][1]
        assert root.countered_by == empty(address), "the parent has fallen"
        before = self._next_block(root.state, opening)
        game.number = self.games[parent - 1].number + 1
        deposit_digest = staticcall Portal(self.portal).deposit_digest(self.games[parent - 1].deposits)
        forced_digest = staticcall Portal(self.portal).forced_digest(self.games[parent - 1].forced)
        old_place = self.games[parent - 1].place
        old_deposits = self.games[parent - 1].deposits
        old_forced = self.games[parent - 1].forced
    assert deposits >= old_deposits, "deposits given back"
    assert deposits <= staticcall Portal(self.portal).nonce(), "more deposits than there are"
    success: bool = False
    answer: Bytes[128] = b""
    success, answer = raw_call(
        BLOCK_INPUT,
        concat(deposit_digest, forced_digest, convert(forced - old_forced, bytes32), data),
        max_outsize=128,
        is_static_call=True,
        revert_on_failure=False,
    )
    assert success and len(answer) == 128, "not a block"
    assert convert(slice(answer, 32, 32), uint256) == game.number, "not the next block"
    assert convert(slice(answer, 64, 32), bytes32) == staticcall Portal(self.portal).deposit_digest(
        deposits
    ), "other deposits"
    assert convert(slice(answer, 96, 32), bytes32) == staticcall Portal(self.portal).forced_digest(
        forced
    ), "other forced transactions"
    game.data_hash = keccak256(data)
    block_hash: bytes32 = keccak256(abi_encode(game.data_hash, deposits, forced))
    if self.next_block[old_place] == empty(bytes32):
        assert not staticcall Portal(self.portal).leaves_out(
            deposits, forced, old_deposits, old_forced
        ), "something is overdue"
        self._require_sequencer(old_deposits, old_forced)
        self.next_block[old_place] = block_hash
    assert self.next_block[old_place] == block_hash, "another block comes next"
    game.place = keccak256(abi_encode(old_place, block_hash, state))
    game.parent = parent
    game.items = convert(slice(answer, 0, 32), uint256)
    game.split = self._log2(game.items)
    game.claims = 2
    game.deposits = deposits
    game.forced = forced
    assert height <= MAX_HEIGHT, "too high"
    assert msg.value == self._bond(0), "not the bond"
    number: uint256 = self.count
    self.count += 1
    self.games[number] = game
    agreed: Claim = empty(Claim)
    agreed.state = before
    agreed.is_resolved = True
    self.claims[number][0] = agreed
    root: Claim = empty(Claim)
    root.is_attack = True
    root.at = 2 ** game.split
    root.state = state
    root.height = height
    root.claimant = msg.sender
    root.bond = msg.value
    root.since = block.timestamp
    self.claims[number][1] = root
    log Proposed(game=number, number=game.number, state=state)
    return number


@external
@payable
def answer(game: uint256, against: uint256, is_attack: bool, state: bytes32, height: uint256):
    """
    @notice Claim what is right halfway before a claim (attack) or behind it.
    @param height Between items alone: the state is reached within 2 ** height micro-steps of the last item.
    """
    parent: Claim = self._claim(game, against)
    split: uint256 = self.games[game].split
    assert parent.depth < split or parent.item == 0 or parent.depth < split + parent.height, "not at this depth"
    lo: uint256 = 0
    hi: uint256 = 0
    lo, hi = self._interval(game, against, is_attack)
    if parent.item == 0 and parent.depth == split:
        assert not self._is_decided(game, lo, hi), "nothing to halve"
    middle: Middle = self._middle(game, parent, lo, hi)
    used: uint256 = self._require_time(game, parent)
    claim: Claim = empty(Claim)
    claim.parent = against
    claim.is_attack = is_attack
    claim.lo = lo
    claim.hi = hi
    claim.item = middle.item
    claim.at = middle.at
    claim.state = state
    if middle.item == 0:
        assert height <= MAX_HEIGHT, "too high"
        claim.height = height
    else:
        claim.height = self.claims[game][hi].height
    key: bytes32 = keccak256(abi_encode(game, against, is_attack, state, claim.height))
    assert not self.made[key], "claimed already"
    self.made[key] = True
    claim.depth = parent.depth + 1
    claim.claimant = msg.sender
    claim.bond = self._bond(claim.depth)
    assert msg.value == claim.bond, "not the bond"
    claim.used = min(used, clock - extension)
    claim.since = block.timestamp
    number: uint256 = self.games[game].claims
    self.games[game].claims = number + 1
    self.claims[game][number] = claim
    self.claims[game][against].unresolved += 1
    log Claimed(game=game, claim=number, state=state)


@external
def prove(
    game: uint256,
    against: uint256,
    is_attack: bool,
    witness: Bytes[MAX_WITNESS],
    posted: Bytes[MAX_POSTED],
    data: Bytes[MAX_DATA],
):
    """
    @notice Counter a claim for good: a step that it stands for is not one, or one that it disputes is.
    @param data The block, as it was proposed.
    """
    claim: Claim = self._claim(game, against)
    split: uint256 = self.games[game].split
    is_item: bool = claim.item == 0 and claim.depth == split
    assert is_item or (claim.item > 0 and claim.depth == split + claim.height), "not at this depth"
    lo: uint256 = 0
    hi: uint256 = 0
    lo, hi = self._interval(game, against, is_attack)
    assert not is_item or self._is_decided(game, lo, hi), "more than one step"
    _: uint256 = self._require_time(game, claim)
    begin: Claim = self.claims[game][lo]
    end: Claim = self.claims[game][hi]
    item: uint256 = begin.at
    if begin.item > 0:
        item = begin.item - 1
    holds: bool = False
    if item >= self.games[game].items:
        holds = end.state == begin.state  # behind the last item nothing changes any more
    else:
        assert keccak256(data) == self.games[game].data_hash, "another block"
        success: bool = False
        answer: Bytes[64] = b""
        success, answer = raw_call(
            ONE_STEP,
            concat(
                convert(item, bytes32),
                begin.state,
                convert(len(witness), bytes32),
                convert(len(posted), bytes32),
                witness,
                posted,
                data,
            ),
            max_outsize=64,
            is_static_call=True,
            revert_on_failure=False,
        )
        assert success and len(answer) == 64, "the witness shows nothing"
        is_done: bool = convert(slice(answer, 32, 32), uint256) == 1
        holds = convert(slice(answer, 0, 32), bytes32) == end.state and (is_done or end.item > 0)
    is_own: bool = (claim.depth - end.depth) % 2 == 0  # the claimant's side stands for the end
    assert is_own != holds, "the claim is right"
    self.claims[game][against].countered_by = msg.sender
    log Proven(game=game, claim=against)


@external
def resolve(game: uint256, number: uint256):
    """
    @notice Give a claim's bond to who countered it first from the left, or back; from below to above.
    """
    claim: Claim = self._claim(game, number)
    assert self._time_used(game, claim) >= clock, "there is still time"
    assert claim.unresolved == 0, "an answer is not resolved"
    parent: uint256 = self.games[game].parent
    if number == 1 and parent > 0:
        assert self.claims[parent - 1][1].is_resolved, "the parent is not resolved"
    winner: address = claim.countered_by
    if winner == empty(address) and claim.leftmost > 0:
        winner = self.claims[game][claim.leftmost].claimant
    self.claims[game][number].is_resolved = True
    self.claims[game][number].countered_by = winner
    if winner == empty(address):
        self.credits[claim.claimant] += claim.bond
        self._stand(game, number, claim)
    else:
        self.credits[winner] += claim.bond
    if number > 1:
        self.claims[game][claim.parent].unresolved -= 1
    log Resolved(game=game, claim=number, winner=winner)


@external
def collect(who: address):
    """
    @notice Pay out the bonds that somebody has won or got back.
    """
    amount: uint256 = self.credits[who]
    assert amount > 0, "nothing is owed"
    self.credits[who] = 0  # before the payment, or the receiver could call again
    raw_call(who, b"", value=amount)


@internal
@view
def _require_sequencer(deposits: uint256, forced: uint256):
    if sequencer == empty(address) or msg.sender == sequencer:
        return
    assert staticcall Portal(self.portal).is_overdue(deposits, forced), "not the sequencer"


@internal
@view
def _next_block(state: bytes32, opening: Bytes[MAX_OPENING]) -> bytes32:
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        NEXT_BLOCK,
        concat(state, opening),
        max_outsize=32,
        is_static_call=True,
        revert_on_failure=False,
    )
    assert success and len(answer) == 32, "not the state after a block"
    return convert(answer, bytes32)


@internal
def _stand(game: uint256, number: uint256, claim: Claim):
    """
    @dev A claim stands: it counters its parent, unless another one lies farther to the left; a root is accepted.
    """
    if number == 1:
        parent: uint256 = self.games[game].parent
        accepted: bytes32 = self.accepted_root[self.games[game].number]  # never two states after one block
        is_first: bool = accepted == empty(bytes32) or accepted == claim.state
        if is_first and (parent == 0 or self.games[parent - 1].accepted):
            self.games[game].accepted = True
            self.accepted_root[self.games[game].number] = claim.state
        return
    other: uint256 = self.claims[game][claim.parent].leftmost
    is_farther: bool = other == 0
    if not is_farther:
        rival: Claim = self.claims[game][other]
        is_farther = number < other if rival.is_attack == claim.is_attack else claim.is_attack
    if is_farther:
        self.claims[game][claim.parent].leftmost = number


@internal
@view
def _claim(game: uint256, number: uint256) -> Claim:
    assert game < self.count and number > 0 and number < self.games[game].claims, "no such claim"
    claim: Claim = self.claims[game][number]
    assert not claim.is_resolved, "resolved already"
    return claim


@internal
@view
def _interval(game: uint256, number: uint256, is_attack: bool) -> (uint256, uint256):
    claim: Claim = self.claims[game][number]
    assert is_attack or claim.hi > 0, "nothing lies behind the root"
    if is_attack:
        return claim.lo, number
    return number, claim.hi


@internal
@view
def _middle(game: uint256, parent: Claim, lo: uint256, hi: uint256) -> Middle:
    begin: Claim = self.claims[game][lo]
    end: Claim = self.claims[game][hi]
    if parent.item == 0 and parent.depth < self.games[game].split:
        return Middle(lo=lo, hi=hi, item=0, at=(begin.at + end.at) // 2)
    if parent.item == 0:
        return Middle(lo=lo, hi=hi, item=begin.at + 1, at=2 ** end.height // 2)
    left: uint256 = begin.at if begin.item > 0 else 0
    right: uint256 = end.at if end.item > 0 else 2 ** end.height
    return Middle(lo=lo, hi=hi, item=parent.item, at=(left + right) // 2)


@internal
@view
def _is_decided(game: uint256, lo: uint256, hi: uint256) -> bool:
    begin: Claim = self.claims[game][lo]
    end: Claim = self.claims[game][hi]
    return begin.at >= self.games[game].items or end.height == 0


@internal
@view
def _time_used(game: uint256, claim: Claim) -> uint256:
    return self.claims[game][claim.parent].used + block.timestamp - claim.since


@internal
@view
def _require_time(game: uint256, claim: Claim) -> uint256:
    assert claim.countered_by == empty(address), "countered already"
    used: uint256 = self._time_used(game, claim)
    assert used < clock, "time is up"
    return used


@internal
@pure
def _bond(depth: uint256) -> uint256:
    bond: uint256 = BASE_BOND
    for _: uint256 in range(depth, bound=MAX_DEPTH):
        bond = bond * 1095 // 1000
    return bond


@internal
@pure
def _log2(items: uint256) -> uint256:
    power: uint256 = 1
    for depth: uint256 in range(MAX_DEPTH):
        if power >= items:
            return depth
        power *= 2
    raise "too many items"
