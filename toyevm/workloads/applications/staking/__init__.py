"""A staking vault: sources, compiled artefacts, workload."""
