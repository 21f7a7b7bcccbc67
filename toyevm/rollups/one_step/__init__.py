"""The one-step proof: a machine's state under one hash after every micro-step, and a check of one by a witness."""
