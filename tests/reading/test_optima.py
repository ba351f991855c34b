r"""Bounds and optima: laws that are abbreviated, names that get their meaning in a chain, max and argmin over theta."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import judged, verdict

EVIDENCE = r"\log p_\theta(x) = \mathbb{E}_q[\log p_\theta(x|z)] - D_{KL}(q \| p) + D_{KL}(q \| p_\theta(z|x))"
NATS = r"\max_\theta \mathbb{E}_{q(x_0)}[\log p_\theta(x_0)] \ge \max_\theta \mathbb{E}_{q(x_{0:T})}[\log p_\theta(x_{0:T}) - \log q(x_{1:T}|x_0)]"
LIKELIHOOD = r"\arg\min_\theta D_{KL}(q(x)\|p_\theta(x)) = \arg\max_\theta \mathbb E_{q(x)}[\log p_\theta(x)]"
OF_DATA = r"\operatorname*{argmin}_\theta D_{KL}(p_{data}\|p_\theta) = \operatorname*{argmax}_\theta\mathbb E_{x\sim p_{data}}[\log p_\theta(x)]"
BOUND = r"\log p(x) \geq \mathcal{L}(x) = \mathbb E_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x)\|p(z))"
PAIRS = {
    "q and p for q(z|x) and p(z)": (EVIDENCE, EVIDENCE.replace(r"- D_{KL}(q \| p)", r"+ D_{KL}(q \| p)")),
    "the divergence as an integral and as means": (
        r"D_{KL}(q \| p) = \int q(z) \log \frac{q(z)}{p(z)} \, dz = \mathbb{E}_q[\log q(z)] - \mathbb{E}_q[\log p(z)]",
        r"D_{KL}(q \| p) = \int q(z) \log \frac{q(z)}{p(z)} \, dz = \mathbb{E}_q[\log p(z)] - \mathbb{E}_q[\log q(z)]",
    ),
    "the evidence under an integral": (
        r"\log p_\theta(x) = \int q_\phi(z|x)\log p_\theta(x)dz = \mathbb{E}_{q_\phi(z|x)}[\log p_\theta(x)]",
        r"\log p_\theta(x) = \int q_\phi(z|x)\log p_\theta(x|z)dz",
    ),
    "z drawn from q": (
        r"\log p(x) - D_{KL}(q(z|x)\|p(z|x)) = \mathbb E_{z\sim q}[\log p(x|z)] - D_{KL}(q(z|x)\|p(z))",
        r"\log p(x) + D_{KL}(q(z|x)\|p(z|x)) = \mathbb E_{z\sim q}[\log p(x|z)] - D_{KL}(q(z|x)\|p(z))",
    ),
    "a bound that gets its name in the chain": (BOUND, BOUND.replace(r"- D", r"+ D")),
    "greatest bounds": (NATS, NATS.replace(r"\ge", r"\le")),
    "likelihood and divergence": (LIKELIHOOD, LIKELIHOOD.replace(r"\max", r"\min")),
    "likelihood of the data": (OF_DATA, OF_DATA.replace("argmax", "argmin")),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_true_is_proved_and_what_is_false_is_refuted(name):
    true, false = PAIRS[name]
    assert verdict(true) in ("proved", "definition")
    assert verdict(false) == "refuted"


def test_the_least_squares_are_the_conditional_mean_and_no_other():
    assert verdict(r"\arg\min_f \mathbb E[\|y-f(x)\|^2] = \mathbb E[y|x]") == "proved"
    assert verdict(r"\mathbb E[y|x] = \arg\min_f \mathbb E[\|f(x)-y\|^2]") == "proved"
    for tex in (r"\arg\min_f \mathbb E[\|y-f(x)\|^2] = \mathbb E[x|y]", r"\arg\max_f \mathbb E[\|y-f(x)\|^2] = \mathbb E[y|x]",
                r"\arg\min_f \mathbb E[\|y-f(x)\|^2] = 2\mathbb E[y|x]", r"\arg\min_g \mathbb E[\|y-f(x)\|^2] = \mathbb E[y|x]"):  # fmt: skip
        assert verdict(tex) not in ("proved", "convention")


def test_optima_over_different_things_are_not_compared():
    assert verdict(r"\max_\theta a_\theta = \max_\phi a_\theta") != "proved"
    assert verdict(r"\min_\theta (a + b) = \max_\theta (a + b)") != "proved"
    assert verdict(LIKELIHOOD.replace(r"\log p_\theta(x)]", r"\log p_\theta(x) p_\theta(y)]")) != "proved"
    assert verdict(LIKELIHOOD.replace(r"E_{q(x)}", r"E_{p_\theta(x)}")) != "proved"


def test_a_name_that_is_known_keeps_its_place_in_a_chain():
    judgement = judged(
        r"L = \mathbb E_{q(z|x)}[\log p(x,z)]", r"\log p(x) \ge L = \mathbb E_{q(z|x)}[\log p(x,z) - \log q(z|x)]"
    )
    assert judgement.verdict != "proved"


VLB = r"\mathcal L(x) = \mathbb E_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x)\|p(z))"
GAP = r"\log p(x) = \mathcal L(x) + D_{KL}(q(z|x)\|p(z|x))"


def test_what_a_bound_is_may_be_said_by_its_gap():
    assert judged(GAP).verdict == "definition"
    assert judged(GAP, VLB).verdict == judged(VLB, GAP).verdict == "proved"
    assert judged(GAP, VLB.replace("- D", "+ D")).verdict != "proved"
    assert judged(VLB, GAP.replace("+ D", "- D")).verdict == "refuted"
    assert judged(VLB, r"\mathcal L(x) \le \log p(x)").verdict == "proved"
    assert judged(VLB, r"\mathcal L(x) \ge \log p(x)").verdict == "refuted"


def test_a_bound_in_the_chain_that_defines_it():
    chain = r"\log p(x_0) = \text{ELBO} + D_{KL}(q(z|x_0)\|p(z|x_0)) \ge \text{ELBO}"
    assert verdict(chain) == "definition" or verdict(chain) == "proved"
    assert verdict(chain.replace("+ D", "- D")) not in ("proved", "definition")


STEPS = r"\int p(x_T)\prod_{t=1}^T p_\theta(x_{t-1}|x_t)\,dx_{1:T}"
WEIGHTED = r"\mathbb E_{q(x_{1:T}|x_0)}\left[p(x_T)\prod_{t=1}^T\frac{p_\theta(x_{t-1}|x_t)}{q(x_t|x_{t-1})}\right]"


def test_integrals_of_one_product_are_equal():
    assert verdict(STEPS.replace(r"\int", r"\int\!") + " = " + WEIGHTED) == "proved"
    assert verdict(STEPS + r" = \int p_\theta(x_0,\ldots,x_T)\,dx_1\ldots dx_T") == "proved"
    for old, new in ((r"q(x_t|x_{t-1})", r"q(x_{t-1}|x_t,x_0)"), ("p(x_T)", ""), ("t=1", "t=2")):
        assert verdict(STEPS + " = " + WEIGHTED.replace(old, new, 1)) not in ("proved", "definition"), old


HO = r"""\mathbb E_q\left[-\log p(x_T)-\sum_{t>1}\log\frac{p_\theta(x_{t-1}|x_t)}{q(x_{t-1}|x_t,x_0)}\cdot\frac{q(x_{t-1}|x_0)}{q(x_t|x_0)}-\log\frac{p_\theta(x_0|x_1)}{q(x_1|x_0)}\right]
= \mathbb E_q\left[-\log\frac{p(x_T)}{q(x_T|x_0)}-\sum_{t>1}\log\frac{p_\theta(x_{t-1}|x_t)}{q(x_{t-1}|x_t,x_0)}-\log p_\theta(x_0|x_1)\right]"""


def test_a_sum_over_the_steps_after_the_first_and_a_logarithm_of_a_product_with_a_dot():
    assert verdict(HO) == "proved"
    assert verdict(HO.replace(r"\frac{q(x_{t-1}|x_0)}{q(x_t|x_0)}", r"\frac{q(x_t|x_0)}{q(x_{t-1}|x_0)}")) == "refuted"
    assert verdict(HO.replace("t>1", r"t\ge 1", 1)) == "refuted"
    assert verdict(r"\log\frac{a}{b}\cdot\frac{c}{d} = \log\frac{a}{b}\cdot\frac{c}{d} + 0") == "proved"


def test_the_terms_of_a_bound_are_many_names():
    terms = [r"L_{t-1} := D_{KL}(q(x_{t-1}|x_t,x_0)\|p_\theta(x_{t-1}|x_t))", r"L_T := D_{KL}(q(x_T|x_0)\|p(x_T))"]
    assert judged(terms[0]).verdict == judged(*terms).verdict == "definition"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\arg\max_\theta p_\theta(x) = \arg\max_\theta\log p_\theta(x)", "proved"),
        (r"\arg\max_\theta p_\theta(x) = \arg\min_\theta-\log p_\theta(x)", "proved"),
        (r"\arg\max_\theta p_\theta(x) = \arg\min_\theta\log p_\theta(x)", "refuted"),
        (r"\arg\max_\theta p_\theta(x) = \arg\max_\theta-\log p_\theta(x)", "refuted"),
        (r"\arg\max_\theta\prod_{i=1}^n p_\theta(x_i) = \arg\max_\theta\sum_{i=1}^n\log p_\theta(x_i)", "proved"),
        (
            r"\arg\max_\theta\prod_{i=1}^n p_\theta(x_i) = \arg\min_\theta-\frac1n\sum_{i=1}^n\log p_\theta(x_i)",
            "proved",
        ),
        (r"\arg\max_\theta\prod_{i=1}^n p_\theta(x_i) = \arg\max_\theta\sum_{i=1}^n p_\theta(x_i)", "undecided"),
        (r"\max_\theta p_\theta(x) = \max_\theta\log p_\theta(x)", "refuted"),
        (r"\arg\max_\theta f_\theta(x) = \arg\max_\theta\log g_\theta(x)", "undecided"),
        (r"\arg\max_\theta f_\theta(x) = \arg\max_\theta g_\theta(x)", "undecided"),
    ],
)
def test_the_logarithm_grows_with_what_it_is_of(tex, wanted):
    assert audit_text(f"$$\n{tex}\n$$").equations[-1].judgement.verdict == wanted


@pytest.mark.parametrize("name", [r"\mathcal{L}(\phi,\theta)", r"\mathcal{L}(q,\theta)", r"\mathcal{L}(\theta,\phi;x)"])
@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\log p_\theta(x) = BOUND + D_{KL}(q_\phi(z|x)\|p_\theta(z|x))", "proved"),
        (r"\log p_\theta(x) = BOUND - D_{KL}(q_\phi(z|x)\|p_\theta(z|x))", "refuted"),
        (r"\log p_\theta(x) = BOUND + D_{KL}(q_\phi(z|x)\|p_\theta(z))", "refuted"),
        (r"BOUND \le \log p_\theta(x)", "proved"),
    ],
)
def test_a_bound_with_its_parameters_is_what_it_was_defined_as(name, tex, wanted):
    bound = rf"{name} = \mathbb{{E}}_{{q_\phi(z|x)}}\left[\log\frac{{p_\theta(x,z)}}{{q_\phi(z|x)}}\right]"
    text = f"$$\n{bound}\n$$\n\n$$\n{tex.replace('BOUND', name)}\n$$"
    assert audit_text(text).equations[-1].judgement.verdict == wanted
