"""What holds for numbers is not proved for vectors: it is tried in the plane, and may fail there."""

import pytest

from derivations.kernel.terms import INT, Mat, Vec, inner, mul, norm2, sym
from derivations.reading.equations.compare import equal
from derivations.registry.two_dimensions import NoCoordinates, two_dimensional

d = sym("d", INT)
u, v, w = (sym(name, Vec(d)) for name in "uvw")


def test_a_square_of_an_inner_product_is_no_product_of_norms():
    found = equal(inner(u, v) ** 2, norm2(u) * norm2(v), {})
    assert found.status == "refuted"
    assert found.reason.startswith("it holds in one dimension, not in two: the left side is ")
    assert set(found.witness) >= {"u⃗_1", "u⃗_2", "v⃗_1", "v⃗_2"}


def test_a_vector_equation_that_holds_on_the_line_alone():
    found = equal(inner(u, v) * w, inner(u, w) * v, {})
    assert found.status == "refuted" and "not in two" in found.reason


def test_what_holds_in_every_dimension_is_proved():
    assert equal(norm2(u + v), norm2(u) + 2 * inner(u, v) + norm2(v), {}).status == "proved"
    assert equal(2 * u + v - u, u + v, {}).status == "proved"


def test_what_fails_on_the_line_is_refuted_there():
    found = equal(norm2(u + v), norm2(u) + norm2(v), {})
    assert found.status == "refuted" and "not in two" not in found.reason


def test_no_coordinates_for_a_matrix():
    with pytest.raises(NoCoordinates, match="mul is not written in coordinates"):
        two_dimensional(mul(sym("A", Mat(d, d)), u))
