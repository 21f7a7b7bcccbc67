"""The state that tasks read: inherited by processes that are forked later, shared by threads, sent to all others.

A task names its block by a token. A process that does not know it says so, and is sent the block and its state with
the next task; then it knows them. Nothing about this depends on the kind of executor.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol
from uuid import uuid4

from toyevm.blocks import Block
from toyevm.chain import ChainConfig
from toyevm.state import BlockView, WorldState
from toyevm.system import begin_block
from toyevm.vm.frame import BlockEnv

MOST_RECEIVED = 2  # blocks that a process remembers of those it was sent


class BlockWork(Protocol):
    """A block with the state it finds and the rules of its chain: a `Workload`, a `RealBlock`."""

    @property
    def chain(self) -> ChainConfig: ...
    @property
    def pre(self) -> WorldState: ...
    @property
    def block(self) -> Block: ...


@dataclass(frozen=True)
class SharedBlock:
    """A block that tasks can name: to each process it is the same, and no other block has its token."""

    token: str
    chain: ChainConfig
    pre: WorldState
    block: Block

    @cached_property
    def as_sent(self) -> bytes:
        """What a process is sent that has not inherited it."""
        chain = replace(self.chain)  # without its table of precompiles, which is made of functions
        return pickle.dumps((chain, self.pre, self.block), pickle.HIGHEST_PROTOCOL)

    @cached_property
    def opened(self) -> tuple[BlockEnv, BlockView]:
        """What code can see of the block, and the state before its first transaction."""
        env = self.chain.env(self.block)
        view = BlockView(self.pre)
        begin_block(view, env, self.block)
        return env, view


_KEPT: dict[str, SharedBlock] = {}  # of this process, and of those it was forked from
_RECEIVED: OrderedDict[str, SharedBlock] = OrderedDict()


@contextmanager
def keep(work: BlockWork) -> Iterator[SharedBlock]:
    """Keep a block for tasks; processes that are forked inside the `with` block inherit it."""
    kept = SharedBlock(uuid4().hex, work.chain, work.pre, work.block)
    _KEPT[kept.token] = kept
    try:
        yield kept
    finally:
        del _KEPT[kept.token]


def find_kept(token: str, sent: bytes | None) -> SharedBlock | None:
    """Return the block of this token, which may have come along; None if this process does not know it."""
    known = _KEPT.get(token) or _RECEIVED.get(token)
    if known is None and sent is not None:
        known = _RECEIVED[token] = SharedBlock(token, *pickle.loads(sent))
        if len(_RECEIVED) > MOST_RECEIVED:
            _RECEIVED.popitem(last=False)
    return known
