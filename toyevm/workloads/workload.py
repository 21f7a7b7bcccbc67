"""What a workload is: a block to run, the state it finds, and whose the accounts in it are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toyevm.blocks import Block, Header
from toyevm.chain import ChainConfig
from toyevm.state import WorldState
from toyevm.types import ZERO_HASH, Address, Field, Location
from toyevm.units import ETHER, GWEI

PRODUCER: Address = b"\xfe" * 20  # of every generated block: who gets the tips
BASE_FEE, TIP = 10 * GWEI, 1 * GWEI
SAVINGS = 100 * ETHER  # what everybody begins with
BLOCK_GAS = 30_000_000
SLOT_SECONDS = 12  # from one block to the next


@dataclass(frozen=True)
class Workload:
    """A block with the state it finds, and whose accounts they are."""

    chain: ChainConfig
    pre: WorldState
    block: Block
    names: Mapping[Address, str]

    def name(self, address: Address) -> str:
        """Return who an account belongs to."""
        return self.names.get(address, "0x" + address.hex())

    def location_name(self, location: Location) -> str:
        """Return a location in words, such as "shop's balance"."""
        digits = f"{location.key:#x}"
        slot = "slot " + (digits if len(digits) <= 10 else digits[:6] + "…")
        field = slot if location.is_slot else Field(location.key).name.lower()
        return f"{self.name(location.address)}'s {field}"


def open_header(base_fee: int = BASE_FEE, gas_limit: int = BLOCK_GAS) -> Header:
    """Return the header of a generated block, which is still to be executed and sealed."""
    return Header(
        number=1,
        timestamp=SLOT_SECONDS,
        coinbase=PRODUCER,
        gas_limit=gas_limit,
        base_fee_per_gas=base_fee,
        excess_blob_gas=0,
        parent_beacon_root=ZERO_HASH,
    )
