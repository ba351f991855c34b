"""An equation whose two sides are written with one noise is about that noise: a sign matters, which no law shows."""

import pytest

from tests.reading.asked import verdict

STEPS = r"$\alpha_t = 1 - \beta_t$, $\bar\alpha_t = \prod_{s=1}^t \alpha_s$, $\epsilon \sim N(0, I)$." + "\n\n"
CLEAN = r"\sqrt{\bar\alpha_s}\,\frac{x_t - \sqrt{1 - \bar\alpha_t}\,\epsilon}{\sqrt{\bar\alpha_t}}"
LEVELS = r"\alpha_s\,\frac{x_t - \sigma_t\,\epsilon}{\alpha_t} + \sigma_s\,\epsilon = \frac{\alpha_s}{\alpha_t} x_t"


@pytest.mark.parametrize(
    ("true", "false", "before"),
    [
        (rf"{CLEAN} + \sqrt{{1 - \bar\alpha_s}}\,\epsilon = \sqrt{{\bar\alpha_s}} x_0 + \sqrt{{1 - \bar\alpha_s}}\,\epsilon",
         rf"{CLEAN} + \sqrt{{1 - \bar\alpha_s}}\,\epsilon = \sqrt{{\bar\alpha_s}} x_0 - \sqrt{{1 - \bar\alpha_s}}\,\epsilon",
         STEPS),
        (rf"{LEVELS} + \left(\sigma_s - \frac{{\alpha_s \sigma_t}}{{\alpha_t}}\right)\epsilon",
         rf"{LEVELS} - \left(\sigma_s - \frac{{\alpha_s \sigma_t}}{{\alpha_t}}\right)\epsilon",
         ""),
    ],
)  # fmt: skip
def test_a_wrong_sign_of_the_noise_is_refuted(true, false, before):
    assert verdict(true, before) == "proved"
    assert verdict(false, before) == "refuted"


@pytest.mark.parametrize(
    "tex",
    [
        r"x_t = \sqrt{\bar\alpha_t} x_0 - \sqrt{1 - \bar\alpha_t}\,\epsilon",
        r"x_t = \sqrt{\alpha_t} x_{t-1} + \sqrt{1 - \alpha_t}\,\epsilon"
        r" = \sqrt{\alpha_t \alpha_{t-1}} x_{t-2} + \sqrt{1 - \alpha_t \alpha_{t-1}}\,\epsilon",
    ],
)
def test_a_law_is_enough_where_only_one_side_draws_or_noises_were_added(tex):
    assert verdict(tex, STEPS) == "proved"
