"""toyevm: a small, real EVM and a notebook course on scaling it.

What lessons and most programs need can be had from here: `from toyevm import BACKENDS, RunConfig, block_of`. A name is
looked up in its module when somebody first asks for it, so that `import toyevm` needs nothing but the standard library.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from toyevm import moved

moved.install()  # who imports a name from before a move is told where it went

# module -> the names that it lends. Imports for type checkers beside them would put every module into one import cycle.
_LENT = {
    "toyevm.analysis.conflicts": "Lens colour_batches conflict_matrix",
    "toyevm.analysis.dependencies": "Hazard critical_path dependency_graph",
    "toyevm.assembler": "assemble disassemble",
    "toyevm.backends": "BACKENDS Hints Locks RunConfig hints_of",
    "toyevm.backends.declared_locks": "lock_order",
    "toyevm.blocks": "Block Header",
    "toyevm.chain": "ChainConfig MAINNET next_base_fee",
    "toyevm.contracts": "contract_source load_contract",
    "toyevm.crypto": "keccak256",
    "toyevm.errors": "AssemblerError InputError InvalidBlock InvalidTransaction",
    "toyevm.results": "BlockResult TxResult",
    "toyevm.sealing": "child_header receipts_of seal_block",
    "toyevm.simulation.interleaver": "Rules all_plays",
    "toyevm.simulation.metrics": "measure",
    "toyevm.simulation.run": "Run",
    "toyevm.simulation.schedule": "PRIORITIES batch_schedule graham_bound list_schedule makespan shortest_time",
    "toyevm.state": "Account StateDiff WorldState",
    "toyevm.teaching.kit.bisection.eight_steps": "eight_steps",
    "toyevm.teaching.kit.bisection.player": "BisectionGame",
    "toyevm.teaching.kit.bisection.view": "show_bisection",
    "toyevm.teaching.kit.cascade_view": "show_cascade",
    "toyevm.teaching.kit.incarnations_view": "show_incarnations",
    "toyevm.teaching.kit.interleaving.player": "InterleavingPlayer",
    "toyevm.teaching.kit.interleaving.scene": "balances",
    "toyevm.teaching.kit.job": "job_of",
    "toyevm.teaching.kit.lanes_view": "show_lanes",
    "toyevm.teaching.kit.price_walk_player": "PriceWalk",
    "toyevm.teaching.kit.speedup_grid_view": "show_speedups",
    "toyevm.teaching.kit.stepper": "Stepper print_step show_gas show_step",
    "toyevm.teaching.kit.threads.model": "Threads",
    "toyevm.teaching.kit.threads.player": "ThreadsPlayer",
    "toyevm.teaching.kit.threads.view": "show_threads",
    "toyevm.teaching.kit.two_chains_player": "TwoChainsPlayer",
    "toyevm.teaching.kit.two_chains_view": "show_two_chains",
    "toyevm.teaching.lab": "lesson",
    "toyevm.teaching.lab.programs": "read_program run_program",
    "toyevm.tracer": "record_steps",
    "toyevm.transactions": "FIELDS Transaction",
    "toyevm.transition": "begin_transaction check_transaction execute_transaction",
    "toyevm.trie": "ordered_trie_root verify_proof",
    "toyevm.types": "Field Location Version",
    "toyevm.units": "ETHER GWEI",
    "toyevm.vm.compiler": "compiled_source",
    "toyevm.vm.message": "begin_message execute_message world_with_code",
    "toyevm.workloads.applications": "APPLICATIONS",
    "toyevm.workloads.hashing_blocks": "hashing_block",
    "toyevm.workloads.mainnet": "load_block",
    "toyevm.workloads.mempool": "Offer run_market",
    "toyevm.workloads.payment_waves": "payments_in_waves",
    "toyevm.workloads.tokens": "balance_location creation_data token_balance transfer_data",
    "toyevm.workloads.transfers": "block_of mixed read_payments to_many to_one_shop two_blocks",
    "toyevm.workloads.wallets": "wallet",
    "toyevm.workloads.workload": "Workload",
}
_HOMES = {name: module for module, names in _LENT.items() for name in names.split()}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
