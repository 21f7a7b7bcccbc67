"""What lesson 15 says to a block producer's block and to Uma's least amount: each is played, step by step."""

from __future__ import annotations

from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, missing, read_list, read_one_of, read_pair, repeat, right, wrong
from toyevm.teaching.lessons.applications.answers_pool import number
from toyevm.teaching.lessons.applications.toy_pool import (
    SMALL,
    STAKE,
    Order,
    PlayedBlock,
    largest_sandwich,
    play_block,
    sandwich,
)

MOST_ORDERS = 20
TINA = 3.0  # DAI that she sells before Uma
BEST = sandwich(STAKE)


def read_orders(answer: Any) -> list[Order]:
    """Return a block: "Uma" once at least, and swaps such as ("buy", 5).

    Raises:
        InputError: it is none.
    """
    orders: list[Order] = []
    expected = 'a pair such as ("buy", 5)'
    for entry in read_list(answer, 'swaps, such as ["Uma", ("buy", 5)]', MOST_ORDERS):
        if isinstance(entry, str):
            if entry.strip().lower() != "uma":
                raise InputError(repeat(entry), expected=f'"Uma", or {expected}')
            orders.append("Uma")
            continue
        side, amount = read_pair(entry, expected)
        orders.append((read_one_of(side, ("buy", "sell"), "the first of each pair"), number(amount, expected)))
    return orders


def sandwiched(answer: Any) -> Reply:
    """Judge the block that a producer with 30 DAI makes of Uma's swap."""
    if answer is None:
        return missing('a list, such as ["Uma", ("buy", 5)].')
    orders = read_orders(answer)
    count = orders.count("Uma")
    if count != 1:
        text = "Her swap is one transaction, with one signature. How often can it be in the block?"
        if not count:
            text = f"Uma's swap is not in your block. What do you earn from {len(orders)} swaps of your own alone?"
        return wrong("uma-once", text)
    played = play_block(orders)
    shown = "\n".join(
        [*played.steps, f"you end with {played.dai:.1f} DAI and {played.weth:.1f} WETH ({played.gain:+.1f} DAI)"]
    )
    if played.gain >= BEST.gain - 0.01:
        text = f"Uma gets {played.uma:.0f} WETH, alone she would get 20. Who has lost what you have gained?"
        return right(text, shown)
    return _poor(orders, played, shown)


def _poor(orders: list[Order], played: PlayedBlock, shown: str) -> Reply:
    place = orders.index("Uma")
    before, after = orders[:place], orders[place + 1 :]
    if not before and not after:
        return wrong("order-earns-nothing", "You leave the block as it is. What does her swap do to the price?", shown)
    if played.weth > 0.05:
        text = f"You still hold {played.weth:.1f} WETH. When is the best moment to sell them for DAI?"
        return wrong("never-sells", text, shown)
    if not before or not after:
        side = "before" if before else "after"
        text = f"All your swaps are {side} Uma's: a gain of {played.gain:.1f}. Does she make WETH dearer or cheaper?"
        return wrong("all-on-one-side", text, shown)
    if played.gain <= SMALL:
        text = f"You gain {played.gain:.1f} DAI. At which of your swaps is WETH expensive, before Uma's or after it?"
        return wrong("the-wrong-way-round", text, shown)
    if sum(float(order[1]) for order in before if order[0] == "buy") >= STAKE - 0.05:
        text = "All 30 DAI are before Uma's swap. How many WETH do you sell after it, and how many earlier or never?"
        return wrong("not-all-sold-after", text, shown)
    text = f"A gain of {played.gain:.1f} DAI. You had {STAKE} DAI: how many did you put before Uma's swap?"
    return wrong("with-half-the-money", text, shown)


def least(answer: Any) -> Reply:
    """Judge the least that Uma wants: Tina's swap before hers is to be no matter, a sandwich of 30 DAI is."""
    if answer is None:
        return missing("a number of WETH, such as 5.")
    wanted = number(answer, "a number of WETH, from 0")
    honest, attacked = play_block(["Uma"], wanted, honest=TINA), sandwich(STAKE, wanted)
    shown = "\n".join(["Tina before you:", *_indented(honest), "30 DAI before you:", *_indented(attacked)])
    if honest.uma is None:
        if play_block(["Uma"], wanted).uma is None:
            text = f"Even alone in the block you would not get {wanted:g} WETH. What does the pool pay for 30 DAI?"
            return wrong("more-than-the-pool-pays", text, shown)
        return wrong("no-room-for-others", "Tina alone stops you. What do you get after her 3 DAI?", shown)
    if attacked.uma is not None:
        text = f"The sandwich goes through: you get {attacked.uma:.1f}, and want {wanted:g}. Which minimum stops it?"
        return wrong("takes-too-little", text, shown)
    smaller = largest_sandwich(wanted)
    if wanted > honest.uma - 0.05:
        text = f"As high as Tina allows: a sandwich now earns only {smaller.gain:.1f} DAI. What would 19 risk?"
        return right(text, shown)
    text = f"Tina may come first. A smaller sandwich still earns {smaller.gain:.1f}. Which minimum leaves less to earn?"
    return right(text, shown)


def _indented(played: PlayedBlock) -> list[str]:
    return [f"  {step}" for step in played.steps]
