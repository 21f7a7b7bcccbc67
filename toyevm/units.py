"""Units of ether: every amount in toyevm is an integer in wei, and these say how many wei a larger unit has."""

GWEI = 10**9  # in which prices of gas are quoted
ETHER = 10**18
