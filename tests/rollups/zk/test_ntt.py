import numpy as np
import pytest

from toyevm.rollups.zk import field, ntt


def drawn(size: int, width: int) -> field.Elements:
    return np.random.default_rng(size).integers(0, field.P, (size, width), dtype=np.uint64)


@pytest.mark.parametrize("size", [1, 2, 8, 64, 128, 512])
@pytest.mark.parametrize("shift", [1, 3, field.P - 1])
def test_evaluate_equals_its_clear_twin(size: int, shift: int) -> None:
    coefficients = drawn(size, 3)
    assert (ntt.evaluate(coefficients, shift) == ntt.evaluate_slowly(coefficients, shift)).all()


@pytest.mark.parametrize("width", [ntt.MIN_COLUMNS + 1, 2 * ntt.MIN_COLUMNS + 5])
def test_columns_that_are_transformed_in_several_blocks_equal_their_clear_twin(width: int) -> None:
    coefficients = drawn(512, width)
    assert len(list(ntt._column_blocks(coefficients))) == -(-width // ntt.MIN_COLUMNS)
    values = ntt.evaluate_slowly(coefficients, 3)
    assert (ntt.evaluate(coefficients, 3) == values).all()
    assert (ntt.interpolate(values, 3) == coefficients).all()


@pytest.mark.parametrize("size", [1, 2, 64, 2048, 1 << 13])
def test_interpolate_undoes_evaluate(size: int) -> None:
    coefficients = drawn(size, 20)
    assert (ntt.interpolate(ntt.evaluate(coefficients, 3), 3) == coefficients).all()


def test_a_transform_longer_than_two_steps_has_the_values_of_horner() -> None:
    coefficients = drawn(1 << 13, 1)
    values, points = ntt.evaluate(coefficients, 3), ntt.domain(1 << 13, 3)
    for row in (0, 1, 4097, 8191):
        exact = 0
        for coefficient in reversed(coefficients[:, 0].tolist()):
            exact = (exact * int(points[row]) + coefficient) % field.P
        assert exact == values[row, 0]


@pytest.mark.parametrize("blowup", [1, 2, 8])
def test_an_extension_has_the_values_of_the_same_polynomials(blowup: int) -> None:
    coefficients = drawn(16, 2)
    padded = np.concatenate([coefficients, np.zeros((16 * (blowup - 1), 2), dtype=np.uint64)])
    assert (ntt.extend(coefficients, blowup, 3) == ntt.evaluate(padded, 3)).all()
    assert (ntt.domain(4, 3) == field.elements([3 * pow(field.root_of_unity(4), k, field.P) for k in range(4)])).all()
