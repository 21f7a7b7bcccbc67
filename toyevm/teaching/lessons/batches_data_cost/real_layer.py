"""The mixed block as a real layer of five blocks, posted on L1 among broken posts, deleted, and derived again."""

from __future__ import annotations

from toyevm.crypto import keccak256
from toyevm.rollups.batches import make_batch, pack
from toyevm.rollups.compression import compress
from toyevm.rollups.derivation import Pipeline
from toyevm.rollups.dropped import DropReason
from toyevm.rollups.encodings.span import Span
from toyevm.rollups.frames import ChannelFrame, cut, submission_of
from toyevm.rollups.l2 import L2Chain, RollupConfig
from toyevm.rollups.values import L1Block
from toyevm.teaching.lessons.batches_data_cost.studies import mixed_block
from toyevm.transactions import encode_transaction

EPOCHS, PER_BLOCK, FRAME_BYTES = 5, 8, 1_500
BOMB = bytes(20_000_000)  # unpacks to more than a node is willing to hold
RULES = {  # the rule of the lesson that refuses a post
    DropReason.MALFORMED_SUBMISSION: "rule 1: not a frame",
    DropReason.DUPLICATE_FRAME: "rule 3: this frame was taken before",
    DropReason.NOT_OPEN: "rule 3: its channel is not open",
    DropReason.GAP: "rule 3: not the next frame",
    DropReason.UNPACKS_TOO_LARGE: "rule 5: unpacks to more than the limit",
    DropReason.NOT_UNPACKED: "rule 5: does not unpack",
}


def _l1_block(number: int, *submissions: bytes) -> L1Block:
    names = [keccak256(b"L1 block %d" % at) for at in (number, number - 1)]
    return L1Block(number, names[0], names[1], 12 * number, submissions)


def layer() -> tuple[RollupConfig, L2Chain]:
    """Return what the layer's nodes agree on, and the sequencer's own chain: five blocks of eight transactions."""
    workload = mixed_block()
    config = RollupConfig(chain=workload.chain, genesis=workload.pre)
    chain = L2Chain(config)
    raws = [encode_transaction(tx) for tx in workload.block.transactions]
    for at in range(EPOCHS):
        epoch = _l1_block(at + 1)
        transactions = tuple(raws[at * PER_BLOCK : (at + 1) * PER_BLOCK])
        chain.append(chain.next_input(epoch, transactions), epoch)
    return config, chain


def posted(config: RollupConfig, chain: L2Chain) -> list[L1Block]:
    """Return L1: its first blocks are the epochs, the others hold what the sequencer posted, whole or broken."""
    content = pack(make_batch(chain, 1), Span(config.chain.chain_id, config.genesis_timestamp))
    first, second, *rest = [submission_of([frame]) for frame in cut(content, FRAME_BYTES)]
    stray = submission_of([ChannelFrame(b"never opened....", 1, b"text", True)])
    bomb, noise = (submission_of(cut(data, 10**6)) for data in (compress(BOMB), b"\x78 is how zlib begins"))
    posts = [(first, b"no frame"), (first, stray), (rest[-1], second), (*rest, second), (bomb, noise)]
    epochs = [_l1_block(number) for number in range(EPOCHS + 1)]
    return epochs + [_l1_block(EPOCHS + 1 + at, *each) for at, each in enumerate(posts)]


def derive_again() -> str:
    """Return what derivation makes of L1 when the sequencer's node is gone, post by post."""
    config, chain = layer()
    l1, lost = posted(config, chain), f"block {chain.head.number}, hash 0x{chain.head.hash.hex()[:16]}…"
    del chain  # the sequencer's node
    pipeline = Pipeline(config)
    for block in l1:
        pipeline.advance(block)
    reasons = {(each.l1_number, each.position): each.reason for each in pipeline.dropped}
    rows = ["L1 block   bytes   what becomes of the post"]
    for block in l1:
        for position, submission in enumerate(block.submissions):
            reason = reasons.get((block.number, position))
            rows.append(f"{block.number:>8}{len(submission):>8,}   {RULES[reason] if reason else 'used'}")
    head = pipeline.chain.head
    derived = f"block {head.number}, hash 0x{head.hash.hex()[:16]}…"
    return "\n".join([*rows, f"head of the node that is gone: {lost}", f"head derived from L1:          {derived}"])
