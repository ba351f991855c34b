"""What a density is set equal to adds up to 1, or is refuted by tables of numbers; and settings that no schedule has."""

import pytest

from tests.reading.asked import judged, verdict


@pytest.mark.parametrize(
    "tex",
    [
        r"p(x,y,z)=p(x|y,z)p(y|x,z)p(z)", r"p(x,y)=p(x|y)p(x)", r"p(x)=\int p(x|z)\,dz", r"p(x)=\int p(x,z)\,dx", r"q(z|x)=p(x|z)p(z)",
        r"p(x)=\int p(x|z)p(z|x)\,dz", r"\int p(x|z)\,dz = p(x)", r"p(x|y)=p(x)p(y|x)", r"p(x)=\frac{p(x,z)}{p(x|z)}", r"p(x)=\mathbb{E}_{p(x|z)}[p(z)]",
    ],
)  # fmt: skip
def test_no_density_is_what_does_not_add_up_to_one(tex):
    found = judged(tex)
    assert found.verdict == "refuted" and "adds up to" in found.message and found.values[0] != found.values[1] == "1"


@pytest.mark.parametrize(
    "tex",
    [
        r"p(x,y,z)=p(x|y,z)p(y|z)p(z)", r"p(x,y,z)=p(x|z)p(y|z)p(z)", r"p(x,y)=p(x)p(y)", r"p(x)=\int p(x,z)\,dz", r"p(x)=\int p(x|z)p(z)\,dz",
        r"p(x|z)=\int p(x|z,y)p(y)\,dy", r"p(z|x)=\frac{p(x|z)p(z)}{p(x)}", r"p(z|x)=\frac{p(x|z)p(z)}{\int p(x|z)p(z)\,dz}", r"p(x)=\mathbb{E}_{p(z)}[p(x|z)]",
        r"p_\theta(x)=\int q(x|z)p(z)\,dz", r"\tilde p(x)=p(x|z)p(z)", r"p(x_{t-1}|x_t)=\int p(x_{t-1}|x_t,x_0)p(x_0|x_t)\,dx_0", r"p(x)=\frac1Zp(x|z)",
    ],
)  # fmt: skip
def test_a_density_may_be_what_adds_up_to_one_or_is_not_normalised_by_name(tex):
    assert verdict(tex) in ("proved", "definition")


def test_a_side_that_is_no_integral_over_its_variable_does_not_stop_the_audit():
    assert verdict(r"p(y|z)=\int p(y|x)p(x,y)q(x|x)\,dx") in ("refuted", "undecided", "unread")


@pytest.mark.parametrize("tex", [r"\bar\alpha_0 = 0", r"\bar\alpha_T = 2"])
def test_no_schedule_begins_without_signal_or_has_more_than_all_of_it(tex):
    assert judged(r"\bar\alpha_t = \prod_{s=1}^t\alpha_s", tex).verdict == "refuted"


@pytest.mark.parametrize("tex", [r"\bar\alpha_0 = 1", r"\bar\alpha_T = 0", r"\bar\alpha_1 = 0.9999", r"\beta_1 = 20"])
def test_a_setting_that_a_schedule_may_have_is_one(tex):
    assert judged(r"\bar\alpha_t = \prod_{s=1}^t\alpha_s", tex).verdict == "definition"


@pytest.mark.parametrize("tex", [r"\partial_x (x f) = f", r"\frac{\Delta p}{p} = \Delta"])
def test_a_function_is_no_constant_beside_its_variable_and_a_difference_no_product(tex):
    assert verdict(tex) not in ("proved", "convention")


def test_a_number_is_a_constant_beside_the_variable_and_a_step_a_factor():
    assert verdict(r"\frac{d}{dr}(a r) = a") == "proved"
    assert verdict(r"\frac{t + \Delta - t}{\Delta} = 1") == "proved"
