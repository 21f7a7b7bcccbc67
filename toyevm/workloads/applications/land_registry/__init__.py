"""A land registry, with and without a counter: sources, compiled artefacts, workload."""
