"""Losses against a score, up to a constant: against that of one draw of the noise, squares multiplied out, by parts."""

import pytest

from tests.reading.asked import last, verdict

EXPLICIT = r"\mathbb{E}_{q(y)}\left[\| s_\theta(y) - \nabla_y\log q(y) \|^2\right]"
DENOISING = r"\mathbb{E}_{%s}\left[\| s_\theta(y) %s \nabla_y\log q(y | x) \|^2\right]"
OVER_TIME = r"\mathbb{E}_{x_t\sim p_t}\|s_\theta(x_t, t) - \nabla\log p_t(x_t)\|^2"


@pytest.mark.parametrize("laws", ["p(x) q(y | x)", "p(x), q(y | x)", "q(x, y)", r"x\sim p(x), y\sim q(y | x)", "x, y"])
def test_the_score_of_one_draw_is_as_good(laws):
    said = last(f"$${EXPLICIT} = {DENOISING % (laws, '-')} + C$$")
    assert (said.verdict, said.formula) == ("proved", "dsm.equivalence")
    assert verdict(f"{EXPLICIT} = {DENOISING % (laws, '+')} + C") == "refuted"
    assert verdict(f"{EXPLICIT} = {DENOISING % (laws, '- 2')} + C") == "refuted"
    assert verdict(f"{EXPLICIT} = {DENOISING % (laws, '-')}") not in ("proved", "convention")


@pytest.mark.parametrize("laws", ["q(y)", "p(x)", "p(x) q(x | y)", "q(x)", "p(x) q(z | x)"])
def test_the_average_must_be_over_both(laws):
    assert verdict(f"{EXPLICIT} = {DENOISING % (laws, '-')} + C") not in ("proved", "convention")


def test_at_a_time():
    one = r"\mathbb{E}_{x_0, x_t}\|s_\theta(x_t, t) %s \nabla_{x_t}\log p_t(x_t | x_0)\|^2 - C_t"
    assert verdict(f"{OVER_TIME} = {one % '-'}") == "proved"
    assert verdict(f"{OVER_TIME} = {one % '+'}") == "refuted"
    assert verdict(f"{OVER_TIME} = {one.replace('x_0, x_t', 'x_0', 1) % '-'}") not in ("proved", "refuted")


@pytest.mark.parametrize("constant", ["const", r"\textit{const}", r"\text{ const. }", r"\mathrm{const}", "C"])
def test_squares_are_multiplied_out(constant):
    out = rf"\mathbb{{E}}_{{q(y)}}[\|s_\theta(y)\|^2] %s \mathbb{{E}}_{{q(y)}}[s_\theta(y)\cdot\nabla_y\log q(y)] + {constant}"
    assert verdict(f"{EXPLICIT} = {out % '- 2'}") == "proved"
    assert verdict(f"{EXPLICIT} = {out % '+ 2'}") == "refuted"
    assert verdict(f"{EXPLICIT} = {out % '-'}") == "refuted"
    assert verdict(rf"{EXPLICIT} = 2 {out % '- 2'}") == "refuted"


def test_by_parts():
    parts = r"\mathbb{E}_{q(y)}[\|s_\theta(y)\|^2 %s \nabla_y\cdot s_\theta(y)] + C"
    assert verdict(f"{EXPLICIT} = {parts % '+ 2'}") == "proved"
    assert verdict(f"{EXPLICIT} = {parts % '- 2'}") == "refuted"
    assert verdict(f"{EXPLICIT} = {parts % '+'}") == "refuted"
    assert verdict(r"\mathbb{E}_{q(y)}\|s_\theta(y) - f(y)\|^2 = \mathbb{E}_{q(y)}\|s_\theta(y)\|^2 + C") == "undecided"
