"""What lesson 15 says to sums about a pool and about a debt."""

from __future__ import annotations

from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.lab.turns import Reply, is_blank, missing, read_pair, repeat, right, wrong
from toyevm.teaching.lessons.applications.toy_pool import Pool

NEAR = 0.01
KEPT, POOL = 75.0, 60.0  # DAI: Lea's tokens at a quarter, and her pool
BEFORE = 30.0  # WETH in the pool before Vic's swap of 80 DAI
THIRD_WRONG = (
    (18, "what-is-left", "18 WETH: is that what Vic gets, or what the pool keeps?"),
    (80, "the-price-stays", "80 WETH for 80 DAI is the price of the beginning. How many WETH are left before Vic?"),
    (34.29, "as-the-first-one", "A pool with 60 and 60 pays that for 80 DAI. What have two swaps left in it?"),
    (42, "counts-from-the-start", "60 − 18: but 60 WETH were there before Uma. How many are there before Vic?"),
    (20, "the-price-of-before", "4 DAI each is the price before. But it moves during the swap. Which product is left?"),
    (6.67, "the-price-paid", "6.67 DAI is what Vic pays for each WETH. How many WETH does he get for 80 DAI?"),
    (5, "halves-each-time", "You halve what the last one got. Vic sells 80, not 30. What must the pool keep then?"),
    (10, "as-the-last-one", "The last one got that for 30 DAI. Vic sells 80. What must the pool keep then?"),
)
LIMIT, PROFIT = 1_750.0, 350.0  # DAI: below this Bob can be liquidated; 5 % of half of 14,000


def number(answer: Any, what: str) -> float:
    """Return a number as float.

    Raises:
        InputError: it is none, or negative.
    """
    if isinstance(answer, bool) or not isinstance(answer, (int, float)) or not 0 <= answer <= 10**9:
        raise InputError(repeat(answer), expected=what)
    return float(answer)


def near(answer: float, value: float) -> bool:
    return abs(answer - value) <= NEAR * max(1.0, abs(value) / 10)


def third_swap(answer: Any) -> Reply:
    """Judge what 80 DAI get after twice 30 DAI, in a pool of 60 and 60."""
    if answer is None:
        return missing("a number of WETH.")
    got = number(answer, "a number of WETH, from 0")
    left = BEFORE - got
    shown = f"before: 120 DAI and 30 WETH; your answer leaves 200 DAI and {left:g} WETH: product {200 * left:g}"
    if near(got, 12):
        text = "3,600 again. Uma paid 1.50 DAI for each WETH, Vic 6.67. What would one more DAI get now?"
        return right(text, shown)
    for value, belief, text in THIRD_WRONG:
        if near(got, value):
            return wrong(belief, text, shown)
    if left <= 0:
        text = f"The pool has 30 WETH before Vic. How could it pay {got:g}?"
        return wrong("more-than-there-is", text, shown)
    text = f"Then the pool keeps {left:g} WETH, and 200 · {left:g} is {200 * left:,.0f}. Which product must it be?"
    return wrong("another-product", text, shown)


def kept(answer: Any) -> Reply:
    """Judge what Lea's pool and her tokens are worth when the price is a quarter."""
    expected = "a pair of numbers, such as (240, 300)"
    if is_blank(answer):
        return missing(f"{expected}: the pool, the tokens kept.")
    pool, tokens = (number(each, expected) for each in read_pair(answer, expected))
    shown = f"your answer: the pool {pool:g} DAI, the tokens kept {tokens:g} DAI, {tokens - pool:+g} to those who keep"
    if near(pool, POOL) and near(tokens, KEPT):
        model = Pool(30, 120)
        shown = f"pool: {model.dai:g} DAI + {model.weth:g} · ¼ = 60; kept: 60 + 60 · ¼ = 75"
        return right("15 of 75, that is 20 %, as with the price of 4. Who has the 15 DAI now?", shown)
    return _kept_wrong(pool, tokens, shown)


def _kept_wrong(pool: float, tokens: float, shown: str) -> Reply:
    if near(pool, KEPT) and near(tokens, POOL):
        return wrong("the-other-way-round", "First the pool, then the tokens kept. Which of the two lost more?", shown)
    if near(pool, 240) or near(tokens, 300):
        return wrong("price-of-four", "These are the values at a price of 4. What is a WETH worth now?", shown)
    if near(pool, tokens) and near(tokens, KEPT):
        text = "No loss, you say. When WETH gets cheaper, what do people bring to the pool, and what do they take out?"
        return wrong("loss-only-when-it-rises", text, shown)
    if not near(tokens, KEPT):
        text = f"60 DAI and 60 WETH at ¼: you have {tokens:g} together. What is each of the two worth?"
        return wrong("worth-of-kept", text, shown)
    if near(pool, 30):
        return wrong("only-dai", "30 DAI are in the pool, but not only these. What are its 120 WETH worth?", shown)
    if near(pool, 150) or near(pool, 120):
        text = "30 DAI and 120 WETH: you count tokens. What is each of these WETH worth now, and all together?"
        return wrong("counts-tokens", text, shown)
    if near(pool, 127.5):
        text = "120 DAI and 30 WETH were the pool at a price of 4. People brought WETH: how many of each are there now?"
        return wrong("amounts-of-four", text, shown)
    text = f"A pool worth {pool:g} DAI? It holds four times as many WETH as DAI: which amounts have the product 3,600?"
    return wrong("another-pool", text, shown)


def liquidated(answer: Any) -> Reply:
    """Judge from which price on a debt can be liquidated, and what the first one earns."""
    expected = "a pair of numbers, such as (2000, 100)"
    if is_blank(answer):
        return missing(f"{expected}: DAI for an ether, DAI earned.")
    price, earned = (number(each, expected) for each in read_pair(answer, expected))
    limit = 10 * price * 0.8
    shown = f"at {price:,.0f} DAI, 80 % of Bob's pledge is {limit:,.0f} DAI; his debt is 14,000"
    if abs(price - LIMIT) > 1:
        words = {1_400: "At 1,400, the pledge is worth as much as the debt", 1_120: "You take 80 % of the debt"}
        first = words.get(round(price), "There, 80 % of the pledge is not the debt")
        return wrong("another-limit", f"{first}. At which price is 80 % of 10 ether worth 14,000 DAI?", shown)
    if near(earned, PROFIT):
        return right("7,000 repaid, ether for 7,350 taken. Who pays these 350 DAI?", shown)
    if near(earned, 700):
        return wrong("whole-debt", "5 % of 14,000: may they repay all of it?", shown)
    if near(earned, 7_350):
        return wrong("all-that-is-taken", "That is what they take. What did they pay for it?", shown)
    if near(earned, 7_000):
        return wrong("all-that-is-taken", "7,000 is what they repay. What is the ether worth that they take?", shown)
    if near(earned, 0.2):
        return wrong("in-ether", "0.2 is what they earn in ether. How many DAI is that, at your price?", shown)
    text = f"You say {earned:g}. How many DAI may they repay, and what do they get on top of these?"
    return wrong("another-bonus", text, shown)
