"""One letter for several things: a noise drawn twice, an a for an alpha, an index that runs over a product."""

from tests.reading.asked import verdict

STEPS = r"$\alpha_t = 1 - \beta_t$, $\bar\alpha_t = \prod_{s=1}^t \alpha_s$, $\epsilon \sim N(0, I)$." + "\n\n"
MEAN = r"\frac{\sqrt{\alpha_t}(1 - \bar\alpha_{t-1}) x_t + \sqrt{\bar\alpha_{t-1}}(1 - \alpha_t) x_0}{%s}"
IN_NOISE = r"\frac{1}{\sqrt{\alpha_t}} x_t %s \frac{1 - \alpha_t}{\sqrt{1 - \bar\alpha_t}\sqrt{\alpha_t}}\epsilon_0"


def test_a_noise_with_one_name_may_be_drawn_twice():
    twice = r"x_t = \sqrt{\alpha_t\alpha_{t-1}} x_{t-2} + \sqrt{\alpha_t - \alpha_t\alpha_{t-1}}\epsilon + %s\epsilon"
    assert verdict(twice % r"\sqrt{1 - \alpha_t}", STEPS) == "undecided"
    for wrong in (r"\sqrt{1 + \alpha_t}", r"\alpha_t"):  # a slip away from what is open itself
        assert verdict(twice % wrong, STEPS) == "undecided"


def test_an_a_may_be_written_for_alpha():
    steps = r"x_t = \sqrt{\alpha_t a_{t-1}} x_{t-2} + \sqrt{%s}\epsilon"
    assert verdict(steps % r"1 - \alpha_t a_{t-1}", STEPS) == "convention"
    assert verdict(steps % r"1 + \alpha_t a_{t-1}", STEPS) not in ("proved", "convention")
    defined = STEPS + r"Let $a_t = 1 - 2\beta_t$." + "\n\n"
    assert verdict(steps % r"1 - \alpha_t a_{t-1}", defined) not in ("proved", "convention")


def test_what_a_product_runs_over_is_no_step_of_the_formula():
    below = MEAN % r"1 - \prod_{i=1}^t \alpha_i"
    assert verdict(f"{below} = {IN_NOISE % '-'}", STEPS) == "proved"
    assert verdict(f"{below} = {IN_NOISE % '+'}", STEPS) == "refuted"


def test_dots_for_left_out_steps_make_no_index_an_integer():
    plain = MEAN % r"1 - \bar\alpha_t"
    assert verdict(rf"{plain} = \dots = {IN_NOISE % '-'}", STEPS) == "proved"
    assert verdict(rf"{plain} = \dots = {IN_NOISE % '+'}", STEPS) == "refuted"
