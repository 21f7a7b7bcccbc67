"""Channels of micropayments: sources, compiled artefacts, workload."""
