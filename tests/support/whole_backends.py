"""Backends that take every block. One that takes payments alone is held to them in tests/rollups/zk_rollup."""

from __future__ import annotations

import toyevm.rollups.settlements  # noqa: F401  they are backends too, once they are imported
from toyevm.backends import BACKENDS

ONLY_PAYMENTS = ("zk",)  # any other block it refuses, with a reason
WHOLE_BACKENDS = [backend for backend in BACKENDS if backend.name not in ONLY_PAYMENTS]
