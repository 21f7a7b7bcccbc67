# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Roots of a rollup of payments that are proposed without a proof: it is brought only if somebody asks for it
@notice Models OP Succinct Lite: a proposal has a bond; who doubts it puts up as much, and then a validity proof decides
    within a time of its own, instead of a game. Who brings the proof at once needs no time at all: that is what a
    zk-rollup always does. It omits deposits, withdrawals and a queue of proposals.
@dev Storage: root; pending, the one proposal there is; credits. Hot: pending.
    What is proven is asked as in zk_rollup.vy, whose accounts have the same numbers here.
"""

interface Registry:
    def owners(number: uint256) -> address: view

struct Proposal:
    root: bytes32
    digest: bytes32
    count: uint256
    proposer: address
    challenger: address
    since: uint256

STARK_PROOF: constant(address) = 0x000000000000000000000000000000000000F003
SIGNED_PAYMENTS: constant(address) = 0x000000000000000000000000000000000000F004
MAX_PAYMENTS: constant(uint256) = 1024
RECORD: constant(uint256) = 77  # payer 2, payee 2, amount 4, nonce 4, signature 65
MAX_PROOF: constant(uint256) = 270_000

registry: public(immutable(address))
l2_chain: public(immutable(uint256))
parameters: public(immutable(uint256))
window: public(immutable(uint256))  # in seconds, to ask for a proof
proving: public(immutable(uint256))  # in seconds, to bring it
bond: public(immutable(uint256))  # in wei, of each side

root: public(bytes32)
pending: public(Proposal)
credits: public(HashMap[address, uint256])


@deploy
def __init__(
    its_registry: address,
    its_root: bytes32,
    its_l2_chain: uint256,
    its_parameters: uint256,
    its_window: uint256,
    its_proving: uint256,
    its_bond: uint256,
):
    registry = its_registry
    l2_chain = its_l2_chain
    parameters = its_parameters
    window = its_window
    proving = its_proving
    bond = its_bond
    self.root = its_root


@external
@payable
def propose(new_root: bytes32, data: Bytes[MAX_PAYMENTS * RECORD]):
    assert self.pending.proposer == empty(address), "one proposal at a time"
    assert msg.value == bond, "not the bond"
    assert len(data) % RECORD == 0 and len(data) > 0, "malformed payments"
    parties: DynArray[address, 2 * MAX_PAYMENTS] = []
    for i: uint256 in range(MAX_PAYMENTS):
        if i * RECORD == len(data):
            break
        head: uint256 = convert(slice(data, i * RECORD, 32), uint256)
        parties.append(staticcall Registry(registry).owners(head >> 240))
        parties.append(staticcall Registry(registry).owners((head >> 224) & (2 ** 16 - 1)))
    queued: DynArray[uint256, 1] = []
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        SIGNED_PAYMENTS,
        abi_encode(l2_chain, data, parties, queued),
        max_outsize=32,
        is_static_call=True,
        revert_on_failure=False,
    )
    assert success and len(answer) == 32, "a payment is malformed or not signed by its payer"
    self.pending = Proposal(
        root=new_root,
        digest=convert(answer, bytes32),
        count=len(data) // RECORD,
        proposer=msg.sender,
        challenger=empty(address),
        since=block.timestamp,
    )


@external
@payable
def challenge():
    """
    @notice Ask for a proof of the proposal.
    """
    assert self.pending.proposer != empty(address), "nothing is proposed"
    assert self.pending.challenger == empty(address), "challenged already"
    assert block.timestamp < self.pending.since + window, "too late"
    assert msg.value == bond, "not the bond"
    self.pending.challenger = msg.sender
    self.pending.since = block.timestamp


@external
def prove(proof: Bytes[MAX_PROOF]):
    """
    @notice Prove the proposal, asked or not; anybody may. It is final at once, and its proposer has both bonds.
    """
    pending: Proposal = self.pending
    assert pending.proposer != empty(address), "nothing is proposed"
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        STARK_PROOF,
        concat(
            self.root,
            pending.root,
            pending.digest,
            convert(pending.count, bytes32),
            convert(parameters, bytes32),
            proof,
        ),
        max_outsize=32,
        is_static_call=True,
        revert_on_failure=False,
    )
    assert success and len(answer) == 32, "the proof does not hold"
    self._close(pending.proposer, pending.root)


@external
def settle():
    """
    @notice Close the proposal when its time is up: it stands if nobody has asked, and falls if nobody has answered.
    """
    pending: Proposal = self.pending
    assert pending.proposer != empty(address), "nothing is proposed"
    if pending.challenger == empty(address):
        assert block.timestamp >= pending.since + window, "there is still time"
        self._close(pending.proposer, pending.root)
    else:
        assert block.timestamp >= pending.since + proving, "there is still time"
        self._close(pending.challenger, self.root)


@external
def collect(who: address):
    amount: uint256 = self.credits[who]
    assert amount > 0, "nothing is owed"
    self.credits[who] = 0  # before the payment, or the receiver could call again
    raw_call(who, b"", value=amount)


@internal
def _close(winner: address, its_root: bytes32):
    self.credits[winner] += bond if self.pending.challenger == empty(address) else 2 * bond
    self.root = its_root
    self.pending = empty(Proposal)
