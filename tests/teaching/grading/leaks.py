"""What a student must not find in anything they get: solutions, marking data, and hashes of either.

Hidden values are read from the private sources themselves. A file leaks one when it contains it as text, spaces and
line ends aside, or as a hexadecimal digest of the ways in which one would write it.
"""

from __future__ import annotations

import ast
import hashlib
import itertools
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from toyevm.crypto import keccak256

REGION = re.compile(r"### BEGIN SOLUTION\n(.*?)\n\s*### END SOLUTION", re.DOTALL)
SHORTEST = 12  # characters, without spaces: shorter texts occur anywhere
SHORTEST_PAIR = 40  # two lines of a solution in a row
# Lines that solutions share with what an exercise shows on purpose: the verifier that is to be mended.
SHOWN = {
    "toyevm/teaching/lessons/state_transactions_blocks/short_merkle.py: "
    "solution or marking digest=leaf_hash(balance)forside,siblinginpath:"
}
TELLTALES = ("BEGIN SOLUTION", "BEGIN HIDDEN TESTS", "BEGIN MARK SCHEME", "[[item.wrong]]", "[[item.case]]", "[[turn]]")


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def regions(solutions: Path) -> Iterator[str]:
    """Yield the source of every solution."""
    for path in sorted(solutions.glob("*/*.ipynb")):
        for cell in json.loads(path.read_bytes())["cells"]:
            yield from REGION.findall("".join(cell["source"]))


def public_parts(solutions: Path) -> Iterator[str]:
    """Yield what the prompts say, such as a program with a fault: lines of it may well be lines of the solution."""
    for path in sorted(solutions.glob("*/*.ipynb")):
        for cell in json.loads(path.read_bytes())["cells"]:
            yield REGION.sub("", "".join(cell["source"]))


def marking_values(solutions: Path) -> Iterator[Any]:
    """Yield expected values, hidden cases' expectations, and the answers of the bank."""
    for path in sorted(solutions.glob("*/marking.toml")):
        for item in tomllib.loads(path.read_text())["item"]:
            yield from (item[name] for name in ("expected",) if name in item)
            yield from (wrong["answer"] for wrong in item.get("wrong", []))
            yield from (case["expect"]["value"] for case in item.get("case", []) if "value" in case["expect"])


def secret_texts(solutions: Path) -> set[str]:
    """Return what must not occur, without spaces."""
    texts, public = set(), squeeze("".join(public_parts(solutions)))
    for region in regions(solutions):
        lines = [squeeze(line) for line in region.splitlines() if line.strip() not in ("", '"""')]
        pairs = [before + after for before, after in itertools.pairwise(lines)]
        texts |= {squeeze(region), *(pair for pair in pairs if len(pair) >= SHORTEST_PAIR and pair not in public)}
    for value in marking_values(solutions):
        texts.add(squeeze(value if isinstance(value, str) else json.dumps(value)))
    return {text for text in texts if len(text) >= SHORTEST}


def secret_digests(solutions: Path) -> dict[str, str]:
    """Return the digests of what must not occur, short values too."""
    written: set[str] = set()
    for region in regions(solutions):
        written |= {region, region.strip()}
        try:
            written |= spellings(ast.literal_eval(region.strip()))
        except (ValueError, SyntaxError):
            continue
    for value in marking_values(solutions):
        written |= spellings(value)
    digests: dict[str, str] = {}
    for text in written:
        data = text.encode()
        for digest in (
            *(hashlib.new(name, data).hexdigest() for name in ("md5", "sha1", "sha256")),
            keccak256(data).hex(),
        ):
            digests[digest] = text[:40]
    return digests


def spellings(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value, value.strip(), repr(value), json.dumps(value)}
    return {repr(value), json.dumps(value), squeeze(json.dumps(value)), str(value)}


def leaks(files: Mapping[str, bytes], solutions: Path) -> list[str]:
    """Return what the files give away, each with the file that does."""
    texts, digests = secret_texts(solutions), secret_digests(solutions)
    found = []
    for name, data in files.items():
        if name.rsplit("/", 1)[-1] == "marking.toml" or name.startswith(("solutions/", "tests/", "course/instructor/")):
            found.append(f"{name}: private")
        text = readable(name, data)
        found += [f"{name}: {word}" for word in TELLTALES if word in text and not name.endswith(".py")]
        squeezed = squeeze(text)
        found += [f"{name}: solution or marking {secret[:60]}" for secret in sorted(texts) if secret in squeezed]
        hexes = set(re.findall(r"[0-9a-f]{32,64}", text.lower()))
        found += [f"{name}: digest of {digests[digest]}" for digest in sorted(hexes & digests.keys())]
    return found


def readable(name: str, data: bytes) -> str:
    """Return a file's text; of a notebook that of its cells, for JSON escapes would hide it."""
    text = data.decode(errors="replace")
    if not name.endswith(".ipynb"):
        return text
    notebook = json.loads(text)
    shown = ["".join(cell["source"]) for cell in notebook["cells"]]
    return "\n".join([*shown, text])


def stored_results(notebook: Mapping[str, Any]) -> list[str]:
    """Return the ids of cells that still have outputs or a count."""
    code = (cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    return [cell["id"] for cell in code if cell["outputs"] or cell["execution_count"] is not None]
