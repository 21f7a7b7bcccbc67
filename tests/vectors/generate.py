"""Ask the executable specification about our own programs, and write its answers as state tests.

    python tests/vectors/generate.py [--out DIR] [FAMILY ...]

Without families, every file is written. The programs are in `vectorsource/`; nothing is copied from a public test.
The answers come from EELS (PyPI `ethereum-execution`), one module per fork, which knows nothing of toyevm. The result
depends on this source and on nothing else: keys and random programs are seeded, signatures are deterministic, every
list is ordered, so that two runs give the same bytes. A test whose outcome is not what its author wrote down stops
the run.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from vectorsource import (
    clearing_family,
    delegation_family,
    machine_family,
    message_family,
    precompile_family,
    random_family,
    state_family,
    transaction_family,
)
from vectorsource.model import Account, StateTest, fill

FAMILIES: dict[str, Callable[[], list[StateTest]]] = {
    "alu": machine_family.alu,
    "memory": machine_family.memory,
    "keccak": machine_family.keccak_hashes,
    "control": machine_family.control,
    "context": machine_family.context,
    "logs": machine_family.logs,
    "storage": state_family.storage,
    "transient": state_family.transient,
    "access": state_family.access,
    "selfdestruct": state_family.selfdestruct,
    "clearing": clearing_family.clearing,
    "calls": message_family.calls,
    "create": message_family.create,
    "transactions": transaction_family.transactions,
    "rejections": transaction_family.rejections,
    "floor": transaction_family.calldata_floor,
    "delegation": delegation_family.delegation,
    "precompiles": precompile_family.precompiles,
    "random": random_family.random_programs,
}
"""File name (without .json) -> the tests in it."""


def render(family: str) -> str:
    """Return the text of a family's file; raises `UnexpectedOutcome` where author and oracle disagree."""
    tests = FAMILIES[family]()
    if len({test.name for test in tests}) != len(tests):
        raise ValueError(f"{family}: two tests of one name")
    return layout({test.name: fill(test) for test in tests}) + "\n"


def public_form(value: Any) -> Any:
    """Return `value` as JSON data in the public style: everything is 0x-hex with an even number of digits.

    >>> public_form({"gas": [255, b"\\1"], b"\\2": 0})
    {'gas': ['0xff', '0x01'], '0x02': '0x00'}
    """
    if isinstance(value, Account):
        fields = {"balance": value.balance, "code": value.code, "nonce": value.nonce}
        return public_form(fields | {"storage": dict(sorted(value.storage.items()))})
    if isinstance(value, dict):
        return {key if isinstance(key, str) else public_form(key): public_form(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [public_form(item) for item in value]
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, int):
        digits = f"{value:x}"
        return "0x" + digits.zfill(len(digits) + len(digits) % 2)
    return value


def layout(tests: dict[str, Any]) -> str:
    """Return compact JSON that diffs well: a line for each account, each field of the transaction and each sub-case."""
    return _branch({name: _test(public_form(test) | _indexes(test)) for name, test in tests.items()}, 0)


def _indexes(test: dict[str, Any]) -> dict[str, Any]:
    """Return `post` in public form; its indexes are the only plain numbers of the format."""
    post = test["post"].items()
    return {"post": {fork: [public_form(row) | {"indexes": row["indexes"]} for row in rows] for fork, rows in post}}


def _test(test: dict[str, Any]) -> str:
    parts: dict[str, str] = {key: _line(test[key]) for key in ("config", "env") if key in test}
    parts["pre"] = _branch({who: _line(account) for who, account in test["pre"].items()}, 2)
    parts["transaction"] = _branch({key: _leaves(value) for key, value in test["transaction"].items()}, 2)
    parts["post"] = _branch({fork: _leaves(rows) for fork, rows in test["post"].items()}, 2)
    return _branch(parts, 1)


def _branch(children: dict[str, str], depth: int) -> str:
    """Return an object with a line for each child, which is JSON already."""
    pad = "\n" + " " * depth
    return "{" + ",".join(f'{pad} "{key}": {child}' for key, child in children.items()) + pad + "}"


def _leaves(value: Any) -> str:
    """Return a list of several items with a line for each, anything else on one line."""
    if not isinstance(value, list) or len(value) < 2:
        return _line(value)
    return "[" + ",".join(f"\n    {_line(item)}" for item in value) + "\n  ]"


def _line(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def main(arguments: list[str] | None = None) -> None:
    """Write the files and report the number of sub-cases on stderr."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent, help="folder to write to (default: this one)"
    )
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=f"any of: {', '.join(FAMILIES)} (default: all)")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.families) - set(FAMILIES):
        parser.error(f"unknown family: {', '.join(sorted(unknown))}")
    chosen.out.mkdir(parents=True, exist_ok=True)
    for family in chosen.families or FAMILIES:
        text = render(family)
        (chosen.out / f"{family}.json").write_text(text)
        rows = Counter(fork for test in json.loads(text).values() for fork, post in test["post"].items() for _ in post)
        print(f"{family}: {rows.total()} sub-cases, {len(text):,} bytes, {dict(rows)}", file=sys.stderr)


if __name__ == "__main__":
    main()
