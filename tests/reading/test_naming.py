"""What an equation may define, what a document declares, and what is then a claim."""

import pytest

from derivations.kernel.terms import add, app, num
from derivations.reading import audit_text
from derivations.reading.equations import hints
from tests.reading.asked import last, meets


def verdicts(text, notation=""):
    return [(e.judgement.verdict, e.judgement.message) for e in audit_text(text, notation=notation).equations]


@pytest.mark.parametrize(
    "tex",
    [
        r"\mathbb{E}\|\boldsymbol\epsilon\|^2 = 1", r"\nabla_{\mathbf x}\|\mathbf x\|^2 = \mathbf x", r"\frac{dx_t}{dt} = x_1 + x_0",
        r"\operatorname{Var}(aX+b) = a\operatorname{Var}(X)", r"D_{KL}(\mathcal N(\mu_1,\sigma_1^2)\|\mathcal N(\mu_2,\sigma_2^2)) = \log\frac{\sigma_1}{\sigma_2}",
        r"D_{KL}(p\|q) = D_{KL}(q\|p)", r"q(x_t) = \mathcal N(x_t;\sqrt{\bar\alpha_t}x_0,(1-\bar\alpha_t)I)",
        r"q(x_{1:T}\mid x_0) = \prod_{t=1}^T q(x_{t-1}\mid x_t)", r"D_{KL}(q\|p) = \mathbb{E}_{q(z)}[\log p(z) - \log q(z)]",
    ],
)  # fmt: skip
def test_a_computation_is_not_defined_by_an_equation(tex):
    assert verdicts(f"$${tex}$$")[0][0] in ("refuted", "undecided")


@pytest.mark.parametrize(
    "tex",
    [r"u = \|\mathbf x\|^2", r"v_\theta(x,t) = h(x) + t", r"q(x_{1:T}\mid x_0) = \prod_{t=1}^T q(x_t\mid x_{t-1})"],
)
def test_a_name_without_a_meaning_is_defined(tex):
    assert verdicts(f"$${tex}$$")[0][0] == "definition"


def test_a_name_that_was_written_before_is_not_defined_by_what_comes_to_it():
    first, second = verdicts(
        "Of a number $k$, $c = 2k$ and $r$.\n\n$$\\sum_{i=1}^n i = w$$\n\nThe $w$ is it: $$2w = r$$"
    )[-2:]
    assert first[0] == "definition" and second[0] != "definition"


@pytest.mark.parametrize(
    "declared, tex, verdict",
    [
        (r"Let $\mathbf x,\mathbf y\in\mathbb R^d$.", r"(\mathbf x^\top\mathbf y)^2 = \|\mathbf x\|^2\|\mathbf y\|^2", "false"),
        ("", r"(\mathbf x^\top\mathbf y)^2 = \|\mathbf x\|^2\|\mathbf y\|^2", "undecided"),
        (r"Let $p,q\in\mathbb R^d$.", r"\|p+q\|^2 = \|p\|^2 + 2p^\top q + \|q\|^2", "proved"),
        ("For $0<a<1$:", r"\frac{d}{da}\log\frac{a}{1-a} = \frac{1}{a(1-a)}", "proved"),
        (r"Let $a\in\mathbb R$.", r"\sqrt{a^2} = a", "undecided"),
        ("", r"\sqrt{a^2} = a", "undecided"),
        ("For $a>0$:", r"\sqrt{a^2} = a", "proved"),
        (r"Let \(0 < a\) and \(0\le\eta\).", r"\left(\eta\sqrt{1-\bar\alpha_t}\right)^2 = \eta^2(1-\alpha_t)", "refuted"),
        (r"Let \(0 < v_c\).", r"\frac{1}{1/v_c+1} = \frac{v_c}{2+v_c}", "refuted"),
        ("", r"e^{a+b} = e^a + e^b", "refuted"), ("", r"a^2 + b^2 = c^2", "undecided"),
    ],
)  # fmt: skip
def test_what_a_document_declares_is_used(declared, tex, verdict):
    assert meets(last(f"{declared}\n\n$${tex}$$"), verdict)


@pytest.mark.parametrize("words", ["We look for $a$ with", "The fixed point satisfies", "We solve"])
def test_what_a_sentence_seeks_is_no_claim(words):
    assert verdicts(f"Let $a\\in\\mathbb R$. {words}\n\n$$2a + 1 - 1= a^2 + a - a$$")[-1][0] == "undecided"
    assert meets(last("Let $a\\in\\mathbb R$. Always\n\n$$2a + 1 - 1 = a^2 + a - a$$"), "false")


def test_a_hint_about_a_function_of_a_vector_is_no_crash():
    assert verdicts(r"$$\|g(x)\|^2 = \|f(x)\|^2 + \|h(x)\|$$")[-1][0] == "undecided"


def test_a_condition_on_declared_names_is_nobodys_mistake():
    assert verdicts("With $a,b\\in\\mathbb R$ such that\n\n$$a^2+b^2=1$$")[-1][0] in ("undecided", "definition")


def test_the_marks_of_guidance_and_conventions_are_not_given_to_what_is_false():
    false = r"(1+w)\epsilon_\theta(x_t,c) - w\epsilon_\theta(x_t) = \epsilon_\theta(x_t,c) + w(\epsilon_\theta(x_t)-\epsilon_\theta(x_t,c))"
    assert verdicts(f"$${false}$$")[0][0] == "refuted"
    assert verdicts(r"$$\beta_t = 1-\frac{\bar\alpha_{t-1}}{\bar\alpha_t}$$")[0][0] == "refuted"


@pytest.mark.parametrize(
    "tex",
    [
        r"\log\bar\alpha_t = \sum_{s=1}^t\log\alpha_s", r"x_0 = \sqrt{\bar\alpha_t}x_t - \sqrt{1-\bar\alpha_t}v_t",
        r"\log\mathcal N(\mathbf x;\boldsymbol\mu,\boldsymbol\Sigma) = -\frac d2\log(2\pi) - \frac12\log|\boldsymbol\Sigma| - \frac12(\mathbf x-\boldsymbol\mu)^\top\boldsymbol\Sigma^{-1}(\mathbf x-\boldsymbol\mu)",
    ],
)  # fmt: skip
def test_what_is_true_is_not_accused(tex):
    setting = r"With $\epsilon\sim\mathcal N(0,I)$ and $v_t=\sqrt{\bar\alpha_t}\epsilon-\sqrt{1-\bar\alpha_t}x_0$:"
    assert verdicts(f"{setting}\n\n$${tex}$$")[-1][0] in ("proved", "undecided")


def test_of_a_large_formula_fewer_changes_are_tried_and_no_time_is_taken():
    tried = []
    x = [app("alpha", num(k)) for k in range(200)]
    for size in (15, 200):
        tried.append(0)

        def true(a, b):
            tried[-1] += 1
            return False

        assert hints.nearest(add(*x[:size]), add(*x[size // 2 :], *x[: size // 2]), true, hints.CLAIM) == ""
    assert hints.CLAIM >= tried[0] > tried[1] > 10
    assert not hasattr(hints, "time")


@pytest.mark.parametrize("tex", [
    r"p(x|y) = p(y|x)", r"p(x_{t-1}|x_t) = q(x_t|x_0)",
    r"p(x|x_t) = q(x_t|x_0) = \mathcal N(x_t;\sqrt{\bar\alpha_t}x_0,(1-\bar\alpha_t)I)",
])  # fmt: skip
def test_a_density_is_not_named_by_one_of_other_variables_under_other_conditions(tex):
    (e,) = audit_text(f"$${tex}$$").equations
    assert (e.judgement.verdict, e.judgement.message) == (
        "undecided",
        "densities of other variables under other conditions are set equal",
    )


@pytest.mark.parametrize(
    "tex", [r"p_t(x|x_0) = q(x_t|x_0)", r"p_t(x) = q(x_t)", r"p_\theta(x_{t-1}|x_t) = q(x_{t-1}|x_t,x_0)"]
)
def test_a_density_is_named_by_one_with_its_variable_or_its_conditions(tex):
    assert [e.judgement.verdict for e in audit_text(f"$${tex}$$").equations] == ["definition"]
