"""Bad input in a notebook is one line that names the line of the cell, and no traceback."""

from __future__ import annotations

import pytest

from toyevm.errors import InputError

shell = pytest.importorskip("IPython.core.interactiveshell")


def shown(cell: str, capsys: pytest.CaptureFixture[str]) -> str:
    shell.InteractiveShell().run_cell(cell)
    return capsys.readouterr().out.strip()


def test_bad_input_in_a_cell_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    cell = "from toyevm.errors import InputError\n\nraise InputError('4 cores', expected='1 | 2')"
    assert shown(cell, capsys) == "Line 3 of the cell: 4 cores (expected 1 | 2)"


def test_of_a_students_function_the_innermost_line_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    cell = "from toyevm import assemble\ndef mine():\n    return assemble('PUSH9')\n\nmine()"
    assert shown(cell, capsys).startswith("Line 3 of the cell: ")
    assert "\n" not in shown(cell, capsys)


def test_another_mistake_keeps_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Traceback" in shown("1 / 0", capsys)


def test_outside_of_a_cell_no_line_is_named() -> None:
    assert InputError("4 cores")._render_traceback_() == ["4 cores"]
