"""Two or more transactions whose steps a student puts in an order: the player, and its picture."""
