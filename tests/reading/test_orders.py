"""Inequalities: by certificates of signs, by divergences, by Jensen; a condition on a schedule is neither true nor false."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import verdict


@pytest.mark.parametrize(
    "tex",
    [
        r"0 < \bar\alpha_t < 1", r"\tilde\beta_t \le \beta_t", r"0 \le \tilde\beta_t", r"\bar\alpha_t < \bar\alpha_{t-1}",
        r"0 \le D_{KL}(p(x)\|q(x))", r"D_{KL}(q(z|x)\|p(z|x)) \ge 0", r"E_{p(x)}[\log p(x)] \ge E_{p(x)}[\log q(x)]",
        r"E_{q}[\log f(x)] \le \log E_{q}[f(x)]", r"E[W]^2 \le E[W^2]", r"\exp(E_q[f(x)]) \le E_q[\exp(f(x))]",
    ],
)  # fmt: skip
def test_what_always_holds_is_proved(tex):
    assert verdict(tex) == "proved"


@pytest.mark.parametrize(
    "tex",
    [
        r"1 - \bar\alpha_t < 0", r"\bar\alpha_{t-1} < \bar\alpha_t", r"D_{KL}(p(x)\|q(x)) \le 0",
        r"E_{p(x)}[\log p(x)] \le E_{p(x)}[\log q(x)]", r"E_{q}[\log f(x)] \ge \log E_{q}[f(x)]", r"E[W]^2 \ge E[W^2]",
        r"\exp(E_q[f(x)]) \ge E_q[\exp(f(x))]",
    ],
)  # fmt: skip
def test_what_never_holds_or_fails_for_a_law_is_refuted(tex):
    judgement = (
        audit_text(f"$$\n\\bar\\alpha_t = \\prod_{{s=1}}^t \\alpha_s\n$$\n\n$$\n{tex}\n$$").equations[-1].judgement
    )
    assert judgement.verdict == "refuted" and judgement.witness and judgement.values


@pytest.mark.parametrize(
    "tex",
    [
        r"\beta_1 < \beta_2", r"\tilde\beta_t \le \beta_{t-1}", r"\bar\alpha_T \le \delta", r"\sigma_t^2 \le 1 - \bar\alpha_{t-1}",
        r"\bar\alpha_{t-1} < 1",  # fails at the first step, where it is 1
        r"\phi(E[X]) \le E[\phi(X)]", r"E[\log V] \le \log E[W]", r"E_q[W]^3 \le E_q[W^3]",
    ],
)  # fmt: skip
def test_what_may_be_a_condition_or_needs_more_is_undecided(tex):
    assert verdict(tex) == "undecided"


def test_a_declared_range_is_used_and_a_range_alone_is_a_setting():
    tex = r"\eta^2\tilde\beta_t \le 1-\bar\alpha_{t-1}"
    assert verdict(tex, r"Let \(0 \le \eta\) and \(\eta \le 1\)." + "\n\n") == "proved"
    assert verdict(tex, r"Let \(0 \le \eta\)." + "\n\n") == "undecided"
    assert verdict(r"0 < \beta_t < 1") == verdict(r"\eta \ge 0") == "definition"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\|b(x,t)\|_2^2 \le C_0(1+\|x\|_2^2)", "definition"),
        (r"\|b(x,t)-b(y,t)\| \le L\|x-y\|", "definition"),
        (r"\|\nabla U(x)-\nabla U(y)\| \le L\|x-y\|", "definition"),
        (r"U(x)-U(y)-\langle\nabla U(y),x-y\rangle \ge \frac{M}{2}\|x-y\|^2", "definition"),
        (r"\|x+y\|^2 \le C\|x\|^2", "undecided"),
        (r"\|x_t-y_t\| \le Le^t\|x_0-y_0\|", "undecided"),
        (r"\|b(x,t)\| \le C\|b(x,0)\|", "undecided"),
        (r"W_2(p,q) \le Ce^{-\lambda T}", "undecided"),
    ],
)
def test_a_bound_with_a_constant_is_a_condition_on_a_function(tex, wanted):
    assert audit_text(f"$$\n{tex}\n$$").equations[-1].judgement.verdict == wanted
