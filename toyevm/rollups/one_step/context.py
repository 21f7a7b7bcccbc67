"""What surrounds a step and is not committed: the rules, the block, and which of its items is under way.

Both players of a game take it from the batch and from the layer's blocks, which are on L1; so does the verifier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from toyevm.errors import InvalidProof
from toyevm.rollups.one_step.items import Item
from toyevm.system import SYSTEM_ADDRESS, SYSTEM_CALL_GAS
from toyevm.transition import CheckedTransaction
from toyevm.types import Hash32
from toyevm.vm.frame import BlockEnv, TxEnv
from toyevm.vm.message import DEFAULT_GAS

MOST_PRECOMPILE_INPUT = 2048  # bytes that stand in a witness; a longer input is posted beforehand


@dataclass(frozen=True)
class Context:
    """What the verifier knows without a witness.

    `item` is number `index` of its block; None is a call on its own, without anything around it. `gas_cap` bounds what
    a committed frame may claim to have, and so what checking a step can cost. `posted` has the inputs of precompiles
    that are too long for a witness, by the hash of the string's node (`string_of(input).hash`), which L1 has computed.
    `paid_gas` is what was paid for the arithmetic of a precompile; None: whatever it costs.
    """

    env: BlockEnv
    tx: TxEnv
    item: Item | None = None
    index: int = 0
    gas_cap: int = DEFAULT_GAS
    posted: Mapping[Hash32, bytes] = field(default_factory=dict)
    paid_gas: int | None = None


class Unpaid(InvalidProof):
    """A step runs a precompile that costs more than was paid for it: `gas`."""

    def __init__(self, gas: int) -> None:
        self.gas = gas
        super().__init__(f"a precompile that costs {gas:,} gas")


def context_of(env: BlockEnv, item: Item, index: int) -> Context:
    """Return the context of an item of a block."""
    if isinstance(item, CheckedTransaction):
        tx = TxEnv(item.sender, item.gas_price, item.tx.blob_hashes)
        return Context(env, tx, item, index, gas_cap=item.tx.gas_limit)
    return Context(env, TxEnv(SYSTEM_ADDRESS), item, index, gas_cap=SYSTEM_CALL_GAS)
