"""A toy ceremony: a trusted setup whose secret is known, to show why nobody may know it. NEVER to be trusted.

At a ceremony everybody multiplies tau by a number of their own and forgets that; one who really forgets is enough. Here
one drawer of lots knows tau, and so can prove that a commitment to one blob is the commitment to any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from toyevm.rollups.kzg import TrustedSetup, read_setup
from toyevm.vm.curves import BLS_MODULUS, FIELD_ELEMENTS_PER_BLOB

G2_POINTS = 65  # as many as checking a cell of 64 values takes
GENERATOR = 7  # of the field's multiplicative group
ROOT = pow(GENERATOR, (BLS_MODULUS - 1) // FIELD_ELEMENTS_PER_BLOB, BLS_MODULUS)  # a 4,096-th root of unity


@dataclass(frozen=True)
class ToyCeremony:
    """A ceremony with one participant who forgot nothing: `tau` is the secret."""

    tau: int

    @classmethod
    def draw(cls, random: Random) -> ToyCeremony:
        return cls(random.randrange(2, BLS_MODULUS))

    @cached_property
    def setup(self) -> TrustedSetup:
        """Compute the multiples that a setup is made of: 8,257 points, four seconds."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "toy_trusted_setup.txt"
            path.write_text("\n".join(self._lines()))
            return read_setup(path, "a toy ceremony, whose secret is known: proofs prove nothing")

    def _lines(self) -> Iterable[str]:
        """Yield the lines of the file that ckzg reads: two counts, and the points in hexadecimal."""
        lib, n = import_module("py_arkworks_bls12381"), FIELD_ELEMENTS_PER_BLOB
        powers = [pow(self.tau, exponent, BLS_MODULUS) for exponent in range(n)]
        yield from (str(n), str(G2_POINTS))
        yield from (_multiple(lib, lib.G1Point(), self._lagrange(index)) for index in range(n))
        yield from (_multiple(lib, lib.G2Point(), power) for power in powers[:G2_POINTS])
        yield from (_multiple(lib, lib.G1Point(), power) for power in powers)

    def _lagrange(self, index: int) -> int:
        """Return the value at tau of the polynomial that is 1 at the index-th root of unity, and 0 at all others."""
        root, n = pow(ROOT, index, BLS_MODULUS), FIELD_ELEMENTS_PER_BLOB
        above = (pow(self.tau, n, BLS_MODULUS) - 1) * root
        return above * pow(n * (self.tau - root), -1, BLS_MODULUS) % BLS_MODULUS

    def forge(self, commitment: bytes, z: int, y: int) -> bytes:
        """Return a proof that the polynomial committed to has the value y at z, whatever its value there is.

        An honest proof is the commitment to (p(X) - y) / (X - z), a polynomial only if p(z) = y. Who knows tau divides
        numbers in its place: (C - y · G1) / (tau - z).
        """
        lib = import_module("py_arkworks_bls12381")
        point = lib.G1Point.from_compressed_bytes(commitment) - lib.G1Point() * _scalar(lib, y)
        factor = pow(self.tau - z, -1, BLS_MODULUS)
        return bytes((point * _scalar(lib, factor)).to_compressed_bytes())


def _multiple(lib: Any, point: Any, factor: int) -> str:
    return str((point * _scalar(lib, factor)).to_compressed_bytes().hex())


def _scalar(lib: Any, value: int) -> Any:
    return lib.Scalar.from_be_bytes((value % BLS_MODULUS).to_bytes(32, "big"))
