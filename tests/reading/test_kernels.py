r"""Laws and flows that belong to an equation that the document has written: by differentiation, for every schedule."""

import pytest

from tests.reading.asked import judged, meets

VP = r"dx = -\frac12\beta(t)x\,dt+\sqrt{\beta(t)}\,dw"
VE = r"dx = \sqrt{\frac{d[\sigma^2(t)]}{dt}}\,dw"
OU = r"dx = -\kappa x\,dt+\sqrt{2\kappa}\,dw"
VP_STATE = r"x(t) = e^{-\frac12\int_0^t\beta(s)ds}x(0)+\sqrt{1-e^{-\int_0^t\beta(s)ds}}\,\epsilon"
VE_LAW = r"p_{0t}(x(t)|x(0)) = \mathcal N\left(x(t);x(0),[\sigma^2(t)-\sigma^2(0)]I\right)"
VE_BACK = r"dx = -\frac{d[\sigma^2(t)]}{dt}\nabla_x\log p_t(x)dt+\sqrt{\frac{d[\sigma^2(t)]}{dt}}d\bar w"
VE_FLOW = r"dx = -\frac12\frac{d[\sigma^2(t)]}{dt}\nabla_x\log p_t(x)dt"
PAIRS = {
    "the state of the variance preserving equation": (VP, VP_STATE, [(r"\sqrt{1-e^{-\int_0^t\beta(s)ds}}", r"(1-e^{-\int_0^t\beta(s)ds})"), (r"e^{-\frac12", "e^{-")]),
    "the law of the variance exploding equation": (VE, VE_LAW, [("-\\sigma^2(0)", "+\\sigma^2(0)"), (r"[\sigma^2(t)-\sigma^2(0)]", r"[\sigma(t)-\sigma(0)]")]),
    "its reverse": (VE, VE_BACK, [(r"dx = -\frac{d", r"dx = -\frac12\frac{d")]),
    "its flow": (VE, VE_FLOW, [(r"-\frac12", "-"), (r"-\frac12", r"\frac12")]),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_what_belongs_to_the_equation_is_proved_and_what_does_not_is_refuted(name):
    before, true, slips = PAIRS[name]
    assert judged(before, true).verdict == "proved"
    for old, new in slips:
        assert old in true and meets(judged(before, true.replace(old, new, 1)), "false"), (old, new)


@pytest.mark.parametrize(
    "formulas",
    [
        (VP, r"x(t) = x(0) + \sigma(t)\epsilon"), (VP, r"x_t = \sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}\epsilon"),
        (OU, r"x_t = (1-t)x_0 + t\epsilon"), (r"dx = -x\,dt+\sqrt2\,dw", r"x(t) = (1-t)x(0) + t\epsilon"),
        (VP, VE, r"x(t) = x(0) + (1-e^{-\int_0^t\beta(s)ds})\epsilon"), (VE, r"dx = -2\beta(t)\nabla_x\log p_t(x)dt"),
    ],
)  # fmt: skip
def test_a_law_that_may_be_of_another_equation_is_not_accused(formulas):
    assert judged(*formulas).verdict != "refuted"


def test_a_noise_of_another_strength_is_not_accused():
    family = r"d\mathbf{x}_\pm = -\dot\sigma(t)\sigma(t)\nabla_\mathbf{x}\log p(\mathbf{x};\sigma(t))dt \pm \beta(t)\sigma(t)^2\nabla_\mathbf{x}\log p(\mathbf{x};\sigma(t))dt + \sqrt{2\beta(t)}\sigma(t)d\omega_t"
    assert judged(family).verdict != "refuted"
