"""Forks are data: what a protocol upgrade switched on, and what things cost from then on.

Nothing in toyevm asks "is this Cancun?", but whether a feature is there: `fork.selfdestruct_needs_creation`. Which
opcodes exist is a column of the opcode table (`since`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from toyevm.errors import InputError


@dataclass(frozen=True, slots=True)
class GasSchedule:
    """Prices in gas. Opcodes with one fixed price carry it in their own row of the opcode table."""

    transaction: int = 21_000
    transaction_create: int = 32_000
    calldata_zero: int = 4
    calldata_nonzero: int = 16
    calldata_floor_token: int = 0  # EIP-7623: price of a token when calldata is all a transaction is about
    access_list_address: int = 2_400
    access_list_slot: int = 1_900
    authorization: int = 25_000  # EIP-7702: up front, as if the authority were a new account
    authorization_existing_refund: int = 12_500

    cold_account: int = 2_600
    cold_slot: int = 2_100
    warm_access: int = 100
    storage_set: int = 20_000
    storage_reset: int = 2_900
    storage_clear_refund: int = 4_800
    storage_stipend_guard: int = 2_300  # SSTORE needs more than this left (EIP-2200)
    refund_quotient: int = 5

    call_value: int = 9_000
    call_stipend: int = 2_300
    new_account: int = 25_000
    code_deposit_byte: int = 200
    init_code_word: int = 0

    copy_word: int = 3
    keccak_word: int = 6
    exp_byte: int = 50
    log_byte: int = 8


@dataclass(frozen=True, slots=True)
class BlobSchedule:
    """How many blobs a block may and should carry, and how fast their price moves (EIP-4844, EIP-7691)."""

    target: int
    maximum: int
    base_fee_update_fraction: int


@dataclass(frozen=True, slots=True)
class Fork:
    """One protocol upgrade; `rank` orders them by age."""

    rank: int
    name: str
    gas: GasSchedule = GasSchedule()
    max_transaction_type: int = 2
    max_code_size: int = 24_576
    max_init_code_size: int | None = None  # EIP-3860
    proof_of_stake: bool = False  # EIP-3675, EIP-4399: no ommers, PREVRANDAO in place of DIFFICULTY
    warm_coinbase: bool = False  # EIP-3651
    withdrawals: bool = False  # EIP-4895
    selfdestruct_needs_creation: bool = False  # EIP-6780
    beacon_root: bool = False  # EIP-4788
    blobs: BlobSchedule | None = None  # EIP-4844
    max_blobs_per_transaction: int | None = None  # EIP-7594
    blob_base_cost: int = 0  # EIP-7918: execution gas a blob should at least be worth
    block_hash_history: bool = False  # EIP-2935
    set_code: bool = False  # EIP-7702
    requests: bool = False  # EIP-7685
    transaction_gas_cap: int | None = None  # EIP-7825
    max_block_size: int | None = None  # EIP-7934, in bytes: 10 MiB less 2 MiB for the beacon block around it

    def __hash__(self) -> int:  # cheap, for forks are keys of caches; equality compares everything
        return hash(self.name)

    def __repr__(self) -> str:
        return f"<fork {self.name}>"


LONDON = Fork(rank=0, name="London")
PARIS = replace(LONDON, rank=1, name="Paris", proof_of_stake=True)
SHANGHAI = replace(
    PARIS,
    rank=2,
    name="Shanghai",
    gas=replace(PARIS.gas, init_code_word=2),
    max_init_code_size=2 * PARIS.max_code_size,
    warm_coinbase=True,
    withdrawals=True,
)
CANCUN = replace(
    SHANGHAI,
    rank=3,
    name="Cancun",
    max_transaction_type=3,
    selfdestruct_needs_creation=True,
    beacon_root=True,
    blobs=BlobSchedule(target=3, maximum=6, base_fee_update_fraction=3_338_477),
)
PRAGUE = replace(
    CANCUN,
    rank=4,
    name="Prague",
    gas=replace(CANCUN.gas, calldata_floor_token=10),
    max_transaction_type=4,
    set_code=True,
    blobs=BlobSchedule(target=6, maximum=9, base_fee_update_fraction=5_007_716),
    block_hash_history=True,
    requests=True,
)
OSAKA = replace(
    PRAGUE,
    rank=5,
    name="Osaka",
    max_blobs_per_transaction=6,
    blob_base_cost=2**13,
    transaction_gas_cap=2**24,
    max_block_size=8 * 2**20,
)
# Blob parameters only (EIP-7892): room for more data, and nothing else.
BPO1 = replace(OSAKA, rank=6, name="BPO1", blobs=BlobSchedule(10, 15, base_fee_update_fraction=8_346_193))
BPO2 = replace(BPO1, rank=7, name="BPO2", blobs=BlobSchedule(14, 21, base_fee_update_fraction=11_684_671))

FORKS = {fork.name: fork for fork in (LONDON, PARIS, SHANGHAI, CANCUN, PRAGUE, OSAKA, BPO1, BPO2)}
"""Every fork toyevm knows, the oldest first. That is no promise that a chain has it, or another implementation."""

DEFAULT_FORK = OSAKA
"""The fork where none is named: on the command line, and in a call of `assemble` or `disassemble`."""


def fork_named(name: str) -> Fork:
    """Return the fork with this name, whatever the case of its letters; raise InputError when there is none."""
    for fork in FORKS.values():
        if fork.name.lower() == name.lower():
            return fork
    raise InputError(f"unknown fork {name!r}", expected=" | ".join(FORKS))
