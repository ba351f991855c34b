"""Statements of one document that contradict one another: the second is refuted, unless it begins another example."""

from __future__ import annotations

import pytest

from derivations.reading import audit_text
from tests.reading.asked import last, meets

GENERAL = r"""## Conditional paths

Let $x_1\sim q$ be a data point and $x_0\sim\mathcal N(0,I)$ a noise. A Gaussian path is

$$p_t(x\mid x_1) = \mathcal N(x;\, \mu_t(x_1), \sigma_t(x_1)^2 I).$$

## The straight path

"""
STRAIGHT = r"""The interpolation is

$$x_t = (1-t)x_0 + t\,x_1,$$

and its velocity

$$\frac{dx_t}{dt} = x_1 - x_0 .$$

"""


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"u_t(x_t\mid x_1) = \frac{x_1-x_t}{1-t}", "proved"),
        (r"u_t(x_t\mid x_1) = \frac{x_1-x_t}{t}", "refuted"),
        (r"u_t(x_t\mid x_1) = \frac{x_t-x_1}{1-t}", "refuted"),
        (r"p_t(x_t\mid x_1) = \mathcal N(x_t;\, t x_1, (1-t)^2 I)", "proved"),
        (r"p_t(x_t\mid x_1) = \mathcal N(x_t;\, t x_1, (1-t) I)", "refuted"),
        (r"p_t(x_t\mid x_1) = \mathcal N(x_t;\, (1-t) x_1, (1-t)^2 I)", "refuted"),
    ],
)
def test_an_example_of_a_general_law_is_judged_by_its_own_path(tex: str, wanted: str) -> None:
    """What is noise is said in another chapter, and the general law neither accuses nor excuses."""
    assert last(f"{GENERAL}{STRAIGHT}In terms of the point,\n\n$${tex}$$").verdict == wanted


@pytest.mark.parametrize("between", ["## Another path", "Consider instead a path that ends elsewhere."])
def test_a_velocity_of_another_example_accuses_nobody(between: str) -> None:
    """Behind a heading, or a word, it may be the velocity of another path of the same general law."""
    tex = r"u_t(x\mid x_1) = \frac{x_1-x}{t}"
    assert last(f"{GENERAL}{STRAIGHT}{between}\n\n$${tex}$$").verdict != "refuted"


@pytest.mark.parametrize("drawn", [r"$x_0\sim p_{data}$", r"$x_0\sim\mathcal N(0,I)$ and $x_0\sim q$"])
def test_an_end_that_is_drawn_from_the_data_is_no_noise(drawn: str) -> None:
    """The law of a state given its other end is known where the first one is noise alone."""
    text = f"## Ends\n\nLet {drawn}.\n\n## A path\n\n{STRAIGHT}"
    assert last(text + r"$$p_t(x_t\mid x_1) = \mathcal N(x_t;\, t x_1, (1-t) I)$$").verdict != "refuted"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\dot x_t = \dot\alpha_t x_1 + \dot\sigma_t x_0", "proved"),
        (r"\dot x_t = \dot\alpha_t x_0 + \dot\sigma_t x_1", "refuted"),
    ],
)
def test_the_rates_of_a_path_stand_at_their_ends(tex: str, wanted: str) -> None:
    """The rate of a level is that of its own end."""
    path = r"A path $x_t=\alpha_t x_1+\sigma_t x_0$ has the velocity"
    assert last(f"{GENERAL}{STRAIGHT}{path}\n\n$${tex}$$").verdict == wanted


OU = r"$$dX_t = -\theta(X_t-\mu)dt + \sigma dW_t$$"
OF_OU = r"$$X_t = \mu + (X_0-\mu)e^{-\theta t} + \sigma\int_0^t e^{-\theta(t-s)}dW_s$$"
OU_LAW = r"$$X_t|X_0 \sim \mathcal N\left(\mu + (X_0-\mu)e^{-\theta t}, \sigma^2\frac{1-e^{-2\theta t}}{2\theta}\right)$$"
VP = r"$$dX_t = -\frac12\beta(t)X_t\,dt + \sqrt{\beta(t)}\,dW_t$$"
OF_VP = r"$$X_t = \alpha(t)X_0 + \int_0^t\frac{\alpha(t)}{\alpha(s)}\sqrt{\beta(s)}\,dW_s$$"
DECAY = r"Put $\alpha(t) = \exp\big(-\frac12\int_0^t\beta(s)\,ds\big)$."
OTHER = "## First\n\n" + r"$$dX_t = f(X_t,t)dt + g(t)dW_t$$" + "\n\n## Second\n\n"
VE = r"For $dX_t = \sqrt{\frac{d[\sigma^2(t)]}{dt}}\,dW_t$ the kernel is"
VE_LAW = r"$$p_{0t}(x_t\mid x_0) = \mathcal N\big(x_t;\, x_0, [\sigma^2(t)-\sigma^2(0)]I\big)$$"


@pytest.mark.parametrize(
    ("before", "true", "old", "new"),
    [
        (OU, OF_OU, r"e^{-\theta(t-s)}", r"e^{-\theta t}"),
        (OU, OF_OU, r"(X_0-\mu)", r"(X_0+\mu)"),
        (OU, OU_LAW, r"{2\theta}\r", r"{\theta}\r"),
        (OU, OU_LAW, r"\mu + (X_0-\mu)", r"(X_0-\mu)"),
        (OTHER + VP + "\n\n" + DECAY, OF_VP, r"\frac{\alpha(t)}{\alpha(s)}", r"\frac{\alpha(s)}{\alpha(t)}"),
        (f"## VP\n\n{VP}\n\n## VE\n\n{VE}", VE_LAW, r"[\sigma^2(t)-\sigma^2(0)]", r"[\sigma(t)-\sigma(0)]"),
        (f"{VP}\n\n{DECAY} The mean function solves", r"$$\frac{d}{dt}\alpha(t) = -\frac12\beta(t)\alpha(t)$$", r"-\frac12", "-"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_linear_equation_follows_from_it(before: str, true: str, old: str, new: str) -> None:
    """Its solution, its law and its decay are proved, and a slip in them is refuted by the equation at hand."""
    assert last(f"{before}\n\n{true}").verdict == "proved"
    assert old in true and meets(last(f"{before}\n\n{true.replace(old, new, 1)}"), "false")


@pytest.mark.parametrize("between", ["## Another", "Consider instead a noise of another strength."])
def test_a_law_of_another_linear_equation_accuses_nobody(between: str) -> None:
    """Behind a heading, or a word, the law may be of an equation that is not written."""
    law = OU_LAW.replace(r"{2\theta}", r"{\theta}")
    assert last(f"{VP}\n\n{OU}\n\n{between}\n\n{law}").verdict != "refuted"
    assert last(f"{VP}\n\n{OU}\n\nThen\n\n{law}").verdict == "refuted"


FORWARD = r"$$dX_t = f(X_t,t)dt + g(t)dW_t$$"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"X_t = X_0 + \int_0^t f(X_s,s)ds + \int_0^t g(s)dW_s", "proved"),
        (r"X_t = X_s + \int_s^t f(X_u,u)du + \int_s^t g(u)dW_u", "proved"),
        (r"X_t = X_0 + \int_0^t f(X_s,s)ds + \int_0^t g(t)dW_s", "false"),
        (r"X_t = X_0 - \int_0^t f(X_s,s)ds + \int_0^t g(s)dW_s", "refuted"),
        (r"X_t = X_0 + \int_0^t f(X_s,s)ds + \int_0^t g(s)^2dW_s", "refuted"),
        (r"X_t = X_0 + \int_0^t h(X_s,s)ds + \int_0^t g(s)dW_s", "undecided"),
    ],
)
def test_a_stochastic_equation_and_its_integral_form(tex: str, wanted: str) -> None:
    """What stands under the integrals is taken at the time over which they run."""
    assert meets(last(f"{FORWARD}\n\nThat is\n\n$${tex}$$"), wanted)


NOISED = (
    r"Let $\mathbf Z \sim \mathcal N(0, \sigma^2 I_n)$ and $\mathbf Y = \mathbf X + \mathbf Z$.",
    r"E[\mathbf X|\mathbf Y=\mathbf y] = \mathbf y + \sigma^2\nabla\log p(\mathbf y)",
)
EXPLODING = r"$$x_t = x_0 + \sigma_t z, \quad z\sim N(0,I)$$", r"E[x_0|x_t] = x_t + \sigma_t^2\nabla\log p_t(x_t)"
SHRUNK = (
    r"$$p_t(x_t\mid x_0) = \mathcal N(x_t; \alpha(t)x_0, (1-\alpha(t)^2)I)$$",
    r"E[X_0\mid X_t=x] = \frac{x + (1-\alpha(t)^2)\nabla_x\log p_t(x)}{\alpha(t)}",
)


@pytest.mark.parametrize(
    ("pair", "old", "new"),
    [
        (NOISED, "+", "-"),
        (NOISED, r"\sigma^2", r"\sigma"),
        (EXPLODING, "+", "-"),
        (EXPLODING, r"\sigma_t^2", r"\sigma_t"),
        (SHRUNK, "+", "-"),
        (SHRUNK, "(1-", r"\sqrt{1-"),
        (SHRUNK, r"{\alpha(t)}", r"{\alpha(t)^2}"),
    ],
)
def test_the_mean_of_the_clean_data_follows_from_the_law_beside_it(pair: tuple[str, str], old: str, new: str) -> None:
    """Tweedie's formula has the levels of the example at hand; of another example it says nothing."""
    before, true = pair
    slip = true.replace(old, new, 1)
    slip = slip.replace("^2)\\nabla", "^2}\\nabla") if "sqrt" in new else slip
    assert last(f"{before}\n\nThen\n\n$${true}$$").verdict == "proved"
    assert slip != true and last(f"{before}\n\nThen\n\n$${slip}$$").verdict == "refuted"
    assert last(f"{before}\n\nSuppose instead another noise.\n\n$${slip}$$").verdict != "proved"


MADE = r"$$\kappa_t = \frac{1+\gamma a_t}{1-\gamma a_t}$$"


@pytest.mark.parametrize(
    ("words", "tex", "wanted"),
    [
        ("By rewriting it as", r"\kappa_t = 1 + \frac{2\gamma a_t}{1-\gamma a_t}", "definition"),
        ("By rewriting it as", r"\kappa_t = 1 - \frac{2\gamma a_t}{1-\gamma a_t}", "false"),
        ("In another example,", r"\kappa_t = 1 - \frac{2\gamma a_t}{1-\gamma a_t}", "undecided"),
        ("## Rewritten\n\nLet us take", r"\kappa_t = 1 - \frac{2\gamma a_t}{1-\gamma a_t}", "undecided"),
    ],
)
def test_another_form_of_a_name_is_equal_to_the_first(words: str, tex: str, wanted: str) -> None:
    """Who rewrites a name says the same of it; who gives it anew may mean something else."""
    assert meets(last(f"{MADE}\n\n{words}\n\n$${tex}$$"), wanted)


def test_two_cases_are_no_facts() -> None:
    """What is granted in one case and denied in the next does not excuse what follows."""
    cases = "Some cases:\n\n- $c < 2$ is good\n- $c \\geq 2$ is not\n\n"
    tex = r"$$\kappa_t = 1 - \frac{2 c a_t}{1-c a_t}$$"
    found = last(f"{MADE.replace(chr(92) + 'gamma', 'c')}\n\n{cases}By rewriting it as\n\n{tex}")
    assert meets(found, "false")


STEP = r"q(x_t, x_{t-1}) = \mathcal N(x_t; \sqrt{1-\beta_t}x_{t-1}, \beta_t I)"


def test_a_joint_density_is_not_the_conditional_one() -> None:
    """A density of two states integrates to 1 over both; a kernel by the same signs is what its author says it is."""
    given = STEP.replace("x_t, x_{t-1}", r"x_t\mid x_{t-1}")
    assert meets(last(f"$${given}$$\n\n## Again\n\n$${STEP}$$"), "false")
    assert last(f"$${given}$$\n\n## Again\n\n$${given}$$").verdict != "refuted"
    assert last(f"$${STEP}$$").verdict != "refuted"


LEVELS = r"""Latents are $z_t=\alpha_t x+\sigma_t\epsilon$ with $\epsilon\sim\mathcal N(0,I)$. For $s<t$, with
$\alpha_{t|s}=\alpha_t/\alpha_s$ and $\sigma_{t|s}^2=\sigma_t^2-\alpha_{t|s}^2\sigma_s^2$,

"""
TRANSITION = r"q(z_t\mid z_s) = \mathcal N(z_t; \alpha_{t|s}z_s, \sigma_{t|s}^2I)"
POSTERIOR = (
    r"q(z_s\mid z_t,x) = \mathcal N\Big(z_s; \frac{\alpha_{t|s}\sigma_s^2}{\sigma_t^2}z_t"
    r" + \frac{\alpha_s\sigma_{t|s}^2}{\sigma_t^2}x, \frac{\sigma_{t|s}^2\sigma_s^2}{\sigma_t^2}I\Big)"
)
ANCESTRAL = (
    r"z_s = \frac{\alpha_s}{\alpha_t}\left(z_t-\frac{\sigma_{t|s}^2}{\sigma_t}\hat\epsilon_\theta(z_t,t)\right)"
    r"+\frac{\sigma_{t|s}\sigma_s}{\sigma_t}\,\xi,\qquad\xi\sim\mathcal N(0,I)"
)


@pytest.mark.parametrize(
    ("true", "old", "new"),
    [
        (TRANSITION, r"\alpha_{t|s}z_s", r"\alpha_t z_s"),
        (POSTERIOR, r"\frac{\alpha_{t|s}\sigma_s^2}{\sigma_t^2}", r"\frac{\alpha_{t|s}\sigma_t^2}{\sigma_s^2}"),
        (ANCESTRAL, r"\frac{\alpha_s}{\alpha_t}", r"\frac{\alpha_t}{\alpha_s}"),
    ],
)
def test_the_mean_of_the_means_is_the_mean(true: str, old: str, new: str) -> None:
    """A law between two times goes with the law of the state that stands before it."""
    assert last(f"{LEVELS}$${true}$$").verdict == "proved"
    assert old in true and meets(last(f"{LEVELS}$${true.replace(old, new, 1)}$$"), "false")


FLOW = r"Take $$\psi_t(x) = (1-t)x + t x_1,$$"


@pytest.mark.parametrize(
    ("words", "tex", "wanted"),
    [
        ("so that", r"\psi_0(x) = x", "proved"),
        ("so that", r"\psi_1(x) = x_1", "proved"),
        ("so that", r"\psi_1(x) = x", "false"),
        ("with", r"\psi_1(x) = x", "definition"),
    ],
)
def test_a_function_at_a_fixed_time(words: str, tex: str, wanted: str) -> None:
    """What follows from its formula is judged by it; a value that is only set is not."""
    assert meets(last(f"{FLOW} {words} ${tex}$."), wanted)


def test_a_last_step_may_be_set_apart() -> None:
    """A grid ends at 0 by another rule than its formula."""
    grid = r"$$\sigma_i = \Big(a + \frac{i}{N-1}(b-a)\Big)^\rho$$"
    assert last(f"{grid} and $\\sigma_N = 0$.").verdict != "refuted"


SCALED = r"""$$p(x;\sigma) = \big[p_{\text{data}} * \mathcal N(0,\sigma^2I)\big](x)$$

$$\nabla_x\log p(x;\sigma) = \frac{D(x;\sigma)-x}{\sigma^2}$$

"""
FLOW_OF_SCALED = (
    r"\frac{dx}{dt} = \frac{\dot s(t)}{s(t)}x - s(t)^2\dot\sigma(t)\sigma(t)\nabla_x\log p\Big(\frac{x}{s(t)};\sigma(t)\Big)"
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"s(t)^2\dot", r"s(t)\dot"),
        (r"\frac{\dot s(t)}{s(t)}", r"\frac{s(t)}{\dot s(t)}"),
        (r" - s(t)^2", r" + s(t)^2"),
        (r"\dot\sigma(t)\sigma(t)", r"\dot\sigma(t)\sigma(t)^2"),
    ],
)
def test_the_flow_of_a_scaled_state(old: str, new: str) -> None:
    """A density of x/s says that the state is scaled; one slip in its flow is one."""
    assert last(f"{SCALED}$${FLOW_OF_SCALED}$$").verdict == "proved"
    assert old in FLOW_OF_SCALED
    assert last(f"{SCALED}$${FLOW_OF_SCALED.replace(old, new, 1)}$$").verdict == "refuted"


def test_a_rate_of_the_scale_without_the_state() -> None:
    """A number is added to a vector."""
    inside = FLOW_OF_SCALED.partition("= ")[2]
    assert last(f"{SCALED}$$dx = \\left[{inside}\\right]dt$$").verdict == "proved"
    assert meets(last(f"{SCALED}$$dx = \\left[{inside.replace('{s(t)}x', '{s(t)}')}\\right]dt$$"), "false")


HEUN = r"""$$\nabla_x\log p(x;\sigma) = \frac{D(x;\sigma)-x}{\sigma^2}$$

## Sampling

$$\sigma_i = \Big(a + \frac{i}{N-1}(b-a)\Big)^\rho$$

$$d_i = \frac{x_i - D_\theta(x_i;t_i)}{t_i}$$

$$x_{i+1} = x_i + (%s)\,d_i$$

$$dx = f(x,t)dt + g(t)dw$$
"""


def test_a_chapter_of_a_denoiser_keeps_its_notation() -> None:
    """D(x; t) is a denoiser whatever its level is called: no other notation hides a slip in its steps."""
    right, wrong = (audit_text(HEUN % step).counts["refuted"] for step in ("t_{i+1}-t_i", "t_i-t_{i+1}"))
    assert (right, wrong) == (0, 1)


PRESERVING = r"""Let $dX_t = f(t)X_t dt + g(t) dW_t$ be variance preserving, so that

$$x_t = \alpha_t x_0 + \sigma_t\epsilon$$

"""


@pytest.mark.parametrize("notation", ["plain", "sde", "levels"])
@pytest.mark.parametrize(
    "tex",
    [
        r"E[x_0|x_t] = \frac{x_t + (1-\alpha_t^2)\nabla\log p_t(x_t)}{\alpha_t}",
        r"E[x_0|x_t] = \frac{x_t + \sigma_t^2\nabla\log p_t(x_t)}{\sqrt{1-\sigma_t^2}}",
        r"q(x_t|x_s) = \mathcal N(x_t; \frac{\alpha_t}{\alpha_s}x_s, (1-\frac{\alpha_t^2}{\alpha_s^2})I)",
    ],
)
def test_levels_may_hang_together_as_words_say(tex: str, notation: str) -> None:
    """Where the variance is preserved one level is made of the other, and an author may write either."""
    assert last(f"{PRESERVING}$${tex}$$", ".md", notation).verdict != "refuted"


def test_a_function_of_which_nothing_is_known_may_have_any_value() -> None:
    """A flow begins at the identity, whatever functions it is made of."""
    flow = r"$$\psi_t(x) = \sigma_t(x_1)x + \mu_t(x_1)$$"
    assert last(f"{flow} so that $\\psi_0(x) = x$.").verdict != "refuted"
    assert last("$$\\psi_t(x) = y_x(t)$$ so that $\\psi_0(x) = x$.").verdict != "refuted"


@pytest.mark.parametrize(
    "tex",
    [
        r"p(z_s\mid z_t) = \mathcal N(z_s; \frac{\alpha_t}{\alpha_s}z_t, \sigma_s^2I)",  # of some data it may be true
        r"p_\theta(z_t\mid z_s) = \mathcal N(z_t; \alpha_t z_s, \sigma_t^2I)",  # a model
    ],
)
def test_a_law_back_in_time_and_a_model_need_not_go_with_the_marginals(tex: str) -> None:
    """Without the data an earlier state given a later one depends on their law, and a model is what it is."""
    assert last(f"{LEVELS}$${tex}$$").verdict != "refuted"


def test_what_runs_back_is_another_process() -> None:
    """The integral form of a reverse equation is none of the forward one."""
    back = r"$$Y_t = Y_0 - \int_0^t f(Y_s,s)ds + \int_0^t g(s)d\bar W_s$$"
    assert last(f"{FORWARD}\n\nThat is\n\n{back}").verdict != "refuted"


def test_a_constant_is_no_function_of_its_letter() -> None:
    process = r"$$dX_t = -\beta X_t dt + \sigma dW_t$$ Let $\gamma_t = e^{-\beta t}$ be how much is left." + "\n\n"
    law = r"X_t = \gamma_t X_0 + \sigma_t\epsilon, \quad \epsilon\sim\mathcal{N}(0, I)"
    assert last(f"{process}$${law}$$").verdict != "refuted"
