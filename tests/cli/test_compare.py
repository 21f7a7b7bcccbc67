"""`toyevm compare` prints four tables, or JSON with a tag on each figure."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import Command

pytest.importorskip("numpy")
FEW = ("--transactions", "4", "--cores", "2")


def test_json_has_a_row_for_each_backend_and_settlement(toyevm: Command, tmp_path: Path) -> None:
    report = toyevm.succeeds("compare", *FEW, "--plot", str(tmp_path / "compare.svg"))
    assert {"sequential", "block_stm", "adaptive"} <= {row["system"] for row in report["executing"]}
    assert {"sidechain", "optimistic_rollup", "zk"} == {row["system"] for row in report["settling"]}
    assert report["executing"][0]["measuredRate"]["tag"] == "measured"
    assert "s until final" in (tmp_path / "compare.svg").read_text()


def test_on_a_terminal_there_are_tables_and_sentences(toyevm: Command) -> None:
    answer = toyevm.on_terminal("compare", *FEW)
    words = " ".join(answer.out.split())
    assert "Attacks, with the defences that there are (simulated)" in words
    assert "zk: settles 4 plain payments, since the block is refused" in words
    assert "assumed (mainnet block 19,929,064, 23 May 2024)" in words
    assert max(map(len, answer.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--workload", "gold"), "--workload: unknown workload 'gold'"),
        (("--plot", "x.txt"), "--plot"),
        (("--cores", "5000"), "5000 cores"),
        (("--transactions", "0"), "--transactions"),
    ],
)
def test_bad_input_is_one_line(toyevm: Command, options: tuple[str, ...], complaint: str) -> None:
    assert complaint in toyevm.refuses("compare", *options)
