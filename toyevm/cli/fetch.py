"""`toyevm fetch-block`: bring a real block from a node into a file that `toyevm replay` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from toyevm.bench.replay import check_result, execute
from toyevm.errors import InputError
from toyevm.workloads.json_input import parse_int
from toyevm.workloads.rpc import fetch_block


def fetch(number: str, url: str, out: Path) -> dict[str, Any]:
    """Fetch the block and return the report that the command prints, with the checks of `toyevm replay`.

    Raises:
        InputError: a bad number, URL or file name, or what the node has against it; there is no new file then.
    """
    if not out.name.endswith((".json", ".json.xz")):
        raise InputError(f"{out.name!r}", "--out", "a name that ends with .json or .json.xz")
    height = parse_int(number, "NUMBER", bits=64)
    data, real, result = fetch_block(height, url, out, execute)
    return {
        "block": height,
        "fork": data["fork"],
        "transactions": len(real.block.transactions),
        "accounts": len(real.pre.accounts),
        "file": str(out),
        "checks": check_result(real, result),
    }
