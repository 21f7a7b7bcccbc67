"""Figures of a whole run: every incarnation, which abort led to which, how fast it was."""

from __future__ import annotations

import re
from html import unescape
from itertools import combinations, product
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.support.overlaps import overlaps
from tests.teaching.kit.test_threads import numbers, shapes, words_of
from toyevm.backends import BACKENDS, RunConfig
from toyevm.contracts import load_contract
from toyevm.errors import InputError
from toyevm.simulation.metrics import cascade, measure
from toyevm.simulation.run import Run
from toyevm.teaching.kit.cascade_view import show_cascade
from toyevm.teaching.kit.incarnations_view import show_incarnations
from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.speedup_grid_view import show_speedups
from toyevm.types import Location
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.workload import Workload

MINTS = APPLICATIONS["erc20-mint"](4)
NAMES = {Location(MINTS.block.transactions[0].to or b"", load_contract("erc20_mint").slots["totalSupply"]): "supply"}
BLOCKS = {"mints": MINTS} | {name: APPLICATIONS[name](30) for name in ("amm-arbitrage", "nft-counter", "payments")}


def run(workload: Workload, cores: int, backend: str = "block_stm") -> Run:
    config = RunConfig(workload.chain, cores)
    return BACKENDS.named(backend).execute_block(workload.pre, workload.block, config)


def check(picture: Picture) -> None:
    """Hold a picture to what all must keep: labels apart, the same words for a screen reader, all numbers in them."""
    assert overlaps(picture.svg) == []
    label = unescape(str(ElementTree.fromstring(picture.svg).get("aria-label")))
    assert label.split("; ") == picture.text.replace("; ", "\n").split("\n")
    assert [words for words in words_of(picture.svg) if not numbers(words) <= numbers(picture.text)] == []
    assert all(len(line) <= 80 for line in picture.text.split("\n"))


@pytest.mark.parametrize("backend", ["block_stm", "optimistic"])
@pytest.mark.parametrize("cores", [1, 3, 8])
@pytest.mark.parametrize("name", BLOCKS)
def test_words_and_bars_hold_every_incarnation(name: str, cores: int, backend: str) -> None:
    result = run(BLOCKS[name], cores, backend)
    picture = show_incarnations(result, names=NAMES, heading=name)
    check(picture)
    shown = [span for span in result.spans if span.kind == "execute" and span.tx_index < 24]
    lines = re.findall(r"^ {2}\S+ core (\d+): ([\d,]+)-([\d,]+) ([✓✗])", picture.text, re.MULTILINE)
    found = sorted((int(core), start, end, mark) for core, start, end, mark in lines)
    assert found == sorted((s.core, f"{s.start:,}", f"{s.end:,}", "✗" if s.aborted else "✓") for s in shown)
    assert len(shapes(picture.svg, "path")) == sum(span.aborted for span in shown)
    checks = sum(span.kind == "validate" and span.tx_index < 24 for span in result.spans)
    assert len(shapes(picture.svg, "line")) == checks


def test_only_the_last_validation_of_an_aborted_incarnation_has_failed() -> None:
    twice = 0
    for workload, cores in product(BLOCKS.values(), (2, 8)):
        text = show_incarnations(run(workload, cores), [f"call {i}" for i in range(30)], NAMES).text
        assert "B = 1 call 1" in text
        for line in re.sub(r"\n {4}", " ", text).split("\n"):
            fate, validated, checks = line.partition("; validated ")
            marks = re.findall("[✓✗]", checks)
            assert not validated or marks
            assert "✗" not in marks[:-1]
            assert not marks or (marks[-1] == "✗") == ("✗" in fate)
            twice += marks[:1] == ["✓"] and marks[-1] == "✗"
    assert twice


def test_arrows_of_several_transactions_do_not_run_into_each_other() -> None:
    picture = show_cascade(run(BLOCKS["amm-arbitrage"], 8))
    arrows = []
    for each in shapes(picture.svg, "polyline"):
        (_, y1), (turn, _), (_, y2), _ = (
            tuple(map(float, point.split(","))) for point in str(each.get("points")).split()
        )
        arrows.append((turn, y1, y2))
    meet = [(a, b) for a, b in combinations(arrows, 2) if a[0] == b[0] and a[1] != b[1] and a[1] < b[2] and b[1] < a[2]]
    assert len(arrows) > 5
    assert meet == []


def test_a_run_without_times_is_refused() -> None:
    with pytest.raises(InputError, match="virtual cores"):
        show_incarnations(run(MINTS, 1, "sequential"))


@pytest.mark.parametrize("cores", [1, 3, 8])
@pytest.mark.parametrize("name", BLOCKS)
def test_the_cascade_is_the_one_that_is_measured(name: str, cores: int) -> None:
    result = run(BLOCKS[name], cores)
    aborts, picture = cascade(result), show_cascade(result, NAMES, name)
    check(picture)
    assert len(aborts) == result.aborts
    assert max((abort.depth for abort in aborts), default=0) == measure(result, cores).cascade_depth
    assert f"depth {measure(result, cores).cascade_depth} (simulated)" in picture.text
    depths: dict[int, int] = {}
    for abort in aborts:
        depths[abort.span.tx_index] = max(depths.get(abort.span.tx_index, 0), abort.depth)
    for abort in aborts:
        assert abort.writer is None or abort.writer < abort.span.tx_index
        assert abort.depth == 1 + (depths.get(abort.writer, 0) if abort.writer is not None else 0)
    listed = picture.text.count("missed")
    left_out = re.search(r"(\d+) more aborts", picture.text)
    assert listed + (int(left_out[1]) if left_out else 0) == len(aborts)


def test_mints_miss_the_value_of_the_one_before() -> None:
    text = show_cascade(run(MINTS, 3), NAMES).text
    assert "depth 1: B.0 ✗ missed supply of A" in text
    assert "depth 3: D.0 ✗ missed supply of C" in text


def test_a_run_without_aborts_has_an_empty_cascade() -> None:
    picture = show_cascade(run(APPLICATIONS["payments"](3), 1))
    check(picture)
    assert picture.text == "cascade of aborts: 0 aborts of 0 transactions, depth 0 (simulated)"


def test_a_grid_holds_each_speedup_where_it_belongs() -> None:
    picture = show_speedups({(0.5, 2): 1.44, (0, 2): 2.0, (0, 16): 13.25, (1, 16): 0.7}, "block_stm")
    check(picture)
    assert picture.text.split("\n") == [
        "block_stm (simulated)",
        "contention       2      16 cores",
        "         0    2.0×   13.2×",
        "       0.5    1.4×       –",
        "         1       –    0.7×",
    ]
    assert {"2.0×", "13.2×", "1.4×", "0.7×"} <= set(words_of(picture.svg))


@pytest.mark.parametrize("speedups", [{}, {(i, 1): 1.0 for i in range(13)}, {(0, i): 1.0 for i in range(1, 10)}])
def test_a_grid_that_nobody_could_read_is_refused(speedups: Any) -> None:
    with pytest.raises(InputError, match=r"expected 1 to (12|8)"):
        show_speedups(speedups)


def test_the_largest_grid_fits_its_figure() -> None:
    check(show_speedups({(i / 11, 2**j): 1.0 + i * j for i in range(12) for j in range(8)}, "largest"))
