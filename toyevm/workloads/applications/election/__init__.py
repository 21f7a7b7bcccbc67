"""An election with sealed votes, plain and sharded: sources, compiled artefacts, workload."""
