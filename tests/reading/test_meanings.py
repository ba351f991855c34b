"""What letters may mean instead, and what is written for a law or a rate: found in documents that nobody had seen."""

import pytest

from tests.reading.asked import judged, last, verdicts

PRODUCT = r"\bar\alpha_t = \prod_{s=1}^t \alpha_s"
MIXTURE = r"p_t(x) = \int p_t(x|x_1)\,p_{data}(x_1)\,dx_1"


def test_two_times_may_be_one_clock_turned_around() -> None:
    path = (r"x_t = (1-t)x_0 + t x_1", r"u_t = x_1 - x_0")
    assert verdicts(*path, r"x_0 = x_t - t u_t")[-1] == "proved"
    assert verdicts(*path, r"\hat x_0 = x_s + (1-s)v_s = x_t - t u_t")[-1] == "undecided"
    assert verdicts(*path, r"x_0 = x_t + t u_t")[-1] == "refuted"


def test_a_name_that_is_put_in_for_a_multiple_of_itself() -> None:
    assert last(r"We can substitute $z = \alpha z$ so that $\alpha = 1$.").verdict != "refuted"


def test_what_is_far_from_a_true_formula_is_open_whatever_speaks_against_it() -> None:
    """An operator that is split, a bar over the time that means 1 - t: nothing tells the reader."""
    assert judged(r"e^{-\Delta t L} \approx e^{-\Delta t L_x}e^{-\Delta t L_v}").verdict == "undecided"
    velocity = r"v_t(x_t|x_0) = \frac1t(x_t - x_0)"
    assert verdicts(r"x_t = \bar t x_0 + t x_1", velocity)[-1] == "undecided"
    assert judged("1 = 0").verdict == "refuted"  # of no letters at all


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"q(x_k|x_{k-1}) = \mathcal{N}(a_k x_{k-1}, b_k^2 I)", "definition"),
        (r"q(x_k|x_0) = \mathcal{N}(c_k x_0, d_k^2 I)", "definition"),
        (r"q(x_k|x_0) = \mathcal{N}(\bar\alpha_k x_0, (1-\bar\alpha_k) I)", "refuted"),
        (r"q(x_t|x_0) = \sqrt{\bar\alpha_t}x_0 + \sqrt{1-\bar\alpha_t}\epsilon", "proved"),
        (r"q(x_t|x_0) = \sqrt{\bar\alpha_t}x_0 + (1-\bar\alpha_t)\epsilon", "refuted"),
        (r"\bar\alpha_t := \prod_{t=1}^T \alpha_t", "refuted"),
        (r"X_t|X_0 = x_0 \sim \mathcal{N}(\sqrt{\bar\alpha_t}x_0, (1-\bar\alpha_t)I)", "proved"),
        (r"X_t|X_0 = x_0 \sim \mathcal{N}(\sqrt{\bar\alpha_t}x_0, \bar\alpha_t I)", "refuted"),
    ],
)  # fmt: skip
def test_laws_of_a_chain(tex: str, wanted: str) -> None:
    assert verdicts(PRODUCT, tex)[-1] == wanted


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\partial_t p_t(x) = \int \partial_t p_t(x|x_1)\,p_{data}(x_1)\,dx_1", "proved"),
        (r"\partial_t p_t(x) = -\mathrm{div}(\int p_t(x|x_1)u_t(x|x_1)p_{data}(x_1)\,dx_1)", "convention"),
        (r"\partial_t p_t(x) = -\mathrm{div}(\int p_t(x|x_1)u_t(x|x_1)p_t(x_1)\,dx_1)", "undecided"),
        (r"p_t(x)u_t(x) = \int p_t(x|x_1)u_t(x|x_1)p_{data}(x_1)\,dx_1", "definition"),
    ],
)  # fmt: skip
def test_the_rate_of_a_mixture(tex: str, wanted: str) -> None:
    assert verdicts(MIXTURE, tex)[-1] == wanted


def test_the_field_of_a_mixture_by_its_product_with_the_density() -> None:
    field = r"p_t(x)u_t(x) = \int p_t(x|x_1)u_t(x|x_1)p_{data}(x_1)\,dx_1"
    quotient = r"u_t(x) = \frac{\int p_t(x|x_1)u_t(x|x_1)p_{data}(x_1)\,dx_1}{p_t(x)}"
    carried = r"\partial_t p_t(x) = -\mathrm{div}(\int p_t(x|x_1)u_t(x|x_1)p_{data}(x_1)\,dx_1)"
    assert verdicts(MIXTURE, field, quotient)[1:] == ["definition", "proved"]
    assert verdicts(MIXTURE, carried, carried.replace("= -", "= "))[1:] == ["convention", "refuted"]


def test_a_mixture_that_its_rate_states() -> None:
    assert judged(r"\partial_t p_t(x) = \int \partial_t p_t(x|x_1)\,q(x_1)\,dx_1").verdict == "definition"


@pytest.mark.parametrize("way", [r"\frac{\partial p}{\partial t}(x,t)", r"\frac{\partial p(x,t)}{\partial t}"])
def test_a_rate_with_its_point_behind(way: str) -> None:
    forward = r"dx = f(x,t)\,dt + g(t)\,dw"
    moved = way + r" = -\frac{\partial}{\partial x}[p(x,t)f(x,t)] + \frac12 g^2(t)\frac{\partial^2 p(x,t)}{\partial x^2}"
    assert verdicts(forward, moved)[-1] == "proved"
    assert verdicts(forward, moved.replace("= -", "= "))[-1] == "refuted"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\int_s^t \frac{d\alpha_\tau}{d\tau}\,d\tau = \alpha_t - \alpha_s", "proved"),
        (r"\int_s^t \frac{d\alpha_\tau}{d\tau}\,d\tau = \alpha_s - \alpha_t", "refuted"),
        (r"e^{\int_s^t f(\tau)\,d\tau} = \frac{\alpha_t}{\alpha_s}", "proved"),
        (r"e^{\int_s^t f(\tau)\,d\tau} = \frac{\alpha_s}{\alpha_t}", "refuted"),
    ],
)  # fmt: skip
def test_the_integral_of_a_derivative(tex: str, wanted: str) -> None:
    path = r"x_t = \alpha_t x_0 + \sigma_t\epsilon"
    assert verdicts(path, r"f(t) = \frac{d\log\alpha_t}{dt}", tex)[-1] == wanted


def test_a_measure_given_a_value() -> None:
    mean = r"\int \frac1t (x_t - x_0)\,dp(x_0|x_t) = \frac1t(x_t - \mathbb{E}[x_0|x_t])"
    assert judged(mean).verdict == "proved"
    assert judged(mean.replace("- \\mathbb", "+ \\mathbb")).verdict != "proved"


def test_a_density_without_arguments_before_a_bracket() -> None:
    flow = r"\frac{\partial p}{\partial t} + \nabla\cdot(p(f - \frac{g^2}{2}\nabla\log p)) = 0"
    assert verdicts(r"dx = f(x,t)\,dt + g(t)\,dw", flow)[-1] == "proved"
    assert verdicts(r"dx = f(x,t)\,dt + g(t)\,dw", flow.replace(r"\frac{g^2}{2}", "g^2"))[-1] != "proved"


def test_private_macros_that_many_have() -> None:
    assert judged(r"\partial_t p_t(\xv) = -\dive(p_t(\xv) v_t(\xv))").verdict == "definition"
    assert judged(r"\grad_{\xv} \norm{\xv}^2 = 2\xv").verdict == "proved"


def test_the_angle_of_a_path_is_no_network() -> None:
    path = (r"z_\phi = \cos\phi\, x + \sin\phi\,\epsilon", r"v_\phi = \frac{dz_\phi}{d\phi}")
    assert verdicts(*path, r"v_\phi = \cos\phi\,\epsilon - \sin\phi\, x")[-1] == "definition"
    assert verdicts(*path, r"v_\phi = \cos\phi\,\epsilon + \sin\phi\, x")[-1] == "undecided"
    assert verdicts(*path, r"\cos\phi\, z_\phi - \sin\phi\, v_\phi = x\,(\cos^2\phi + \sin^2\phi)")[-1] == "proved"
    assert verdicts(*path, r"\cos\phi\, z_\phi + \sin\phi\, v_\phi = x\,(\cos^2\phi + \sin^2\phi)")[-1] == "refuted"


def test_what_is_guided_may_keep_its_name() -> None:
    guided = r"\log p_\theta(x_{t-1}|x_t,y) = \log p_\theta(x_{t-1}|x_t) + (s+1)(\log p_\theta(x_{t-1}|x_t,y) - \log p_\theta(x_{t-1}|x_t))"
    assert judged("u = v", guided).verdict == "undecided"
    assert judged("u = v", r"\log p(x_t|y) = \log p(y|x_t) - \log p(x_t) - \log p(y)").verdict == "refuted"


def test_a_density_given_its_own_variable_may_be_that_of_a_point() -> None:
    last_step = r"\log\frac{q(x_0|x_1,x_0)}{p_\theta(x_0|x_1)} = -\log p_\theta(x_0|x_1)"
    assert judged("u = v", last_step).verdict == "undecided"
    noisy = r"q(x_t|x_t) = \mathcal{N}(x_t; \sqrt{\bar\alpha_t}x_0, (1-\bar\alpha_t) I)"
    assert verdicts(PRODUCT, noisy)[-1] == "refuted"
