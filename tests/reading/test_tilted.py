r"""Tilted densities of guidance: given by a product up to what normalises it, and their scores."""

import pytest

from tests.reading.asked import judged

TILTED = r"(x|y) \propto p(x)p(y|x)^\gamma"
SUM = r"(x|y) = \nabla_x\log p(x)+\gamma\nabla_x\log p(y|x)"
MIX = r"(x|y) = (1-\gamma)\nabla_x\log p(x)+\gamma\nabla_x\log p(x|y)"


@pytest.mark.parametrize("name", [r"p_\gamma", r"p_w", r"\tilde p", r"\tilde p_\theta", r"p'", r"\hat{p}"])
def test_the_score_of_a_tilted_density(name):
    made, score = name + TILTED, r"\nabla_x\log " + name
    assert judged(made).verdict == "definition"
    assert judged(made, score + SUM).verdict == "proved"
    assert judged(made, score + MIX).verdict == "proved"
    for old, new in ((r"+\gamma", r"-\gamma"), (r"(1-\gamma)", r"(1+\gamma)"), (r"+\gamma\nabla", r"+\nabla")):
        assert old not in MIX or judged(made, score + MIX.replace(old, new)).verdict in ("refuted", "undecided"), new


def test_a_density_with_a_mark_is_another_one():
    assert judged(r"\nabla_x\log p'(x|y) = \nabla_x\log p(x)+\gamma\nabla_x\log p(y|x)").verdict not in (
        "refuted",
        "proved",
    )
    found = judged(r"\nabla_x\log p(x|y) = \nabla_x\log p(x)+\gamma\nabla_x\log p(y|x)")
    assert found.verdict == "undecided" and "one value of the weight" in found.message
    assert judged(r"\tilde p(x) = e^{-f(x)}", r"\log\tilde p(x) = -f(x)").verdict == "proved"


def test_another_tilt_in_the_same_document_is_another_example():
    found = judged(r"p_w(x|y) \propto p(x)p(y|x)^w", r"p_w(x|y) \propto p(x|y)p(y|x)^w", r"\nabla_x\log p_w(x|y) = \nabla_x\log p(x) + (1+w)\nabla_x\log p(y|x)")  # fmt: skip
    assert found.verdict == "proved"


DDPM = r"\bar\alpha_t = \prod_{s=1}^t\alpha_s"
CLASSIFIER = r"\nabla_{x_t}\log p(y|x_t) = \nabla_{x_t}\log p(x_t|y) - \nabla_{x_t}\log p(x_t) = -\frac{1}{\sqrt{1-\bar\alpha_t}}\left(\epsilon_\theta(x_t,t,y)-\epsilon_\theta(x_t,t)\right)"
GUIDED = r"\bar\epsilon_\theta(x_t,t,y) = \epsilon_\theta(x_t,t,y)-\sqrt{1-\bar\alpha_t}\,w\nabla_{x_t}\log p(y|x_t) = \epsilon_\theta(x_t,t,y)+w(\epsilon_\theta(x_t,t,y)-\epsilon_\theta(x_t,t))"


@pytest.mark.parametrize("tex", [CLASSIFIER, GUIDED])
def test_what_networks_with_a_condition_estimate(tex):
    assert judged(DDPM, tex).verdict == "proved"
    for old, new in (
        (r"\sqrt{1-\bar\alpha_t}", r"(1-\bar\alpha_t)"),
        (r"-\frac{1}", r"\frac{1}"),
        (r"-\sqrt", r"+\sqrt"),
    ):
        assert old not in tex or judged(DDPM, tex.replace(old, new)).verdict not in ("proved", "convention"), new


def test_densities_of_a_chain_are_not_compared_as_those_of_a_tilt():
    given = r"q(x_t|x_{t-1}) = \mathcal N(x_t;\sqrt{1-\beta_t}x_{t-1},\beta_t I)"
    chain = r"\log\frac{p(x_2)p_\theta(x_1|x_2)}{q(x_2|x_1)} = \log\frac{p(x_2)}{q(x_2|x_0)} + \log\frac{p_\theta(x_1|x_2)}{q(x_1|x_2,x_0)} + \log q(x_1|x_0)"
    assert judged(given, chain).verdict != "refuted"
