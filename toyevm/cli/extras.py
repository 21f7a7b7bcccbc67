"""Packages that only some commands need."""

from __future__ import annotations

from importlib.util import find_spec

from toyevm.errors import InputError


def need_numpy(command: str) -> None:
    """Refuse a command that proves or checks proofs where numpy is not installed.

    Raises:
        InputError: it is not.
    """
    if find_spec("numpy") is None:
        raise InputError("numpy is not installed", command, "pip install 'toyevm[course]'")
