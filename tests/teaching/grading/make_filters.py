"""Make `toyevm/teaching/grading/filters/*.bpf` from `allowed.txt`: python -m tests.teaching.grading.make_filters"""

from __future__ import annotations

import errno
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from toyevm.teaching.grading.seccomp import FILTERS

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # as the kernel names them, linux/audit.h
LINE = re.compile(r"(\w+)(?:\s+(\d) (==|&) (\w+))?\s*(?:#.*)?")


class Rule(NamedTuple):
    """A call that is allowed, and when."""

    call: str
    argument: int | None = None
    masked: bool = False  # those bits are set, instead of: it is
    value: int = 0


def read_rules() -> Iterator[Rule]:
    """Yield the rules of `allowed.txt`."""
    for line in (FILTERS / "allowed.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            match = LINE.fullmatch(line)
            assert match, line
            call, argument, relation, value = match.groups()
            yield Rule(call, int(argument), relation == "&", int(value, 0)) if argument else Rule(call)


def make_filter(name: str) -> bytes:
    """Return the program for an architecture, as libseccomp writes it."""
    import pyseccomp as seccomp

    refuse = seccomp.ERRNO(errno.ENOSYS)
    made: Any = seccomp.SyscallFilter(refuse)
    machine = getattr(seccomp.Arch, name.upper())
    if not made.exist_arch(machine):
        made.add_arch(machine)
        made.remove_arch(seccomp.Arch.NATIVE)
    made.set_attr(seccomp.Attr.ACT_BADARCH, refuse)
    for rule in read_rules():
        if seccomp.resolve_syscall(machine, rule.call) < 0:
            continue  # newer architectures have no old calls
        if rule.argument is None:
            made.add_rule(seccomp.ALLOW, rule.call)
        elif rule.masked:
            made.add_rule(
                seccomp.ALLOW, rule.call, seccomp.Arg(rule.argument, seccomp.MASKED_EQ, rule.value, rule.value)
            )
        else:
            made.add_rule(seccomp.ALLOW, rule.call, seccomp.Arg(rule.argument, seccomp.EQ, rule.value))
    with tempfile.TemporaryFile() as file:
        made.export_bpf(file)
        file.seek(0)
        return file.read()


def main() -> None:
    """Write them."""
    for name in ARCHITECTURES:
        path = Path(FILTERS / f"{name}.bpf")
        path.write_bytes(make_filter(name))
        sys.stdout.write(f"{path}: {path.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
