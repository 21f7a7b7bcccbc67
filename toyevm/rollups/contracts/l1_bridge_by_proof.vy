# pragma version 0.4.3
# pragma evm-version cancun
"""
@title The L1 end of a bridge, with a fault: it remembers which proofs it has paid, not which messages
@notice Models the fault of Polygon's Plasma bridge that was found, before anybody used it, in October 2021. Whoever
    proves a withdrawal also says by which path its slot is reached, packed as in the nodes of a tree. Only one first
    byte is right for a path of 64 digits, 0x20; but 224 are let pass, each makes another exit, and each exit is paid.
    Omits what l1_bridge.vy has beyond that, such as a root that is taken back.
@dev Storage: nonce; locked; exits[exit], of when, to whom and how much; finalized[exit].
    Hot: as in l1_bridge.vy.
"""

interface RootSource:
    def accepted_root(number: uint256) -> bytes32: view

struct Exit:
    time: uint256
    to: address
    amount: uint256

event Deposited:
    nonce: indexed(uint256)
    to: indexed(address)
    amount: uint256  # in gwei

UNIT: constant(uint256) = 10 ** 9
SLOT_PROOF: constant(address) = 0x000000000000000000000000000000000000F002

settlement: public(immutable(address))
gateway: public(immutable(address))
sent_slot: public(immutable(uint256))
delay: public(immutable(uint256))

nonce: public(uint256)
locked: public(uint256)
exits: public(HashMap[bytes32, Exit])
finalized: public(HashMap[bytes32, bool])


@deploy
def __init__(its_settlement: address, its_gateway: address, its_sent_slot: uint256, its_delay: uint256):
    settlement = its_settlement
    gateway = its_gateway
    sent_slot = its_sent_slot
    delay = its_delay


@external
@payable
def deposit(to: address):
    assert msg.value > 0, "nothing deposited"
    assert msg.value % UNIT == 0, "not in whole gwei"
    self.locked += msg.value
    log Deposited(nonce=self.nonce, to=to, amount=msg.value // UNIT)
    self.nonce += 1


@external
def prove_withdrawal(
    nonce: uint256,
    sender: address,
    to: address,
    amount: uint256,
    number: uint256,
    path: Bytes[33],
    proof: Bytes[8192],
):
    exit: bytes32 = keccak256(concat(path, proof))  # the fault: bytes of the caller's choice
    assert self.exits[exit].time == 0, "proven already"
    root: bytes32 = staticcall RootSource(settlement).accepted_root(number)
    assert root != empty(bytes32), "no accepted root"
    message: bytes32 = keccak256(abi_encode(nonce, sender, to, amount))
    slot: bytes32 = keccak256(concat(convert(sent_slot, bytes32), message))
    assert self._unpack(path) == keccak256(slot), "path leads elsewhere"
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
    self.exits[exit] = Exit(time=block.timestamp, to=to, amount=amount)


@external
def finalize_withdrawal(exit: bytes32):
    assert not self.finalized[exit], "finalized already"
    assert self.exits[exit].time != 0, "not proven"
    assert block.timestamp >= self.exits[exit].time + delay, "too early"
    self.finalized[exit] = True
    self.locked -= self.exits[exit].amount
    raw_call(self.exits[exit].to, b"", value=self.exits[exit].amount)


@internal
@pure
def _unpack(path: Bytes[33]) -> bytes32:
    """
    @notice Return the digits of a packed path: its first digit says whether their number is odd.
    """
    digit: uint256 = convert(slice(path, 0, 1), uint256) >> 4
    assert digit != 1 and digit != 3, "an odd number of digits"  # and whatever is not odd is taken for even
    return convert(slice(path, 1, 32), bytes32)
