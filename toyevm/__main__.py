"""`python -m toyevm`: the `toyevm` command, also where its script is not on the path."""

from __future__ import annotations

from toyevm.cli import main

if __name__ == "__main__":
    main()
