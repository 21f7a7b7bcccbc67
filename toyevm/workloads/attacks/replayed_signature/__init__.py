"""A device's signature, sent again and again."""
