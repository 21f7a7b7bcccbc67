"""L2 is what L1 says: whoever reads L1 gets the sequencer's chain, whatever else has been posted beside it."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from tests.rollups.hostile import ATTACKS, BAD_TRANSACTIONS, Attack, attacked, followed, single
from tests.support.layers import GENESIS_EPOCH, PEOPLE, START, Layer, config, encodings, payment, run_of
from toyevm.errors import InputError
from toyevm.rollups.batches import make_batch, pack, post
from toyevm.rollups.compression import compress, decompress
from toyevm.rollups.derivation import Pipeline, derive
from toyevm.rollups.dropped import Dropped, DropReason
from toyevm.rollups.encodings.singular import Singular
from toyevm.rollups.frames import cut, submission_of
from toyevm.rollups.l2 import L2Chain
from toyevm.rollups.values import BlockInput, Deposit
from toyevm.state import Account
from toyevm.units import GWEI
from toyevm.workloads.wallets import wallet

NAMES = ("signed RLP", "singular", "span")


@pytest.mark.parametrize("seed", range(6))
def test_l2_is_rebuilt_from_l1_alone(seed: int) -> None:
    layer = Layer(seed)
    run_of(layer, l1_blocks=15, seed=seed)
    chain = derive(layer.l1.blocks, layer.rules)
    height = chain.head.number
    assert height > 15
    assert chain.blocks == layer.chain.blocks[: height + 1]  # headers, receipts, worlds, deposits
    assert sum(len(block.sealed.transactions) for block in chain.blocks) > 10
    assert sum(len(block.deposits) for block in chain.blocks) > 3


@pytest.mark.parametrize("compressor", ["zlib", "brotli"])
@pytest.mark.parametrize("name", NAMES)
def test_every_encoding_and_compressor_leads_to_the_same_chain(name: str, compressor: str) -> None:
    layer = Layer()
    layer.l1.mine()
    layer.sequence(blocks=5, payments=3)
    layer.l1.mine(layer.submissions(1, encoding=name, compressor=compressor, frame_bytes=200))
    pipeline = followed(layer)
    assert pipeline.chain.hashes == layer.chain.hashes
    assert pipeline.dropped == []


@pytest.mark.parametrize("beside", NAMES)
@pytest.mark.parametrize(("attack", "reason"), ATTACKS.values(), ids=ATTACKS)
def test_what_must_not_count_is_dropped_by_name_and_nothing_else(
    attack: Attack, reason: DropReason, beside: str
) -> None:
    layer, pipeline = attacked(attack, beside)
    assert [one.reason for one in pipeline.dropped] == [reason]
    assert pipeline.chain.hashes == layer.chain.hashes


@pytest.mark.parametrize("raw", BAD_TRANSACTIONS.values(), ids=BAD_TRANSACTIONS)
def test_a_block_with_an_invalid_transaction_becomes_empty_and_ends_its_channel(raw: bytes) -> None:
    layer = Layer()
    epoch = layer.l1.mine()
    good = payment("Ann", "Bob", 1, nonce=0)
    first = layer.chain.next_input(epoch, (good, raw))
    second = replace(first, parent_hash=bytes(32), timestamp=first.timestamp + 1)
    layer.l1.mine(post((first, second), Singular()))
    pipeline = followed(layer)
    assert [one.reason for one in pipeline.dropped] == [DropReason.INVALID_TRANSACTION]
    assert "transaction 1" in pipeline.dropped[0].detail
    layer.chain.append(replace(first, transactions=()), epoch)
    assert pipeline.chain.hashes == layer.chain.hashes
    assert pipeline.chain.world.accounts[wallet("Ann").address].nonce == 0


def test_an_overruled_block_becomes_empty_and_ends_its_channel() -> None:
    layer = Layer()
    epoch = layer.l1.mine()
    good = payment("Ann", "Bob", 1, nonce=0)
    first = layer.chain.next_input(epoch, (good,))
    second = replace(first, parent_hash=bytes(32), timestamp=first.timestamp + 1)
    layer.l1.mine(post((first, second), Singular()))
    pipeline = Pipeline(layer.rules)
    pipeline.overruled.add(layer.chain.append(first, epoch).hash)
    for block in layer.l1.blocks:
        pipeline.advance(block)
    assert [one.reason for one in pipeline.dropped] == [DropReason.INVALID_MESSAGE]
    layer.chain.rewind(0)
    layer.chain.append(replace(first, transactions=()), epoch)
    assert pipeline.chain.hashes == layer.chain.hashes
    assert pipeline.height_at(epoch.number) == 0
    assert pipeline.height_at(epoch.number + 1) == 1
    assert pipeline.height_at(epoch.number + 2) == 0  # not read yet


def test_after_a_bad_block_only_its_own_channel_is_given_up() -> None:
    layer = Layer()
    layer.l1.mine()
    layer.sequence(blocks=3)
    blocks = make_batch(layer.chain, 1)
    bad = replace(blocks[1], epoch_hash=b"\1" * 32)
    layer.l1.mine([*single(blocks[0], bad, blocks[1], blocks[2]), *single(blocks[1])])
    pipeline = followed(layer)
    assert [one.reason for one in pipeline.dropped] == [DropReason.WRONG_EPOCH]
    assert pipeline.chain.hashes == layer.chain.hashes[:3]


def test_a_batch_that_is_posted_twice_counts_once() -> None:
    layer = Layer()
    layer.l1.mine()
    layer.sequence(blocks=2)
    layer.l1.mine([*layer.submissions(1), *layer.submissions(1, encoding="singular")])
    layer.sequence(blocks=1)
    layer.l1.mine(layer.submissions(1, encoding="singular"))  # two old blocks and a new one
    pipeline = followed(layer)
    assert [one.reason for one in pipeline.dropped] == [DropReason.PAST] * 4
    assert pipeline.chain.hashes == layer.chain.hashes


def test_of_a_span_that_begins_in_the_past_nothing_counts() -> None:
    """What follows an old block in a span has no parent of its own, so nobody knows what it was meant to follow."""
    layer = Layer()
    layer.l1.mine()
    layer.sequence(blocks=2)
    layer.l1.mine(layer.submissions(1))
    layer.sequence(blocks=1)
    layer.l1.mine(layer.submissions(1))
    pipeline = followed(layer)
    assert [one.reason for one in pipeline.dropped] == [DropReason.PAST, DropReason.PAST, DropReason.WRONG_PARENT]
    assert pipeline.chain.hashes == layer.chain.hashes[:3]


def test_of_a_span_with_a_block_at_the_time_of_the_one_before_the_rest_does_not_count() -> None:
    layer = Layer()
    epoch = layer.l1.mine()
    first = layer.chain.next_input(epoch)
    span = (first, replace(first, transactions=layer.pay()), replace(first, timestamp=first.timestamp + 1))
    layer.l1.mine(post(span, encodings(layer.rules)["span"]))
    pipeline = followed(layer)
    assert [one.reason for one in pipeline.dropped] == [DropReason.PAST, DropReason.WRONG_PARENT]
    assert pipeline.chain.head.number == 1


def test_of_a_span_whose_last_epoch_is_another_nothing_counts() -> None:
    layer = Layer()
    layer.l1.mine()
    layer.sequence()
    layer.l1.mine()
    layer.sequence()
    blocks = make_batch(layer.chain, 1)
    wrong = (blocks[0], replace(blocks[1], epoch_hash=b"\1" * 32))
    layer.l1.mine(post(wrong, encodings(layer.rules)["span"]))
    pipeline = followed(layer)
    assert [(one.reason, one.detail) for one in pipeline.dropped] == [
        (DropReason.WRONG_EPOCH, f"timestamp {blocks[1].timestamp}, epoch {blocks[1].epoch_number}")
    ]
    assert pipeline.chain.head.number == 0


def test_the_batches_before_a_malformed_one_count() -> None:
    layer = Layer()
    layer.l1.mine()
    layer.sequence(blocks=2)
    good = decompress(pack(make_batch(layer.chain, 1), Singular()), 10_000)
    layer.l1.mine([submission_of(cut(compress(good + b"\xb8"), 10_000))])
    pipeline = followed(layer)
    assert [one.reason for one in pipeline.dropped] == [DropReason.MALFORMED_BATCH]
    assert pipeline.chain.hashes == layer.chain.hashes


@pytest.mark.parametrize(("first", "last"), [(-1, 1), (0, 3), (4, None), (3, 3)])
def test_blocks_that_there_are_not_are_in_no_batch(first: int, last: int | None) -> None:
    layer = Layer()
    layer.l1.mine()
    layer.sequence(blocks=2)
    assert make_batch(layer.chain, 3) == ()
    if last is None:
        assert make_batch(layer.chain, first) == ()
    else:
        with pytest.raises(InputError, match=f"no L2 blocks {first} to {last} .expected 0 to 2"):
            make_batch(layer.chain, first, last)


def test_an_epoch_that_l1_does_not_have_yet_is_unknown() -> None:
    layer = Layer()
    layer.l1.mine()
    layer.sequence()
    block = layer.chain.next_input(layer.l1.head)
    ahead = replace(block, epoch_number=block.epoch_number + 1, epoch_hash=b"\1" * 32)
    layer.l1.blocks[-1] = replace(layer.l1.head, submissions=(*layer.submissions(1), *single(ahead)))
    assert [one.reason for one in followed(layer).dropped] == [DropReason.UNKNOWN_EPOCH]


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [(-1, DropReason.TOO_EARLY_FOR_EPOCH), (0, None), (60, None), (61, DropReason.DRIFTED)],
)
def test_a_timestamp_is_at_most_the_drift_ahead_of_its_epoch(seconds: int, reason: DropReason | None) -> None:
    layer = Layer()
    epoch = layer.l1.mine()
    block = layer.chain.next_input(epoch, timestamp=epoch.timestamp + seconds)
    layer.l1.mine(single(block))
    pipeline = followed(layer)
    assert [one.reason for one in pipeline.dropped] == ([reason] if reason else [])
    assert pipeline.chain.head.number == (0 if reason else 1)


@pytest.mark.parametrize(("waited", "counts"), [(19, True), (20, False)])
def test_a_batch_counts_until_the_end_of_its_window(waited: int, counts: bool) -> None:
    layer = Layer()
    layer.l1.mine()
    layer.sequence(payments=2)
    for _ in range(waited):
        layer.l1.mine()
    layer.l1.mine(layer.submissions(1))
    pipeline = followed(layer)
    assert (pipeline.chain.blocks[1].hash == layer.chain.head.hash) is counts
    assert bool(pipeline.dropped) is not counts


@pytest.mark.parametrize(("waited", "reasons"), [(0, []), (1, [DropReason.TOO_LATE])])
def test_a_second_block_of_an_epoch_counts_until_the_end_of_its_window(waited: int, reasons: list[DropReason]) -> None:
    layer = Layer(rules=config(sequencing_window=2))
    epoch = layer.l1.mine()
    layer.sequence()
    layer.l1.mine(layer.submissions(1))
    for _ in range(waited):
        layer.l1.mine()
    layer.l1.mine(single(layer.chain.next_input(epoch, layer.pay())))
    pipeline = followed(layer)
    assert [one.reason for one in pipeline.dropped] == reasons


def test_without_the_sequencer_every_epoch_gets_an_empty_block_and_every_deposit_gets_in() -> None:
    layer = Layer(rules=config(sequencing_window=4))
    address = wallet("Eve").address
    layer.l1.mine(deposits=[Deposit(1, address, 500), Deposit(2, address, 7)])
    for _ in range(3):
        layer.l1.mine()
    assert followed(layer).chain.head.number == 0  # the sequencer has time until the end of the window
    layer.l1.mine()
    pipeline = followed(layer)
    assert (pipeline.chain.head.number, pipeline.chain.head.epoch) == (1, GENESIS_EPOCH + 1)
    assert pipeline.chain.world.accounts[address] == Account(balance=507 * GWEI)
    for _ in range(3):
        layer.l1.mine()
    chain = followed(layer).chain
    assert [block.epoch for block in chain.blocks] == [GENESIS_EPOCH + number for number in range(5)]
    assert [block.timestamp for block in chain.blocks] == [START + 12 * number for number in range(5)]
    assert chain.world.accounts[address].balance == 507 * GWEI


def test_a_week_of_silence_is_one_empty_block() -> None:
    layer = Layer(rules=config(sequencing_window=1))
    layer.l1.mine(seconds=7 * 24 * 3_600)
    layer.l1.mine()
    chain = followed(layer).chain
    assert (chain.head.number, chain.head.timestamp) == (1, START + 7 * 24 * 3_600)


def test_a_sequencer_that_wakes_up_goes_on_from_the_empty_blocks() -> None:
    layer = Layer(rules=config(sequencing_window=2))
    for _ in range(4):
        layer.l1.mine()
    layer.chain = derive(layer.l1.blocks, layer.rules)
    awake = layer.chain.head.number
    layer.sequence(payments=2, epoch=layer.l1.blocks[layer.chain.head.epoch + 1 - GENESIS_EPOCH])
    layer.l1.mine(layer.submissions(awake + 1))
    chain = derive(layer.l1.blocks, layer.rules)
    assert chain.hashes[: awake + 2] == layer.chain.hashes
    assert len(chain.blocks[awake + 1].sealed.transactions) == 2


def test_the_first_block_of_an_epoch_takes_its_deposits_and_no_other_does() -> None:
    layer = Layer()
    layer.l1.mine(deposits=[layer.deposit("Ann", 3)])
    layer.sequence(blocks=3, payments=0)
    layer.l1.mine(deposits=[layer.deposit("Ann", 4)])
    layer.sequence(blocks=2, payments=0)
    assert [[one.amount for one in block.deposits] for block in layer.chain.blocks] == [[], [3], [], [], [4], []]
    before = layer.rules.genesis.accounts[wallet("Ann").address].balance
    assert layer.chain.world.accounts[wallet("Ann").address].balance == before + 7 * GWEI


def test_a_sequencer_cannot_leave_an_epoch_out() -> None:
    layer = Layer()
    first, second = layer.l1.mine(), layer.l1.mine()
    with pytest.raises(InputError, match="epoch 102 after 100"):
        layer.chain.next_input(second)
    layer.chain.append(layer.chain.next_input(first), first)
    layer.chain.append(layer.chain.next_input(second), second)
    with pytest.raises(InputError, match="epoch 101 after 102"):
        layer.chain.next_input(first)


def test_l1_blocks_that_are_no_chain_are_refused() -> None:
    layer = Layer()
    for _ in range(3):
        layer.l1.mine()
    first, second, third, _ = layer.l1.blocks
    for wrong, expected in (
        ([second], "number 100"),
        ([first, third], f"number 101 on {first.hash.hex()[:8]}"),
        ([first, replace(second, parent_hash=b"\7" * 32)], f"number 101 on {first.hash.hex()[:8]}"),
    ):
        with pytest.raises(InputError) as caught:
            derive(wrong, layer.rules)
        found = f"L1 block {wrong[-1].number} on {wrong[-1].parent_hash.hex()[:8]}"
        assert str(caught.value) == f"{found} (expected {expected})"


def test_without_brotli_a_node_stops_with_one_line_and_stays_where_it_was() -> None:
    """To drop the channel instead would split the node from all others."""
    layer = Layer()
    layer.l1.mine()
    layer.sequence()
    layer.l1.mine([b"junk", *layer.submissions(1, compressor="brotli")])
    pipeline = Pipeline(layer.rules)
    for block in layer.l1.blocks[:-1]:
        pipeline.advance(block)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "brotli", None)
        for _ in range(2):
            with pytest.raises(InputError, match="brotli is not installed"):
                pipeline.advance(layer.l1.head)
        first = replace(layer.l1.blocks[0], submissions=layer.l1.head.submissions)
        beginner = Pipeline(layer.rules)
        with pytest.raises(InputError, match="brotli is not installed"):
            beginner.advance(first)
        assert (beginner.l1_blocks, beginner.dropped, beginner.chain.head.number) == ([], [], 0)
    assert (pipeline.l1_blocks[-1], pipeline.dropped) == (layer.l1.blocks[-2], [])
    pipeline.advance(layer.l1.head)  # installed now
    assert pipeline.chain.hashes == layer.chain.hashes
    beginner.advance(first)
    assert [str(one.reason) for one in beginner.dropped] == ["malformed submission", "epoch that L1 does not have yet"]


@pytest.mark.parametrize("where", ["_read_channel", "_fill_epochs"])
def test_a_node_that_is_interrupted_has_not_read_the_block(monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    layer = Layer()
    layer.l1.mine()
    layer.sequence()
    layer.l1.mine(layer.submissions(1))
    pipeline = Pipeline(layer.rules)
    pipeline.follow(layer.l1.blocks[:-1])

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pipeline, where, interrupt)
        with pytest.raises(KeyboardInterrupt):
            pipeline.follow(layer.l1.blocks)
    assert pipeline.l1_blocks == followed(layer).l1_blocks[:-1]
    pipeline.follow(layer.l1.blocks)
    assert pipeline.chain.hashes == layer.chain.hashes


def test_what_was_dropped_reads_as_a_sentence() -> None:
    assert str(Dropped(DropReason.GAP, 5, 1, "frame 3")) == "L1 block 5, submission 1: gap before the frame (frame 3)"
    assert str(Dropped(DropReason.TIMED_OUT, 5)) == "L1 block 5: unfinished channel, its time is over"


def test_every_reason_occurs_in_a_test() -> None:
    from tests.rollups.test_frames import CASES

    seen = {reason for _, reason in ATTACKS.values()}
    seen |= {reason for _, _, dropped in CASES.values() for reason, _, _ in dropped}
    seen |= {
        DropReason.INVALID_TRANSACTION,
        DropReason.INVALID_MESSAGE,
        DropReason.TOO_LATE,
        DropReason.UNKNOWN_EPOCH,
        DropReason.TOO_EARLY_FOR_EPOCH,
    }  # above
    assert seen == set(DropReason)


def test_the_input_of_every_block_leads_to_it_again() -> None:
    layer = Layer(3)
    run_of(layer, l1_blocks=6, seed=3)
    again = L2Chain(layer.rules)
    by_number = {block.number: block for block in layer.l1.blocks}
    for block in make_batch(layer.chain, 1):
        assert isinstance(block, BlockInput)
        again.append(block, by_number[block.epoch_number])
    assert again.blocks == layer.chain.blocks
    assert set(PEOPLE) == {name for name in PEOPLE if again.world.accounts[wallet(name).address]}


def test_a_batch_is_of_blocks_that_are_there() -> None:
    layer = Layer()
    layer.l1.mine()
    layer.sequence(blocks=2)
    inputs = tuple(block.input for block in layer.chain.blocks)
    assert make_batch(layer.chain, 0) == inputs
    assert make_batch(layer.chain, 1, 1) == inputs[1:2]
    for first, last in ((-1, 1), (1, 3)):
        with pytest.raises(InputError, match=f"no L2 blocks {first} to {last} .expected 0 to 2"):
            make_batch(layer.chain, first, last)


def test_a_pipeline_says_which_l1_block_it_has_read() -> None:
    layer = Layer()
    layer.l1.mine([b"junk"])
    pipeline = Pipeline(layer.rules)
    pipeline.follow(layer.l1.blocks)
    assert [block.hash for block in pipeline.l1_blocks] == [block.hash for block in layer.l1.blocks]
    assert encodings(layer.rules).keys() == set(NAMES)
