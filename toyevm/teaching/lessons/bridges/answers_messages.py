"""What lesson 14 says to a wait, to a relayer, and to blocks that fall: each is played, and shown."""

from __future__ import annotations

from typing import Any

from toyevm.errors import InputError
from toyevm.rollups.interop.cluster import PURSE
from toyevm.teaching.kit.two_chains import TwoChains
from toyevm.teaching.lab.turns import (
    Reply,
    call,
    missing,
    read_list,
    read_number,
    read_one_of,
    read_pair,
    repeat,
    right,
    wrong,
)
from toyevm.teaching.lessons.bridges.port import Port, open_port
from toyevm.teaching.lessons.bridges.story import REPLACED, after_the_reorg
from toyevm.teaching.lessons.bridges.studies import circle

DEEPEST = 4  # blocks of a reorg
PRICE = 5  # tokens for the bicycle


def least_wait(answer: Any) -> Reply:
    """Judge how many blocks must lie on a deposit, if a reorg replaces four at most."""
    if answer is None:
        return missing("a number of blocks, such as 2.")
    wait = read_number(answer, 0, 40, "a number of blocks")
    depth = min(DEEPEST, wait + 1)
    model = TwoChains(("deposit", *["block"] * wait, "credit", f"reorg{depth}"), wait)
    blocks = f"{wait} block{'s' * (wait != 1)}"
    shown = f"deposit, {blocks}, credit, reorg of {depth}\n" + "\n".join(model.lines[-2:])
    if model.supply > model.escrow:
        text = (
            f"You credit the deposit with {blocks} on it, and a reorg of {depth} takes it. "
            "How many blocks must lie on it, so that four do not reach it?"
        )
        return wrong("one-block-short" if wait == DEEPEST - 1 else "two-is-final", text, shown)
    if wait > DEEPEST:
        text = (
            f"Safe, but Ann waits for {blocks}. A reorg of four replaces the last four blocks, and none below. "
            "Which smaller wait is safe, too?"
        )
        return wrong("longer-is-needed", text, shown)
    text = "No reorg of four blocks reaches the deposit. Who tells you that there is never one of five?"
    return right(text, shown)


def deliver(answer: Any) -> Reply:
    """Judge a relayer who brings Ann's tokens to Bob: then the sidechain replaces whatever is not final."""
    if answer is None:
        return missing("a function.")
    port = open_port()
    height = len(port.cluster.members["sidechain"].chain.entries)
    call(answer, port)
    idle = len(port.cluster.members["sidechain"].chain.entries) <= height + 1
    if not port.said or (idle and len(port.said) == 1):
        return missing("a wait and `port.relay` in `deliver`.")
    minted = port.balance("Bob", "rollup") - PURSE
    expired = any("log too old" in words for words in port.said)
    port.storm()
    kept = port.balance("Bob", "rollup") - PURSE
    shown = "\n".join([*port.said, f"Bob on the rollup: {minted:+d} before the reorg, {kept:+d} after it"])
    if not minted:
        return _nothing_minted(port, expired, shown)
    if kept < PRICE:
        text = (
            f"Bob had {minted} tokens, and gave the bicycle away. Then the burn was gone, and the mint with it. "
            "What should Rita have asked before she relayed?"
        )
        return wrong("relayed-too-early", text, shown)
    if port.early:
        text = (
            "You relayed first, and waited then. This time no reorg came between, but the bicycle was gone at once. "
            "What must be known *before* the mint?"
        )
        return wrong("relayed-too-early", text, shown)
    if kept != PRICE:
        return wrong("another-amount", f"Bob was to get {PRICE} tokens. What did you burn for him?", shown)
    if not _asks(answer):
        text = "This time, the tokens stay. With a later milestone, you would be too early. Who knows when it is there?"
        return wrong("counts-blocks", text, shown)
    text = "Bob keeps his tokens: the burn is final. Is Rita trusted for anything? What if she stays at home?"
    return right(text, shown)


def _nothing_minted(port: Port, expired: bool, shown: str) -> Reply:
    if expired:
        text = "The message is more than 7 days old. Blocks with it are not valid. When could Rita relay it?"
        return wrong("waits-too-long", text, shown)
    if not port.relayed:
        text = "The tokens are burned, and nobody has relayed the message. Does a burn alone mint anything?"
        return wrong("moves-by-itself", text, shown)
    return wrong("somebody-else", "Something was minted, but not for Bob on the rollup. For whom is your burn?", shown)


def _asks(function: Any) -> bool:
    """Tell whether a relayer waits for as long as it takes, in a port whose milestones come late."""
    port = open_port(milestone_every=60)
    call(function, port)
    port.storm()
    return port.balance("Bob", "rollup") - PURSE == PRICE


def fallen(answer: Any) -> Reply:
    """Judge which blocks are no longer valid after the reorg of the story."""
    if answer is None:
        return missing('a list of blocks, such as ["R1", "V1"].')
    story = after_the_reorg()
    expected = 'names of blocks of rollup and validium, such as ["R1", "V1"]'
    named = [_block(each, expected) for each in read_list(answer, expected, 40)]
    if not named:
        return missing("the names.")
    reasons = dict(story.fallen)
    own = [name for name in named if name[0] == "S"]
    if own:
        text = f"{own[0]} is a block of the sidechain: replaced, or not touched. Which blocks of the *others* fall?"
        return wrong("the-source-itself", text)
    for name in story.blocks:
        if (name in named) != (name in reasons) and name[0] != "S":
            return _one_block(name, named, reasons)
    shown = "\n".join(f"{name} is not valid: {why}" for name, why in story.fallen)
    text = (
        "One burn of 5 tokens, six blocks: `show_messages(after_the_reorg())` draws them. Who lost by it, besides Bob?"
    )
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


def _block(entry: Any, expected: str) -> str:
    name = entry.strip().upper() if isinstance(entry, str) else ""
    if name not in after_the_reorg().blocks:
        raise InputError(repeat(entry), expected=expected)
    return name


def order_in_a_circle(answer: Any) -> Reply:
    """Judge what comes first in both blocks, so that no call fails."""
    expected = 'a pair, each "burn" or "relay", such as ("burn", "relay")'
    if answer is None or (isinstance(answer, (tuple, list)) and all(each is None for each in answer)):
        return missing(f"{expected}.")
    first = [read_one_of(each, ("burn", "relay"), "each") for each in read_pair(answer, expected)]
    run = circle(*first)
    believed = run.believed or "all four calls succeed"
    shown = f"if circles are allowed: {believed}\nas it is:               {run.refused}"
    if not run.believed:
        return right("No contract can notice: each mint has its burn. Who must see both chains at once?", shown)
    if first == ["burn", "burn"]:
        text = "She has 1,000 tokens on each layer, so both burns of 10,000 fail. What could give her 10,000 first?"
        return wrong("burn-needs-tokens", text, shown)
    layer, other = ("sidechain", "validium") if first[0] == "burn" else ("validium", "sidechain")
    text = (
        f"On the {layer} she burns first, and has 1,000 only: the burn fails, and writes no log. "
        f"What does the {other} then relay?"
    )
    return wrong(f"the-{layer}-can-begin", text, shown)
