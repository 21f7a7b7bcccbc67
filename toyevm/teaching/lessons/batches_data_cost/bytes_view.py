"""Bytes of a signed transfer in a batch: part by part, and in several encodings, before and after compression."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from toyevm.rollups.compression import compress
from toyevm.rollups.encodings.measure import L2_CHAIN_ID, SyntheticBatch, synthetic_batch
from toyevm.rollups.encodings.netted_diff import NettedDiff
from toyevm.rollups.encodings.payment_records import PaymentRecords
from toyevm.rollups.encodings.signed_rlp import SignedRlp
from toyevm.rollups.encodings.span import Span
from toyevm.teaching.kit import svg
from toyevm.teaching.kit.palette import GAS_BAR, PANEL
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.svg import MARGIN, WIDTH

TRANSFERS, PEOPLE = 1_000, 300
GROUPS = {"signatures": "signature", "to": "recipient", "value": "amount", "fees": "gas and fees",
          "gas": "gas and fees", "nonce": "nonce"}  # fmt: skip
BARS, SCALE, ROW = 310, 4.4, 24

Sizes = Mapping[str, tuple[float, float]]  # bytes a transfer, before and after compression


@cache
def transfers() -> SyntheticBatch:
    """Return a batch of transfers made from a seed."""
    return synthetic_batch(TRANSFERS, PEOPLE)


def _sizes(contents: Mapping[str, bytes]) -> Sizes:
    return {name: (len(data) / TRANSFERS, len(compress(data)) / TRANSFERS) for name, data in contents.items()}


@cache
def sizes_by_part() -> Sizes:
    """Return what each part of a transfer takes, written as columns; each column is compressed by itself."""
    gathered: dict[str, bytes] = dict.fromkeys([*GROUPS.values(), "all else"], b"")
    batch = transfers().batch
    for part, data in Span(L2_CHAIN_ID, batch[0].timestamp).parts(batch).items():
        gathered[GROUPS.get(part, "all else")] += data
    return _sizes(gathered)


@cache
def sizes_by_encoding() -> Sizes:
    """Return what a transfer takes in each encoding."""
    made = transfers()
    return _sizes(
        {
            "as nodes send it": SignedRlp().encode(made.batch),
            "columns": Span(L2_CHAIN_ID, made.batch[0].timestamp).encode(made.batch),
            "payer, recipient, amount, fee": PaymentRecords(made.index).encode(made.batch),
            "only the balances at the end": NettedDiff(made.index).encode(made.changes()),
        }
    )


def show_bytes() -> Picture:
    """Return both tables as bars; the pale bar is before compression, the dark one after it."""
    head = f"bytes of a transfer, before and after compression (zlib; {TRANSFERS:,} transfers between {PEOPLE} people)"
    tables = {"in columns, part by part": sizes_by_part(), "whole transfers": sizes_by_encoding()}
    body, lines, y = [svg.heading(MARGIN, 26, head)], [head], 34
    for title, sizes in tables.items():
        y += ROW
        body.append(svg.text(MARGIN, y, title, bold=True))
        lines.append(f"{title + ':':<34}{'before':>8}{'after':>8}")
        for name, (before, after) in sizes.items():
            y += ROW
            lines.append(f"  {name:<32}{before:>8.1f}{after:>8.1f}")
            body.append(svg.text(MARGIN + 14, y, name))
            body.append(svg.box(BARS, y - 14, before * SCALE, 18, PANEL, radius=2))
            body.append(svg.box(BARS, y - 11, after * SCALE, 12, GAS_BAR, radius=2))
            body.append(svg.text(BARS + 8 + max(before, after) * SCALE, y, f"{before:.1f} → {after:.1f}"))
    return Picture(svg.figure(WIDTH, y + 20, "; ".join(lines), body), "\n".join(lines))
