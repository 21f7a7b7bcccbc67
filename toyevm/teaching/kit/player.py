"""What every player shares: its words on the screen, and ipywidgets, which may be missing."""

from __future__ import annotations

from html import escape
from types import ModuleType

from toyevm.errors import InputError


def in_text(words: str) -> str:
    """Return words as HTML that keeps their columns."""
    return f'<pre style="margin:0;white-space:pre-wrap">{escape(words)}</pre>'


def import_ipywidgets(what: str, instead: str) -> ModuleType:
    """Import ipywidgets.

    Raises:
        InputError: it is not installed.
    """
    try:
        import ipywidgets
    except ImportError:
        expected = f'pip install "toyevm[course]"; {instead}'
        raise InputError(f"{what} needs ipywidgets", expected=expected) from None
    return ipywidgets  # type: ignore[no-any-return]
