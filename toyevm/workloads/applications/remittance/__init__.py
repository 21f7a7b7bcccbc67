"""Remittances by quotes with a deadline; a dealer's float in one place or in sixteen: sources, artefacts, workload."""
