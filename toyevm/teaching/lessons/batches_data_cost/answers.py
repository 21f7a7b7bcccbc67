"""What lesson 09 says to what a student tries: for each turn, a function from any value at all to a reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toyevm.errors import InputError
from toyevm.rollups.sampling import CELLS, ENOUGH
from toyevm.teaching.lab.turns import (
    Reply,
    Turn,
    missing,
    read_list,
    read_number,
    read_one_of,
    repeat,
    right,
    wrong,
)
from toyevm.teaching.lessons.batches_data_cost.fees_player import FeeSliders
from toyevm.teaching.lessons.batches_data_cost.frame_answers import assembled, by_hand
from toyevm.teaching.lessons.batches_data_cost.price_answers import (
    Known,
    break_even,
    calldata,
    calldata_wins,
    full_blocks,
    known_value,
    read_decimal,
)
from toyevm.teaching.lessons.batches_data_cost.sampling import CLIENTS, Sampling, read_cells, write_cells
from toyevm.teaching.lessons.batches_data_cost.sampling_player import SamplingGrid

WAYS = ("cores", "layer", "both", "neither")
EFFECTS = {"a": "cores", "b": "layer", "c": "both", "d": "neither"}
ASIDE = {  # what to ask about an effect, by what was chosen for it
    "a": {
        "layer": "the layer's node does the same work on one core. Look at the column of the time: which rows differ?",
        "both": "compare rows 1 and 3, which both have one core. Does the layer change the time of the node that "
        "executes?",
        "neither": "compare rows 1 and 2. What do eight cores change?",
    },
    "b": {
        "cores": "compare rows 1 and 2. How much gas does L1 execute with eight cores?",
        "both": "compare rows 1 and 2. Does the gas that L1 executes change with the cores?",
        "neither": "compare rows 1 and 3. Who executes the 40 transactions in row 3?",
    },
    "c": {
        "cores": "the nodes of L2 must agree on a state root, too. In which order do they execute a batch?",
        "layer": "lessons 05 to 07 compared the root after parallel execution with another one. Which one was it?",
        "neither": "what would two nodes agree on, if each had a result of its own?",
    },
    "d": {
        "cores": "eight cores execute signed transactions. What else would say that the payer agreed?",
        "layer": "the batch holds the 40 transactions, signed. What would a reader of L1 check without that?",
        "both": "the batch holds the 40 transactions, signed. What would a reader check without that?",
    },
}
UNCOMPRESSED = 115  # bytes of a signed transfer, as nodes send it
ODDS = 3 * 2 / (8 * 7)


def cores_or_layer(answer: Any) -> Reply:
    """Judge what parallel execution brings about, and what a layer."""
    if answer is None or (isinstance(answer, dict) and not any(answer.values())):
        return missing('"cores", "layer", "both" or "neither" for each letter.')
    if not isinstance(answer, dict) or not set(map(str, answer)) <= set(EFFECTS):
        raise InputError(repeat(answer), expected="a dict with the keys " + ", ".join(map(repr, EFFECTS)))
    for key, truth in EFFECTS.items():
        if answer.get(key) is None:
            return missing(f"a word for {key!r}.")
        chosen = read_one_of(answer[key], WAYS, f"for {key!r}, one of")
        if chosen != truth:
            question = ASIDE[key][chosen]
            return wrong(f"{key}-is-{chosen}", f"For {key} you say {chosen!r}. Then {question}")
    return right("All four. Which of the two would help a chain whose nodes cannot receive more bytes?")


def least_bytes(answer: Any) -> Reply:
    """Judge to how many bytes a signed transfer can shrink at best."""
    if answer is None:
        return missing("a number of bytes.")
    mine = read_decimal(answer, "bytes, such as 100", 1e6)
    shown = f"{UNCOMPRESSED} bytes as nodes send it, {mine:g} in your batch: {mine / UNCOMPRESSED:.0%}"
    if 64 <= mine <= 95:
        return right("Now see what is left, part by part. Which part hardly shrinks at all?", shown)
    if mine > UNCOMPRESSED:
        return wrong("a-batch-adds", "That is more than the transfer has alone. What would the batch add to it?", shown)
    if mine > 95:
        text = "You keep nearly everything. 300 transfers have the same gas limit and similar fees. How often must "
        return wrong("nothing-repeats", text + "these be written?", shown)
    if mine >= 32:
        text = (
            "Two numbers of 32 bytes make up a signature. Which of their bytes could a reader compute from the others?"
        )
        return wrong("half-a-signature", text, shown)
    text = (
        "A compressor replaces what repeats. Which part of a transfer has nothing that repeats, even in 300 transfers?"
    )
    return wrong("compression-removes-signatures", text, shown)


def from_sliders(answer: Any) -> Reply:
    """Judge what stands in the sliders, once they have been moved, or a dict."""
    if isinstance(answer, FeeSliders):
        answer = None if answer.bill == FeeSliders().bill else answer.bill
    return calldata_wins(answer)


def odds(answer: Any) -> Reply:
    """Judge the chance that two different samples of eight cells, five of them hidden, both come."""
    if answer is None:
        return missing("a number between 0 and 1.")
    mine = read_decimal(answer, "a chance between 0 and 1", 100)
    if abs(mine - ODDS) < 0.003:
        return right(
            "3/8 for the first, then 2/7 for the second. What does a third sample do to it?", "3/8 · 2/7 = 3/28"
        )
    if mine > 1:
        return wrong("a-chance-above-one", "A chance is at most 1. How many of the pairs of cells are both there?")
    known = (
        Known((3 / 8) ** 2, "the-same-cell-twice", "You multiply 3/8 by 3/8. When the first cell has come, how many of "
              "the other 7 are there?"),
        Known(5 / 8 * 4 / 7, "the-hidden-ones", "That is the chance that both are hidden. Which cells does the client "
              "have to meet?"),
        Known((5 / 8) ** 2, "the-hidden-ones", "You count the hidden cells. Which cells does the client have to meet?"),
        Known(1 - ODDS, "the-opposite", "That is the chance that at least one does *not* come. What is asked?"),
        Known(3 / 8, "one-sample", "That is the chance for one sample. What about the second?"),
        Known(1 / 4, "half-is-hidden", "You take 1/2 for each sample. How many of the 8 cells are there?"),
        Known(3 / 8 + 2 / 7, "adds-chances", "You add the two chances. Must one of them come, or both?"),
        Known(4 / 8 * 3 / 7, "four-are-there", "You count 4 cells that are there. How many does the producer hide?"),
        Known(2 / 8, "two-of-eight", "You divide 2 by 8. How many cells are there to be found?"),
    )  # fmt: skip
    text = (
        f"Of 28 pairs of cells, your chance means {28 * mine:.1f} pairs. How many pairs are there among the cells that "
    )
    return known_value(mine, known, 0.004) or wrong("other-chance", text + "are not hidden?")


def withhold(answer: Any) -> Reply:
    """Judge a set of cells that makes a blob unreadable, while client 0 notices nothing."""
    grid = isinstance(answer, SamplingGrid)
    hidden = answer.hidden if grid else _cells(answer)
    if answer is None or (grid and hidden == frozenset(range(ENOUGH))):
        return missing("the cells that you hide, from the grid or as a text.")
    sampling = Sampling(hidden)
    met = sorted(hidden & sampling.asked[0])
    shown = f"hidden {len(hidden)}, left {CELLS - len(hidden)}: {'lost' if sampling.is_lost else 'not lost'}"
    shown += f"\nclient 0 {'gets no answer for ' + ', '.join(map(str, met)) if met else 'accepts the blob'}"
    shown += f"\n{CLIENTS - sampling.fooled} of {CLIENTS:,} clients notice (simulated)"
    if not hidden:
        return wrong(
            "hides-nothing", "You hide nothing, so everyone has everything. How many cells may be left?", shown
        )
    if not sampling.is_lost:
        text = f"{CELLS - len(hidden)} cells are left, and give back the others. Which cells you hide makes no "
        belief = "half-is-enough" if len(hidden) == ENOUGH else "too-few-hidden"
        return wrong(belief, text + "difference. What does?", shown)
    if met:
        text = f"Client 0 asks for {met[0]}, and you hide it. Which cells can you hide in its place?"
        return wrong("anywhere-will-do", text, shown)
    if CELLS - len(hidden) < ENOUGH - 1:
        text = f"It is lost, but you hide {len(hidden)} cells. Would it be lost with one cell fewer?"
        return wrong("more-than-needed", text, shown)
    text = (
        "The data is lost, and client 0 says that it is there. You knew what client 0 asks for. What must a client do, "
    )
    return right(text + "so that nobody knows?", shown)


def _cells(answer: Any) -> frozenset[int]:
    if answer is None:
        return frozenset()
    if isinstance(answer, str):
        return read_cells(answer)
    if isinstance(answer, (range, set, frozenset)):
        answer = sorted(answer, key=str)
    numbers = [read_number(cell, 0, CELLS - 1, "a cell,") for cell in read_list(answer, "cells")]
    return read_cells(write_cells(frozenset(numbers)))


TURNS: Mapping[str, Turn] = {
    "cores-or-layer": cores_or_layer,
    "least-bytes": least_bytes,
    "calldata": calldata,
    "calldata-wins": from_sliders,
    "break-even": break_even,
    "by-hand": by_hand,
    "assemble": assembled,
    "odds": odds,
    "withhold": withhold,
    "full-blocks": full_blocks,
}
