"""Houses of which people own eighths, counted by owner or numbered: sources, compiled artefacts, workload."""
