"""Passes that open a gate, those inside counted in one place or gate by gate: sources, compiled artefacts, workload."""
