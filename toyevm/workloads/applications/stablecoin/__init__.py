"""A stablecoin drawn from vaults, its sums plain and sharded: sources, compiled artefacts, workload."""
