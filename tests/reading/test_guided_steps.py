"""Steps of samplers with a guided estimate of the noise, and with the level of the noise that a document chooses."""

import pytest

from tests.reading.asked import verdicts

PRODUCT = r"\bar\alpha_t=\prod_{s=1}^t\alpha_s"
NETWORK = r"\epsilon_\theta(x_t,t)"
MIXED = r"\epsilon_\theta(x_t,t,\varnothing)+s(\epsilon_\theta(x_t,t,c)-\epsilon_\theta(x_t,t,\varnothing))"
DATA = r"\hat x_0=\frac{x_t-\sqrt{1-\bar\alpha_t}\,E}{\sqrt{\bar\alpha_t}}"
LEVEL = r"\sigma_t=\eta\sqrt{\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}}\sqrt{1-\frac{\bar\alpha_t}{\bar\alpha_{t-1}}}"
STEP = r"x_{t-1}=\sqrt{\bar\alpha_{t-1}}\,\hat x_0+\sqrt{1-\bar\alpha_{t-1}-\sigma_t^2}\,E+\sigma_t z"
WRONG = r"x_{t-1}=\sqrt{\bar\alpha_t}\,\hat x_0+\sqrt{1-\bar\alpha_{t-1}-\sigma_t^2}\,E+\sigma_t z"
NAMES = [r"\tilde\epsilon_\theta", r"\epsilon_{\text{cfg}}", r"\hat\epsilon", r"\bar\epsilon", r"\hat\epsilon_w"]


@pytest.mark.parametrize("name", NAMES)
def test_a_guided_estimate_in_the_place_of_the_network(name):
    guided = f"{name}(x_t,t,c)={MIXED}"
    data, step, wrong = (t.replace("E", name) for t in (DATA, STEP, WRONG))
    assert verdicts(PRODUCT, guided, data, LEVEL, step)[1:] == ["convention", "proved", "definition", "proved"]
    assert verdicts(PRODUCT, guided, data, LEVEL, wrong)[-1] == "refuted"
    assert verdicts(PRODUCT, guided, data.replace(r"\sqrt{1-\bar\alpha_t}", r"(1-\bar\alpha_t)"))[-1] == "refuted"


def test_an_estimate_of_which_nothing_is_said_accuses_nobody():
    wrong = DATA.replace(r"\sqrt{1-\bar\alpha_t}", r"(1-\bar\alpha_t)").replace("E", r"\epsilon_{\text{new}}")
    assert verdicts(PRODUCT, wrong)[-1] == "undecided"


def test_two_estimates_in_one_step_are_not_taken_for_one():
    name = NAMES[1]
    guided = f"{name}(x_t,t,c)={MIXED}"
    mixed = STEP.replace("E", NETWORK)
    assert verdicts(PRODUCT, guided, DATA.replace("E", name), LEVEL, mixed)[-1] == "undecided"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (STEP, "proved"),
        (STEP.replace(r"-\sigma_t^2", r"-\sigma_t"), "refuted"),
        (WRONG, "refuted"),
    ],
)
def test_the_level_of_the_noise_that_is_chosen(tex, wanted):
    assert verdicts(PRODUCT, DATA.replace("E", NETWORK), LEVEL, tex.replace("E", NETWORK))[-1] == wanted
    assert verdicts(PRODUCT, DATA.replace("E", NETWORK), tex.replace("E", NETWORK))[-1] == wanted


def test_a_square_too_many_is_not_accepted():
    tex = STEP.replace(r"\sigma_t z", r"\sigma_t^2 z").replace("E", NETWORK)
    for before in ((PRODUCT, DATA.replace("E", NETWORK), LEVEL), (PRODUCT, DATA.replace("E", NETWORK))):
        assert verdicts(*before, tex)[-1] in ("refuted", "undecided")


FORWARD = r"x_{t+1}=\sqrt{\bar\alpha_{t+1}}\left(\frac{x_t-\sqrt{1-\bar\alpha_t}E}{\sqrt{\bar\alpha_t}}\right)+\sqrt{1-\bar\alpha_{t+1}}E"


@pytest.mark.parametrize("name", [NETWORK, *NAMES])
@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("", "", "proved"),
        (r")+\sqrt{1", r")-\sqrt{1", "no proof"),
        (r"\left(\frac", r"2\left(\frac", "no proof"),
        (r"\sqrt{\bar\alpha_{t+1}}", r"\sqrt{\bar\alpha_{t}}", "no proof"),
    ],
)
def test_the_step_that_inverts_a_sampler(name, old, new, wanted):
    found = verdicts(PRODUCT, FORWARD.replace(old, new).replace("E", name))[-1]
    assert found == wanted or (wanted == "no proof" and found in ("undecided", "refuted"))


def test_a_forward_step_with_a_marked_noise():
    assert verdicts(PRODUCT, r"x_t=\sqrt{\alpha_t}x_{t-1}+\sqrt{1-\alpha_t}\hat\epsilon")[-1] in ("proved", "undecided")
    assert (
        verdicts(PRODUCT, r"x_t=\sqrt{\alpha_t\alpha_{t-1}}x_{t-2}+\sqrt{1-\alpha_t\alpha_{t-1}}\bar\epsilon")[-1]
        == "proved"
    )
