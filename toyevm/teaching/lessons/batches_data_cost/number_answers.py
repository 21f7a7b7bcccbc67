"""What lesson 09 says about numbers: calldata, a day when it wins, the break-even batch, a rising fee, two samples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from toyevm.errors import InputError
from toyevm.forks import BPO2
from toyevm.rollups.costs import USABLE_BYTES, price_factor
from toyevm.teaching.lab.turns import Reply, missing, read_number, repeat, right, wrong
from toyevm.teaching.lessons.batches_data_cost.fees import BATCHES, BYTES, BatchBill, in_gwei, words_of
from toyevm.units import GWEI

ZEROS, OTHERS, FEE = 100, 3_900, 2  # of the calldata turn: bytes, bytes, gwei
GAS = 21_000 + 10 * ZEROS + 40 * OTHERS
BYTES_AS = (  # gas of the bytes; the belief behind it, what it does, and what to ask
    (10 * ZEROS + 40 * OTHERS, "", "", ""),
    (40 * (ZEROS + OTHERS), "zero-is-a-byte", "You charge 40 for each of the 4,000 bytes. ", "How many are zero?"),
    (10 * (ZEROS + OTHERS), "all-are-zero", "You charge 10 for each of the 4,000 bytes. ", "How many are not zero?"),
    (4 * ZEROS + 16 * OTHERS, "the-old-price", "You charge 4 and 16 a byte. ", "Until when were these right?"),
    (10 * ZEROS + 40 * (ZEROS + OTHERS), "zeros-twice",
     "You charge 40 for all 4,000 bytes, and 10 more for each zero byte. ", "How many of the 4,000 are not zero?"),
    (40 * ZEROS + 10 * OTHERS, "zero-is-dear", "You charge 40 for a zero byte, 10 for others. ", "Which is cheaper?"),
)  # fmt: skip
AMOUNT = re.compile(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*(g?wei)\s*", re.IGNORECASE)
TIMES, LEAST = 3, 1_000  # how much cheaper calldata is to be, in a batch of how many transfers
BLOB_GAS, BLOB_FEE = 131_072, 20  # of the break-even turn: in gwei, where gas costs one
EVEN = BLOB_GAS * BLOB_FEE // (40 * BYTES) + 1
ODDS = 3 * 2 / (8 * 7)  # that two different samples of eight cells, five of them hidden, both come


class Known(NamedTuple):
    """A value that is wrong, the belief that leads to it, and what to say."""

    value: float
    belief: str
    text: str


def read_decimal(answer: Any, what: str, most: float = 1e15) -> float:
    """Return a number, whole or not, from 0 to `most`."""
    if type(answer) not in (int, float) or not 0 <= answer <= most:
        raise InputError(repeat(answer), expected=f"a number: {what}")
    return float(answer)


def known_value(mine: float, known: Iterable[Known], tolerance: float) -> Reply | None:
    """Return what to say to a value that a known belief leads to, or None."""
    for value, belief, text in known:
        if abs(mine - value) <= tolerance * value:
            return wrong(belief, text)
    return None


def calldata(answer: Any) -> Reply:
    """Judge the price of calldata."""
    if answer is None:
        return missing("a number of gwei.")
    mine = read_decimal(answer, "gwei, such as 48_800")
    if abs(mine - GAS * FEE) < 0.5:
        text = "It does not matter what the 4,000 bytes say. Which of the three parts would a blob save?"
        return right(text, f"21,000 + {ZEROS} · 10 + {OTHERS:,} · 40 = {GAS:,} gas; · {FEE} = {GAS * FEE:,} gwei")
    gas = mine / FEE
    if reply := known_value(mine, calldata_sums(), 1e-6):
        return reply
    if gas <= 21_000:
        return wrong("less-than-a-transaction", "The transaction alone takes 21,000 gas. How many gwei is that?")
    text = f"{mine:,.0f} gwei at 2 gwei are {gas:,.0f} gas, and {gas - 21_000:,.0f} without the transaction's 21,000. "
    return wrong("another-sum", text + "What do 100 zero bytes cost, and what do the other 3,900?")


def calldata_sums() -> Iterator[Known]:
    """Yield what sums come to: each price of the bytes with each way from there to gwei. The first one is right."""
    for gas, belief, text, question in BYTES_AS:
        for value, also, and_text, other_question in (
            ((21_000 + gas) * FEE, "", "", ""),
            (gas * FEE, "only-the-bytes", "You pay for the bytes alone. ", "What else does a transaction pay for?"),
            (21_000 + gas, "gas-is-money", "That is gas. ", "What does a unit of gas cost here?"),
            (gas, "gas-of-the-bytes", "That is the gas of the bytes alone. ", "What do you add before you multiply?"),
            (21_000 + gas * FEE, "fee-of-a-part", "You multiply only the gas of the bytes by the base fee. ",
             "In which unit are the other 21,000?"),
        ):  # fmt: skip
            name = "-and-".join(filter(None, (belief, also)))
            yield Known(value, name, text + and_text + (question or other_question))


def read_prices(answer: Any) -> BatchBill:
    """Return the batch and prices of a dict, or of a bill."""
    if isinstance(answer, BatchBill):
        return answer
    keys = ("transfers", "base_fee", "blob_fee")
    if not isinstance(answer, dict) or sorted(map(str, answer)) != sorted(keys):
        raise InputError(repeat(answer), expected=f"a dict with the keys {', '.join(map(repr, keys))}")
    transfers = read_number(answer["transfers"], 1, max(BATCHES), "a number of transfers,")
    return BatchBill(transfers, *(read_fee(answer[key], key) for key in keys[1:]))


def read_fee(answer: Any, key: str) -> int:
    """Return a price in wei, from a text such as "80 gwei"."""
    found = AMOUNT.fullmatch(answer.replace(",", "").replace("_", "")) if isinstance(answer, str) else None
    wei = round(float(found[1]) * (1 if found[2].lower() == "wei" else GWEI)) if found else 0
    if not wei:
        raise InputError(f"{key}: {repeat(answer)}", expected='a number and its unit, such as "80 gwei"')
    return wei


def calldata_wins(answer: Any) -> Reply:
    """Judge a batch and prices at which calldata should be cheaper than blobs."""
    if answer is None:
        return missing("a batch and two prices, from the sliders or as a dict.")
    bill = read_prices(answer)
    times, shown = round(bill.in_blobs.wei / bill.calldata.wei, 1), "\n".join(words_of(bill))  # times: as shown
    if bill.transfers < LEAST:
        text = f"{bill.transfers:,} transfers fill {bill.share:.1%} of a blob, and you pay for all of it. What becomes "
        return wrong("a-small-batch", text + f"of the two bills with {LEAST:,} transfers?", shown)
    if times >= TIMES:
        text = "Which way is cheaper depends on two markets. Who fills so many blobs that their price gets there?"
        return right(text, shown)
    more, asked = bill.in_blobs.wei - bill.calldata.wei, (TIMES - 1) * bill.calldata.wei
    if more > 0:
        text = f"Blobs cost {in_gwei(more)} gwei more than calldata, and {in_gwei(asked)} more is asked. "
        return wrong("not-yet", text + "Which price does a blob hardly depend on?", shown)
    if bill.blob_fee <= bill.base_fee:
        text = "Blob gas costs no more than gas here. In a full blob, a byte takes about one unit of it. "
        return wrong("dear-gas-helps-calldata", text + "What does a byte of calldata take?", shown)
    text = f"Blob gas costs {in_gwei(bill.blob_fee)} gwei, gas {in_gwei(bill.base_fee)}. A byte of calldata takes 40. "
    return wrong("any-higher-price", text + "How far apart must the two prices be?", shown)


def break_even(answer: Any) -> Reply:
    """Judge the smallest batch that is cheaper in a blob."""
    if answer is None:
        return missing("a number of transfers.")
    mine = read_decimal(answer, "transfers, such as 100", 1e9)
    bill = BatchBill(max(1, min(round(mine), max(BATCHES))), GWEI, BLOB_FEE * GWEI)
    costs = in_gwei(bill.calldata.wei), in_gwei(bill.in_blobs.wei)
    shown = f"{bill.transfers:,} transfers: calldata {costs[0]} gwei, blobs {costs[1]} gwei"
    if mine == EVEN:
        return right(f"At {EVEN - 1}, calldata is still cheaper. Is the blob full then?", shown)
    if EVEN - 1 <= mine < EVEN:
        text = "The two prices meet just above 819 (at 819.2). Is a batch of 819 transfers cheaper in a blob already?"
        return wrong("the-last-of-the-others", text, shown)
    known = (
        Known(BLOB_GAS / (40 * BYTES), "blob-gas-is-gas", "You count blob gas as gas. What does a unit of it cost?"),
        Known(USABLE_BYTES * BLOB_FEE / (40 * BYTES), "only-what-can-be-used", "You charge 126,976 units of blob "
              "gas, one for each byte that can be used. How many units does a blob cost?"),
        Known(BLOB_GAS * BLOB_FEE / (16 * BYTES), "the-old-price", "You charge 16 gas a byte. Until when was that so?"),
        Known(BLOB_GAS * BLOB_FEE / BYTES, "a-byte-is-one-gas", "You charge 1 gas a byte. What does a byte take here?"),
        Known(BLOB_GAS * BLOB_FEE / 40, "bytes-not-transfers", "These are bytes. How many transfers are in them?"),
        Known(USABLE_BYTES / BYTES, "a-blob-must-be-full", "So many transfers fill the blob. Must it be full to pay?"),
        Known(BLOB_GAS / BYTES, "a-blob-must-be-full", "So many transfers fill a blob. Must it be full to pay?"),
        Known((BLOB_GAS * BLOB_FEE + 21_000) / (40 * BYTES), "one-transaction-too-many", "You charge the blob "
              "21,000 gas more than calldata. Does calldata come without a transaction?"),
        Known((BLOB_GAS * BLOB_FEE - 21_000) / (40 * BYTES), "one-transaction-too-few", "You charge calldata 21,000 "
              "gas more than the blob. Does the blob come without a transaction?"),
    )  # fmt: skip
    if reply := known_value(mine, known, 0.002):
        return wrong(reply.belief, reply.text, shown)
    more = bill.in_blobs.wei - bill.calldata.wei
    text = f"With {bill.transfers:,} transfers, blobs cost {in_gwei(abs(more))} gwei {'more' if more > 0 else 'less'}. "
    if mine < EVEN:
        return wrong("too-few", text + "What does one more transfer add to each of the two bills?", shown)
    return wrong("too-many", text + "What does one transfer fewer take from each of the two bills?", shown)


def full_blocks(answer: Any) -> Reply:
    """Judge after how many full blocks the fee of blobs is a thousand times as high."""
    if answer is None:
        return missing("a number of blocks.")
    mine = read_decimal(answer, "blocks, such as 100", 1e9)
    factor = price_factor(BPO2, 21)
    after = factor ** min(mine, 500)
    times = f"{after:,.1f}" if after < 1e5 else "far more than 1,000"
    shown = f"{factor:.4f} to the power of {mine:g} is {times}"
    if 87.9 <= mine <= 88:
        return right("88 blocks take about 18 minutes. What does a sequencer do meanwhile that can wait?", shown)
    known = (
        Known(59, "the-old-factor", "You let the fee rise by an eighth, as in Cancun. What is the factor of BPO2?"),
        Known(1_000 / factor, "it-adds-up", "You divide by the factor once. What does the second block do?"),
        Known(1_000 / (factor - 1), "it-adds-up", "You add 8.17 % of the first fee. Of which fee is it 8.17 %?"),
        Known(44, "the-way-down", "You multiply by 1.17. Is that what a full block does, or an empty one?"),
        Known(69, "a-straight-line", "You draw a line from block 50 to 100. Does each block add the same amount?"),
        Known(75, "half-way", f"At block 75, half-way to 100, the fee is {factor**75:.0f} gwei. How many more blocks?"),
        Known(10, "it-doubles", "You let the fee double. By what does a full block multiply it?"),
    )  # fmt: skip
    if reply := known_value(mine, known, 0.012):
        return wrong(reply.belief, reply.text, shown)
    text = f"After {mine:g} full blocks the fee is {times} times as high. "
    if mine < 88:
        return wrong("too-few", text + f"How often must {factor:.4f} multiply it until that is 1,000?", shown)
    return wrong("too-many", text + f"After how many blocks did it pass 1,000, at {factor:.4f} a block?", shown)


def odds(answer: Any) -> Reply:
    """Judge the chance that two different samples of eight cells, five of them hidden, both come."""
    if answer is None:
        return missing("a number between 0 and 1.")
    mine = read_decimal(answer, "a chance between 0 and 1", 100)
    if abs(mine - ODDS) < 0.003:
        return right("First 3/8, then 2/7. What would a third sample do to the chance?", "3/8 · 2/7 = 3/28")
    if mine > 1:
        return wrong("a-chance-above-one", "A chance is at most 1. How many of the pairs of cells are both there?")
    known = (
        Known((3 / 8) ** 2, "the-same-cell-twice", "You take 3/8 twice. When one has come, how many of 7 are there?"),
        Known(5 / 8 * 4 / 7, "the-hidden-ones", "So often both are hidden. Which cells does the client have to meet?"),
        Known((5 / 8) ** 2, "the-hidden-ones", "You count the hidden cells. Which cells does the client have to meet?"),
        Known(1 - ODDS, "the-opposite", "That is the chance that at least one does *not* come. What is asked?"),
        Known(3 / 8, "one-sample", "That is the chance for one sample. What about the second?"),
        Known(1 / 4, "half-is-hidden", "You take 1/2 for each sample. How many of the 8 cells are there?"),
        Known(3 / 8 + 2 / 7, "adds-chances", "You add the two chances. Must one of them come, or both?"),
        Known(4 / 8 * 3 / 7, "four-are-there", "You count 4 cells that are there. How many does the producer hide?"),
        Known(2 / 8, "two-of-eight", "You divide 2 by 8. How many cells are there to be found?"),
    )  # fmt: skip
    text = f"Of 28 pairs of cells, your chance means {28 * mine:.1f}. How many pairs are there among the cells that "
    return known_value(mine, known, 0.004) or wrong("other-chance", text + "are not hidden?")
