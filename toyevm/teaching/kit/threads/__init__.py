"""Block-STM by hand: lanes that a student moves from event to event, and the version table that they share."""
