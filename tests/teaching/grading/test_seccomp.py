"""The filter of system calls says the same on every architecture; here a few lines stand in for the kernel."""

from __future__ import annotations

import errno
import platform
import re
import struct
from pathlib import Path

import pytest

from toyevm.teaching.grading.seccomp import _ARCHITECTURES, REFUSED, filter_program

ALLOWED, NO_SUCH_CALL = 0x7FFF_0000, 0x0005_0000 | errno.ENOSYS
HEADERS = {
    "x86_64": ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm/unistd_64.h"),
    "aarch64": ("/usr/include/asm-generic/unistd.h",),
}


def verdict(program: bytes, architecture: int, number: int) -> int:
    """Run a program of the packet filter on a call (Linux, filter.txt)."""
    rows, at, value = list(struct.iter_unpack("=HBBI", program)), 0, 0
    while True:
        code, when_true, when_false, operand = rows[at]
        at += 1
        match code:
            case 0x20:
                value = {0: number, 4: architecture}[operand]
            case 0x15:
                at += when_true if value == operand else when_false
            case 0x35:
                at += when_true if value >= operand else when_false
            case 0x06:
                return operand


@pytest.mark.parametrize("name", _ARCHITECTURES)
def test_what_is_named_is_refused_and_nothing_else(name: str) -> None:
    machine = _ARCHITECTURES[name]
    program = filter_program(machine)
    refused = {number for number in range(1_000) if verdict(program, machine.audit, number) == NO_SUCH_CALL}
    assert refused == {numbers[machine.column] for numbers in REFUSED.values()}
    assert verdict(program, machine.audit, 63) == ALLOWED
    for other in (0x4000_0003, 0x4000_0028, 0):  # 32 bits
        assert verdict(program, other, 63) == NO_SUCH_CALL
    assert verdict(program, machine.audit, 0x4000_0000 + 250) == (NO_SUCH_CALL if name == "x86_64" else ALLOWED)


# The generic numbers lie on every Linux, those of x86 on x86 only.
@pytest.mark.parametrize("name", [name for name in _ARCHITECTURES if name in ("aarch64", platform.machine())])
def test_the_numbers_are_those_of_the_kernels_headers(name: str) -> None:
    header = next((path for path in map(Path, HEADERS[name]) if path.is_file()), None)
    if header is None:
        pytest.skip(f"no kernel headers for {name} here: apt-get install linux-libc-dev")
    found = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", header.read_text()))
    column = _ARCHITECTURES[name].column
    ours = {call: str(numbers[column]) for call, numbers in REFUSED.items()}
    assert ours == {call: found.get(call, number) for call, number in ours.items()}
    assert len(found.keys() & ours.keys()) > len(ours) - 5  # a header may be older than the newest calls
