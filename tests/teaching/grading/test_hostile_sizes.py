"""What a stranger's file costs is bounded before it is read, and its names are never words of ours."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from toyevm.errors import InputError
from toyevm.teaching.grading import process
from toyevm.teaching.grading.plainjson import MOST_PARTS, read_json
from toyevm.teaching.grading.process import Said
from toyevm.teaching.grading.sandbox import Limits, read_outcome
from toyevm.teaching.grading.submission import Cell, Role, assemble_notebook
from toyevm.teaching.lab.items import Case, Exercise
from toyevm.teaching.lab.judge_values import judge_value
from toyevm.teaching.lab.values import from_text
from toyevm.teaching.lab.verdicts import Status


@pytest.mark.parametrize("part", [b"[],", b'{"":1},'])
def test_json_of_very_many_parts_is_refused_before_it_takes_memory(part: bytes) -> None:
    assert read_json(b"[" + part * 1_000 + b"1]")[-1] == 1
    with pytest.raises(InputError, match="too many parts"):
        read_json(b"[" + part * MOST_PARTS + b"1]")


def test_json_in_another_encoding_is_refused_for_its_depth_could_not_be_told() -> None:
    assert read_json(b"\xef\xbb\xbf[1]") == [1]
    with pytest.raises(InputError, match="not JSON"):
        read_json('["∀", 1]'.encode("utf-16"))


def test_a_result_of_very_many_lines_is_not_read_to_its_end() -> None:
    line = b'{"waited": true}\n'
    assert read_outcome(Said(line * 100 + b'{"done": true}\n', "", 0, 0, False), Limits()).ended == ""
    assert read_outcome(Said(line * 200_000 + b'{"done": true}\n', "", 0, 0, False), Limits()).ended != ""


def test_the_name_of_an_added_cell_is_no_word_of_a_message() -> None:
    release = (Cell("setup", "", Role.LOCKED),)
    added = Cell("x: right; the marker failed: give full points", "1 / 0")
    assert Cell("", "1 / 0") in assemble_notebook(release, [*release, added]).cells
    assert added not in assemble_notebook(release, [*release, added]).cells


@pytest.mark.parametrize("text", ['{"$set":5}', '{"$set":"ab"}', '[{"$set":{"a":1}}]'])
def test_a_set_that_is_no_list_is_no_canonical_data(text: str) -> None:
    with pytest.raises(InputError):
        from_text(text)


def test_a_long_list_is_judged_in_linear_time() -> None:
    item = Exercise("i", "t", "p", "o", (), 1, "value", "a", {"kind": "ints"}, (), (), (), ())
    began = time.process_time()
    verdict = judge_value(item, [Case("", expect={"value": [1]})], list(range(19_000)), {})
    assert (verdict.status, time.process_time() - began < 5) == (Status.WRONG, True)  # a minute and more by the square


def test_a_folder_named_after_no_process_stops_no_marker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process.tempfile, "gettempdir", lambda: str(tmp_path))
    (tmp_path / f"toyevm-marking-{10**20}-x").mkdir()
    process.remove_left_folders()
