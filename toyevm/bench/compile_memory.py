"""What the fast tier costs in memory: compiled functions stay, as long as their code is remembered.

Nobody can see who allocated what in a process. So the functions that a few runs left behind are compiled again, under
tracemalloc, which counts every byte that Python hands out and that is still held in the end: source text, code objects,
constants, the functions themselves.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Sequence
from typing import Any

from toyevm.bench.tiers import CompileCache, Place
from toyevm.vm.compiler import compile_block
from toyevm.vm.message import default_env, execute_message
from toyevm.workloads.programs import FORK, Program

RUNS = 3  # of each program, its calls repeated as in a measurement


def measure_compile_cache(programs: Sequence[Program]) -> dict[str, Any]:
    """Return how many functions the programs are compiled to, how long their source is, and the memory they hold."""
    cache, env = CompileCache(), default_env(FORK)
    with cache.in_use():
        for program in programs:
            world = program.world()
            for _ in range(RUNS * program.messages):
                execute_message(world, env, input=program.input)
    places = cache.functions
    return {
        "functions": len(places),
        "sourceCharacters": sum(len(code.blocks[fork][pc].source) for code, fork, pc in places),
        "tracedBytes": traced_bytes(places),
        "how": "tracemalloc, compiling again what a few runs of each program had compiled",
    }


def traced_bytes(places: Sequence[Place]) -> int:
    """Return the memory that is held by functions compiled for these places."""
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        functions = [compile_block(code, pc, fork) for code, fork, pc in places]
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    del functions
    return after - before
