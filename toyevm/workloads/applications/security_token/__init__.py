"""A regulated share with dividends, one audit trail or one for each holder: sources, compiled artefacts, workload."""
