"""A mutual insurance: sources, compiled artefacts, workload."""
