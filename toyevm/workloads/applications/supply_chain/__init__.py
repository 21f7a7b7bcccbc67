"""A supply chain: items go from hand to hand, and sensors sign batches of readings off chain."""
