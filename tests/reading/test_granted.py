"""What a document grants, as sigma^2 <= 1 - alpha_bar: its names stand for any numbers there, and every witness is one."""

from fractions import Fraction

import pytest

from derivations.reading import audit_text
from derivations.reading.mutants import mutants

STEP = (
    r"\sqrt{\bar\alpha_s}\,x_0 + \sqrt{1-\bar\alpha_s-\sigma^2}\,\frac{x_t-\sqrt{\bar\alpha_t}x_0}{\sqrt{1-\bar\alpha_t}} = "
    r"\left(\sqrt{\bar\alpha_s} - \frac{\sqrt{\bar\alpha_t}\sqrt{1-\bar\alpha_s-\sigma^2}}{\sqrt{1-\bar\alpha_t}}\right)x_0 + "
    r"\frac{\sqrt{1-\bar\alpha_s-\sigma^2}}{\sqrt{1-\bar\alpha_t}}x_t"
)
GRANTED = r"Let \(\sigma^2 \le 1-\bar\alpha_s\)." + "\n\n"


def judged(tex, before=GRANTED):
    return audit_text(f"{before}$$\n{tex}\n$$").equations[-1].judgement


def test_an_identity_in_what_is_granted_is_a_claim():
    assert judged(STEP).verdict == "proved"


@pytest.mark.parametrize(
    "old, new",
    [(r"{1-\bar\alpha_s-\sigma^2}", r"{1-\bar\alpha_s-\sigma}"), ("1-", "1+"), (r"\bar\alpha_s", r"\bar\alpha_t"), ("x_0 + ", "x_0 - ")],
)  # fmt: skip
def test_a_slip_is_refuted_where_the_condition_holds(old, new):
    found = judged(STEP.replace(old, new, 1))
    assert found.verdict == "refuted"
    at = {name: Fraction(value) for name, value in found.witness.items()}
    assert at["sigma"] ** 2 <= 1 - at["ᾱ_s"]


def test_what_holds_only_under_the_condition_is_not_refuted():
    tex = r"\left|1-\bar\alpha_s-\sigma^2\right| + \sigma^2 = 1-\bar\alpha_s"
    assert judged(tex).verdict != "refuted"
    tex = r"\sqrt{(1-\bar\alpha_s-\sigma^2)^2} + \sigma^2 = 1-\bar\alpha_s"
    assert judged(tex).verdict != "refuted"
    assert judged(tex.replace(r"+ \sigma^2 =", r"- \sigma^2 =")).verdict == "refuted"


def test_nothing_is_proved_by_what_is_granted():
    assert judged(r"2\sigma + \sigma^2 = \sigma + 3\sigma^2", r"Let \(\sigma^2 < 0\)." + "\n\n").verdict == "undecided"


@pytest.mark.parametrize("tex", [r"\sigma^2 + \delta = \sigma + \delta", r"P^2 = P", r"\delta^2 + a = \delta + a"])
def test_a_condition_is_no_slip(tex):
    assert judged(tex, "").verdict != "refuted"


def test_a_slip_on_the_left_of_an_identity_in_names_of_its_own_is_refuted():
    tex = r"\frac{\frac{w a}{v} + \frac{(1 - w) b}{v}}{\frac{w}{v} + \frac{1 - w}{v}} = a + (w - 1)(a - b)"
    assert judged(tex, "").verdict == "proved"
    for old, new in (("(1 - w)", "(1 + w)"), (r"+ \frac{1", r"- \frac{1"), ("a + (w", "a - (w")):
        found = judged(tex.replace(old, new), "")
        assert found.verdict == "refuted" and "it is true" in found.message


def test_a_product_of_gaussians_and_a_divergence_of_gaussians_are_claims():
    product = r"\mathcal{N}(x; m, s)\,\mathcal{N}(m; a, v) = \mathcal{N}(x; a, v + s)\,\mathcal{N}(m; \frac{v x + s a}{v + s}, \frac{v s}{v + s})"
    assert judged(product, "").verdict == "proved"
    for old, new in (("v + s)\\,", "v - s)\\,"), ("v x + s a", "s x + v a"), (r"\frac{v s}", r"\frac{v}")):
        assert judged(product.replace(old, new), "").verdict == "refuted", (old, new)
    divergence = r"D_{KL}(\mathcal{N}(x; m, v I)\,\|\,\mathcal{N}(x; a, v I)) = \frac{\|m - a\|^2}{2v}"
    assert judged(divergence, "").verdict == "proved"
    assert judged(divergence.replace("x; m, v I", "x; m, v^2 I"), "").verdict == "refuted"


def test_a_vector_s_beside_an_index_s_is_another_name():
    tex = r"\alpha_s\,\mathbf{s} + (\beta_s - 2\alpha_s)\,\mathbf{s} = \beta_s\,\mathbf{s} - \alpha_s\,\mathbf{s}"
    assert judged(tex, "").verdict == "proved"
    assert judged(tex.replace("- 2", "+ 2"), "").verdict != "proved"


def test_a_half_goes_with_its_dot_and_not_alone():
    assert [m.tex.split() for m in mutants(r"+ \tfrac{1}{2}\,\cdot 2\,\nabla")] == [["+", r"2\,\nabla"]]
    assert not list(mutants(r"\frac{a - \frac{1}{2}}{h}")) and not list(mutants(r"x^{\frac{1}{2}}"))


def test_an_inequality_behind_if_is_granted_to_its_formula_alone():
    assert judged(r"(1-u)^2 \le 1-u \quad\text{if } 0 \le u,\; u \le 1", "").verdict == "proved"
    assert judged(r"(1-u)^2 \le 1-u", "").verdict == "undecided"
    root = r"\sqrt{(k-m)^2} + m = k \quad\text{if } m \le k"
    assert judged(root, "").verdict == "undecided" and "under what is granted" in judged(root, "").message
    step = r"n\,\left(g\sqrt{\frac{\Delta}{n}}\right)^2 = g^2\Delta \quad\text{if } 0 < n,\; 0 < \Delta"
    assert judged(step, "").verdict == "proved"
    assert judged(step.replace(r"\sqrt{\frac{\Delta}{n}}", r"\frac{\Delta}{n}"), "").verdict == "refuted"
    other = r"a^2 = a + 1 \quad\text{if } f(a) = 0"
    assert judged(other, "").verdict == "undecided"


def test_an_inequality_of_a_divergence_is_no_coordinate():
    before = r"$$D = \sum_{t=1}^T \log\frac{\alpha_t}{2}$$" + "\n\n" + r"Here \(D \ge 0\)." + "\n\n"
    tex = r"\frac{1}{\frac{\alpha_t}{\beta_t} + \frac{1}{1-\bar\alpha_{t-1}}} = \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t"
    assert judged(tex, before).verdict == "proved"
