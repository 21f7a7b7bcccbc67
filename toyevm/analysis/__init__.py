"""What can be learned from the results of a block without running it again: who waits for whom, and for how long."""
