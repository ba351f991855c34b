"""What authors leave out: the variable of a gradient, the index of the data, the name of a kernel, a bracket."""

import pytest

from tests.reading.asked import verdict

CHAIN = r"E_{q(x_{1:T}|x_0)}[\log \frac{p(x_T)\prod_{t=1}^Tp_\theta(x_{t-1}|x_t)}{\prod_{t=1}^T q(x_t|x_{t-1})}]"
ENDS = r"E_{q(x_{1:T}|x_0)}[\log \frac{p(x_T)p_\theta(x_0|x_1)}{q(x_T|x_{T-1})}]"


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\nabla\log p(y|x_t) = \nabla\log p(x_t|y) - \nabla\log p(x_t)", "proved"),
        (r"\nabla\log p(y|x_t) = \nabla\log p(x_t) - \nabla\log p(x_t|y)", "refuted"),
        (r"\nabla\log p(x|c) = \nabla\log\frac{p(x)p(c|x)}{p(c)} = \nabla\log p(x) + \nabla\log p(c|x)", "proved"),
        (r"\nabla\log p(x|c) = \nabla\log p(x) + \nabla\log p(c|x) - \nabla\log p(c)", "proved"),
        (r"\nabla\log p(x|c) = \nabla\log\frac{p(x)}{p(c|x)p(c)}", "refuted"),
        (r"\nabla\log p(x|c) = \nabla\log p(x) - \nabla\log p(c|x)", "refuted"),
        (r"\nabla_x\log p(x|c) = \nabla_c\log p(x) + \nabla_c\log p(c|x)", "refuted"),
        (r"\nabla\log q(x_t|x_0) = -\frac{x_t - \sqrt{\bar\alpha_t}x_0}{1-\bar\alpha_t}", "proved"),
        (r"\nabla\log q(x_t|x_0) = -\frac{x_t - \sqrt{\bar\alpha_t}x_0}{\sqrt{1-\bar\alpha_t}}", "refuted"),
    ],
)
def test_a_gradient_without_a_variable_is_in_what_the_densities_share(tex, expected):
    assert verdict(tex) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\log p(x) = \log E_{q(x_{1:T}|x_0)}[\frac{p(x_{0:T})}{q(x_{1:T}|x_0)}]", "proved"),
        (r"\log p(x) \ge E_{q(x_{1:T}|x_0)}[\log\frac{p(x_{0:T})}{q(x_{1:T}|x_0)}]", "proved"),
        (r"\log p(x) \le E_{q(x_{1:T}|x_0)}[\log\frac{p(x_{0:T})}{q(x_{1:T}|x_0)}]", "refuted"),
        (r"p(x) = \int p(x|x_0) p(x_0) dx_0", "definition"),  # here x is no x_0
    ],
)
def test_the_data_without_an_index_are_those_of_the_chain(tex, expected):
    assert verdict(tex) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"p_{\sigma_t}(x_t) = \int p(x) N(x_t; x, \sigma_t^2 I) dx", "definition"),
        (r"q(x_t) = \int q(x_0) N(x_t; \sqrt{\bar\alpha_t} x_0, (1-\bar\alpha_t) I) dx_0", "proved"),
        (r"q(x_t) = \int q(x_0) N(x_t; \bar\alpha_t x_0, (1-\bar\alpha_t) I) dx_0", "undecided"),
        (r"q(x_t) = \int q(x_0) N(x_0; \sqrt{\bar\alpha_t} x_t, (1-\bar\alpha_t) I) dx_0", "undecided"),
    ],
)
def test_a_kernel_written_out_is_compared_with_the_process(tex, expected):
    assert verdict(tex) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (
            r"\log p(x) = \log p(x) \int q_\phi(z|x) dz = \int q_\phi(z|x) (\log p(x)) dz = E_{q_\phi(z|x)}[\log p(x)]",
            "proved",
        ),
        (r"\log p(x) = \int q_\phi(z|x) \log p(x,z) dz", "refuted"),
        (r"\log p(x) = \log \int p(x, z) dz", "definition"),
    ],
)
def test_one_as_an_integral_multiplies_the_logarithm_before_it(tex, expected):
    assert verdict(tex) == expected


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (rf"{CHAIN} = {ENDS} + E_{{q(x_{{1:T}}|x_0)}}[\log\prod_{{t=1}}^{{T-1}}\frac{{p_\theta(x_t|x_{{t+1}})}}{{q(x_t|x_{{t-1}})}}]", "proved"),
        (rf"{CHAIN} = {ENDS} + \sum_{{t=1}}^{{T-1}} E_{{q(x_{{1:T}}|x_0)}}[\log\frac{{p_\theta(x_t|x_{{t+1}})}}{{q(x_t|x_{{t-1}})}}]", "proved"),
        (rf"{CHAIN} = {ENDS} + \sum_{{t=1}}^{{T-1}} E_{{q(x_{{1:T}}|x_0)}}[\log\frac{{p_\theta(x_{{t-1}}|x_t)}}{{q(x_t|x_{{t-1}})}}]", "refuted"),
        (rf"{CHAIN} = {ENDS} + \sum_{{t=2}}^{{T-1}} E_{{q(x_{{1:T}}|x_0)}}[\log\frac{{p_\theta(x_t|x_{{t+1}})}}{{q(x_t|x_{{t-1}})}}]", "refuted"),
    ],
)  # fmt: skip
def test_sums_that_end_one_step_early(tex, expected):
    assert verdict(tex) == expected


BOUND = r"-\log p_\theta(x_0)\le -\log p_\theta(x_0)+D_{KL}(q(x_{1:T}|x_0)\|p_\theta(x_{1:T}|x_0)) = \mathbb E_{LAW}\left[\log\frac{q(x_{1:T}|x_0)}{p_\theta(x_{0:T})}\right]"


@pytest.mark.parametrize("law, wanted", [("q(x_{1:T}|x_0)", "proved"), ("q", "proved"), ("q(x_{0:T})", "undecided")])
def test_a_law_that_averages_what_is_given_accuses_nobody_and_hides_no_slip(law, wanted):
    tex = BOUND.replace("LAW", law)
    upside_down = tex.replace(r"\frac{q(x_{1:T}|x_0)}{p_\theta(x_{0:T})}", r"\frac{p_\theta(x_{0:T})}{q(x_{1:T}|x_0)}")
    assert verdict(tex) == wanted
    assert verdict(upside_down) == verdict(tex.replace("+D_", "-D_")) == "refuted"
