# pragma version 0.4.3
# pragma evm-version cancun
"""
@title What a sidechain keeps on L1: its validators' stake, its checkpoints, and the ether that is locked for it
@notice The model is Polygon PoS (RootChain, StakeManager, DepositManager and RootChainManager), in one contract.
    Without: rewards, delegation, unstaking, tokens, upgrades. Everything a checkpoint says is believed: the contract
    counts signatures, and never executes a block of the sidechain.
@dev A signature is r, s and the parity, 65 bytes. A receipt proof is checked by a precompile of the course's L1.
"""

event Staked:
    validator: indexed(address)
    amount: uint256

event Slashed:
    validator: indexed(address)
    amount: uint256

event Deposited:
    number: indexed(uint256)
    receiver: indexed(address)
    amount: uint256

event Checkpointed:
    number: indexed(uint256)
    start: uint256
    end: uint256
    root: bytes32

event Exited:
    receiver: indexed(address)
    id: bytes32
    amount: uint256

struct Checkpoint:
    start: uint256
    end: uint256
    root: bytes32

RECEIPT_PROOF: constant(address) = 0x000000000000000000000000000000000000F001
BURNED: constant(bytes32) = keccak256("Burned(address,uint256)")
CHECKPOINT: constant(uint256) = 1
MILESTONE: constant(uint256) = 2
SIGNATURE_SIZE: constant(uint256) = 65
MAX_SIGNERS: constant(uint256) = 128
MAX_DEPTH: constant(uint256) = 16
MAX_PROOF: constant(uint256) = 16384
WEI_PER_GWEI: constant(uint256) = 10**9

BURNER: immutable(address)  # the contract on the sidechain whose logs say what was burned

stakes: public(HashMap[address, uint256])
total_stake: public(uint256)
escrow: public(uint256)
deposit_count: public(uint256)
next_block: public(uint256)  # the first block of the sidechain that is in no checkpoint yet
checkpoint_count: public(uint256)
checkpoints: public(HashMap[uint256, Checkpoint])
exits: public(HashMap[bytes32, bool])


@deploy
def __init__(burner: address, first_block: uint256):
    BURNER = burner
    self.next_block = first_block


# Validators


@external
@payable
def stake():
    assert msg.value > 0, "no stake"
    self.stakes[msg.sender] += msg.value
    self.total_stake += msg.value
    log Staked(validator=msg.sender, amount=msg.value)


@external
def submit_checkpoint(start: uint256, end: uint256, root: bytes32, signatures: Bytes[SIGNATURE_SIZE * MAX_SIGNERS]):
    assert start == self.next_block, "not the next block"
    assert end >= start and end - start < 2**MAX_DEPTH, "not a range"
    digest: bytes32 = self._digest(CHECKPOINT, start, end, root)
    assert self._stake_behind(digest, signatures) >= self.total_stake * 2 // 3 + 1, "not enough stake"
    self.checkpoints[self.checkpoint_count] = Checkpoint(start=start, end=end, root=root)
    log Checkpointed(number=self.checkpoint_count, start=start, end=end, root=root)
    self.checkpoint_count += 1
    self.next_block = end + 1


@external
def slash(
    start: uint256,
    end: uint256,
    kind: uint256,
    root: bytes32,
    signature: Bytes[SIGNATURE_SIZE],
    other_kind: uint256,
    other_root: bytes32,
    other_signature: Bytes[SIGNATURE_SIZE],
):
    """
    @notice Burn the stake of who signed two roots for one range, whether as checkpoint or as milestone.
    """
    assert root != other_root, "no conflict"
    signer: address = self._signer(self._digest(kind, start, end, root), signature)
    other_signer: address = self._signer(self._digest(other_kind, start, end, other_root), other_signature)
    assert signer == other_signer, "two signers"
    amount: uint256 = self.stakes[signer]
    assert amount > 0, "signer without stake"
    self.stakes[signer] = 0
    self.total_stake -= amount
    log Slashed(validator=signer, amount=amount)
    send(empty(address), amount)


@view
@internal
def _digest(kind: uint256, start: uint256, end: uint256, root: bytes32) -> bytes32:
    assert kind == CHECKPOINT or kind == MILESTONE, "not a vote"
    return keccak256(abi_encode(chain.id, self, kind, start, end, root))


@view
@internal
def _stake_behind(digest: bytes32, signatures: Bytes[SIGNATURE_SIZE * MAX_SIGNERS]) -> uint256:
    assert len(signatures) % SIGNATURE_SIZE == 0, "malformed signatures"
    found: uint256 = 0
    last: address = empty(address)
    for i: uint256 in range(len(signatures) // SIGNATURE_SIZE, bound=MAX_SIGNERS):
        signer: address = self._signer(digest, slice(signatures, i * SIGNATURE_SIZE, SIGNATURE_SIZE))
        assert convert(signer, uint256) > convert(last, uint256) or signer == empty(address), "signers not ascending"
        assert self.stakes[signer] > 0, "signer without stake"
        found += self.stakes[signer]
        last = signer
    return found


@pure
@internal
def _signer(digest: bytes32, signature: Bytes[SIGNATURE_SIZE]) -> address:
    assert len(signature) == SIGNATURE_SIZE, "malformed signatures"
    v: uint256 = convert(slice(signature, 64, 1), uint256) + 27
    return ecrecover(digest, v, extract32(signature, 0, output_type=uint256), extract32(signature, 32, output_type=uint256))


# Users


@external
@payable
def deposit(receiver: address):
    """
    @notice Lock ether; the sidechain credits as much to `receiver`. Its credits are counted in gwei.
    """
    assert msg.value > 0 and msg.value % WEI_PER_GWEI == 0, "not in gwei"
    self.escrow += msg.value
    log Deposited(number=self.deposit_count, receiver=receiver, amount=msg.value)
    self.deposit_count += 1


@external
def exit(
    checkpoint: uint256,
    block_number: uint256,
    timestamp: uint256,
    transactions_root: bytes32,
    receipts_root: bytes32,
    state_root: bytes32,
    path: Bytes[32 * MAX_DEPTH],
    tx_index: uint256,
    log_index: uint256,
    receipt_proof: Bytes[MAX_PROOF],
):
    """
    @notice Pay what was burned on the sidechain: the log is in a receipt, the receipt under a root, the root in a
        header, the header in a checkpoint.
    """
    found: Checkpoint = self.checkpoints[checkpoint]
    assert checkpoint < self.checkpoint_count, "no such checkpoint"
    assert found.start <= block_number and block_number <= found.end, "block not in checkpoint"
    leaf: bytes32 = keccak256(abi_encode(block_number, timestamp, transactions_root, receipts_root, state_root))
    assert self._root_above(leaf, block_number - found.start, path) == found.root, "header not in checkpoint"

    receiver: address = empty(address)
    amount: uint256 = 0
    receiver, amount = self._burn(receipts_root, tx_index, log_index, receipt_proof)

    id: bytes32 = keccak256(abi_encode(block_number, tx_index, log_index))  # where it is, never how that was proved
    assert not self.exits[id], "already exited"
    self.exits[id] = True
    assert amount <= self.escrow, "escrow is empty"
    self.escrow -= amount
    log Exited(receiver=receiver, id=id, amount=amount)
    send(receiver, amount)


@pure
@internal
def _root_above(leaf: bytes32, index: uint256, path: Bytes[32 * MAX_DEPTH]) -> bytes32:
    assert len(path) % 32 == 0, "header not in checkpoint"
    node: bytes32 = leaf
    for height: uint256 in range(len(path) // 32, bound=MAX_DEPTH):
        sibling: bytes32 = extract32(path, 32 * height)
        if (index >> height) & 1 == 1:
            node = keccak256(concat(sibling, node))
        else:
            node = keccak256(concat(node, sibling))
    return node


@view
@internal
def _burn(root: bytes32, tx_index: uint256, log_index: uint256, proof: Bytes[MAX_PROOF]) -> (address, uint256):
    """
    @notice Return whom a log of the burner names, and how much.
    """
    success: bool = False
    found: Bytes[256] = b""
    success, found = raw_call(
        RECEIPT_PROOF,
        concat(root, convert(tx_index, bytes32), convert(log_index, bytes32), proof),
        max_outsize=256,
        is_static_call=True,
        revert_on_failure=False,
    )
    assert success and len(found) == 224, "receipt not proved"
    assert extract32(found, 0, output_type=address) == BURNER, "not a burn"
    assert extract32(found, 32, output_type=uint256) == 2 and extract32(found, 64) == BURNED, "not a burn"
    return extract32(found, 96, output_type=address), extract32(found, 192, output_type=uint256)
