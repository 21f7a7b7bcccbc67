"""One block that is run by every backend on every number of cores, each run held to the sequential one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from toyevm.backends import BACKENDS, Backend, CostModel, Hints, RunConfig, hints_for
from toyevm.backends.base import compare_results
from toyevm.bench.replay import describe
from toyevm.results import BlockResult
from toyevm.simulation.metrics import measure
from toyevm.simulation.transcripts import Transcripts
from toyevm.workloads.workload import Workload


@dataclass(frozen=True)
class JudgedBlock:
    """A block, what is right, what an honest producer would tell about it, and what its transactions have said."""

    workload: Workload
    right: BlockResult
    hints: Hints
    transcripts: Transcripts = field(default_factory=Transcripts)

    @classmethod
    def of(cls, workload: Workload) -> JudgedBlock:
        """Execute a block sequentially, to know what is right."""
        pre, block, chain = workload.pre, workload.block, workload.chain
        right = BACKENDS.named("sequential").execute_block(pre, block, RunConfig(chain)).result
        return cls(workload, right, hints_for(pre, block, chain, right.results))

    def figures(self, backend: Backend, cores: int, with_hints: bool) -> dict[str, Any]:
        """Run a backend, with honest hints if it follows any and is to have them; say whether it was right."""
        workload, kind = self.workload, backend.hint_kind if with_hints else None
        config = RunConfig(workload.chain, cores, hints=self.hints if kind else None, transcripts=self.transcripts)
        run = backend.execute_block(workload.pre, workload.block, config)
        size = self.hints.byte_sizes[kind] if kind else 0
        metrics = measure(run, cores, workload.block.header.coinbase, costs=CostModel(), hint_bytes=size)
        return {"equal": not compare_results(run.result, self.right), **describe(metrics)}
