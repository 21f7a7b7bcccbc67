"""ERC-20 tokens: plain, with minting, and with a sharded supply: sources, compiled artefacts, workload."""
