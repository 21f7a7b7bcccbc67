"""A node that answers JSON-RPC on this computer: it knows one block, and traces it as geth does.

Modelled on go-ethereum's `eth/tracers/native/prestate.go`. What was empty before a transaction is left out of its trace
by today's (in either mode, unless `includeEmpty` asks for it), by older ones only if the transaction created it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from tests.support.worlds import after
from toyevm.backends import BACKENDS, RunConfig
from toyevm.results import TxResult
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction
from toyevm.types import Address
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


class Kind(Enum):
    """How nodes differ that trace."""

    TODAY = auto()  # leaves out what was empty, unless `includeEmpty` is set
    OLD = auto()  # leaves out what was empty and is created; passes over options that it does not know
    BETWEEN = auto()  # leaves out what was empty, and knows no option to ask for it
    STRICT = auto()  # the same, and refuses options that it does not know


def node_of(data: Mapping[str, Any], kind: Kind = Kind.TODAY) -> dict[str, Answer]:
    """Return the methods of a node that knows the block of a file for `toyevm replay`, and nothing else."""
    number = int(data["block"]["number"], 16)
    steps = transitions(data)

    def block(height: str, full: bool) -> Any:
        if int(height, 16) == number:
            assert full
            return data["block"]
        assert not full
        known = data["blockHashes"].get(str(int(height, 16)))
        return known and {"number": height, "hash": known}

    def trace(height: str, options: Mapping[str, Any]) -> Any:
        assert (int(height, 16), options["tracer"]) == (number, "prestateTracer")
        config = options["tracerConfig"]
        if config["diffMode"] and config.get("includeEmpty"):
            raise Failure("cannot use diffMode with includeEmpty")
        if kind is Kind.STRICT and "includeEmpty" in config:
            raise Failure("unknown field `includeEmpty`")
        every = kind is Kind.TODAY and config.get("includeEmpty", False)
        make = change if config["diffMode"] else before
        traces = [make(step, every, keep_uncreated=kind is Kind.OLD) for step in steps]
        return [
            {"txHash": tx.get("hash"), "result": result} for tx, result in zip(data["block"]["transactions"], traces)
        ]

    return {"eth_chainId": lambda: "0x1", "eth_getBlockByNumber": block, "debug_traceBlockByNumber": trace}


class Step(NamedTuple):
    """One transaction: the world before and after it, and what it touched."""

    tx: Transaction
    world: WorldState
    after: WorldState
    result: TxResult
    coinbase: Address

    @property
    def touched(self) -> list[Address]:
        places = {*self.result.read_set, *self.result.write_set}
        return sorted({location.address for location in places} | {self.coinbase})

    def slots(self, address: Address) -> list[int]:
        return [one.key for one in self.result.read_set if one.address == address and one.is_slot]

    def creates(self, address: Address) -> bool:
        authorities = {authorization.authority for authorization in self.tx.authorizations}
        return address not in authorities and address not in self.world.accounts and bool(self.new(address).nonce)

    def shows(self, address: Address, keep_uncreated: bool) -> bool:
        return self.old(address) != Account() or (keep_uncreated and not self.creates(address))

    def old(self, address: Address) -> Account:
        return self.world.accounts.get(address, Account())

    def new(self, address: Address) -> Account:
        return self.after.accounts.get(address, Account())


def transitions(data: Mapping[str, Any]) -> list[Step]:
    real = parse_real_block(data, "node")
    results = BACKENDS.named("sequential").execute_block(real.pre, real.block, RunConfig(real.chain)).result.results
    world, steps, coinbase = real.pre, [], real.block.header.coinbase
    for tx, result in zip(real.block.transactions, results):
        steps.append(Step(tx, world, after(world, result, coinbase), result, coinbase))
        world = steps[-1].after
    return steps


def before(step: Step, every: bool, keep_uncreated: bool) -> dict[str, Any]:
    """Return the trace in the mode that shows what was there."""
    shown = [one for one in step.touched if every or step.shows(one, keep_uncreated)]
    return {"0x" + one.hex(): _as_geth(step.old(one), step.slots(one)) for one in shown}


def change(step: Step, every: bool, keep_uncreated: bool) -> dict[str, Any]:
    """Return the trace in the mode that compares: `pre` is whole accounts, `post` what is different."""
    pre, post = {}, {}
    for address in step.touched:
        old, new, name = step.old(address), step.new(address), "0x" + address.hex()
        if old == new:
            continue
        if every or step.shows(address, keep_uncreated):
            changed = [slot for slot in step.slots(address) if old.storage.get(slot, 0) != new.storage.get(slot, 0)]
            pre[name] = _as_geth(old, [slot for slot in changed if old.storage.get(slot)])
        if address in step.after.accounts:
            post[name] = _difference(old, new)
    return {"pre": pre, "post": post}


def _difference(old: Account, new: Account) -> dict[str, Any]:
    fields = _as_geth(new, [slot for slot, value in new.storage.items() if old.storage.get(slot) != value])
    same = [name for name in ("balance", "nonce", "code") if getattr(old, name) == getattr(new, name)]
    return {name: value for name, value in fields.items() if name not in same}


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
