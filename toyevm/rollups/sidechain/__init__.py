"""A sidechain after the model of Polygon PoS: a chain of its own, whose validators vouch for its blocks on L1."""
