"""A lending pool, and lending in isolated markets: sources, compiled artefacts, workload; and a price feed."""
