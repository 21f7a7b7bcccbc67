# pragma version 0.4.3
# pragma evm-version cancun
"""
@title The bridge to a sidechain, on L1
@notice Models Polygon's RootChainManager: it locks what goes to the sidechain, and pays it out against a receipt: a log
    of the gateway, in a receipt under the receipts root of a block, under the root of a checkpoint. It believes the
    checkpoint manager, which believes the signatures. It omits tokens: all is ether.
@dev Storage: deposits (how many), exited (by the hash of block, transaction and log). Hot: deposits, at every deposit,
    and the balance, which is the escrow and nothing else (stake lies with the manager).
"""

interface Manager:
    def count() -> uint256: view
    def ends(checkpoint: uint256) -> uint256: view
    def roots(checkpoint: uint256) -> bytes32: view
    def times(checkpoint: uint256) -> uint256: view

RECEIPT_PROOF: constant(address) = 0x000000000000000000000000000000000000F001  # a precompile of the course's L1
UNIT: constant(uint256) = 10**9  # wei: the sidechain credits in gwei
BURNED: constant(bytes32) = keccak256("Burned(address,uint256)")
MAX_HEIGHT: constant(uint256) = 32
MAX_PROOF: constant(uint256) = 16384
HEAD: constant(uint256) = 192  # address, number of topics, four topics; then the data

event Deposited:
    nonce: indexed(uint256)
    to: indexed(address)
    amount: uint256  # in gwei

event Exited:
    receiver: indexed(address)
    amount: uint256
    number: uint256

manager: public(immutable(Manager))
gateway: public(immutable(address))  # on the sidechain
delay: public(immutable(uint256))  # in seconds, from the checkpoint to the exit
deposits: public(uint256)
exited: public(HashMap[bytes32, bool])


@deploy
def __init__(manager_: address, gateway_: address, delay_: uint256):
    manager = Manager(manager_)
    gateway = gateway_
    delay = delay_


@external
@payable
def deposit(to: address):
    assert msg.value > 0 and msg.value % UNIT == 0, "not in whole gwei"
    log Deposited(nonce=self.deposits, to=to, amount=msg.value // UNIT)
    self.deposits += 1


@external
def exit(
    checkpoint: uint256,
    number: uint256,
    timestamp: uint256,
    transactions_root: bytes32,
    receipts_root: bytes32,
    path: Bytes[32 * MAX_HEIGHT],
    tx_index: uint256,
    log_index: uint256,
    proof: Bytes[MAX_PROOF],
):
    """
    @notice Pay out what was burned on the sidechain; anybody may ask, the receiver of the log is paid.
    @dev An exit is known by where its log is: what the bytes of a proof are must not matter, or one burn has many exits.
    """
    self._check_checkpoint(checkpoint, number)
    leaf: bytes32 = keccak256(abi_encode(number, timestamp, transactions_root, receipts_root))
    at: uint256 = number - staticcall manager.ends(checkpoint - 1) - 1
    assert self._root_above(leaf, at, path) == staticcall manager.roots(checkpoint), "block not in the checkpoint"
    receiver: address = empty(address)
    amount: uint256 = 0
    receiver, amount = self._burned(receipts_root, tx_index, log_index, proof)
    place: bytes32 = keccak256(abi_encode(number, tx_index, log_index))
    assert not self.exited[place], "exited already"
    self.exited[place] = True
    assert amount <= self.balance, "escrow too small"
    raw_call(receiver, b"", value=amount)
    log Exited(receiver=receiver, amount=amount, number=number)


@internal
@view
def _check_checkpoint(checkpoint: uint256, number: uint256):
    assert checkpoint > 0 and checkpoint <= staticcall manager.count(), "no such checkpoint"
    assert number > staticcall manager.ends(checkpoint - 1), "block not in the checkpoint"
    assert number <= staticcall manager.ends(checkpoint), "block not in the checkpoint"
    assert block.timestamp >= staticcall manager.times(checkpoint) + delay, "checkpoint too young"


@internal
@pure
def _root_above(leaf: bytes32, index: uint256, path: Bytes[32 * MAX_HEIGHT]) -> bytes32:
    node: bytes32 = leaf
    assert len(path) % 32 == 0, "malformed path"
    for height: uint256 in range(MAX_HEIGHT):
        if height * 32 == len(path):
            break
        sibling: bytes32 = convert(slice(path, height * 32, 32), bytes32)
        if (index >> height) & 1 == 1:
            node = keccak256(concat(sibling, node))
        else:
            node = keccak256(concat(node, sibling))
    return node


@internal
@view
def _burned(root: bytes32, tx_index: uint256, log_index: uint256, proof: Bytes[MAX_PROOF]) -> (address, uint256):
    success: bool = False
    found: Bytes[HEAD + 64] = b""
    success, found = raw_call(
        RECEIPT_PROOF,
        concat(root, convert(tx_index, bytes32), convert(log_index, bytes32), proof),
        max_outsize=HEAD + 64,
        is_static_call=True,
        revert_on_failure=False,
    )
    assert success, "no such log under the receipts root"
    assert len(found) == HEAD + 32, "not a burn"
    assert convert(slice(found, 0, 32), uint256) == convert(gateway, uint256), "not a log of the gateway"
    assert convert(slice(found, 32, 32), uint256) == 2, "not a burn"
    assert convert(slice(found, 64, 32), bytes32) == BURNED, "not a burn"
    receiver: address = convert(convert(slice(found, 96, 32), uint256), address)
    return receiver, convert(slice(found, HEAD, 32), uint256)
