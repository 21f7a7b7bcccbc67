"""A real block over JSON-RPC, with the part of the state it needs: what a node that can trace knows, put together.

A node hands out blocks readily, but not "the state that this block reads". Its *prestate tracer* gives that for each
transaction, as it was before that transaction. What was there before the block is what is seen first of each account
and of each slot; only contracts that the block itself creates were not there at all: the tracer's other mode tells.

Needs a node of Ethereum's mainnet with the `debug` namespace, and, for an old block, with the state of that time.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from toyevm.assembler import instructions
from toyevm.errors import InputError
from toyevm.forks import Fork, fork_named
from toyevm.workloads.formats import parse_bytes, parse_int, parse_list, parse_object
from toyevm.workloads.mainnet import parse_real_block

METHOD_NOT_FOUND = -32601  # JSON-RPC 2.0, section 5.1
DELEGATION = "0xef0100"  # EIP-7702: not a created contract, but an account that points to one
REACH_OF_BLOCKHASH = 256
# Mainnet's forks: from which block on or, since Shanghai, from which second on.
FORKS_BY_NUMBER = ((15_537_394, "Paris"), (12_965_000, "London"))
FORKS_BY_TIME = (
    (1_767_747_671, "BPO2"),
    (1_765_290_071, "BPO1"),
    (1_764_798_551, "Osaka"),
    (1_746_612_311, "Prague"),
    (1_710_338_135, "Cancun"),
    (1_681_338_455, "Shanghai"),
)


class Endpoint:
    """A node that answers JSON-RPC over HTTP. Messages name its host only: what else is in the URL may be a secret."""

    def __init__(self, url: str, timeout: float = 120.0) -> None:
        self._url, self._timeout, self.host = url, timeout, _host_of(url)

    def call(self, method: str, *parameters: Any) -> Any:
        """Return the result of one call.

        Raises:
            InputError: no answer, an answer that is not JSON-RPC, or the error that the node reports.
        """
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "toyevm"}
        where = f"{self.host} {method}"
        try:
            with urlopen(Request(self._url, body, headers), timeout=self._timeout) as response:
                answer = json.loads(response.read())
        except HTTPError as error:
            raise InputError(f"HTTP status {error.code}", where, "200") from error
        except (ValueError, RecursionError) as error:
            raise InputError("the answer is not JSON", where, "an Ethereum JSON-RPC endpoint") from error
        except (OSError, HTTPException) as error:
            raise InputError(f"no answer: {getattr(error, 'reason', error)}", where, "a node that runs") from error
        return _result(answer, where)


def _host_of(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise InputError("not the URL of a node", "--rpc", "http://... or https://...")
    return host


def _result(answer: Any, where: str) -> Any:
    fields = parse_object(answer, where)
    error = fields.get("error")
    if error is not None:
        code, message = (error.get("code"), error.get("message")) if isinstance(error, dict) else (None, error)
        expected = "a node that has this method switched on" if code == METHOD_NOT_FOUND else ""
        raise InputError(f"the node says: {message}", where, expected)
    if "result" not in fields:
        raise InputError("neither a result nor an error", where, "an Ethereum JSON-RPC endpoint")
    return fields["result"]


def fetch_block(number: int, url: str, out: Path) -> dict[str, Any]:
    """Write the file that `load_block` reads, whole or not at all; return what is in it.

    Raises:
        InputError: with what the node, or the file system, has against it.
    """
    data = download_block(number, Endpoint(url))
    text = json.dumps(data).encode()
    _write_at_once(out, lzma.compress(text) if out.suffix == ".xz" else text)
    return data


def download_block(number: int, node: Endpoint) -> dict[str, Any]:
    """Return a real block as `parse_real_block` takes it: `{fork, block, preState, blockHashes}`."""
    if parse_int(node.call("eth_chainId"), f"{node.host} eth_chainId") != 1:
        raise InputError("another chain", node.host, "a node of Ethereum's mainnet")
    block = _block(node, number, full=True)
    fork, pre_state = _fork_of(number, block), _pre_state(node, number, block)
    hashes = dict(_ancestors(node, number, block, pre_state, fork_named(fork)))
    data = {"fork": fork, "block": block, "preState": pre_state, "blockHashes": hashes}
    parse_real_block(data, f"{node.host} block {number}")  # so that a file that cannot be read is never written
    return data


def _block(node: Endpoint, number: int, full: bool) -> Mapping[str, Any]:
    block = node.call("eth_getBlockByNumber", hex(number), full)
    if block is None:
        raise InputError(f"no block {number}", node.host, "a number that the chain has reached")
    return parse_object(block, f"{node.host} block {number}")


def _fork_of(number: int, block: Mapping[str, Any]) -> str:
    time = parse_int(block.get("timestamp"), f"block {number} timestamp")
    for begin, name in FORKS_BY_TIME:
        if time >= begin:
            return name
    for begin, name in FORKS_BY_NUMBER:
        if number >= begin:
            return name
    raise InputError(f"block {number} is older than every fork here", expected="at least 12965000, London's first")


def _pre_state(node: Endpoint, number: int, block: Mapping[str, Any]) -> dict[str, Any]:
    count = len(parse_list(block.get("transactions"), f"block {number} transactions"))
    before, changes = (
        _traces(node, number, count, {"tracer": "prestateTracer", "tracerConfig": {"diffMode": diff}})
        for diff in (False, True)
    )
    return merge_prestates(before, map(created_accounts, changes))


def _traces(node: Endpoint, number: int, count: int, options: Any) -> list[Mapping[str, Any]]:
    where = f"{node.host} debug_traceBlockByNumber"
    traces = parse_list(node.call("debug_traceBlockByNumber", hex(number), options), where)
    if len(traces) != count:
        raise InputError(f"{len(traces)} traces of {count} transactions", where)
    return [parse_object(parse_object(trace, where).get("result"), where) for trace in traces]


def created_accounts(change: Mapping[str, Any]) -> set[str]:
    """Return the contracts that a transaction created, from its trace in diff mode.

    >>> created_accounts({"pre": {"0xaa": {"code": "0x00"}}, "post": {"0xaa": {"nonce": 2}, "0xbb": {"code": "0x00"}}})
    {'0xbb'}
    """
    before, after = (parse_object(change.get(name, {}), f"trace {name}") for name in ("pre", "post"))
    code = {address: parse_object(fields, address).get("code") for address, fields in after.items()}
    had_code = {address for address, fields in before.items() if "code" in parse_object(fields, address)}
    return {one for one in code if code[one] and not str(code[one]).startswith(DELEGATION)} - had_code


def merge_prestates(before: Sequence[Mapping[str, Any]], created: Iterable[set[str]]) -> dict[str, Any]:
    """Return the accounts as they were before the block.

    Args:
        before: for each transaction, the accounts it touches, as they were before it.
        created: for each transaction, the contracts it creates; what is seen of them later was not there before.

    >>> first, second = {"0xaa": {"balance": "0x9"}}, {"0xaa": {"balance": "0x5", "storage": {"0x1": "0x7"}}}
    >>> merge_prestates([first, second], [set(), set()])
    {'0xaa': {'balance': '0x9', 'storage': {'0x1': '0x7'}}}
    """
    accounts: dict[str, Any] = {}
    new: set[str] = set()
    for touched, just_created in zip(before, created, strict=True):
        for address, fields in touched.items():
            if address in new:
                continue
            fields = parse_object(fields, address)
            own = {name: fields[name] for name in ("balance", "nonce", "code") if name in fields}
            account = accounts.setdefault(address, own | {"storage": {}})
            account["storage"] = {**parse_object(fields.get("storage", {}), address), **account["storage"]}
        new |= just_created
    return accounts


def _ancestors(
    node: Endpoint, number: int, block: Mapping[str, Any], pre_state: Mapping[str, Any], fork: Fork
) -> Iterator[tuple[str, str]]:
    """Yield the hashes by number: the parent's, and all that BLOCKHASH reaches where some code could ask for them."""
    yield str(number - 1), str(block.get("parentHash"))
    codes = (parse_bytes(account["code"], address) for address, account in pre_state.items() if "code" in account)
    if any(one.opcode.name == "BLOCKHASH" for code in codes for one in instructions(code, fork)):
        for ancestor in range(number - 2, max(number - REACH_OF_BLOCKHASH, 0) - 1, -1):
            yield str(ancestor), str(_block(node, ancestor, full=False).get("hash"))


def _write_at_once(path: Path, data: bytes) -> None:
    """Write beside the file and move into place: whoever looks sees the old file, or none, or all of the new one."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        raise InputError(error.strerror or "cannot be written", str(path), "a file that may be written") from error
    finally:
        with suppress(OSError):
            part.unlink()
