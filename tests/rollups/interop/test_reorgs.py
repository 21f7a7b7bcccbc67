"""The source reorganises after the mint: who is lost with it, who stands, and from when on nothing can be lost."""

from __future__ import annotations

import pytest

from tests.support.clusters import changed, refusals, sent_one, take_back, town
from toyevm.errors import InputError
from toyevm.rollups.derivation import Pipeline
from toyevm.rollups.interop.cluster import PURSE, Cluster
from toyevm.rollups.interop.members import MAX_L1_REORG
from toyevm.rollups.interop.validity import BlockRefusal
from toyevm.rollups.roles import FullNode


def minted(cluster: Cluster, source: str, destination: str, amount: int = 5) -> int:
    """Send tokens and relay them; return the block of the source."""
    before = cluster.balance("Ann", destination)
    sent = sent_one(cluster, source, destination, amount)
    cluster.relay("Bob", sent)
    cluster.tick()
    assert cluster.balance("Ann", destination) == before + amount
    return sent.log.identifier.block_number


def promised(cluster: Cluster) -> None:
    """What L1 says of the rollup is what its sequencer has promised."""
    rollup = cluster.members["rollup"]
    derived = rollup.node.chain.hashes  # type: ignore[attr-defined]
    assert derived == rollup.chain.hashes[: len(derived)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("destination", ["rollup", "validium"])
def test_what_a_layer_has_minted_falls_with_the_source(destination: str) -> None:
    cluster = town()
    number = minted(cluster, "sidechain", destination)
    take_back(cluster, number)
    assert refusals(cluster)[0] == (destination, BlockRefusal.NO_SUCH_LOG)
    for _ in range(3):
        cluster.tick()
    assert cluster.balance("Ann", "sidechain") == cluster.balance("Ann", destination) == PURSE
    assert cluster.books() == cluster.books()._replace(in_flight=0)
    assert cluster.books().is_balanced
    promised(cluster)


@pytest.mark.parametrize("destination", ["sidechain", "validium"])
@pytest.mark.parametrize("posted", [0, 1, 2])
def test_a_reorg_of_l1_is_one_of_the_rollup_and_of_what_hangs_on_it(destination: str, posted: int) -> None:
    """Its sequencer makes the blocks anew, on other blocks of L1: the logs are not where they were."""
    cluster = town()
    minted(cluster, "rollup", destination)
    for _ in range(posted):
        cluster.tick()
    cluster.reorg("L1", posted + 2)
    cluster.tick()
    assert (destination, BlockRefusal.WRONG_TIMESTAMP) in refusals(cluster) or refusals(cluster)[0][0] == destination
    for _ in range(3):
        cluster.tick()
    assert cluster.balance("Ann", destination) == PURSE
    assert cluster.books().is_balanced
    promised(cluster)
    again = cluster.sent("rollup")
    assert [each.call.destination for each in again] == [cluster.chain_id(destination)]  # it is sent once more
    cluster.relay("Bob", again[-1])
    cluster.tick()
    assert cluster.balance("Ann", destination) == PURSE + 5


def test_it_goes_on_over_as_many_layers_as_there_are() -> None:
    cluster = town()
    number = minted(cluster, "sidechain", "validium", 5)
    minted(cluster, "validium", "rollup", 3)
    minted(cluster, "rollup", "sidechain", 2)
    take_back(cluster, number)
    fallen = refusals(cluster)
    assert ("validium", BlockRefusal.NO_SUCH_LOG) in fallen
    assert ("rollup", BlockRefusal.INVALID_SOURCE) in fallen
    assert {layer for layer, _ in fallen} == {"validium", "rollup"}  # on the sidechain it was in blocks that are gone
    for _ in range(4):
        cluster.tick()
    assert cluster.books().is_balanced
    promised(cluster)


def test_what_does_not_hang_on_it_stands() -> None:
    cluster = town()
    number = minted(cluster, "sidechain", "validium", 5)
    heads = [each.sealed.hash for each in cluster.members["rollup"].chain.entries]
    validium = [each.sealed.hash for each in cluster.members["validium"].chain.entries]
    take_back(cluster, number)
    assert [each.sealed.hash for each in cluster.members["rollup"].chain.entries] == heads
    kept = [each.sealed.hash for each in cluster.members["validium"].chain.entries]
    assert kept[:-1] == validium[:-1]
    assert kept[-1] != validium[-1]


def test_two_confirmations_are_not_final() -> None:
    """Bob waits for two more blocks of the sidechain and sells Ann a coffee: no milestone was signed."""
    cluster = town()
    sent = sent_one(cluster, "sidechain", "validium")
    for _ in range(2):
        cluster.tick()
    cluster.relay("Bob", sent)
    cluster.tick()
    assert cluster.final()["validium"] < cluster.members["validium"].chain.head.number  # type: ignore[attr-defined]
    take_back(cluster, sent.log.identifier.block_number)
    assert cluster.balance("Ann", "validium") == PURSE


def test_who_waits_until_it_is_final_loses_nothing() -> None:
    cluster = town()
    sent = sent_one(cluster, "sidechain", "validium")
    waited = 0
    while cluster.final()["sidechain"] < sent.log.identifier.block_number:
        cluster.tick()
        cluster.milestone()
        waited += 1
    cluster.relay("Bob", sent)
    cluster.tick()
    member, head = cluster.members["sidechain"], cluster.side.chain.head.number
    assert member.locally_final >= sent.log.identifier.block_number
    if head > member.locally_final:
        cluster.reorg("sidechain", head - member.locally_final)
    cluster.reorg("L1", MAX_L1_REORG)
    cluster.tick()
    assert cluster.balance("Ann", "validium") == PURSE + 5
    assert cluster.books().is_balanced
    assert waited == 1  # validators sign at once what hangs on nothing else


def test_a_milestone_waits_for_what_its_blocks_have_executed() -> None:
    cluster = town()
    sent = sent_one(cluster, "rollup", "sidechain")
    cluster.relay("Bob", sent)
    cluster.tick()
    executed = cluster.side.chain.head.number
    waited = 0
    while cluster.milestone() < executed:
        assert cluster.side.final == executed - 1
        cluster.tick()
        waited += 1
    assert waited == MAX_L1_REORG  # from the L1 block on that has the batch, one after that with the epoch


def test_what_was_final_stays_so_over_reorgs_of_l1_in_a_row() -> None:
    cluster = town()
    for _ in range(2 * MAX_L1_REORG):
        cluster.tick()
    final, depth = cluster.final()["rollup"], cluster.final_l1.deepest_reorg
    hashes = [entry.sealed.hash for entry in cluster.members["rollup"].chain.entries[: final + 1]]
    assert depth == MAX_L1_REORG
    cluster.reorg("L1", depth)
    cluster.tick()
    assert cluster.final_l1.deepest_reorg == 1  # not four again
    assert cluster.final()["rollup"] == final
    cluster.reorg("L1", 1)
    cluster.tick()
    assert [entry.sealed.hash for entry in cluster.members["rollup"].chain.entries[: final + 1]] == hashes


def test_a_layer_of_its_own_gives_up_its_first_block_for_nobody() -> None:
    cluster = town()
    with pytest.raises(InputError, match="no block"):
        cluster.side.chain.empty(0)


@pytest.mark.parametrize(
    ("name", "depth", "words"),
    [
        ("L1", MAX_L1_REORG + 1, "a reorg of 5 blocks"),
        ("L1", 0, "a reorg of 0 blocks"),
        ("validium", 10**6, "a reorg of 1000000 blocks"),
        ("rollup", 1, "L1, sidechain or validium"),
        ("moon", 1, "'moon'"),
    ],
)
def test_a_reorg_that_there_cannot_be_is_refused(name: str, depth: int, words: str) -> None:
    cluster = town()
    for _ in range(6):
        cluster.tick()
    with pytest.raises(InputError, match=words):
        cluster.reorg(name, depth)


def test_deposits_of_the_sidechain_outlive_its_reorgs() -> None:
    cluster = town()
    cluster.side.deposit("Ann", 10**18)
    cluster.tick()
    number = cluster.side.chain.head.number
    balance = cluster.side.balance("Ann")
    cluster.relay("Mallory", changed(sent_one(cluster), log_index=9))
    cluster.tick()
    assert refusals(cluster) == [("sidechain", BlockRefusal.NO_SUCH_LOG)]
    take_back(cluster, number)
    assert cluster.side.balance("Ann") == balance


def test_the_rollup_leaves_out_what_was_never_sent_and_l1_alone_says_the_same() -> None:
    cluster = town()
    sent = changed(sent_one(cluster, "validium", "rollup"), log_index=9)
    cluster.relay("Mallory", sent)
    cluster.tick()
    assert refusals(cluster) == [("rollup", BlockRefusal.NO_SUCH_LOG)]
    cluster.send_tokens("Bob", "rollup", "sidechain", 1)
    for _ in range(3):
        cluster.tick()
    promised(cluster)
    assert cluster.supply("rollup") == 3 * PURSE - 1
    node = cluster.members["rollup"].node  # type: ignore[attr-defined]
    alone = FullNode(node.bridge, node.batcher, node.config)
    assert alone.chain.hashes != node.chain.hashes  # who does not look at the other layers takes it for true
    alone.pipeline = Pipeline(node.config)
    alone.pipeline.overruled |= node.pipeline.overruled
    alone.follow()
    assert alone.chain.hashes == node.chain.hashes


def test_the_deepest_reorg_at_the_beginning_leaves_the_layers_on_l1() -> None:
    cluster = town()
    cluster.reorg("L1", cluster.final_l1.deepest_reorg)
    for _ in range(3):
        cluster.tick()
    assert cluster.l1.account(cluster.members["validium"].roots).code  # type: ignore[attr-defined]
    promised(cluster)
