"""A picture and the words that say the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """A figure that a notebook shows; where there is no display, its text twin stands in."""

    svg: str
    text: str

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.svg, "text/plain": self.text}

    def __str__(self) -> str:
        return self.text
