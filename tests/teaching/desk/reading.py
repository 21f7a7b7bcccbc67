"""Reads a page as a browser would, and says what is wrong with it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

VOID = ("meta", "br", "img", "path", "use", "rect")


class Page(HTMLParser):
    """What a page shows, and its shape."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.headings: list[tuple[int, str]] = []
        self.tables: list[tuple[str, list[list[str]]]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.source = data.decode()
        self.feed(self.source)
        self.faults += [f"<{tag}> is not closed" for tag in self.open]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attributes]
        if tag == "table":
            self.tables.append(("", []))
        if tag == "tr":
            self.tables[-1][1].append([])
        if tag in ("td", "th"):
            self.tables[-1][1][-1].append("")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attributes]

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> in {self.open}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.words.append(data)
        if self.open and re.fullmatch("h[1-6]", self.open[-1]):
            self.headings[-1] = (self.headings[-1][0], self.headings[-1][1] + data)
        if self.open and self.open[-1] in ("td", "th"):
            self.tables[-1][1][-1][-1] += data
        if self.open and self.open[-1] == "caption":
            self.tables[-1] = (self.tables[-1][0] + data, self.tables[-1][1])


def faults(data: bytes) -> list[str]:
    """Return what keeps a page from being read by everybody, or makes it need or run anything else."""
    page = Page(data)
    found = list(page.faults)
    if [level for level, _ in page.headings].count(1) != 1 or page.headings[0][0] != 1:
        found.append("not one first heading")
    levels = [level for level, _ in page.headings]
    found += [f"h{one} then h{two}" for one, two in pairwise(levels) if two > one + 1]
    found += [f"a table without {what}" for caption, rows in page.tables
              for what, there in (("a caption", caption), ("rows", len(rows) > 1)) if not there]  # fmt: skip
    tags = {tag for tag, _, _ in page.attributes} | set(re.findall(r"<([a-z]+)", page.source))
    found += [f"<{tag}>" for tag in tags & {"script", "iframe", "object", "embed", "form", "link", "base", "img", "a"}]
    for tag, name, value in page.attributes:
        if name.startswith("on") or (name in ("href", "src", "xlink:href") and not value.startswith("#")):
            found.append(f"<{tag} {name}={value[:40]!r}>")
    ids = [value for _, name, value in page.attributes if name == "id"]
    found += [f"id {each!r} twice" for each in set(ids) if ids.count(each) > 1]
    if page.source.count("<svg ") != page.attributes.count(("svg", "role", "img")):
        found.append("<svg> without words")
    for needed in ('lang="en"', 'charset="utf-8"', "<title>", "default-src 'none'"):
        if needed not in page.source:
            found.append(f"no {needed}")
    return found


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, #rrggbb, by WCAG 2.2."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
