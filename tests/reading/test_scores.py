"""Scores of mixtures as means of conditional scores; logarithms without brackets; letters that are turned."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import judged, verdict

GIVEN = r"\nabla_{x_t}\log q(x_t|x_0)"
SCORE = r"\nabla_{x_t}\log q(x_t)"


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (rf"{SCORE} = E_{{q(x_0|x_t)}}[{GIVEN}]", "proved"),
        (rf"{SCORE} = E[{GIVEN}|x_t]", "proved"),
        (rf"{SCORE} = E_{{q(x_0)}}[{GIVEN}]", "refuted"),
        (rf"{SCORE} = -E_{{q(x_0|x_t)}}[{GIVEN}]", "refuted"),
        (rf"{SCORE} = 2E_{{q(x_0|x_t)}}[{GIVEN}]", "refuted"),
        (rf"{SCORE} = E_{{p(x_0|x_t)}}[{GIVEN}]", "undecided"),  # whether p and q are one law is not said
        (rf"{SCORE} = E_{{q(x_1|x_t)}}[{GIVEN}]", "undecided"),
        (rf"{SCORE} = \frac{{1}}{{q(x_t)}}\int q(x_0)\nabla_{{x_t}}q(x_t|x_0)dx_0", "proved"),
        (rf"{SCORE} = \int q(x_0)\nabla_{{x_t}}q(x_t|x_0)dx_0", "refuted"),
        (rf"{SCORE} = E_{{q(x_0)}}[\nabla_{{x_t}}q(x_t|x_0)]", "refuted"),
        (rf"{SCORE} = q(x_t|x_0)\int q(x_0)\nabla_{{x_t}}q(x_t|x_0)dx_0", "undecided"),
        (rf"{SCORE} = \int \frac{{q(x_0)q(x_t|x_0)}}{{q(x_t)}}{GIVEN}dx_0 = \int q(x_0|x_t){GIVEN}dx_0", "proved"),
    ],
)
def test_a_score_is_the_mean_of_the_conditional_scores_given_the_state(tex, expected):
    assert verdict(tex) == expected


def test_the_refutation_shows_an_example():
    found = judged(rf"{SCORE} = E_{{q(x_0)}}[{GIVEN}]")
    assert (found.witness, found.values) == ({"x": "1"}, ("-0.500", "-1.000"))


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"\nabla_x\log p_t(x) = \int\nabla_x\log p_t(x|z)\frac{p_t(x|z)p_{\text{data}}(z)}{p_t(x)}dz", "proved"),
        (r"\nabla_x\log p_t(x) = \int\nabla_x\log p_t(x|z)p_{\text{data}}(z)dz", "undecided"),
        (r"\nabla_x\log \frac{1}{Z}\exp(-\|x\|^2) = -2x", "proved"),
        (r"\log a\cdot b = \log a + \log b", "undecided"),
    ],
)
def test_a_logarithm_without_brackets_may_be_of_less_or_of_more(tex, expected):
    assert verdict(tex) == expected


def test_a_t_above_a_vector_is_no_power():
    start = r"D_{KL}(N(\boldsymbol\mu_0,\Sigma_0)\|N(\boldsymbol\mu_1,\Sigma_1)) = \frac12(\mathrm{Tr}(\Sigma_1^{-1}\Sigma_0)-d"
    end = r"(\boldsymbol\mu_1-\boldsymbol\mu_0)^T\Sigma_1^{-1}(\boldsymbol\mu_1-\boldsymbol\mu_0)+\log\frac{\det\Sigma_1}{\det\Sigma_0})"
    assert verdict(f"{start}+{end}") != "refuted"
    assert verdict(f"{start}-{end}") != "proved"


def test_what_is_shown_in_one_dimension_is_not_proved_where_d_is_the_dimension():
    found = judged(r"\log\det(vI) = d\log v")
    assert found.verdict != "refuted"
    assert (
        judged(r"D_{KL}(N(\mathbf m,\mathbf S)\|N(\mathbf m,\mathbf S)) = \frac12(\mathbf S^{-1}\mathbf S - d)").verdict
        != "proved"
    )


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"dX_t=[u_t(X_t)+\frac{\sigma_t^2}{2}\nabla\log p_t(X_t)]dt+\sigma_tdW_t", "proved"),
        (r"dX_t=[u_t(X_t)+\sigma_t^2\nabla\log p_t(X_t)]dt+\sigma_tdW_t", "undecided"),
        (r"dx = -\frac{d[\sigma(t)^2]}{dt}\nabla_x\log p_t(x)dt+\sqrt{\frac{d[\sigma(t)^2]}{dt}}d\bar w", "proved"),
        (
            r"dx = -\frac12\frac{d[\sigma(t)^2]}{dt}\nabla_x\log p_t(x)dt+\sqrt{\frac{d[\sigma(t)^2]}{dt}}d\bar w",
            "refuted",
        ),
    ],
)
def test_noise_added_to_a_flow_and_diffusions_under_a_root(tex, expected):
    (e,) = audit_text(f"$${tex}$$").equations
    assert e.judgement.verdict == expected


STEP = r"$$q(x_t|x_{t-1}) = N(x_t;\sqrt{\alpha_t}x_{t-1},(1-\alpha_t)I)$$"
VARIANCE = r"\frac{(1-\alpha_t)(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}"


@pytest.mark.parametrize(
    ("formulas", "expected"),
    [
        ([r"q(x_{t-1}|x_t,x_0)=N(x_{t-1}|\mu_q(x_t,x_0),\Sigma_q(t))", rf"\Sigma_q(t) = {VARIANCE}I", rf"\Sigma_q(t) = {VARIANCE}^2I"], ["definition", "proved", "refuted"]),
        ([r"q(x_{t-1}|x_t,x_0)=N(x_{t-1}|\mu_q(x_t,x_0),\sigma_t^2I)", r"\sigma_t^2 = \tilde\beta_t"], ["definition", "proved"]),
        ([rf"\Sigma_q(t) = {VARIANCE}I := \sigma_q^2(t)I", r"\sigma_q^2(t) = \tilde\beta_t"], ["definition", "proved"]),
        ([r"q(x_{t-1}|x_t,x_0)=N(x_{t-1}|\mu_q(x_0,x_0),\Sigma_q(t))"], ["undecided"]),
        (
            [
                rf"\sigma_q^2(t) = {VARIANCE}",
                r"D_{KL}(q(x_{t-1}|x_t,x_0)\|p_\theta(x_{t-1}|x_t)) = D_{KL}(N(x_{t-1}|\mu_q(x_t,x_0),\sigma_q^2(t)I)\|N(x_{t-1}|\mu_\theta(x_t),\sigma_q^2(t)I)) = \frac{1}{2\sigma_q^2(t)}\|\mu_q(x_t,x_0)-\mu_\theta(x_t)\|^2",
            ],
            ["definition", "proved"],
        ),
    ],
)  # fmt: skip
def test_a_law_names_its_variance(formulas, expected):
    found = audit_text(STEP + "".join(f"\n\n$${tex}$$" for tex in formulas)).equations[1:]
    assert [e.judgement.verdict for e in found] == expected


@pytest.mark.parametrize(
    ("sign", "expected"), [("-", "proved"), ("+", "refuted")]
)  # fmt: skip
def test_the_bound_by_name_is_what_it_was_defined_as(sign, expected):
    before = r"\text{ELBO}(x) := E_{q_\phi(z|x)}[\log\frac{p(x,z)}{q_\phi(z|x)}]"
    found = judged(before, rf"\text{{ELBO}}(x) = E_{{q_\phi(z|x)}}[\log p(x|z)] {sign} D_{{KL}}(q_\phi(z|x)\|p(z))")
    assert found.verdict == expected
    loss = before.replace(r"\text{ELBO}(x)", r"\mathcal L")
    assert judged(loss, r"\mathcal L = -E_{q_\phi(z|x)}[\log\frac{p(x,z)}{q_\phi(z|x)}]").verdict != "refuted"


CONDITIONAL = r"\nabla_{x_t}\log p(y|x_t)"
NETWORKS = r"\epsilon_\theta(x_t,t,y)-\epsilon_\theta(x_t,t)"


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (
            rf"{CONDITIONAL} = \nabla_{{x_t}}\log p(x_t|y) - \nabla_{{x_t}}\log p(x_t) = -\frac{{1}}{{\sqrt{{1-\bar\alpha_t}}}}({NETWORKS})",
            "proved",
        ),
        (
            rf"{CONDITIONAL} = \nabla_{{x_t}}\log p(x_t|y) - \nabla_{{x_t}}\log p(x_t) = \frac{{1}}{{\sqrt{{1-\bar\alpha_t}}}}({NETWORKS})",
            "undecided",
        ),
        (
            rf"\epsilon_\theta(x_t,t,y) - \sqrt{{1-\bar\alpha_t}}w{CONDITIONAL} = \epsilon_\theta(x_t,t,y) + w({NETWORKS})",
            "proved",
        ),
        (rf"\epsilon_\theta(x_t,t,y) - w{CONDITIONAL} = \epsilon_\theta(x_t,t,y) + w({NETWORKS})", "undecided"),
    ],
)
def test_conditional_scores_as_networks(tex, expected):
    assert audit_text(f"{STEP}\n\n$${tex}$$").equations[-1].judgement.verdict == expected
