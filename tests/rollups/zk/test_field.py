import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.rollups.zk import field

CORNERS = [0, 1, 2, field.P // 2, field.P // 2 + 1, field.P - 2, field.P - 1, (1 << 15) - 1, 1 << 15, (1 << 16) - 1]
a_element = st.one_of(st.sampled_from(CORNERS), st.integers(0, field.P - 1))
some = st.lists(st.tuples(a_element, a_element), min_size=1, max_size=9)


def test_p_is_a_prime_with_the_two_adicity_it_says_and_a_cube_that_permutes() -> None:
    assert all(field.P % d for d in range(2, 46341))
    assert (field.P - 1) % (1 << field.TWO_ADICITY) == 0
    assert (field.P - 1) % 3 != 0
    assert all(pow(field.GENERATOR, (field.P - 1) // q, field.P) != 1 for q in (2, 127))  # p - 1 = 2^24 · 127


@given(some)
def test_arithmetic_equals_that_of_integers(pairs: list[tuple[int, int]]) -> None:
    a, b = field.elements([x for x, _ in pairs]), field.elements([y for _, y in pairs])
    for operation, exact in (
        (field.add, lambda x, y: x + y),
        (field.subtract, lambda x, y: x - y),
        (field.multiply, lambda x, y: x * y),
    ):
        assert operation(a, b).tolist() == [exact(x, y) % field.P for x, y in pairs]


@given(st.lists(st.one_of(st.sampled_from([0, field.P, 2**64 - 1]), st.integers(0, 2**64 - 1)), min_size=1))
def test_reduce_equals_its_clear_twin(values: list[int]) -> None:
    a = np.array(values, dtype=np.uint64)
    assert field.reduce(a).tolist() == field.reduce_slowly(a).tolist() == [v % field.P for v in values]


@given(st.lists(a_element, min_size=1, max_size=9))
def test_an_inverse_times_its_element_is_one_and_that_of_zero_is_zero(values: list[int]) -> None:
    a = field.elements(values)
    assert field.multiply(a, field.inverse(a)).tolist() == [int(v != 0) for v in values]


@pytest.mark.parametrize("shape", [(), (1,), (63,), (64,), (3, 128), (1000,)])
def test_inverse_equals_its_clear_twin(shape: tuple[int, ...]) -> None:
    a = np.random.default_rng(1).integers(0, field.P, shape, dtype=np.uint64)
    a = np.where(a % np.uint64(5) == 0, np.uint64(0), a)
    assert field.inverse(a).shape == shape
    assert (field.inverse(a) == field.inverse_slowly(a)).all()


def test_powers_are_those_of_integers() -> None:
    assert field.powers(7, 13).tolist() == [pow(7, k, field.P) for k in range(13)]


def test_powers_of_many_points_have_a_row_each() -> None:
    rows = field.powers_of(field.elements([0, 7, -1]), 5)
    assert rows.tolist() == [[pow(x, k, field.P) for x in (0, 7, field.P - 1)] for k in range(5)]


@pytest.mark.parametrize("order", [1, 2, 1 << 24])
def test_a_root_of_unity_has_its_order(order: int) -> None:
    root = field.root_of_unity(order)
    assert pow(root, order, field.P) == 1
    assert order == 1 or pow(root, order // 2, field.P) == field.P - 1


@pytest.mark.parametrize("order", [0, 3, 1 << 25])
def test_a_domain_of_another_size_is_refused(order: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        field.root_of_unity(order)


@pytest.mark.parametrize("terms", [0, 1, 127, 128, 129, 300])
@pytest.mark.parametrize("left", [*CORNERS, None])
@pytest.mark.parametrize("right", [field.P - 1, None])
def test_linear_equals_its_clear_twin_at_the_extremes(terms: int, left: int | None, right: int | None) -> None:
    random = np.random.default_rng(terms)

    def full(shape: tuple[int, int], value: int | None) -> field.Elements:
        drawn = random.integers(0, field.P, shape, dtype=np.uint64)
        return drawn if value is None else np.full(shape, value, dtype=np.uint64)

    matrix, vectors = full((3, terms), left), full((terms, 4), right)
    assert field.linear(matrix, vectors).tolist() == field.linear_slowly(matrix, vectors).tolist()


@pytest.mark.parametrize("dtype", [np.uint64, np.uint32])
@pytest.mark.parametrize(("rows", "terms"), [(3, 128), (64, 20), (300, 2)])
def test_linear_equals_its_clear_twin_a_block_of_vectors_after_the_other(
    rows: int, terms: int, dtype: type[np.unsignedinteger]
) -> None:
    random = np.random.default_rng(rows)
    width = 2 * field.BLOCK // max(rows, terms) + 1  # two whole blocks, and one of a single vector
    matrix = random.integers(0, field.P, (rows, terms), dtype=np.uint64)
    vectors = random.integers(0, field.P, (terms, width), dtype=dtype)
    assert (field.linear(matrix, vectors) == field.linear_slowly(matrix, vectors)).all()
