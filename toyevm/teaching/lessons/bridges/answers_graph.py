"""What lesson 14 says to blocks that fall in a reorg: each reorg is played, and shown."""

from __future__ import annotations

from typing import Any

from toyevm.teaching.lab.turns import Reply, is_blank, missing, read_list, read_one_of, read_pair, right, wrong
from toyevm.teaching.lessons.bridges.story import REPLACEABLE, REPLACED, after_the_reorg


def fallen(answer: Any) -> Reply:
    """Judge which blocks are no longer valid after the reorg of the story."""
    if answer is None:
        return missing('a list of blocks, such as ["R1", "V1"].')
    story = after_the_reorg()
    expected = 'names of blocks, such as ["R1", "V1"]'
    named = [read_one_of(each, story.blocks, "a block") for each in read_list(answer, expected, 40)]
    if not named:
        return missing("the names.")
    reasons = dict(story.fallen)
    if own := [name for name in named if name[0] == "S"]:
        text = f"{own[0]} is a block of the sidechain: replaced, or not touched. Which blocks of the *others* fall?"
        return wrong("the-source-itself", text)
    for name in story.blocks:
        if (name in named) != (name in reasons) and name[0] != "S":
            return _one_block(name, named, reasons)
    shown = "\n".join(f"{name} is not valid: {why}" for name, why in story.fallen)
    text = "One burn of 5 tokens, six blocks: `reorg S2` in the next figure draws them. Who lost by it, besides Bob?"
    return right(text, shown)


def _one_block(name: str, named: list[str], reasons: dict[str, str]) -> Reply:
    if name in named:
        shown = f"{name} stands"
        if name == "V2":
            text = f"V2 executes a message of S1. The sidechain replaces S{REPLACED} and later. Is S1 among them?"
            return wrong("the-whole-chain-falls", text, shown)
        if name in ("V3", "V4"):
            text = f"You say that {name} falls. Which message does it, or a block before it, execute?"
            return wrong("arrows-both-ways" if name == "V3" else "a-neighbour-falls", text, shown)
        return wrong("nothing-executed", f"{name} comes before the first message of S2. What could it miss?", shown)
    shown = f"{name} falls, and is not in your list"
    if name == "R3":
        text = f"R3 executes a message of S{REPLACED}, whose log is gone. Can the block stand?"
        return wrong("the-mint-stays", text, shown)
    if name == "V5":
        text = "V5 executes a message of R4. Does R4 stand?"
        return wrong("only-direct-neighbours", text, shown)
    text = f"{name} is built on {name[0]}{int(name[1:]) - 1}. Can a block stand on one that is not valid?"
    return wrong("only-the-block-itself", text, shown)


def equally_long(answer: Any) -> Reply:
    """Judge two reorgs that are to be equally long, and to take along different numbers of blocks."""
    expected = 'a pair of blocks, such as ("S5", "S6")'
    if is_blank(answer):
        return missing(f"{expected}: from each on, blocks are replaced.")
    firsts = [read_one_of(each, REPLACEABLE, "a block that can be replaced") for each in read_pair(answer, expected)]
    found = [(first, len(each.lost), len(each.fallen)) for first in firsts for each in [after_the_reorg(first)]]
    shown = "\n".join(f"reorg {first}: {gone} replaced, {fall} of other layers fall" for first, gone, fall in found)
    (_, gone, fall), (_, gone_too, fall_too) = found
    if firsts[0] == firsts[1]:
        return wrong("one-reorg-twice", "This is one reorg, played twice. Which other one is equally long?", shown)
    if gone != gone_too:
        text = f"One replaces {gone} blocks, the other {gone_too}. Which two reorgs replace equally many?"
        return wrong("of-other-length", text, shown)
    if fall == fall_too:
        text = "Equally many are replaced, and equally many fall, as Quinn says. Which blocks have sent a message?"
        return wrong("as-quinn-says", text, shown)
    return right("What counts is what the replaced blocks have sent, and who has executed it. Who can see that?", shown)
