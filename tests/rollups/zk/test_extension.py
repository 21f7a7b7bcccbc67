import numpy as np
import pytest

from toyevm.rollups.zk import extension, field


def drawn(*shape: int, seed: int = 1) -> field.Elements:
    return np.random.default_rng(seed).integers(0, field.P, (*shape, 5), dtype=np.uint64)


def test_the_modulus_is_irreducible() -> None:
    """u^(p^5) is u, and u^p is not: 5 is a prime, so by Rabin's test no factor has a degree below 5."""
    u = field.elements([0, 1, 0, 0, 0])
    image = u
    for _ in range(5):
        image = extension.frobenius(image)
        assert (image.tolist() == u.tolist()) == (_ == 4)


@pytest.mark.parametrize("corner", [None, field.P - 1])
def test_a_product_equals_that_of_the_clear_twin(corner: int | None) -> None:
    a, b = drawn(7, 1), drawn(3, seed=2)
    if corner is not None:
        a[:], b[:] = corner, corner
    assert extension.multiply_extended(a, b).tolist() == extension.multiply_slowly(a, b).tolist()


def test_frobenius_is_the_power_p() -> None:
    a = drawn(3)
    assert extension.frobenius(a).tolist() == extension.power_extended(a, field.P).tolist()


def test_an_inverse_times_its_element_is_one() -> None:
    a = drawn(6)
    assert extension.multiply_extended(a, extension.inverse_extended(a)).tolist() == [[1, 0, 0, 0, 0]] * 6


def test_powers_are_repeated_products() -> None:
    base = drawn()
    rows = extension.powers_extended(base, 6)
    assert [row.tolist() for row in rows] == [extension.power_extended(base, k).tolist() for k in range(6)]


def test_an_element_is_a_root_of_its_minimal_polynomial() -> None:
    z = drawn()
    terms = extension.scale(extension.powers_extended(z, 6), extension.minimal_polynomial(z))
    assert (terms.sum(axis=0) % field.P).tolist() == [0] * 5


def test_inverse_differences_are_inverses() -> None:
    z, points = drawn(), field.elements([0, 1, 5, field.P - 1])
    differences = field.subtract(extension.embed(points), z)
    assert (
        extension.Inverter(z).inverse_differences(points).tolist() == extension.inverse_extended(differences).tolist()
    )
