"""A market of unique tokens, with and without a counter: sources, compiled artefacts, workload."""
