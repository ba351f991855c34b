"""Other names of signs, strings with doubled backslashes, arrows with a line of their own, braces with words below."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import verdict, verdicts


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"dx = [f(x,t) - g(t)^2 \bigtriangledown_x \log p_t(x)]dt + g(t)d\bar w", "proved"),
        (r"dx = [f(x,t) - \frac{g(t)^2}{3} \bigtriangledown_x \log p_t(x)]dt + g(t)d\bar w", "refuted"),
        (r"dx = [f(x,t) - g(t)^2 \triangledown_x \log p_t(x)]dt + g(t)d\bar w", "proved"),
        (r"\partial_t p_t = \frac12\bigtriangleup p_t", "undecided"),
        (r"p(x)\,\varpropto\, p(x)", "proved"),
        (r"(a+b)^2 \xlongequal{} a^2+2ab+b^2", "proved"),
        (r"(a+b)^2 \xlongequal[below]{above} a^2+ab+b^2", "refuted"),
        (r"\imath^2 - 1 = (\imath-1)(\imath+1)", "proved"),
        (r"\sin^2\varpi+\cos^2\varpi = 1", "proved"),
        (r"\underbracket{(a+b)}_{\text{sum}}(a-b) = a^2-b^2", "proved"),
    ],
)
def test_other_names_of_signs(tex, wanted):
    assert verdicts(tex)[-1] == wanted


def test_a_letter_like_pi_is_not_pi():
    assert verdicts(r"\cos(2\varpi) = 1")[-1] != "proved"


def test_an_arrow_on_a_line_of_its_own_states_both_lines():
    step = r"x_{t-1}=\frac{1}{\sqrt{\alpha_t}}\left(x_t-\frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}}\epsilon_\theta(x_t,t)\right)+\sigma_t z"
    assert verdicts(rf"\begin{{gathered}}\beta_t=1-\alpha_t \\ \downarrow \\ {step}\end{{gathered}}")[-1] == "proved"
    assert verdicts(r"(a+b)^2=a^2+2ab+b^2 \\ & \downarrow \\ (a+b)^3=a^3+b^3", notation="plain")[-1] != "proved"
    assert verdicts(r"\sigma \downarrow 0")[-1] == "definition"


def docstring(body, prefix=""):
    return f'def f():\n    {prefix}"""A step.\n\n    .. math::\n        {body}\n    """\n'


@pytest.mark.parametrize(
    ("body", "prefix", "wanted"),
    [
        (r"\\beta_t = 1 - \\frac{\\bar\\alpha_t}{\\bar\\alpha_{t-1}}", "", "proved"),
        (r"\\beta_t = 1 - \frac{\\bar\alpha_{t-1}}{\\bar\alpha_t}", "", "refuted"),
        (r"\beta_t = 1 - \frac{\bar\alpha_t}{\bar\alpha_{t-1}}", "r", "proved"),
        (r"\\left(a + b\\right)^2 = a^2 + 2ab \\\\ + b^2", "", "proved"),
        ("(a+b)^2 &= a^2 + 2ab + b^2 \\\\\n        (a-b)^2 &= a^2 - 2ab + b^2", "", "proved"),
        (r"q(x_t|x_0) = \mathcal N \\left(\sqrt{\\bar \\alpha_t} x_0," + "\n        " + r"(1 - \\bar \\alpha_t) I\\right)", "", "proved"),
    ],
)  # fmt: skip
def test_backslashes_in_strings(body, prefix, wanted):
    equations = audit_text(docstring(body, prefix), suffix=".py", notation="ddpm").equations
    found = equations[-1].judgement
    assert (found.verdict if found.verdict != "definition" else "proved") == wanted, found


@pytest.mark.parametrize(("noise", "wanted"), [(r"\sqrt{2}", "proved"), (r"\sqrt{4}", "refuted")])
def test_a_differential_in_a_brace_with_words_below(noise, wanted):
    tex = (
        r"\mathrm{d}X_t = \underset{\text{drift}}{\underbrace{\nabla\log\pi(X_t)\mathrm{d}t}} + "
        rf"\underset{{\text{{noise}}}}{{\underbrace{{{noise}\mathrm{{d}}B_t}}}}"
    )
    assert verdicts(tex)[-1] == wanted


def test_primes_in_braces_and_inequalities_with_two_signs():
    assert verdict(r"\frac{d}{dt} \alpha_t^2 = 2\alpha_t \alpha_t^{'}") == "proved"
    assert verdict(r"\frac{d}{dt} \alpha_t^2 = \alpha_t \alpha_t^{'}") == "refuted"
    assert verdict(r"\sigma_1 >> 1") == verdict(r"\sigma_1 \gg 1") == "definition"
