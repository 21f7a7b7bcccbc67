"""Bytes that know what a student's function does with them, so that a reply can say what was never done."""

from __future__ import annotations

from typing import Any


class Watched(bytes):
    """Bytes that know what they were compared with, and whether they were looked up or written in hex."""

    def __init__(self, value: bytes) -> None:
        self.others: list[Any] = []
        self.used = False

    def __eq__(self, other: object) -> bool:
        self.others.append(other)
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        self.used = True
        return super().__hash__()

    def hex(self, *form: Any) -> str:
        self.used = True
        return super().hex(*form)
