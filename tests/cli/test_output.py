"""What the command says, whatever becomes of it: exact numbers, and streams that break."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.chains import block_of, real_block_json
from tests.support.command import Command
from tests.support.node import node_of, serving
from tests.support.statetests import state_test, sub_case, transfer, write
from tests.support.worlds import signed, world
from toyevm import cli
from toyevm.forks import FORKS

FULL = Path("/dev/full")
LARGE = 2**53 + 1
RUN = ("run", "--code", "0x00", "--warmup", "0")
ATLAS = ("atlas", "--only", "nft", "--count", "4", "--seeds", "1")
COMMANDS = (RUN, (*RUN, "--trace", "-"), ("--help",), ATLAS)


def process(
    *arguments: object, buffered: bool = True, closed: str = "", **streams: Any
) -> subprocess.CompletedProcess[bytes]:
    """Call the command as a process of its own; `closed` says which stream it starts without."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    environment |= {} if buffered else {"PYTHONUNBUFFERED": "1"}
    python = [sys.executable, "-m", "toyevm", *map(str, arguments)]
    line = ["sh", "-c", f'exec "$@" {closed}', "sh", *python]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.run(line, env=environment, check=False, **(pipes | streams))


def one_line(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return the only line on stderr; the exit code is 2."""
    text = done.stderr.decode()
    assert done.returncode == 2, text
    assert text.startswith("toyevm: "), text
    assert text.count("\n") == 1, text
    return text


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize(("arguments", "buffered"), [*((one, True) for one in COMMANDS), (COMMANDS[2], False)])
def test_a_full_device_is_one_line(arguments: tuple[str, ...], buffered: bool) -> None:
    with FULL.open("w") as full:
        said = one_line(process(*arguments, stdout=full, buffered=buffered))
    assert said == "toyevm: stdout: No space left on device (expected an output that can be written)\n"


@pytest.mark.parametrize("arguments", COMMANDS[::3], ids=" ".join)
def test_a_closed_output_is_one_line(arguments: tuple[str, ...]) -> None:
    assert "stdout: not writable" in one_line(process(*arguments, closed=">&-"))


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
def test_a_complaint_that_nobody_hears_has_its_exit_code() -> None:
    for arguments, code in ((RUN, 0), (("run", "--code", "0xzz"), 2), (("run", "--nothing"), 2)):
        assert process(*arguments, closed="2>&-").returncode == code
        with FULL.open("w") as full:
            assert process(*arguments, stderr=full).returncode == code


@pytest.mark.parametrize(("code", "buffered"), [(0, True), (1, True), (1, False), (2, True)])
def test_a_pipe_that_nobody_reads_is_quiet_and_keeps_the_exit_code(tmp_path: Path, code: int, buffered: bool) -> None:
    pre, tx, post = transfer()
    case = sub_case(tx, post, **({"hash": "0x"} if code == 1 else {}))
    many = {f"case {i}": state_test(pre, {"Cancun": [case]}) for i in range(60)}  # more than a buffer holds
    path = write(tmp_path / "t.json", many)
    others = [] if code < 2 else [write(tmp_path / "bad.json", {"x": 5})]
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        done = process("statetest", path, *others, stdout=pipe, buffered=buffered)
    assert done.returncode == code
    assert done.stderr.decode().count("\n") == (1 if code == 2 else 0)


def test_a_trace_that_nobody_reads_ends() -> None:
    """10**9 gas would be a trace of 200 million rows."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        assert (
            process("run", "--code", "0x5b5f56", "--gas", 10**9, "--warmup", 0, "--trace", "-", stdout=pipe).returncode
            == 0
        )


# Numbers: readers that take them for doubles are exact up to 2**53


def test_a_number_is_a_number_up_to_two_to_the_53(toyevm: Command) -> None:
    for gas, expected in ((2**53, 2**53), (LARGE, str(LARGE)), (2**63 - 1, str(2**63 - 1))):
        assert toyevm.succeeds("run", "--code", "0xfe", "--gas", gas, "--warmup", 0)["gasUsed"] == expected


def test_large_numbers_of_every_report_are_decimal_strings(toyevm: Command, tmp_path: Path) -> None:
    """A block of a height that no chain will reach, so that its number is large wherever it is printed."""
    block = block_of(FORKS["BPO2"], signed(), number=LARGE, timestamp=2_000_000_000)
    data, out = real_block_json(FORKS["BPO2"], world(), block), tmp_path / "block.json"
    with serving(node_of(data)) as url:
        assert toyevm.succeeds("fetch-block", LARGE, "--rpc", url, "--out", out)["block"] == str(LARGE)
    assert toyevm.succeeds("replay", out)["block"] == str(LARGE)
    assert toyevm.succeeds("bench", "replay", out, "--repeats", 1, "--json")["rows"][0]["block"] == str(LARGE)


def test_large_numbers_of_a_trace_are_decimal_strings(toyevm: Command) -> None:
    rows = toyevm("run", "--code", "0xfe", "--gas", 2**63 - 1, "--warmup", 0, "--trace", "-").out.splitlines()
    numbers = [value for row in map(json.loads, rows) for value in row.values() if isinstance(value, int)]
    assert len(rows) == 3
    assert max(numbers) <= 2**53


def test_json_is_written_in_one_place() -> None:
    folder = Path(cli.__file__).parent
    users = {path.name for path in folder.glob("*.py") if "json" in imported(path.read_text(encoding="utf-8"))}
    assert users == {"output.py"}
    assert imported("import json\n") == {"json"}


def imported(source: str) -> set[str]:
    nodes = ast.walk(ast.parse(source))
    return {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
