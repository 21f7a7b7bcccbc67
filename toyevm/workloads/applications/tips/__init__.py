"""Tips for authors, with the fee of each or of all at once: sources, compiled artefacts, workload."""
