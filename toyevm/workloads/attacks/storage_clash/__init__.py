"""An upgrade that looks for the owner in another slot: source of the careless version, scene."""
