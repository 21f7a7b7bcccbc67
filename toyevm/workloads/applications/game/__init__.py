"""Items of a game, and land worked for a rent, paid at once or collected: sources, compiled artefacts, workload."""
