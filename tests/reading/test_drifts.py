"""Linear drifts, predicted noise in the place of a score, other spellings of differentials, denoisers and scores."""

from dataclasses import replace

import pytest

from derivations.reading import audit_text
from derivations.reading.audit import prepared
from derivations.reading.notation.declaration import Declaration
from derivations.reading.text.documents import document


def verdict(*formulas, notation=""):
    text = "\n\n".join(f"$$\n{f}\n$$" for f in formulas)
    return audit_text(text, notation=notation).equations[-1].judgement.verdict


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\frac{dx}{dt} = f(t)x + \frac{g(t)^2}{2\sigma_t}\epsilon_\theta(x,t)", "proved"),
        (r"\frac{dx}{dt} = f(t)x + \frac{g(t)^2}{\sigma_t}\epsilon_\theta(x,t)", "refuted"),
        (r"\frac{dx}{dt} = f(t)x + \frac{g(t)^2}{2\sigma_t^2}\epsilon_\theta(x,t)", "refuted"),
        (r"\frac{dx}{dt} = f(t)x - \frac{g(t)^2}{2\sigma_t}\epsilon_\theta(x,t)", "undecided"),
        (r"\frac{dx}{dt} = -f(t)x + \frac{g(t)^2}{2\sigma_t}\epsilon_\theta(x,t)", "proved"),
        (r"dx = [f(t)x + \frac{g(t)^2}{\sigma_t}\epsilon_\theta(x,t)]dt + g(t)d\bar w", "proved"),
        (r"dx = [f(t)x + \frac{g(t)}{\sigma_t}\epsilon_\theta(x,t)]dt + g(t)d\bar w", "refuted"),
        (r"dX_t = [-\beta X_t - \sigma^2 s_\theta(X_t,t)]dt + \sigma dW_t", "proved"),
        (r"dX_t = [-\beta X_t - \sigma s_\theta(X_t,t)]dt + \sigma dW_t", "refuted"),
        (r"\frac{dx}{dt} = -\frac12\beta(t)x - \beta(t)\nabla_x\log p_t(x)", "refuted"),
        (
            r"\frac{dx}{dt} = -\frac12\beta(t)x - \frac12\beta(t)(1-e^{-2\int_0^t\beta(s)ds})\nabla_x\log p_t(x)",
            "undecided",
        ),
    ],
)
def test_a_drift_that_is_linear_in_the_state(tex, wanted):
    assert verdict(tex) == wanted


def test_a_differential_may_be_spelled_as_words():
    good = r"\text{d}x = \left(f(x,t) - g^2(t)\nabla_x\log p_t(x)\right)\text{d}t + g(t)\,\text{d}W"
    assert verdict(good) == "proved"
    assert verdict(good.replace("g^2(t)", "g(t)")) == "refuted"


def test_infix_fractions():
    assert verdict(r"{a+b \over 2}^2 = {a^2+2ab+b^2 \over 4}") == "proved"
    assert verdict(r"(a+b)^2 = {a^2+2ab+b^2 \over 1}") == "proved"
    assert verdict(r"{a+b \over 2}^2 = {a^2+2ab+b^2 \over 2}") != "proved"
    assert verdict(r"{a \over b \over c} = 1") == "unread"


def test_a_prime_may_name_another_function():
    guided = (
        r"\epsilon'_\theta(x_t,t,y) = (1-\lambda)\epsilon_\theta(x_t,t,\emptyset) + \lambda\epsilon_\theta(x_t,t,y)"
    )
    assert verdict(guided) == "convention"
    assert verdict(guided.replace("(1-", "(2-")) == "refuted"


def test_a_space_before_words():
    skip = r"c_{\text {skip }}(\sigma) = \frac{\sigma_{\text {data }}^2}{\sigma^2+\sigma_{\text {data }}^2}"
    assert verdict(skip, notation="edm") == "proved"
    assert verdict(skip.replace("^2}{", "}{"), notation="edm") == "refuted"


def test_the_denoiser_and_the_score_whatever_stands_between():
    chain = r"D(x,\sigma) = x + S(x,\sigma)\sigma^2 = x + \sigma^2\nabla_x\log p(x;\sigma)"
    assert verdict(chain, notation="edm") == "undecided"
    assert verdict(chain.replace("+", "-"), notation="edm") == "refuted"
    flow = r"-t\nabla_x\log p(x,t) = \frac{x-D(x,t)}{t}"
    assert verdict(flow, notation="edm") == "proved"
    assert verdict(flow.replace("x-D(x,t)", "D(x,t)-x"), notation="edm") == "refuted"


def test_the_score_of_a_density_that_the_document_gives():
    given = r"p_t(x|x_1) = \mathcal{N}(x; \mu_t(x_1), \sigma_t^2 I)"
    assert verdict(given, r"\nabla_x\log p_t(x|x_1) = -\frac{x-\mu_t(x_1)}{\sigma_t^2}") == "proved"
    assert verdict(given, r"\nabla_x\log p_t(x|x_1) = \frac{x-\mu_t(x_1)}{\sigma_t^2}") == "refuted"


LEVELS = r"z_t = \alpha_t x + \sigma_t\epsilon"


@pytest.mark.parametrize(("sign", "wanted"), [("-", "proved"), ("+", "refuted")])
def test_predictions_in_terms_of_each_other_go_round_in_no_circle(sign, wanted):
    noise = r"\hat\epsilon_\theta(z_t;t) = (z_t - \alpha_t\hat x_\theta(z_t;t))/\sigma_t"
    assert verdict(LEVELS, noise) == "proved"
    assert verdict(LEVELS, noise, rf"s_\theta(z_t;t) = (\alpha_t\hat x_\theta(z_t;t) {sign} z_t)/\sigma_t^2") == wanted
    assert (
        verdict(LEVELS, rf"\hat x(z_t;t) = {{z_t {sign} \sigma_t\hat\epsilon_\theta(z_t;t) \over \alpha_t}}") == wanted
    )


def test_a_document_about_preconditioning_is_read_as_edm_whatever_its_mistakes():
    skip = r"c_{skip}(\sigma) = \frac{\sigma_{data}^2}{\sigma^2+\sigma_{data}^2}"
    wrong = r"D(x,\sigma) = x - \sigma^2\nabla_x\log p(x;\sigma)"
    assert verdict(skip, wrong) == "refuted"
    assert verdict(skip, wrong.replace("x - ", "x + ")) == "proved"


SOLVER = r"""
$$x_t = \alpha_t x_0 + \sigma_t\epsilon$$ with $\lambda_t = \log(\alpha_t/\sigma_t)$.

$$\tilde x_{t_i} = \frac{\alpha_{t_i}}{\alpha_{t_{i-1}}}\tilde x_{t_{i-1}} - \sigma_{t_i}(e^{h_i} - 1)\epsilon_\theta(\tilde x_{t_{i-1}}, t_{i-1})$$

where $h_i = \lambda_{t_i} - \lambda_{t_{i-1}}$.
"""
DATA = r"""
$$x_t = \alpha_t x_0 + \sigma_t\epsilon$$ with $\lambda_t = \log(\alpha_t/\sigma_t)$.

$$x_t = \frac{\sigma_t}{\sigma_s}x_s - \alpha_t(e^{-h} - 1)x_\theta(x_s, s)$$

where $h = \lambda_t - \lambda_s$.
"""


@pytest.mark.parametrize(
    ("text", "old", "new", "wanted"),
    [
        (SOLVER, "", "", "proved"),
        (SOLVER, "e^{h_i} - 1", "e^{-h_i} - 1", "refuted"),
        (SOLVER, "e^{h_i} - 1", "1 - e^{h_i}", "refuted"),
        (DATA, "", "", "proved"),
        (DATA, "e^{-h} - 1", "e^{h} - 1", "refuted"),
        (DATA, "e^{-h} - 1", "1 - e^{-h}", "refuted"),
    ],
)
def test_the_first_steps_of_dpm_solver_with_what_is_explained_behind_them(text, old, new, wanted):
    assert audit_text(text.replace(old, new)).equations[2].judgement.verdict == wanted


def test_steps_of_steps_are_told_apart():
    one = r"\tilde x_{t_i} = e^{\lambda_{t_i} - \lambda_{t_{i-1}}}\tilde x_{t_{i-1}}"
    assert verdict(one) != "proved"
    assert verdict(r"(a_{\tau_i} - a_{\tau_{i-1}})^2 = 0") != "proved"
    assert (
        verdict(r"(a_{\tau_i} - a_{\tau_{i-1}})^2 = a_{\tau_i}^2 - 2a_{\tau_i}a_{\tau_{i-1}} + a_{\tau_{i-1}}^2")
        == "proved"
    )


@pytest.mark.parametrize(("stray", "wanted"), [(True, "undecided"), (False, "proved")])
def test_a_formula_that_is_not_of_the_document_has_nothing_behind_it(stray, wanted):
    named = SOLVER.replace("h_i", r"\kappa_i")  # of which nothing is known elsewhere
    reading = prepared(document(named), Declaration())
    for before in reading.reads[:2]:
        reading.equation(before)
    step = reading.reads[2]
    assert reading.equation(replace(step) if stray else step).judgement.verdict == wanted
