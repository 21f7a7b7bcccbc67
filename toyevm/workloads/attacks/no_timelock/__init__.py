"""A vote that is carried out before anybody can leave: scene."""
