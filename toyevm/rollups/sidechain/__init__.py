"""A sidechain in the manner of Polygon PoS: blocks of its own, believed on L1 because enough stake has signed."""
