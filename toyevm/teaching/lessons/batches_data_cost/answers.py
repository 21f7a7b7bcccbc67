"""What lesson 09 says to what a student tries: for each turn, a function from any value at all to a reply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toyevm.errors import InputError
from toyevm.rollups.sampling import CELLS, ENOUGH
from toyevm.teaching.lab.turns import Reply, Turn, missing, read_list, read_number, read_one_of, repeat, right, wrong
from toyevm.teaching.lessons.batches_data_cost import number_answers as numbers
from toyevm.teaching.lessons.batches_data_cost.fees_player import FeeSliders
from toyevm.teaching.lessons.batches_data_cost.frame_answers import assembled, by_hand
from toyevm.teaching.lessons.batches_data_cost.sampling import CLIENTS, Sampling, read_cells, write_cells
from toyevm.teaching.lessons.batches_data_cost.sampling_player import SamplingGrid

WAYS = ("cores", "layer", "both", "neither")
EFFECTS = {"a": "cores", "b": "layer", "c": "both", "d": "neither"}
ASIDE = {  # what to say and ask about an effect, by what was chosen for it
    "a": {
        "layer": "The layer's node does the same work on one core. Look at the column of the time: which rows differ?",
        "both": "Compare rows 1 and 3, which both have one core. Does the layer change the time of the node?",
        "neither": "Compare rows 1 and 2. What do eight cores change?",
    },
    "b": {
        "cores": "Compare rows 1 and 2. How much gas does L1 execute with eight cores?",
        "both": "Compare rows 1 and 2. Does the gas that L1 executes change with the cores?",
        "neither": "Compare rows 1 and 3. Who executes the 40 transactions in row 3?",
    },
    "c": {
        "cores": "But the nodes of L2 must agree on a state root, too. In which order do they execute a batch?",
        "layer": "Lessons 05 to 07 compared the root after parallel execution with another one. Which one was it?",
        "neither": "What would two nodes agree on, if each had a result of its own?",
    },
    "d": {
        "cores": "But eight cores execute signed transactions. What else would say that the payer agreed?",
        "layer": "But the batch holds the 40 transactions, signed. What would a reader of L1 check without that?",
        "both": "But the batch holds the 40 transactions, signed. What would a reader check without that?",
    },
}
UNCOMPRESSED, ZIPPED = 120, 88  # bytes of a signed transfer, as nodes send it, and what zlib alone makes of them


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
            return wrong(f"{key}-is-{chosen}", f"For {key} you say {chosen!r}. {ASIDE[key][chosen]}")
    return right("All four. Which of the two would help a chain whose nodes cannot receive more bytes?")


def least_bytes(answer: Any) -> Reply:
    """Judge to how many bytes a signed transfer can shrink at best."""
    if answer is None:
        return missing("a number of bytes.")
    mine = numbers.read_decimal(answer, "bytes, such as 100", 1e6)
    shown = f"{UNCOMPRESSED} bytes as nodes send it, {mine:g} in your batch: {mine / UNCOMPRESSED:.0%}"
    if 64 <= mine < ZIPPED:
        return right("Now see what is left, part by part. Which part hardly shrinks at all?", shown)
    if mine > UNCOMPRESSED:
        return wrong("a-batch-adds", "That is more than the transfer has alone. What would the batch add to it?", shown)
    gone = f"You drop {UNCOMPRESSED - mine:g} bytes. "
    if mine > UNCOMPRESSED - 14:
        text = gone + "Gas and fees take 14, a recipient takes 20. How often does each repeat in the 1,000 transfers?"
        return wrong("nothing-repeats", text, shown)
    if mine > 95:
        text = gone + "A recipient takes 20. How often must the addresses of 300 people stand in 1,000 transfers?"
        return wrong("recipients-stay", text, shown)
    if mine >= ZIPPED:
        text = f"zlib alone gets to {ZIPPED}, without an encoding. Which bytes does every reader know already?"
        return wrong("no-encoding", text, shown)
    if 53 <= mine <= 57 or 6 <= mine <= 16:  # of 120, or of the 80 that are left in columns
        text = "That is a transfer without its signature. With what would a reader check that the payer agreed?"
        return wrong("signatures-can-go", text, shown)
    if mine >= 32:
        text = "A signature is two numbers of 32 bytes. Which of their bytes could a reader compute from the others?"
        return wrong("half-a-signature", text, shown)
    text = "A compressor replaces what repeats. In which part of a transfer does nothing repeat, even in 1,000 of them?"
    return wrong("compression-removes-signatures", text, shown)


def from_sliders(answer: Any) -> Reply:
    """Judge what stands in the sliders, once they have been moved, or a dict."""
    if isinstance(answer, FeeSliders):
        answer = None if answer.bill == FeeSliders().bill else answer.bill
    return numbers.calldata_wins(answer)


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
        return wrong("hides-nothing", "You hide nothing. How many cells may be left at most?", shown)
    if not sampling.is_lost:
        text = f"{CELLS - len(hidden)} cells are left, and give back the others. With how many left is the blob lost?"
        return wrong("half-is-enough" if len(hidden) == ENOUGH else "too-few-hidden", text, shown)
    if met:
        text = f"Client 0 asks for {met[0]}, and you hide it. Which cells can you hide in its place?"
        return wrong("anywhere-will-do", text, shown)
    if CELLS - len(hidden) < ENOUGH - 1:
        text = f"It is lost, but you hide {len(hidden)} cells. Would it be lost with one cell fewer?"
        return wrong("more-than-needed", text, shown)
    text = "The data is lost, and client 0 says that it is there. You knew what client 0 asks for. "
    return right(text + "What must a client do, so that nobody knows?", shown)


def _cells(answer: Any) -> frozenset[int]:
    if answer is None or isinstance(answer, str):
        return read_cells(answer or "")
    if isinstance(answer, (range, set, frozenset)):
        answer = sorted(answer, key=str)
    numbers = [read_number(cell, 0, CELLS - 1, "a cell,") for cell in read_list(answer, "cells")]
    return read_cells(write_cells(frozenset(numbers)))


TURNS: Mapping[str, Turn] = {
    "cores-or-layer": cores_or_layer,
    "least-bytes": least_bytes,
    "calldata": numbers.calldata,
    "calldata-wins": from_sliders,
    "break-even": numbers.break_even,
    "by-hand": by_hand,
    "assemble": assembled,
    "odds": numbers.odds,
    "withhold": withhold,
    "full-blocks": numbers.full_blocks,
}
