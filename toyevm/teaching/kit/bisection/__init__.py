"""A dispute over eight steps of the real machine: claims, halves, and the one step that L1 runs."""
