# pragma version 0.4.3
# pragma evm-version cancun
"""
@title The L1 end of an optimistic rollup's bridge: what is put in here, a block of L2 must take
@notice Models the OP Stack's OptimismPortal, as l1_bridge.vy does, and besides its queues: deposits, which L2 credits
    whatever the sequencer wants and which cannot fail there, and transactions that anybody sends past the sequencer.
    While something has waited for too long, a block must take some of it. Not all: who sends more than a block holds
    would stop the layer. For the same reason, nothing is queued that no block could hold. What is taken is first in
    its block and in the order of the queue. So a sequencer who fills queue and blocks keeps a transaction out for the
    window, and then for a block for each entry in front of it, and anybody may bring these blocks. Omits what
    l1_bridge.vy omits, and fees for the gas that forced transactions use on L2.
@dev Storage: nonce; locked; proven[message], of when and under which root; finalized[message]; deposit_digest[count],
    deposit_time[place]; forced, forced_digest[count], forced_time[place]. Hot: nonce and locked, in every deposit.
    A digest covers the first so many entries: so one word says what a block has taken, however long the queue is.
"""

interface RootSource:
    def accepted_root(number: uint256) -> bytes32: view  # a state root of L2, or nothing

struct ProvenMessage:
    time: uint256
    number: uint256
    root: bytes32

event Deposited:
    nonce: indexed(uint256)
    to: indexed(address)
    amount: uint256  # in gwei

event Forced:
    place: indexed(uint256)
    raw: Bytes[MAX_FORCED]

event Proven:
    message: indexed(bytes32)
    number: uint256

event Finalized:
    message: indexed(bytes32)
    amount: uint256

UNIT: constant(uint256) = 10 ** 9  # wei: L2 credits in gwei, as Ethereum does its withdrawals
SLOT_PROOF: constant(address) = 0x000000000000000000000000000000000000F002
FORCED_INPUT: constant(address) = 0x000000000000000000000000000000000000f009

MAX_FORCED: constant(uint256) = 16_384  # bytes of a transaction

settlement: public(immutable(address))
gateway: public(immutable(address))  # on L2
sent_slot: public(immutable(uint256))  # where the gateway keeps what was sent
delay: public(immutable(uint256))  # in seconds
window: public(immutable(uint256))  # in seconds, after which what waits must be taken

nonce: public(uint256)
locked: public(uint256)  # not the balance: ether can be forced upon any contract
proven: public(HashMap[bytes32, ProvenMessage])
finalized: public(HashMap[bytes32, bool])
deposit_digest: public(HashMap[uint256, bytes32])
deposit_time: public(HashMap[uint256, uint256])
forced: public(uint256)
forced_digest: public(HashMap[uint256, bytes32])
forced_time: public(HashMap[uint256, uint256])


@deploy
def __init__(its_settlement: address, its_gateway: address, its_sent_slot: uint256, its_delay: uint256, its_window: uint256):
    settlement = its_settlement
    gateway = its_gateway
    sent_slot = its_sent_slot
    delay = its_delay
    window = its_window


@external
@payable
def deposit(to: address):
    assert msg.value % UNIT == 0, "not in whole gwei"
    self.locked += msg.value
    amount: uint256 = msg.value // UNIT
    self.deposit_digest[self.nonce + 1] = keccak256(abi_encode(self.deposit_digest[self.nonce], to, amount))
    self.deposit_time[self.nonce] = block.timestamp
    log Deposited(nonce=self.nonce, to=to, amount=amount)
    self.nonce += 1


@external
def force(raw: Bytes[MAX_FORCED]):
    """
    @notice Send a signed transaction of L2 past the sequencer; anybody may. If it then cannot be executed, a block
        passes it over; but what is no transaction at all could be in no block, and none could come after it.
    """
    assert raw_call(FORCED_INPUT, raw, is_static_call=True, revert_on_failure=False), "not a transaction of L2"
    self.forced_digest[self.forced + 1] = keccak256(abi_encode(self.forced_digest[self.forced], keccak256(raw)))
    self.forced_time[self.forced] = block.timestamp
    log Forced(place=self.forced, raw=raw)
    self.forced += 1


@external
@view
def is_overdue(deposits: uint256, forced: uint256) -> bool:
    """
    @notice Tell whether what comes behind so many has waited for too long.
    """
    return self._deposit_is_overdue(deposits) or self._forced_is_overdue(forced)


@external
@view
def leaves_out(deposits: uint256, forced: uint256, old_deposits: uint256, old_forced: uint256) -> bool:
    """
    @notice Tell whether a block, with which so many are taken, and before it so many, takes nothing from a queue in
        which something is overdue.
    """
    if deposits == old_deposits and self._deposit_is_overdue(deposits):
        return True
    return forced == old_forced and self._forced_is_overdue(forced)


@external
def prove_withdrawal(nonce: uint256, sender: address, to: address, amount: uint256, number: uint256, proof: Bytes[8192]):
    """
    @notice Prove that a message was sent on L2; anybody may, for anybody.
    @param number Which of the settlement's state roots it is proven under.
    @param proof RLP list of two lists of nodes: to the gateway's account, and to the slot.
    """
    message: bytes32 = self._message(nonce, sender, to, amount)
    assert not self.finalized[message], "finalized already"
    # Who could prove it again would start the delay again, for ever; only a root that was taken back calls for it.
    assert self.proven[message].time == 0 or not self._still_accepted(message), "proven already"
    root: bytes32 = staticcall RootSource(settlement).accepted_root(number)
    assert root != empty(bytes32), "no accepted root"
    slot: bytes32 = keccak256(concat(convert(sent_slot, bytes32), message))
    found: bool = False
    value: Bytes[32] = b""
    found, value = raw_call(
        SLOT_PROOF,
        concat(root, convert(gateway, bytes32), slot, proof),
        max_outsize=32,
        is_static_call=True,
        revert_on_failure=False,
    )
    assert found, "proof does not hold"
    assert convert(value, uint256) == 1, "not sent on L2"
    self.proven[message] = ProvenMessage(time=block.timestamp, number=number, root=root)
    log Proven(message=message, number=number)


@external
def finalize_withdrawal(nonce: uint256, sender: address, to: address, amount: uint256):
    """
    @notice Pay what was proven; anybody may, for anybody. If the receiver refuses, it can be tried again later.
    """
    message: bytes32 = self._message(nonce, sender, to, amount)
    assert not self.finalized[message], "finalized already"
    assert self.proven[message].time != 0, "not proven"
    assert self._still_accepted(message), "root taken back"
    assert block.timestamp >= self.proven[message].time + delay, "too early"
    self.finalized[message] = True  # before the payment, or the receiver could call again
    self.locked -= amount
    log Finalized(message=message, amount=amount)
    raw_call(to, b"", value=amount)


@internal
@view
def _deposit_is_overdue(place: uint256) -> bool:
    return place < self.nonce and self.deposit_time[place] + window < block.timestamp


@internal
@view
def _forced_is_overdue(place: uint256) -> bool:
    return place < self.forced and self.forced_time[place] + window < block.timestamp


@internal
@view
def _still_accepted(message: bytes32) -> bool:
    proven: ProvenMessage = self.proven[message]
    return staticcall RootSource(settlement).accepted_root(proven.number) == proven.root


@internal
@pure
def _message(nonce: uint256, sender: address, to: address, amount: uint256) -> bytes32:
    return keccak256(abi_encode(nonce, sender, to, amount))
