"""Derivation: L2 from L1 alone. Whoever can read L1 can compute L2; nobody has to be asked, nobody can lie about it.

L1 block by L1 block: frames make channels, channels unpack to batches, and each block of a batch is either the next
block of L2 or is dropped with a reason. It is the next one if

    its parent is the head                              its epoch is the head's, or the one after it
    its epoch is a block of this L1                     it is on L1 by the end of that epoch's sequencing window
    its timestamp is after the head's, not before its epoch's, and at most the drift ahead of that

A block in the past is dropped alone: batches may be posted twice. (In a span, what comes after it has no parent, and so
is dropped with it.) After any other bad block the rest of its channel is dropped. A block that fits but has an invalid
transaction becomes an empty one, and the rest of its channel is dropped too (OP Stack, since Holocene).

When the window of the next epoch is over and the sequencer has said nothing, its first block is derived empty. So every
epoch has a block, and every deposit gets in, with or without the sequencer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from toyevm.errors import DecodingError, InputError, InvalidBlock
from toyevm.rollups.batches import encodings_of, read_batches
from toyevm.rollups.compression import UnpacksTooLarge, decompress
from toyevm.rollups.dropped import Dropped, DropReason
from toyevm.rollups.frames import Channel, ChannelBank
from toyevm.rollups.l2 import L2Chain, RollupConfig
from toyevm.rollups.values import Batch, BlockInput, L1Block
from toyevm.types import Hash32


def derive(l1_blocks: Iterable[L1Block], config: RollupConfig) -> L2Chain:
    """Return the L2 chain that follows from these L1 blocks, which begin with the genesis epoch.

    Raises:
        InputError: the L1 blocks are no chain, or begin elsewhere; or brotli would be needed and is not installed.
    """
    pipeline = Pipeline(config)
    for block in l1_blocks:
        pipeline.advance(block)
    return pipeline.chain


@dataclass(frozen=True)
class _Moment:
    """Where the pipeline was after an L1 block: what it had in hand, L2's height, how much was dropped."""

    bank: ChannelBank
    height: int
    dropped: int


class Pipeline:
    """A node of L2: follows L1 block by block, and back over a reorg.

    Attributes:
        chain: L2, as far as L1 says.
        dropped: what L1 has that was not used, in order.
        l1_blocks: those that were read, without their submissions, which are not needed any more.
        overruled: hashes of blocks that execute a message of another layer that was never sent (see `interop`): each is
            replaced by one without transactions.
    """

    def __init__(self, config: RollupConfig) -> None:
        self.config, self.chain = config, L2Chain(config)
        self.overruled: set[Hash32] = set()
        self.dropped: list[Dropped] = []
        self.l1_blocks: list[L1Block] = []
        self._moments = [_Moment(ChannelBank(), 0, 0)]  # the first is before any L1 block

    def advance(self, block: L1Block) -> None:
        """Read the next L1 block.

        Raises:
            InputError: it does not follow the one before, or L2 does not begin there; or brotli is needed and not
                installed. Nothing has changed, as after any other exception (a student may interrupt a cell).
        """
        self._check_link(block)
        bank, channels, dropped = self._moments[-1].bank.read(block, self.config.limits)
        self.dropped += dropped
        self.l1_blocks.append(replace(block, submissions=()))
        try:
            for channel in channels:
                self._read_channel(channel)
            self._fill_epochs(block.number)
        except BaseException:  # half a block must not count as read
            self._go_back()
            raise
        self._moments.append(_Moment(bank, self.chain.head.number, len(self.dropped)))

    def follow(self, l1_blocks: Sequence[L1Block]) -> int:
        """Go over to the L1 chain that ends with these blocks, and return how many L1 blocks were given up for it.

        The first of them was read already, or comes next. What was read beyond the last is given up too.

        Raises:
            InputError: they have no block in common with what was read, or only one that is too far back.
        """
        known = [block.number for block in l1_blocks if self._is_known(block)]
        common = known[-1] if known else self.config.genesis_epoch - 1
        given_up = self._next_number - 1 - common
        if given_up:
            self.rewind(common)
        for block in l1_blocks:
            if block.number > common:
                self.advance(block)
        return given_up

    def rewind(self, l1_number: int) -> None:
        """Forget every L1 block after this one, and what followed from it.

        Raises:
            InputError: it is further back than the longest reorg that the layer allows for.
        """
        depth, most = self._next_number - 1 - l1_number, min(self.config.max_reorg, len(self.l1_blocks) - 1)
        if not 0 <= depth <= most:
            raise InputError(f"a reorg of {depth} L1 blocks", expected=f"at most {most}")
        del self._moments[len(self._moments) - depth :]
        self._go_back()

    def height_at(self, l1_number: int) -> int:
        """Return the number of L2's head after an L1 block; 0 if that was not read."""
        place = l1_number - self.config.genesis_epoch + 1
        return self._moments[place].height if 0 < place < len(self._moments) else 0

    def _go_back(self) -> None:
        """Forget what is later than the last moment."""
        moment = self._moments[-1]
        self.chain.rewind(moment.height)
        del self.l1_blocks[len(self._moments) - 1 :], self.dropped[moment.dropped :]

    @property
    def _next_number(self) -> int:
        return self.config.genesis_epoch + len(self.l1_blocks)

    def _l1_block(self, number: int) -> L1Block | None:
        place = number - self.config.genesis_epoch
        return self.l1_blocks[place] if 0 <= place < len(self.l1_blocks) else None

    def _is_known(self, block: L1Block) -> bool:
        ours = self._l1_block(block.number)
        return ours is not None and ours.hash == block.hash

    def _check_link(self, block: L1Block) -> None:
        parent = self._l1_block(self._next_number - 1)
        if block.number != self._next_number or (parent is not None and block.parent_hash != parent.hash):
            on = f" on {parent.hash.hex()[:8]}" if parent else ""
            found = f"L1 block {block.number} on {block.parent_hash.hex()[:8]}"
            raise InputError(found, expected=f"number {self._next_number}{on}")

    def _read_channel(self, channel: Channel) -> None:
        reason = DropReason.NOT_UNPACKED
        try:
            data = decompress(channel.data, self.config.limits.unpacked_bytes)
            reason = DropReason.MALFORMED_BATCH
            for batch in read_batches(data, encodings_of(self.config)):
                if not self._read_batch(batch, channel):
                    break
        except UnpacksTooLarge as error:
            self._drop(DropReason.UNPACKS_TOO_LARGE, channel, str(error))
        except DecodingError as error:
            self._drop(reason, channel, str(error))

    def _read_batch(self, batch: Batch, channel: Channel) -> bool:
        """Derive what can be derived from a batch; tell whether the rest of its channel may be read."""
        reason = None if all(block.epoch_hash for block in batch) else self._epoch_refusal(batch[-1])
        if reason in (DropReason.UNKNOWN_EPOCH, DropReason.WRONG_EPOCH):  # a span's last epoch speaks for the whole
            self._drop_block(reason, channel, batch[-1])
            return False
        follows = False  # whether the last block of this batch is the head: a span has the parent of its first only
        for block in batch:
            reason = self._refusal(block, follows, channel.l1_number)
            if reason is not None:
                self._drop_block(reason, channel, block)
            if reason is DropReason.PAST:
                follows = False
            elif reason is not None or not self._append(block, channel):
                return False
            else:
                follows = True
        return True

    def _refusal(self, block: BlockInput, follows: bool, included_at: int) -> DropReason | None:
        """Return why a block cannot be the next one of L2, or None."""
        head, config = self.chain.head, self.config
        if block.timestamp <= head.timestamp:
            return DropReason.PAST
        if not (follows or block.parent_hash) or not head.hash.startswith(block.parent_hash):
            return DropReason.WRONG_PARENT
        if block.epoch_number not in (head.epoch, head.epoch + 1):
            return DropReason.EPOCH_OUT_OF_ORDER
        if block.epoch_number + config.sequencing_window < included_at:
            return DropReason.TOO_LATE
        return self._epoch_refusal(block)

    def _epoch_refusal(self, block: BlockInput) -> DropReason | None:
        """Return why a block does not belong to the epoch that it names, or None."""
        epoch = self._l1_block(block.epoch_number)
        if epoch is None:
            return DropReason.UNKNOWN_EPOCH
        if not epoch.hash.startswith(block.epoch_hash):
            return DropReason.WRONG_EPOCH
        if block.timestamp < epoch.timestamp:
            return DropReason.TOO_EARLY_FOR_EPOCH
        if block.timestamp > epoch.timestamp + self.config.max_drift:
            return DropReason.DRIFTED
        return None

    def _append(self, block: BlockInput, channel: Channel) -> bool:
        """Make the block the head, with its transactions if they are valid; tell whether they are."""
        epoch = self._l1_block(block.epoch_number)
        assert epoch is not None
        try:
            self.chain.append(block, epoch)
        except InvalidBlock as error:
            self._drop(DropReason.INVALID_TRANSACTION, channel, str(error))
        else:
            if self.chain.head.hash not in self.overruled:
                return True
            self._drop_block(DropReason.INVALID_MESSAGE, channel, block)
            self.chain.rewind(self.chain.head.number - 1)
        self.chain.append(replace(block, transactions=()), epoch)
        return False

    def _fill_epochs(self, l1_number: int) -> None:
        """Derive an empty block for every epoch that the sequencer has let pass."""
        while self.chain.head.epoch + 1 + self.config.sequencing_window <= l1_number:
            epoch = self._l1_block(self.chain.head.epoch + 1)
            assert epoch is not None
            self.chain.append(self.chain.next_input(epoch), epoch)

    def _drop_block(self, reason: DropReason, channel: Channel, block: BlockInput) -> None:
        self._drop(reason, channel, f"timestamp {block.timestamp}, epoch {block.epoch_number}")

    def _drop(self, reason: DropReason, channel: Channel, detail: str) -> None:
        self.dropped.append(Dropped(reason, channel.l1_number, channel.position, detail))
