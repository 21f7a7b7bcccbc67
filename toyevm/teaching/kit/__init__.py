"""What several lessons share: pictures and their palette, players, the stepper, lanes, interleavings."""
