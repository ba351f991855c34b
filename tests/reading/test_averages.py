"""Expectations over everything: linearity, moments of standard noise, and laws of three outcomes that refute."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import meets

SETTING = r"Let $\boldsymbol\epsilon\sim\mathcal N(\mathbf 0,\mathbf I)$." + "\n\n"


def judged(tex):
    return audit_text(f"{SETTING}$${tex}$$").equations[-1].judgement


@pytest.mark.parametrize(
    "tex, verdict",
    [
        (r"\mathbb E\|\boldsymbol\epsilon\|^2 = d", "proved"), (r"\mathbb E\|\boldsymbol\epsilon\|^2 = 1", "false"),
        (r"\mathbb E\|\mathbf m+\sigma\boldsymbol\epsilon\|^2 = \|\mathbf m\|^2+\sigma^2d", "proved"),
        (r"\mathbb E\|\mathbf m+\sigma\boldsymbol\epsilon\|^2 = \|\mathbf m\|^2+\sigma^2", "false"),
        (r"\mathbb E[aX+b] = a\mathbb E[X]+b", "proved"), (r"\mathbb E[aX+b] = a\mathbb E[X]", "false"),
        (r"\operatorname{Var}(X) = \mathbb E[X^2]-(\mathbb E[X])^2", "proved"), (r"\operatorname{Var}(X) = \mathbb E[X^2]", "undecided"),
        (r"\operatorname{Var}(aX+b) = a^2\operatorname{Var}(X)", "proved"), (r"\operatorname{Var}(aX+b) = a\operatorname{Var}(X)", "refuted"),
        (r"\operatorname{Cov}(X,Y) = \mathbb E[XY]-\mathbb E[X]\mathbb E[Y]", "proved"), (r"\mathbb E[XY] = \mathbb E[X]\mathbb E[Y]", "undecided"),
        (r"\mathbb E[(X-Y)^2] = \mathbb E[X^2]-2\mathbb E[XY]+\mathbb E[Y^2]", "proved"), (r"\mathbb E[X]^2 = \mathbb E[X^2]", "false"),
        (r"\mathbb E[f(X)] = \frac1N\sum_{i=1}^N f(x_i)", "undecided"), (r"\mathbb E[X^2] = 1", "undecided"),
        (r"\operatorname{Var}(X+Y) = \operatorname{Var}(X)+\operatorname{Var}(Y)", "undecided"), (r"\operatorname{Cov}(X,Y) = 0", "undecided"),
        (r"\mathbb E[(X-\mathbb E[X])^2] = \mathbb E[X^2]-\mathbb E[X]^2", "proved"), (r"\mathbb E[(X-\mathbb E[X])^2] = \mathbb E[X^2]", "undecided"),
        (r"\mathbb E[(X-\mathbb E[X])(Y-\mathbb E[Y])] = \mathbb E[XY]-\mathbb E[X]\mathbb E[Y]", "proved"),
        (r"\mathbb E[(X-\mathbb E[X])^2] = 2\mathbb E[X^2]-\mathbb E[X]^2", "refuted"),
        (r"\mathbb E_P\|\mathbf a-\mathbf X\|^2 = \|\mathbf a-\mathbb E_P[\mathbf X]\|^2+\mathbb E_P\|\mathbf X-\mathbb E_P[\mathbf X]\|^2", "proved"),
        (r"\mathbb E_P\|\mathbf a-\mathbf X\|^2 = \|\mathbf a-\mathbb E_P[\mathbf X]\|^2-\mathbb E_P\|\mathbf X-\mathbb E_P[\mathbf X]\|^2", "refuted"),
        (r"\mathbb E_{q(x_0|x_t)}[1] = 1", "proved"), (r"\mathbb E_{q(x_0|x_t)}[2x_0+1] = 2\mathbb E_{q(x_0|x_t)}[x_0]+1", "proved"),
        (r"\mathbb E[X] = X", "undecided"), (r"\mathbb E[\|\boldsymbol\epsilon-h(\boldsymbol\epsilon)\|^2] = d", "undecided"),
    ],
)  # fmt: skip
def test_what_is_linear_is_decided(tex, verdict):
    assert meets(judged(tex), verdict)


def test_constants_are_told_and_so_is_the_law():
    assert judged(r"\operatorname{Var}(aX+b) = a^2\operatorname{Var}(X)").message.endswith("a, b being constant")
    found = judged(r"\mathbb E[X]^2 = \mathbb E[X^2]")
    assert meets(found, "false") and "for a law of 3 equally likely outcomes: " in found.message


@pytest.mark.parametrize(
    "tex, slip",
    [
        (r"\mathbb E_{q(x_0|x_t)}[x_0] = \frac{x_t+(1-\bar\alpha_t)\nabla_{x_t}\log q(x_t)}{\sqrt{\bar\alpha_t}}", ("+(1", "-(1")),
        (r"\mathbb E_{q(x_0|x_t)}[x_0] = \frac{x_t+(1-\bar\alpha_t)\nabla_{x_t}\log q(x_t)}{\sqrt{\bar\alpha_t}}", (r"\sqrt{\bar\alpha_t}", r"\bar\alpha_t")),
        (r"\nabla_{x_t}\log q(x_t) = -\frac{\mathbb E_{q(x_0|x_t)}[\epsilon]}{\sqrt{1-\bar\alpha_t}}", ("= -", "= ")),
    ],
)  # fmt: skip
def test_the_mean_under_the_posterior_is_the_mean_given_the_state(tex, slip):
    assert audit_text(f"$${tex}$$").equations[-1].judgement.verdict == "proved"
    assert audit_text(f"$${tex.replace(*slip)}$$").equations[-1].judgement.verdict == "refuted"


BIAS = r"\mathbb{E}[(a - X)^2] = (a - \mathbb{E}[X])^2 + \mathbb{E}[(X - \mathbb{E}[X])^2]"


@pytest.mark.parametrize(
    "old, new", [("(a - X)", "(a + X)"), (r"(a - \mathbb", r"(a + \mathbb"), (r"(X - \mathbb", r"(X + \mathbb")]
)
def test_a_sign_beside_a_mean_is_no_matter_of_a_centred_law(old, new):
    assert judged(BIAS).verdict == "proved"
    assert judged(BIAS.replace(old, new)).verdict == "refuted"


@pytest.mark.parametrize(
    "tex",
    [
        r"\mathbb{E}[(X-\mathbb{E}[X])^2] = \mathbb{E}[X^2]",
        r"\mathbb{E}[(X+a)^2] = \mathbb{E}[(X-a)^2]",
        r"\mathbb{E}[(X+a)^2] = \mathbb{E}[X^2] + a^2",
    ],
)
def test_what_holds_for_a_centred_law_accuses_nobody(tex):
    assert judged(tex).verdict != "refuted"
