"""What the cells of lesson 10 run: the bet, what L1 gets, the theft, the measures against it, and data that is gone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from toyevm.rollups.compression import compress
from toyevm.rollups.encodings.measure import consecutive
from toyevm.rollups.encodings.span import Span
from toyevm.teaching.lessons.sidechain.blocks import mixed
from toyevm.teaching.lessons.sidechain.stakes import EQUAL, UNEQUAL
from toyevm.teaching.lessons.sidechain.town import LOCKED, open_town, ready_town
from toyevm.transactions import encode_transaction

THIEF, THIEVES, HONEST = "Mallory", ("Pia", "Quinn"), ("Ravi", "Sam", "Tess")


def three_of_five() -> str:
    """Return what L1 answers when three of five equal signers sign a lie, and the two others the truth."""
    town = open_town(EQUAL)
    rows = []
    for signers in (("Pia", "Quinn", "Ravi"), ("Sam", "Tess")):
        lies = "Pia" in signers
        blocks = [town.invent({THIEF: LOCKED})] if lies else town.blocks[4:8]
        stake = sum(EQUAL[name] for name in signers)
        answer = town.checkpoint(blocks, signers)
        rows.append(f"a {'forged' if lies else 'true'} checkpoint, signed by {', '.join(signers)} ({stake}): {answer}")
    return "; ".join([*rows, f"escrow: {LOCKED} ether before, {town.escrow} after"])


def what_l1_gets() -> str:
    """Return how many bytes L1 gets, and how many it would get of the mixed block on the layer of lesson 09."""
    raws = tuple(map(encode_transaction, mixed().block.transactions))
    batch = consecutive([raws])
    posted = len(compress(Span(mixed().chain.chain_id, batch[0].timestamp).encode(batch)))
    rows = [f"{'':<48} {'bytes':>7}"]
    rows += [
        f"{words:<48} {size:>7,}"
        for words, size in (
            ("the mixed block's 40 transactions, as they are", sum(map(len, raws))),
            ("the same as a batch on L1 (lesson 09)", posted),
            ("the checkpoint of blocks 4 to 7 on L1", 32),
            ("five signatures under it", 5 * 65),
        )
    ]
    return "\n".join(rows)


class MeasureRun(NamedTuple):
    """A theft under a measure: what L1 said to what, and what the balances say."""

    outcome: str  # stolen | halted | safe
    said: tuple[tuple[str, str], ...]  # step, answer
    escrow: int
    thieves_stake: int


MEASURES: Mapping[str, str] = {
    "wait": "the bridge pays only 7 days after a checkpoint; the thieves wait",
    "slash": "after the theft, somebody shows L1 that the thieves signed two roots for the same blocks",
    "post": "before a checkpoint, all bytes of its blocks must be put on L1, as in lesson 09",
    "stake": "a sixth signer, Uma, is honest and has 60 ether at stake",
}


@cache
def measure_taken(name: str) -> MeasureRun:
    """Run the theft under one of the measures, and say how it ends."""
    honest = {"Uma": 60} if name == "stake" else {}
    town = ready_town({**UNEQUAL, **honest}, delay=7 if name == "wait" else 0)
    forged = town.invent({THIEF: LOCKED})
    said = [("all bytes", town.post([forged]))] if name == "post" else []
    said += [("forged checkpoint", town.checkpoint([forged], THIEVES)), ("exit", town.exit(forged, 0))]
    if name == "wait":
        town.wait(7)
        said.append(("exit, 7 days later", town.exit(forged, 0)))
    if name == "slash":
        said += [("evidence", answer) for answer in town.slash()]
    outcome = "stolen"
    if town.balance(THIEF) < LOCKED:
        said.append(("true checkpoint", town.checkpoint(town.blocks[8:9], [*HONEST, *honest])))
        outcome = "safe" if "accepts" in said[-1][1] else "halted"
    return MeasureRun(outcome, tuple(said), town.escrow, sum(map(town.stake, THIEVES)))


def what_l1_checked() -> str:
    """Return what L1 says to the theft, and what it looked at before it said so."""
    town = ready_town()
    forged = town.invent({THIEF: LOCKED})
    town.checkpoint([forged], THIEVES)
    town.exit(forged, 0)
    stake = sum(UNEQUAL[name] for name in THIEVES)
    looked = f"It looked at signatures ({stake} of {sum(UNEQUAL.values())} ether), at block numbers, and at two paths"
    return f"{'; '.join(town.said)}; escrow {LOCKED} -> {town.escrow}. {looked}"


def hidden_block() -> str:
    """Return what an honest user gets whose burn is in a block that its signers keep for themselves."""
    town = ready_town()
    hidden, guess = (town.invent(burns) for burns in ({"Ann": 3, "Bob": 2}, {"Ann": 3}))
    return "\n".join(
        [
            f"block 8, in which Ann burns 3 ether: {town.checkpoint([hidden], THIEVES)}",
            f"Ann, who knows only her own burn:    {town.exit(guess, 0)}",
            f"Ann, if somebody gave her block 8:   {town.exit(hidden, 0)}",
        ]
    )
