# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A supply chain in which each item has its own history
@notice Models what supply_chain_one_log models, and omits what it omits; only the history is kept otherwise: one head
    for each item.
@dev Storage: holderOf, receiverOf, deviceOf, batches, budgetOf, historyOf[item]; rootOf[item][batch]; earned[gateway].
    Hot: nothing at a handover. Whoever brings batches of many items meets itself at earned.
    The price: events of two items have no common order, and an auditor follows one head for each item. An item of which
    nobody speaks is not missed.
"""

event Entry:
    item: indexed(uint256)
    kind: indexed(uint256)
    what: bytes32
    head: bytes32

CREATED: constant(uint256) = 0
HANDED_OVER: constant(uint256) = 1
RECORDED: constant(uint256) = 2
FEE: constant(uint256) = 10**15  # wei for each batch, to who brings it
MAX_HEIGHT: constant(uint256) = 32  # of the tree over the readings of a batch

holderOf: public(HashMap[uint256, address])
receiverOf: public(HashMap[uint256, address])  # to whom the holder offers it
deviceOf: public(HashMap[uint256, address])
batches: public(HashMap[uint256, uint256])
rootOf: public(HashMap[uint256, HashMap[uint256, bytes32]])
budgetOf: public(HashMap[uint256, uint256])  # wei for the item's next batches
earned: public(HashMap[address, uint256])
historyOf: public(HashMap[uint256, bytes32])  # commits to every event of an item, from the first


@external
@payable
def create(item: uint256, device: address):
    assert self.holderOf[item] == empty(address), "exists"
    assert device != empty(address), "no device"
    self.holderOf[item] = msg.sender
    self.deviceOf[item] = device
    self.budgetOf[item] = msg.value
    self._append(item, CREATED, convert(device, bytes32))


@external
def offer(item: uint256, receiver: address):
    assert self.holderOf[item] == msg.sender, "not the holder"
    self.receiverOf[item] = receiver


@external
def accept(item: uint256):
    assert self.receiverOf[item] == msg.sender, "not offered to you"
    self.receiverOf[item] = empty(address)
    self.holderOf[item] = msg.sender
    self._append(item, HANDED_OVER, convert(msg.sender, bytes32))


@external
def record(item: uint256, root: bytes32, v: uint256, r: uint256, s: uint256):
    """
    @notice Put the root of the item's next batch of readings on chain. Its device has signed the hash of this contract,
        the item, the batch's number and the root, a word each. The number makes a signature good for one time, the
        contract for one place.
    """
    batch: uint256 = self.batches[item]
    message: bytes32 = keccak256(abi_encode(self, item, batch, root))
    signer: address = ecrecover(message, v, r, s)
    assert signer != empty(address) and signer == self.deviceOf[item], "not signed by the device"
    assert self.budgetOf[item] >= FEE, "the budget is spent"
    self.batches[item] = batch + 1
    self.rootOf[item][batch] = root
    self.budgetOf[item] -= FEE
    self.earned[msg.sender] += FEE
    self._append(item, RECORDED, root)


@external
def withdraw():
    amount: uint256 = self.earned[msg.sender]
    self.earned[msg.sender] = 0
    send(msg.sender, amount)


@external
@view
def isRecorded(item: uint256, batch: uint256, reading: uint256, index: uint256, path: Bytes[32 * MAX_HEIGHT]) -> bool:
    """
    @notice Say whether a reading stands at this place of a batch. The path is the siblings from its leaf to the root.
    """
    # a leaf hashes 32 bytes, an inner node 64: neither passes for the other
    node: bytes32 = keccak256(abi_encode(reading))
    assert len(path) % 32 == 0, "malformed path"
    height: uint256 = len(path) // 32
    for level: uint256 in range(height, bound=MAX_HEIGHT):
        sibling: bytes32 = convert(slice(path, level * 32, 32), bytes32)
        if (index >> level) & 1 == 1:
            node = keccak256(concat(sibling, node))
        else:
            node = keccak256(concat(node, sibling))
    return index >> height == 0 and node == self.rootOf[item][batch]


@internal
def _append(item: uint256, kind: uint256, what: bytes32):
    self.historyOf[item] = keccak256(abi_encode(self.historyOf[item], item, kind, what))
    log Entry(item=item, kind=kind, what=what, head=self.historyOf[item])
