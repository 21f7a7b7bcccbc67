"""A yield vault: sources, compiled artefacts, workload."""
