"""`toyevm backends`, and what the command says to somebody who does not know it."""

from __future__ import annotations

import pytest

from tests.support.command import Command
from toyevm.backends import BACKENDS
from toyevm.cli import main, run_command


def test_every_backend_is_listed(toyevm: Command) -> None:
    rows = toyevm.succeeds("backends")
    assert [row["name"] for row in rows] == [backend.name for backend in BACKENDS]
    for row in rows:
        assert set(row) == {"name", "kind", "summary"}
        assert row["kind"] in ("sequential", "parallel", "settlement")
        assert row["summary"].strip()


def test_arguments_to_the_list_are_refused(toyevm: Command) -> None:
    assert "more" in toyevm.refuses("backends", "more")


@pytest.mark.parametrize("arguments", [["fly"], ["--fly"], ["ru"], ["RUN"]])
def test_an_unknown_command_is_refused(toyevm: Command, arguments: list[str]) -> None:
    assert arguments[0] in toyevm.refuses(*arguments)


def test_a_call_without_a_command_is_refused(toyevm: Command) -> None:
    assert toyevm.refuses()


@pytest.mark.parametrize("command", ["", "run", "statetest", "replay", "backends", "lab"])
def test_commands_have_help(toyevm: Command, command: str) -> None:
    answer = toyevm(*command.split(), "--help")
    assert (answer.code, answer.err) == (0, "")
    assert f"Usage: toyevm {command}" in answer.out


def test_the_help_of_run_names_every_option(toyevm: Command) -> None:
    text = toyevm("run", "--help").out
    options = "--code --alloc --to --input --sender --address --value --gas --storage --fork --repeat --warmup --trace"
    assert [option for option in options.split() if option not in text] == []


def test_the_exit_code_reaches_the_shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, code in ((["backends"], 0), (["fly"], 2)):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == code
    monkeypatch.setattr("sys.argv", ["toyevm", "fly"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    capsys.readouterr()


def test_an_interrupt_leaves_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("toyevm.cli.app.show", interrupt)
    assert run_command(["backends"]) in (1, 130)
    assert "Traceback" not in capsys.readouterr().err
