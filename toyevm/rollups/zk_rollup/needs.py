"""What is missing where numpy is: one line, instead of a traceback."""

from __future__ import annotations

from importlib.util import find_spec

from toyevm.errors import InputError


def need_numpy(where: str) -> None:
    """Refuse to go on without numpy; nothing is loaded yet.

    Raises:
        InputError: it is not installed.
    """
    if find_spec("numpy") is None:
        raise InputError("numpy is not installed", where, "pip install 'toyevm[course]'")
