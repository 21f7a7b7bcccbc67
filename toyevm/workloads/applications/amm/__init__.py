"""An automated market maker: sources, compiled artefacts, workload."""
