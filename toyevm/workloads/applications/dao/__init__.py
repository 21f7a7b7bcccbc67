"""A DAO whose members vote with the shares they had when a proposal was made: sources, artefacts, workload."""
