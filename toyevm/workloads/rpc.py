"""A real block and the part of the state it needs, fetched over JSON-RPC from a node that can trace.

A node hands out blocks readily, but not "the state that this block reads". Its *prestate tracer* gives that for each
transaction, as it was before that transaction. What was there before the block is what is seen first of each account
and of each slot; but what was empty, a node may leave out: then the transaction that fills it does not mention it, and
the next one does, with what it holds by then. The tracer's other mode, which compares before and after, tells.

Whether code asks for the hashes of older blocks is found out by executing the block.

Needs a node of Ethereum's mainnet with the `debug` namespace, and, for an old block, with the state of that time.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from toyevm.errors import InputError, InvalidBlock
from toyevm.files import write_whole
from toyevm.results import BlockResult
from toyevm.workloads.json_input import parse_int, parse_list, parse_object
from toyevm.workloads.mainnet import MissingHash, RealBlock, parse_real_block

METHOD_NOT_FOUND = -32601  # JSON-RPC 2.0, section 5.1
DELEGATION = "0xef0100"  # EIP-7702: what follows is an address, whose code is run
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


class Fetched(NamedTuple):
    """A block from a node: as JSON, as values, and executed."""

    data: dict[str, Any]
    real: RealBlock
    result: BlockResult


Execute = Callable[[RealBlock], BlockResult]


def fetch_block(number: int, url: str, out: Path, execute: Execute) -> Fetched:
    """Write the file that `load_block` reads, whole or not at all; return what is in it, and what came of executing it.

    Raises:
        InputError: with what the node, or the file system, has against it.
    """
    fetched = download_block(number, Endpoint(url), execute)
    text = json.dumps(fetched.data).encode()
    _write(out, lzma.compress(text) if out.suffix == ".xz" else text)
    return fetched


def download_block(number: int, node: Endpoint, execute: Execute) -> Fetched:
    """Return a real block as `parse_real_block` takes it: `{fork, block, preState, blockHashes}`.

    It is executed, so that a file that cannot be is never written, and to see whether code asks for old hashes.

    Raises:
        InputError: with what the node says, or what is wrong with it.
    """
    if parse_int(node.call("eth_chainId"), f"{node.host} eth_chainId") != 1:
        raise InputError("another chain", node.host, "a node of Ethereum's mainnet")
    block = _block(node, number, full=True)
    fork, pre_state = _fork_of(number, block), _pre_state(node, number, block)
    data = {"fork": fork, "block": block, "preState": pre_state, "blockHashes": {}}
    where = f"{node.host} block {number}"
    hashes = {str(number - 1): str(block.get("parentHash"))}
    result = None
    try:
        with suppress(MissingHash):  # without any, to see whether code asks for one
            result = execute(parse_real_block(data, where))
        data["blockHashes"] = hashes if result else hashes | _older_hashes(node, number)
        real = parse_real_block(data, where)
        return Fetched(data, real, result or execute(real))
    except InvalidBlock as error:
        raise InputError(str(error), where, "a block that is valid on the state that the node tells") from error


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
    try:
        before = _traces(node, number, count, {"diffMode": False, "includeEmpty": True})
    except InputError as error:  # most nodes pass over an option that they do not know; some may say so
        if "includeEmpty" not in str(error):
            raise
        before = _traces(node, number, count, {"diffMode": False})
    changes = _traces(node, number, count, {"diffMode": True})
    shown = [*before, *(change.get("post", {}) for change in changes)]
    return merge_prestates(before, changes) | _delegates(node, number, shown)


def _delegates(node: Endpoint, number: int, traces: Sequence[Any]) -> dict[str, Any]:
    """Return the contracts whose code other accounts run (EIP-7702): a tracer may show the delegation only.

    All that is read of such a contract is its code; where more is, the tracer shows it.
    """
    shown = [fields for trace in traces for fields in _accounts(trace).items()]
    codes = {str(fields.get("code")).lower() for _, fields in shown}
    targets = {"0x" + code.removeprefix(DELEGATION) for code in codes if code.startswith(DELEGATION)}
    height = hex(number - 1)
    code = {one: node.call("eth_getCode", one, height) for one in sorted(targets - {name for name, _ in shown})}
    return {address: {"code": found} for address, found in code.items() if found not in (None, "0x")}


def _traces(node: Endpoint, number: int, count: int, config: Mapping[str, bool]) -> list[Mapping[str, Any]]:
    where = f"{node.host} debug_traceBlockByNumber"
    options = {"tracer": "prestateTracer", "tracerConfig": config}
    traces = parse_list(node.call("debug_traceBlockByNumber", hex(number), options), where)
    if len(traces) != count:
        raise InputError(f"{len(traces)} traces of {count} transactions", where)
    return [parse_object(parse_object(trace, where).get("result"), where) for trace in traces]


def merge_prestates(before: Sequence[Mapping[str, Any]], changes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the accounts as they were before the block: each as it is seen first, unless that is too late.

    Args:
        before: for each transaction, the accounts it touches, as they were before it. Empty ones may be left out.
        changes: for each transaction, what changed: `{"pre": accounts, "post": accounts}`. What is only in `post` was
            empty before, whatever later transactions see of it.

    >>> first, second = {"0xaa": {"balance": "0x9"}}, {"0xaa": {"balance": "0x5", "storage": {"0x1": "0x7"}}}
    >>> merge_prestates([first, second], [{}, {}])
    {'0xaa': {'balance': '0x9', 'storage': {'0x1': '0x7'}}}
    >>> merge_prestates([first, {"0xbb": {"balance": "0x4"}}], [{"pre": {}, "post": {"0xbb": {"balance": "0x4"}}}, {}])
    {'0xaa': {'balance': '0x9', 'storage': {}}}
    """
    accounts: dict[str, Any] = {}
    new: set[str] = set()
    for touched, change in zip(before, changes, strict=True):
        old, now = (_accounts(change.get(name, {})) for name in ("pre", "post"))
        for address, fields in _accounts(touched).items():
            if address not in new:
                _see(accounts, address, fields)
        for address in accounts.keys() & old.keys() & now.keys() - new:
            filled = {slot: "0x0" for slot in _storage(now[address]) if slot not in _storage(old[address])}
            accounts[address]["storage"] = filled | accounts[address]["storage"]
        new |= now.keys() - old.keys()
    return {address: account for address, account in accounts.items() if not _is_empty(account)}


def _accounts(value: Any) -> dict[str, Mapping[str, Any]]:
    """Read a trace's accounts; nodes differ in how they write an address."""
    return {address.lower(): parse_object(fields, address) for address, fields in parse_object(value, "trace").items()}


def _storage(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return parse_object(fields.get("storage") or {}, "trace storage")


def _see(accounts: dict[str, Any], address: str, fields: Mapping[str, Any]) -> None:
    """Note an account, and slots, if they have not been seen before."""
    own = {name: fields[name] for name in ("balance", "nonce", "code") if fields.get(name) is not None}
    account = accounts.setdefault(address, own | {"storage": {}})
    account["storage"] = {**_storage(fields), **account["storage"]}


def _is_empty(account: Mapping[str, Any]) -> bool:
    """Return whether there is no such account: mainnet has had no empty ones since EIP-161."""
    numbers = [account.get("balance", 0), account.get("nonce", 0), *account["storage"].values()]
    return account.get("code") in (None, "0x") and not any(parse_int(number, "trace") for number in numbers)


def _older_hashes(node: Endpoint, number: int) -> dict[str, str]:
    """Return the hashes that BLOCKHASH reaches besides the parent's: which it asks for may hang on what it gets."""
    ancestors = range(number - 2, max(number - REACH_OF_BLOCKHASH, 0) - 1, -1)
    return {str(one): str(_block(node, one, full=False).get("hash")) for one in ancestors}


def _write(path: Path, data: bytes) -> None:
    try:
        write_whole(path, data)
    except OSError as error:
        raise InputError(error.strerror or "cannot be written", str(path), "a file that may be written") from error
