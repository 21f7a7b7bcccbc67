"""What surrounds a step and is not committed: the rules, the block, the transaction.

Both players of a game take it from the batch and the layer's blocks, which are on L1; so does the verifier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from toyevm.types import Hash32
from toyevm.vm.frame import BlockEnv, TxEnv
from toyevm.vm.message import DEFAULT_GAS

MOST_PRECOMPILE_INPUT = 2048  # bytes that stand in a witness; a longer input is posted beforehand


@dataclass(frozen=True)
class Context:
    """What the verifier knows without a witness.

    `gas_cap` bounds what a committed frame may claim to have, and so what checking a step can cost. `posted` has the
    inputs of precompiles that are too long for a witness, by the hash of the string's node.
    """

    env: BlockEnv
    tx: TxEnv
    gas_cap: int = DEFAULT_GAS
    posted: Mapping[Hash32, bytes] = field(default_factory=dict)
