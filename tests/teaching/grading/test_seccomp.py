"""The filters of system calls say what `allowed.txt` says; here a few lines stand in for the kernel."""

from __future__ import annotations

import errno
import itertools
import struct
from collections.abc import Sequence

import pytest

from tests.teaching.grading.make_filters import ARCHITECTURES, Rule, make_filter, read_rules
from toyevm.teaching.grading.seccomp import FILTERS

ALLOWED, NO_SUCH_CALL = 0x7FFF_0000, 0x0005_0000 | errno.ENOSYS
X32 = 0x4000_0000  # the same calls of x86_64 once more, with short pointers
LAST_CALL = 500


def verdict(program: bytes, architecture: int, number: int, arguments: Sequence[int] = ()) -> int:
    """Run a program of the packet filter on a call (Linux, filter.txt; struct seccomp_data)."""
    values = [*arguments, *(0,) * (6 - len(arguments))]
    data = struct.unpack("=16I", struct.pack("=IIQ6Q", number, architecture, 0, *values))
    rows, at, value = list(struct.iter_unpack("=HBBI", program)), 0, 0
    while True:
        code, when_true, when_false, operand = rows[at]
        at += 1
        match code:
            case 0x20:
                value = data[operand // 4]
            case 0x54:
                value &= operand
            case 0x05:
                at += operand
            case 0x15:
                at += when_true if value == operand else when_false
            case 0x25:
                at += when_true if value > operand else when_false
            case 0x35:
                at += when_true if value >= operand else when_false
            case 0x06:
                return operand
            case _:
                raise AssertionError(f"unknown {code:#x}")


@pytest.fixture(params=ARCHITECTURES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def program_of(name: str) -> bytes:
    return (FILTERS / f"{name}.bpf").read_bytes()


def numbers_of(name: str) -> dict[str, int]:
    seccomp = pytest.importorskip("pyseccomp")
    machine = getattr(seccomp.Arch, name.upper())
    return {rule.call: seccomp.resolve_syscall(machine, rule.call) for rule in read_rules()}


def test_the_shipped_filter_is_what_libseccomp_makes_of_the_list(name: str) -> None:
    """Another release of the library may order it otherwise: then the tests below say whether it means the same."""
    pytest.importorskip("pyseccomp")
    assert make_filter(name) == program_of(name)


def test_what_stands_in_the_list_is_allowed_and_nothing_else(name: str) -> None:
    numbers, program, machine = numbers_of(name), program_of(name), ARCHITECTURES[name]
    whole = {numbers[rule.call] for rule in read_rules() if rule.argument is None}
    assert len(whole) > 90
    found = {number for number in range(LAST_CALL) if verdict(program, machine, number, (7,) * 6) == ALLOWED}
    assert found == {number for number in whole if number >= 0}
    assert {verdict(program, machine, number) for number in range(LAST_CALL)} == {ALLOWED, NO_SUCH_CALL}


CONDITIONS = [rule for rule in read_rules() if rule.argument is not None]


@pytest.mark.parametrize("rule", CONDITIONS, ids=lambda rule: f"{rule.call} {rule.value:#x}")
def test_a_call_with_a_condition_is_allowed_when_it_holds(name: str, rule: Rule) -> None:
    number, program, machine = numbers_of(name)[rule.call], program_of(name), ARCHITECTURES[name]
    others = {other.value for other in CONDITIONS if other.call == rule.call}
    given = [0x7F] * 6
    for value in (rule.value, rule.value | 1 << 40, rule.value ^ 0x2000, 0x7F, 1 << 33):
        given[rule.argument or 0] = value
        holds = bool(value & rule.value) if rule.masked else value in others
        assert (verdict(program, machine, number, given) == ALLOWED) is holds, hex(value)


def test_calls_of_other_architectures_do_not_exist(name: str) -> None:
    program = program_of(name)
    foreign = [0x4000_0003, 0x4000_0028, 0, *(code for other, code in ARCHITECTURES.items() if other != name)]
    for architecture, number in itertools.product(foreign, range(0, LAST_CALL, 7)):
        assert verdict(program, architecture, number) == NO_SUCH_CALL
    for number in range(LAST_CALL):
        assert verdict(program, ARCHITECTURES[name], X32 + number) == NO_SUCH_CALL


DANGEROUS = (
    "execve fork vfork clone3 kill keyctl memfd_create shmget socket ptrace bpf io_uring_setup sched_setaffinity setsid"
    " sendmsg mount"
)


@pytest.mark.parametrize("call", DANGEROUS.split())
def test_dangerous_calls_are_not_in_the_list(call: str) -> None:
    assert call not in {rule.call for rule in read_rules()}
