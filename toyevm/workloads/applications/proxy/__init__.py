"""A bank behind a proxy that can be upgraded, with both versions of the bank: sources, artefacts, workload."""
