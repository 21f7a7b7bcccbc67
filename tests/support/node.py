"""A node that answers JSON-RPC on this computer: it knows one block, and traces it as geth does."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from toyevm.backends import BACKENDS, RunConfig
from toyevm.results import TxResult
from toyevm.state import Account, StateDiff, WorldState
from toyevm.workloads.mainnet import parse_real_block

Answer = Callable[..., Any]


class Failure(Exception):
    """What a node answers instead of a result."""


@contextmanager
def serving(methods: Mapping[str, Answer], reply: Callable[[bytes], tuple[int, bytes]] | None = None) -> Iterator[str]:
    """Serve these methods, or whatever `reply` makes of a request; yield the URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"]))
            status, body = reply(request) if reply else (200, json.dumps(answer(methods, json.loads(request))).encode())
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v2/a-secret-key"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def answer(methods: Mapping[str, Answer], request: Mapping[str, Any]) -> dict[str, Any]:
    head = {"jsonrpc": "2.0", "id": request["id"]}
    method = methods.get(request["method"])
    if method is None:
        return head | {"error": {"code": -32601, "message": f"the method {request['method']} does not exist"}}
    try:
        return head | {"result": method(*request["params"])}
    except Failure as failure:
        return head | {"error": {"code": -32000, "message": str(failure)}}


def node_of(data: Mapping[str, Any]) -> dict[str, Answer]:
    """Return the methods of a node that knows the block of a file for `toyevm replay`, and nothing else."""
    number = int(data["block"]["number"], 16)
    plain, diff = traces(data)

    def block(height: str, full: bool) -> Any:
        if int(height, 16) == number:
            assert full
            return data["block"]
        assert not full
        known = data["blockHashes"].get(str(int(height, 16)))
        return known and {"number": height, "hash": known}

    def trace(height: str, options: Mapping[str, Any]) -> Any:
        assert (int(height, 16), options["tracer"]) == (number, "prestateTracer")
        return diff if options["tracerConfig"]["diffMode"] else plain

    return {"eth_chainId": lambda: "0x1", "eth_getBlockByNumber": block, "debug_traceBlockByNumber": trace}


def traces(data: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    """Return what geth's prestateTracer says of each transaction, in either mode.

    Like geth's, the trace of a transaction leaves out what did not exist before it and was created by it.
    """
    real = parse_real_block(data, "node")
    results = BACKENDS.named("sequential").execute_block(real.pre, real.block, RunConfig(real.chain)).results
    world, plain, diff = real.pre, [], []
    for tx, result in zip(data["block"]["transactions"], results):
        after = world.apply(StateDiff(result.write_set, result.touched))
        head = {"txHash": tx.get("hash")}
        plain.append(head | {"result": _before(world, after, result)})
        diff.append(head | {"result": _change(world, after, result)})
        world = after
    return plain, diff


def _touched(result: TxResult) -> list[bytes]:
    return sorted({location.address for location in result.read_set} | {one.address for one in result.write_set})


def _before(world: WorldState, after: WorldState, result: TxResult) -> dict[str, Any]:
    found = {}
    for address in _touched(result):
        account, now = world.accounts.get(address), after.accounts.get(address, Account())
        if account is not None or not now.code:
            slots = [one.key for one in result.read_set if one.address == address and one.is_slot]
            found["0x" + address.hex()] = _as_geth(account or Account(), slots)
    return found


def _change(world: WorldState, after: WorldState, result: TxResult) -> dict[str, Any]:
    pre, post = {}, {}
    for address in _touched(result):
        old, new = world.accounts.get(address, Account()), after.accounts.get(address, Account())
        pre["0x" + address.hex()] = _as_geth(old, [])
        if new.code != old.code:
            post["0x" + address.hex()] = {"code": "0x" + new.code.hex()}
    return {"pre": pre, "post": post}


def _as_geth(account: Account, slots: list[int]) -> dict[str, Any]:
    fields: dict[str, Any] = {"balance": hex(account.balance)}
    if account.nonce:
        fields["nonce"] = account.nonce  # a number, not hex
    if account.code:
        fields["code"] = "0x" + account.code.hex()
    if slots:
        fields["storage"] = {_word(slot): _word(account.storage.get(slot, 0)) for slot in slots}
    return fields


def _word(value: int) -> str:
    return f"0x{value:064x}"
