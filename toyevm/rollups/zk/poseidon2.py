"""Poseidon2, the hash that is cheap inside a STARK: 16 elements, cubes, and two linear layers.

Source: Grassi, Khovratovich, Schofnegger, "Poseidon2", eprint 2023/323. The constants and the diagonal are Plonky3's
(koala-bear/src/poseidon2.rs: Grain LFSR, width 16, 8 full and 20 partial rounds). An array's last axis is the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from toyevm.rollups.zk.field import Elements, P, add, elements, linear, multiply

WIDTH = 16
RATE = 8  # elements of a digest: 248 bits


def _rows(text: str) -> list[list[int]]:
    return [[int(word, 16) for word in line.split()] for line in text.split("\n") if line.strip()]


FIRST_CONSTANTS = _rows("""
7ee56a48 11367045 12e41941 7ebbc12b 1970b7d5 662b60e8 3e4990c6 679f91f5 350813bb 00874ad4 28a0081a 18fa5872 5f25b071 5e5d5998 5e6fd3e7 5b2e2660
6f1837bf 3fe6182b 1edd7ac5 57470d00 43d486d5 1982c70f 0ea53af9 61d6165b 51639c00 2dec352c 2950e531 2d2cb947 08256cef 1a0109f6 1f51faf3 5cef1c62
3d65e50e 33d91626 133d5a1e 0ff49b0d 38900cd1 2c22cc3f 28852bb2 06c65a02 7b2cf7bc 68016e1a 15e16bc0 5248149a 6dd212a0 18d6830a 5001be82 64dac34e
5902b287 426583a0 0c921632 3fe028a5 245f8e49 43bb297e 7873dbd9 3cc987df 286bb4ce 640a8dcd 512a8e36 03a4cf55 481837a2 03d6da84 73726ac7 760e7fdf
""")  # noqa: E501
LAST_CONSTANTS = _rows("""
43e7dc24 259a5d61 27e85a3b 1b9133fa 343e5628 485cd4c2 16e269f5 165b60c6 25f683d9 124f81f9 174331f9 77344dc5 5a821dba 5fc4177f 54153bf5 5e3f1194
3bdbf191 088c84a3 68256c9b 3c90bbc6 6846166a 03f4238d 463335fb 5e3d3551 6e59ae6f 32d06cc0 596293f3 6c87edb2 08fc60b5 34bcca80 24f007f3 62731c6f
1e1db6c6 0ca409bb 585c1e78 56e94edc 16d22734 18e11467 7b2c3730 770075e4 35d1b18c 22be3db5 4fb1fbb7 477cb3ed 7d5311c6 5b62ae7d 559c5fa8 77f15048
3211570b 490fef6a 77ec311f 2247171b 4e0ac711 2edf69c9 3b5a8850 65809421 5619b4aa 362019a7 6bf9d4ed 5b413dff 617e181e 5e7ab57b 33ad7833 3466c7ca
""")  # noqa: E501
_PARTIAL_ROWS = _rows("""
54dfeb5d 7d40afd6 722cb316 106a4573 45a7ccdb 44061375 154077a5 45744faa 4eb5e5ee 3794e83f
47c7093c 5694903c 69cb6299 373df84c 46a0df58 46b8758a 3241ebcb 0b09d233 1af42357 1e66cec2
""")


PARTIAL_CONSTANTS = [constant for row in _PARTIAL_ROWS for constant in row]


def _over(power_of_two: int) -> int:
    return pow(2, -power_of_two, P)


DIAGONAL = [-2, 1, 2, _over(1), 3, 4, -_over(1), -3, -4, _over(8), _over(3), _over(24)]
DIAGONAL += [-_over(8), -_over(3), -_over(4), -_over(24)]
SMALL = [[2, 3, 1, 1], [1, 2, 3, 1], [1, 1, 2, 3], [3, 1, 1, 2]]


@cache
def full_matrix() -> Elements:
    """Return the layer of the full rounds: the small matrix between any two blocks of four, twice within a block."""
    return elements(np.kron(np.ones((4, 4), dtype=np.int64) + np.eye(4, dtype=np.int64), SMALL))


@cache
def partial_matrix() -> Elements:
    """Return the layer of the partial rounds: each element gets the sum of all, and itself times its diagonal."""
    return add(np.ones((WIDTH, WIDTH), dtype=np.uint64), elements(np.diag(DIAGONAL)))


def permute(states: Elements) -> Elements:
    """Return the permutation of many states at once."""
    s = linear(full_matrix(), states.reshape(-1, WIDTH).T)
    for constants in FIRST_CONSTANTS:
        s = linear(full_matrix(), cube(add(s, elements(constants)[:, None])))
    for constant in PARTIAL_CONSTANTS:
        s[:1] = cube(add(s[:1], np.full((1, 1), constant, dtype=np.uint64)))
        s = linear(partial_matrix(), s)
    for constants in LAST_CONSTANTS:
        s = linear(full_matrix(), cube(add(s, elements(constants)[:, None])))
    return s.T.reshape(states.shape)


def cube(a: Elements) -> Elements:
    """Return a^3."""
    return multiply(multiply(a, a), a)


def permute_slowly(states: Elements) -> Elements:
    """Return the permutation in Python's integers, state by state, as the paper has it: the clear twin of `permute`."""
    rows = states.reshape(-1, WIDTH).tolist()
    return elements([_permuted(row) for row in rows]).reshape(states.shape)


def _permuted(s: list[int]) -> list[int]:
    s = _full_layer(s)
    for constants in FIRST_CONSTANTS:
        s = _full_layer([pow(x + c, 3, P) for x, c in zip(s, constants, strict=True)])
    for constant in PARTIAL_CONSTANTS:
        s = [pow(s[0] + constant, 3, P), *s[1:]]
        s = [(x * d + sum(s)) % P for x, d in zip(s, DIAGONAL, strict=True)]
    for constants in LAST_CONSTANTS:
        s = _full_layer([pow(x + c, 3, P) for x, c in zip(s, constants, strict=True)])
    return s


def _full_layer(s: list[int]) -> list[int]:
    blocks = [[sum(m * x for m, x in zip(row, s[k : k + 4], strict=True)) for row in SMALL] for k in (0, 4, 8, 12)]
    return [(block[i] + sum(other[i] for other in blocks)) % P for block in blocks for i in range(4)]


def permute_one(s: list[int]) -> list[int]:
    """Return the permutation of one state of Python's integers: what a chain of hashes needs, each after the other.

    As `permute_slowly`, but sums are shared and reduced late; on one state, numpy would take ten times as long.
    """
    s = _shared_sums(s)
    for constants in FIRST_CONSTANTS:
        s = _shared_sums([(y := x + c) * y % P * y % P for x, c in zip(s, constants, strict=True)])
    for constant in PARTIAL_CONSTANTS:
        y = s[0] + constant
        s[0] = y * y % P * y % P
        total = sum(s)
        s = [(x * d + total) % P for x, d in zip(s, DIAGONAL, strict=True)]
    for constants in LAST_CONSTANTS:
        s = _shared_sums([(y := x + c) * y % P * y % P for x, c in zip(s, constants, strict=True)])
    return s


def _shared_sums(s: list[int]) -> list[int]:
    """Return the layer of the full rounds: a row of the small matrix takes all four, one once more, the next twice."""
    a, b, c, d, e, f, g, h, i, j, k, m, n, o, p, q = s
    one, two, three, four = a + b + c + d, e + f + g + h, i + j + k + m, n + o + p + q
    blocks = [
        (one + a + 2 * b, one + b + 2 * c, one + c + 2 * d, one + d + 2 * a),
        (two + e + 2 * f, two + f + 2 * g, two + g + 2 * h, two + h + 2 * e),
        (three + i + 2 * j, three + j + 2 * k, three + k + 2 * m, three + m + 2 * i),
        (four + n + 2 * o, four + o + 2 * p, four + p + 2 * q, four + q + 2 * n),
    ]
    sums = [sum(column) for column in zip(*blocks, strict=True)]
    return [(x + total) % P for block in blocks for x, total in zip(block, sums, strict=True)]


def compress(left: Elements, right: Elements) -> Elements:
    """Return the digest of two digests: the first half of the permuted pair, plus the left one.

    Adding the input makes it one-way; the permutation alone can be run backwards.
    """
    return add(permute(np.concatenate([left, right], axis=-1))[..., :RATE], left)


def compress_one(left: Sequence[int], right: Sequence[int]) -> tuple[int, ...]:
    """Return the digest of two digests of Python's integers, as `compress` does."""
    return tuple((x + y) % P for x, y in zip(permute_one([*left, *right]), left, strict=False))
