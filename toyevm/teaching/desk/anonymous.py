"""Codes in place of students: whoever marks by hand, or shows an answer to the class, need not know whose it is.

A code follows from a secret of the desk and the student's id alone, so it stays the same from run to run, and cannot be
computed from a list of the class. The secret is a file that only its owner may read.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from toyevm.errors import InputError

NAME = "anonymous.key"
_LETTERS = "bcdfghjkmnpqrstvwxz23456789"  # no vowels: no words


def codes_for(desk: Path, students: Iterable[str]) -> dict[str, str]:
    """Return each student's code; the secret is made where there is none yet.

    Raises:
        InputError: the secret cannot be read or written, or is none.
    """
    secret, codes = _secret(desk / NAME), dict[str, str]()
    for student in sorted(students):
        code = _code(secret, student)
        while code in codes.values():  # once in ten million classes
            code = _code(secret, code)
        codes[student] = code
    return codes


def known_codes(desk: Path, students: Iterable[str]) -> dict[str, str]:
    """Return the codes where the desk has a secret, and none where it has not."""
    return codes_for(desk, students) if (desk / NAME).exists() else {}


def _code(secret: bytes, student: str) -> str:
    number = int.from_bytes(hmac.digest(secret, student.encode(), "sha256"))
    letters = [_LETTERS[number // len(_LETTERS) ** place % len(_LETTERS)] for place in range(9)]
    return "-".join("".join(letters[start : start + 3]) for start in (0, 3, 6))


def _secret(path: Path) -> bytes:
    try:
        with suppress(FileExistsError):
            made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(made, "w") as file:
                file.write(secrets.token_hex(32) + "\n")
        secret = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be used: {error}", str(path), "the secret as it was made") from error
    if len(secret) < 16:
        raise InputError("is too short for a secret", str(path), "the secret as it was made")
    return secret
