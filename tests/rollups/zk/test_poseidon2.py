from collections.abc import Iterator

import numpy as np

from toyevm.rollups.zk import field, poseidon2, poseidon2_trace

# Plonky3, koala-bear/src/poseidon2.rs, test_default_koalabear_poseidon2_width_16
GIVEN = """
894848333 1437655012 1200606629 1690012884 71131202 1749206695 1717947831 120589055
19776022 42382981 1831865506 724844064 171220207 1299207443 227047920 1783754913
"""
EXPECTED = """
1934285469 604889435 133449501 1026180808 1830659359 176667110 1391183747 351743874
1238264085 1292768839 2023573270 1201586780 1360691759 1230682461 748270449 651545025
"""


def test_the_published_vector_is_permuted_as_published() -> None:
    given, expected = ([int(word) for word in text.split()] for text in (GIVEN, EXPECTED))
    assert poseidon2.permute_slowly(field.elements(given)).tolist() == expected
    assert poseidon2.permute(field.elements(given)).tolist() == expected


def test_permute_equals_its_clear_twin() -> None:
    states = np.random.default_rng(1).integers(0, field.P, (2, 3, 16), dtype=np.uint64)
    states[0, 0], states[0, 1] = field.P - 1, 0
    assert (poseidon2.permute(states) == poseidon2.permute_slowly(states)).all()


def test_the_permutation_of_one_state_equals_its_clear_twin() -> None:
    states = np.random.default_rng(2).integers(0, field.P, (9, 16), dtype=np.uint64)
    states[0], states[1], states[2] = field.P - 1, 0, 1
    assert [poseidon2.permute_one(state) for state in states.tolist()] == poseidon2.permute_slowly(states).tolist()


def test_the_digest_of_one_pair_is_that_of_many() -> None:
    left, right = np.random.default_rng(3).integers(0, field.P, (2, 5, 8), dtype=np.uint64)
    found = [poseidon2.compress_one(*pair) for pair in zip(left.tolist(), right.tolist(), strict=True)]
    assert found == list(map(tuple, poseidon2.compress(left, right).tolist()))


def test_the_columns_of_a_permutation_equal_their_clear_twin() -> None:
    states = np.random.default_rng(4).integers(0, field.P, (16, 6), dtype=np.uint64)
    states[:, 0], states[:, 1] = field.P - 1, 0
    columns, permuted = poseidon2_trace.permutation_columns(states)
    slowly, permuted_slowly = poseidon2_trace.permutation_columns_slowly(states)
    assert columns.tolist() == slowly.tolist()
    assert permuted.tolist() == permuted_slowly.tolist() == poseidon2.permute_slowly(states.T).T.tolist()
    assert len(columns) == poseidon2_trace.PERMUTATION_WIDTH


def grain_bits() -> Iterator[int]:
    """Yield the bits of the Grain LFSR for prime field, power map, 31 bits, width 16, 8 and 20 rounds."""
    fields = ((1, 2), (0, 4), (31, 12), (16, 12), (8, 10), (20, 10), ((1 << 30) - 1, 30))
    state = [int(bit) for value, size in fields for bit in f"{value:0{size}b}"]

    def step() -> int:
        bit = state[62] ^ state[51] ^ state[38] ^ state[23] ^ state[13] ^ state[0]
        state.append(bit)
        del state[0]
        return bit

    for _ in range(160):
        step()
    while True:
        first, second = step(), step()
        if first:
            yield second


def test_the_constants_are_what_the_generator_of_the_paper_yields() -> None:
    """As in the reference scripts: a full round takes 16 numbers, a partial round one; p or more is drawn again."""
    bits = grain_bits()

    def number() -> int:
        while (value := int("".join(str(next(bits)) for _ in range(31)), 2)) >= field.P:
            pass
        return value

    first, last = (np.ravel(rows).tolist() for rows in (poseidon2.FIRST_CONSTANTS, poseidon2.LAST_CONSTANTS))
    stored = first + poseidon2.PARTIAL_CONSTANTS + last
    assert [number() for _ in stored] == stored


def test_compress_depends_on_both_sides_and_their_order() -> None:
    a, b = field.elements(range(8)), field.elements(range(8, 16))
    assert len({tuple(poseidon2.compress(x, y).tolist()) for x in (a, b) for y in (a, b)}) == 4
