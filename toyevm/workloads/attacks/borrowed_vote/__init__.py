"""Votes that are borrowed for one transaction: sources of who lends, who borrows, and who counts them; scene."""
