"""What lesson 14 says to a wait, to a relayer, and to a circle of messages: each is played, and shown."""

from __future__ import annotations

from typing import Any

from toyevm.rollups.interop.cluster import PURSE
from toyevm.teaching.kit.two_chains import TwoChains
from toyevm.teaching.lab.turns import Reply, call, is_blank, missing, read_number, read_one_of, read_pair, right, wrong
from toyevm.teaching.lessons.bridges.port import Port, open_port
from toyevm.teaching.lessons.bridges.studies import circle

DEEPEST = 4  # blocks of a reorg
PRICE = 5  # tokens for the bicycle


def least_wait(answer: Any) -> Reply:
    """Judge how many blocks must lie on a deposit, if a reorg replaces four at most; the widget counts as its wait."""
    if answer is None:
        return missing("a number of blocks, such as 2.")
    played = getattr(answer, "model", None)
    chosen = played.wait if isinstance(played, TwoChains) else answer
    wait = read_number(chosen, 0, 40, "a number of blocks")
    depth = min(DEEPEST, wait + 1)
    model = TwoChains(("deposit", *["block"] * wait, "credit", f"reorg{depth}"), wait)
    blocks = f"{wait} block{'s' * (wait != 1)}"
    shown = f"deposit, {blocks}, credit, reorg of {depth}\n" + "\n".join(model.lines[-2:])
    if model.supply > model.escrow:
        text = (
            f"A reorg of {depth} takes a deposit under {blocks}. How many must lie on it, so that one of four does not?"
        )
        return wrong("one-block-short" if wait == DEEPEST - 1 else "two-is-final", text, shown)
    if wait > DEEPEST:
        text = f"Safe, but Ann waits for {blocks}. Only the last four can be replaced. Which smaller wait is safe, too?"
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
    lost = port.storm()
    kept = port.balance("Bob", "rollup") - PURSE
    shown = "\n".join([*port.said, f"Bob on the rollup: {minted:+d} before the reorg, {kept:+d} after it"])
    if not minted:
        return _nothing_minted(port, expired, shown)
    if kept < PRICE and port.early:
        text = (
            f"{port.early} block{'s' * (port.early > 1)} lay on the burn when you relayed it, and the reorg replaced "
            f"{lost}: burn and mint are gone, and the bicycle. Which blocks can *no* reorg replace?"
        )
        return wrong("a-few-blocks-are-final", text, shown)
    if kept < PRICE:
        text = f"Bob gave the bicycle away for {minted} tokens; then burn and mint were gone. What must Rita ask first?"
        return wrong("relayed-too-early", text, shown)
    if port.early is not None:
        text = (
            "You relayed first, and waited then. This time no reorg came between, but the bicycle was gone at once. "
            "What must be known *before* the mint?"
        )
        return wrong("relayed-too-early", text, shown)
    if kept != PRICE:
        return wrong("another-amount", f"Bob was to get {PRICE} tokens. What did you burn for him?", shown)
    if not _asks(answer):
        text = "This time, the tokens stay. With a later milestone, they would not. Which call in *Help* sees it?"
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


def order_in_a_circle(answer: Any) -> Reply:
    """Judge what comes first in both blocks, so that no call fails."""
    expected = 'a pair, each "burn" or "relay", such as ("burn", "relay")'
    if is_blank(answer):
        return missing(f"{expected}.")
    first = [read_one_of(each, ("burn", "relay"), "each") for each in read_pair(answer, expected)]
    run = circle(*first)
    refused = run.refused.replace("presuppose each other", "presuppose (need) each other")
    shown = f"if circles are allowed: {run.believed or 'all four calls succeed'}\nas it is:               {refused}"
    if not run.believed:
        return right("Neither can be first, and no contract notices. Who must see both chains at once?", shown)
    if first == ["burn", "burn"]:
        text = "She has 1,000 tokens on each layer, so both burns of 10,000 fail. What could give her 10,000 first?"
        return wrong("burn-needs-tokens", text, shown)
    layer, other = ("sidechain", "validium") if first[0] == "burn" else ("validium", "sidechain")
    text = (
        f"On the {layer} she burns first, and has 1,000 only: the burn fails, and writes no log. "
        f"What does the {other} then relay?"
    )
    return wrong(f"the-{layer}-can-begin", text, shown)
