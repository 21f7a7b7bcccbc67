"""`toyevm plant` and `toyevm hunt`: a fault is planted, and found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import Command

PROJECT = Path(__file__).parents[2] / "course" / "capstone" / "rollup"


def planted(toyevm: Command, folder: Path) -> str:
    pytest.importorskip("vyper")
    answer = toyevm("plant", str(PROJECT / "example.toml"), str(folder))
    assert answer.code == 0
    assert answer.out == f"{folder}/no-delay.json: no-delay: A lie that is final by mistake is paid at once.\n"
    return f"{folder}/no-delay.json"


def test_the_example_is_planted_and_found(toyevm: Command, tmp_path: Path) -> None:
    contract = planted(toyevm, tmp_path / "planted")
    report = toyevm.succeeds("hunt", str(PROJECT / "open.json"), contract)
    (row,) = report["contracts"]
    assert (row["contract"], row["insteadOf"], row["void"], report["found"]) == ("no-delay", "portal", "", 1)
    answer = toyevm.on_terminal("hunt", str(PROJECT / "open.json"), contract)
    assert "move 8: finalize: accepted; the standing contract refuses (too early)" in " ".join(answer.out.split())
    assert answer.out.splitlines()[-1].strip() == "Found: 1 of 1"
    assert max(map(len, answer.out.splitlines())) <= 80


def test_what_keeps_its_fault_to_itself_is_exit_code_1(toyevm: Command, tmp_path: Path) -> None:
    contract, script = planted(toyevm, tmp_path), tmp_path / "short.json"
    script.write_text('[{"name": "one deposit", "moves": [{"do": "deposit", "who": "Ann", "gwei": 1}]}]')
    answer = toyevm("hunt", str(script), contract, "--json")
    assert (answer.code, answer.json["found"]) == (1, 0)


def test_without_a_contract_the_moves_are_shown(toyevm: Command, tmp_path: Path) -> None:
    report = toyevm.succeeds("hunt", str(PROJECT / "open.json"))
    first = report["scripts"][0]
    assert first["played"][8] == {"move": "finalize", "accepted": False, "words": "too early"}
    answer = toyevm.on_terminal("hunt", str(PROJECT / "open.json"))
    assert "move 8, finalize: refused: too early" in " ".join(answer.out.split())


def test_a_void_script_is_named_and_is_exit_code_1(toyevm: Command, tmp_path: Path) -> None:
    script = tmp_path / "void.json"
    script.write_text('[{"name": "hasty", "moves": [{"do": "propose"}, {"do": "prove"}]}]')
    answer = toyevm.on_terminal("hunt", str(script))
    assert answer.code == 1
    assert "hasty is void: move 1, prove: there is no message yet" in " ".join(answer.out.split())


def test_bad_input_is_one_line(toyevm: Command, tmp_path: Path) -> None:
    assert "nothing.json" in toyevm.refuses("hunt", str(PROJECT / "open.json"), str(tmp_path / "nothing.json"))
    assert "no list of scripts" in toyevm.refuses("hunt", str(empty(tmp_path)), str(tmp_path / "nothing.json"))
    assert "not TOML" in toyevm.refuses("plant", str(tmp_path / "empty.json"), str(tmp_path))


def empty(folder: Path) -> Path:
    (folder / "empty.json").write_text("{}")
    return folder / "empty.json"
