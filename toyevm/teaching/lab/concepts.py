"""Which lesson teaches what: no term is used before it is taught.

The graph is data, in `course/concepts.toml`. A lesson that uses a term depends on the one that teaches it; the scan
reads what students read (Markdown of lessons and exercises, without code) and finds terms that come too early.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from toyevm.errors import InputError
from toyevm.teaching.lab.rows import Row, read_toml, unique

_CODE = re.compile(r"```[\s\S]*?```|`[^`\n]*`|^(?: {4}|\t).*$", re.MULTILINE)
_LINK = re.compile(r"\]\([^)]*\)|https?://\S+")


@dataclass(frozen=True, slots=True)
class Concept:
    """A term, what it means in one line, and the lessons (by number) around it.

    Args:
        forms: the words the scan looks for; a plural s or es is understood. Empty for a word that everyday English
            has too, and which only a reader can tell apart.
        mentioned_in: earlier lessons that may name it all the same, each with the reason.
    """

    term: str
    meaning: str
    taught_in: str
    used_in: tuple[str, ...]
    forms: tuple[str, ...]
    mentioned_in: Mapping[str, str]

    def occurs_in(self, prose: str) -> bool:
        """Return whether one of its forms stands in the text."""
        return any(re.search(rf"\b{re.escape(form)}(?:e?s)?\b", prose, re.IGNORECASE) for form in self.forms)


@dataclass(frozen=True, slots=True)
class ConceptGraph:
    """All concepts, by term."""

    concepts: Mapping[str, Concept]

    def concept(self, term: str) -> Concept:
        """Return the concept of this term.

        Raises:
            InputError: there is none.
        """
        if term not in self.concepts:
            raise InputError(f"no concept {term!r}", where="concepts.toml", expected="a [[concept]] with this term")
        return self.concepts[term]

    def early_uses(self, lesson: str, prose: str) -> list[str]:
        """Return the terms that a lesson's text uses although a later lesson teaches them."""
        number = lesson[:2]
        return [
            f"{lesson} uses {concept.term!r}, which lesson {concept.taught_in} teaches"
            for concept in self.concepts.values()
            if number < concept.taught_in and number not in concept.mentioned_in and concept.occurs_in(prose)
        ]

    def untaught(self, lesson: str, prose: str) -> list[str]:
        """Return the terms that a lesson should teach but does not so much as name."""
        taught = (concept for concept in self.concepts.values() if concept.taught_in == lesson[:2] and concept.forms)
        return [f"{lesson} does not teach {concept.term!r}" for concept in taught if not concept.occurs_in(prose)]

    def unused(self, lesson: str, prose: str) -> list[str]:
        """Return the terms that the graph says a lesson uses, and which it does not."""
        used = (concept for concept in self.concepts.values() if lesson[:2] in concept.used_in and concept.forms)
        return [f"{lesson} does not use {concept.term!r}" for concept in used if not concept.occurs_in(prose)]


def read_concepts(path: Path) -> ConceptGraph:
    """Return the graph of `concepts.toml`.

    Raises:
        InputError: naming the term and the field; also when a lesson uses a term that is taught later.
    """
    concepts = [_concept(row) for row in read_toml(path, ("concept",)).rows("concept", key="term")]
    unique([concept.term for concept in concepts], path.name)
    return ConceptGraph({concept.term: concept for concept in concepts})


def _concept(row: Row) -> Concept:
    term = row.text("term")
    made = Concept(
        term,
        row.text("meaning"),
        row.text("taught_in"),
        row.texts("used_in", ()),
        row.texts("forms", (term,)),
        {number: str(reason) for number, reason in row.table("mentioned_in", {}).items()},
    )
    row.done()
    for number in (made.taught_in, *made.used_in, *made.mentioned_in):
        if not re.fullmatch(r"\d\d", number):
            raise row.error("taught_in", f"or used_in has {number!r}", "two digits, such as 03")
    if early := [number for number in made.used_in if number <= made.taught_in]:
        raise row.error("used_in", f"has {early[0]}, and lesson {made.taught_in} teaches it", "later lessons")
    if late := [number for number in made.mentioned_in if number >= made.taught_in]:
        raise row.error("mentioned_in", f"has {late[0]}", "lessons before the one that teaches it")
    return made


def prose_of(texts: Iterable[str]) -> str:
    """Return Markdown without what is no prose: code, and the targets of links.

    >>> prose_of(["A **stack** of `SLOAD` [words](a-slot.md)", "    PUSH1 2"]).split()
    ['A', '**stack**', 'of', '[words']
    """
    return _LINK.sub(" ", _CODE.sub(" ", "\n\n".join(texts)))


def markdown_of(notebook: Path) -> Iterator[str]:
    """Yield the Markdown cells of a notebook."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            yield "".join(cell["source"])
