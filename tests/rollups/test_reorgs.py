"""L1 may lose its last blocks: a node that goes back and on is, to the last bit, one that starts anew."""

from __future__ import annotations

from random import Random

import pytest

from tests.rollups.hostile import followed
from tests.support.layers import GENESIS_EPOCH, PEOPLE, Layer, config, run_of
from toyevm.errors import InputError
from toyevm.rollups.derivation import Pipeline, derive
from toyevm.rollups.values import L1Block

MOST = config().max_reorg


def grow(layer: Layer, random: Random, blocks: int, old: list[bytes]) -> None:
    """Let L1 grow: what was posted before comes again or not, in any order, and new batches and junk with it."""
    for _ in range(blocks):
        again = [old.pop(random.randrange(len(old))) for _ in range(random.randint(0, 2)) if old]
        junk = [random.randbytes(30)] if random.random() < 0.2 else []
        deposits = [layer.deposit(random.choice(PEOPLE))] if random.random() < 0.3 else []
        layer.l1.mine([*again, *junk], deposits)
        if random.random() < 0.6:
            layer.chain = derive(layer.l1.blocks, layer.rules)
            head = layer.chain.head
            epoch = layer.l1.blocks[min(head.epoch + 1 - GENESIS_EPOCH, len(layer.l1.blocks) - 1)]
            first, last = layer.sequence(random.randint(1, 2), random.randint(0, 2), epoch=epoch)
            name = random.choice(["span", "singular", "signed RLP"])
            layer.l1.mine(layer.submissions(first, last, name, frame_bytes=random.choice([90, 10_000])))


def assert_as_if_new(pipeline: Pipeline, layer: Layer) -> None:
    fresh = followed(layer)
    assert pipeline.chain.blocks == fresh.chain.blocks
    assert pipeline.chain.hashes == fresh.chain.hashes
    assert pipeline.dropped == fresh.dropped
    assert pipeline.l1_blocks == fresh.l1_blocks


@pytest.mark.parametrize("seed", range(8))
def test_a_node_that_follows_reorgs_equals_one_that_starts_anew(seed: int) -> None:
    random, layer = Random(seed), Layer(seed, config(sequencing_window=3 + seed))
    run_of(layer, l1_blocks=11, seed=seed)
    pipeline = Pipeline(layer.rules)
    assert pipeline.follow(layer.l1.blocks) == 0
    heads = set()
    for number, depth in enumerate([0, 1, random.randint(2, 9), MOST, random.randint(0, MOST), MOST]):
        given_up = layer.l1.reorg(depth, salt=str(number))
        grow(layer, random, depth + random.randint(0, 2), [raw for block in given_up for raw in block.submissions])
        assert pipeline.follow(layer.l1.blocks[-4 * MOST :]) == depth
        assert_as_if_new(pipeline, layer)
        heads.add(pipeline.chain.head.hash)
    assert len(heads) > 3


def test_the_same_batches_on_another_fork_of_l1_count_if_their_epochs_are_still_there() -> None:
    layer = Layer()
    layer.l1.mine()
    layer.sequence(blocks=3)
    for _ in range(3):
        layer.l1.mine()
    layer.l1.mine(layer.submissions(1))
    pipeline = followed(layer)
    hashes = pipeline.chain.hashes
    (_, posted) = layer.l1.reorg(2, salt="other")
    layer.l1.mine()
    assert pipeline.follow(layer.l1.blocks) == 2
    assert pipeline.chain.hashes == hashes[:1]
    layer.l1.mine(posted.submissions)
    pipeline.follow(layer.l1.blocks)
    assert pipeline.chain.hashes == hashes


def test_a_batch_whose_epoch_is_gone_does_not_count() -> None:
    layer = Layer()
    layer.l1.mine()
    layer.sequence(blocks=3)
    layer.l1.mine(layer.submissions(1))
    pipeline = followed(layer)
    assert pipeline.chain.head.number == 3
    (_, posted) = layer.l1.reorg(2, salt="other")
    layer.l1.mine()
    layer.l1.mine(posted.submissions)
    pipeline.follow(layer.l1.blocks)
    assert pipeline.chain.head.number == 0
    assert [str(one.reason) for one in pipeline.dropped] == ["epoch with another hash"]


def test_a_deposit_that_is_gone_on_l1_is_gone_on_l2() -> None:
    layer = Layer()
    layer.l1.mine(deposits=[layer.deposit("Ann", 10**9)])
    layer.sequence()
    layer.l1.mine(layer.submissions(1))
    pipeline = followed(layer)
    assert len(pipeline.chain.head.deposits) == 1
    layer.l1.reorg(2, salt="other")
    layer.l1.mine()
    pipeline.follow(layer.l1.blocks)
    assert pipeline.chain.head.number == 0


def test_an_l1_that_only_lost_blocks_is_followed_back() -> None:
    layer = Layer()
    run_of(layer, l1_blocks=8)
    pipeline = followed(layer)
    layer.l1.reorg(4, salt="")
    assert pipeline.follow(layer.l1.blocks) == 4
    assert_as_if_new(pipeline, layer)


def test_to_go_back_to_where_one_is_changes_nothing() -> None:
    layer = Layer()
    run_of(layer, l1_blocks=4)
    pipeline = followed(layer)
    pipeline.rewind(layer.l1.head.number)
    assert_as_if_new(pipeline, layer)
    with pytest.raises(InputError, match="a reorg of -1 L1 blocks"):
        pipeline.rewind(layer.l1.head.number + 1)


def test_a_channel_that_was_half_read_is_half_read_again() -> None:
    layer = Layer()
    layer.l1.mine()
    layer.sequence(blocks=3, payments=3)
    first, *rest = layer.submissions(1, frame_bytes=200)
    layer.l1.mine([first])
    layer.l1.mine(rest)
    pipeline = followed(layer)
    assert pipeline.chain.hashes == layer.chain.hashes
    layer.l1.reorg(1, salt="other")
    layer.l1.mine([b"junk", *rest])
    pipeline.follow(layer.l1.blocks)
    assert pipeline.chain.hashes == layer.chain.hashes
    assert_as_if_new(pipeline, layer)


def test_a_longer_reorg_than_the_layer_allows_for_is_refused_and_changes_nothing() -> None:
    layer = Layer()
    run_of(layer, l1_blocks=15)
    pipeline = followed(layer)
    heights, before = pipeline.chain.hashes, list(layer.l1.blocks)
    layer.l1.reorg(MOST + 1, salt="other")
    for _ in range(MOST + 1):
        layer.l1.mine()
    with pytest.raises(InputError, match=f"a reorg of {MOST + 1} L1 blocks .expected at most {MOST}"):
        pipeline.follow(layer.l1.blocks)
    assert pipeline.chain.hashes == heights
    assert pipeline.follow(before) == 0


@pytest.mark.parametrize("start", [slice(0, 0), slice(-1, None)])
def test_blocks_that_have_nothing_in_common_with_what_was_read_are_refused(start: slice) -> None:
    layer = Layer()
    for _ in range(3):
        layer.l1.mine()
    pipeline = followed(layer)
    other = Layer()
    other.l1.salt = "other"
    strangers: list[L1Block] = [other.l1.mine() for _ in range(5)]
    with pytest.raises(InputError, match="a reorg of 4 L1 blocks"):
        pipeline.follow(strangers[start])
    assert pipeline.l1_blocks == layer.l1.blocks
