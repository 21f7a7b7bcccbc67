"""A token sale with a cap and vesting, counted in one place or in sixteen: sources, compiled artefacts, workload."""
