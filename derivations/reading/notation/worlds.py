"""Notations: what the letters of a family of papers stand for, as rows of LaTeX that the reader itself reads.

A row is a left side, a right side and the ID of the formula in the corpus. What is in no row is free: in DDPM's notation
alpha_t and alpha_bar_t, the data x_0, the noise eps, the network eps_theta.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Row = tuple[str, str, str]

DDPM: tuple[Row, ...] = (
    (r"\beta_t", r"1-\alpha_t", "conv.ddpm"),
    (r"\tilde\beta_t", r"\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}(1-\alpha_t)", "posterior.variance"),
    (r"\tilde\mu_t(x_t,x_0)", r"\frac{\sqrt{\bar\alpha_{t-1}}(1-\alpha_t)}{1-\bar\alpha_t}x_0+\frac{\sqrt{\alpha_t}(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}x_t", "posterior.mean"),
    (r"\tilde\mu_t(x_t,\epsilon)", r"\frac{1}{\sqrt{\alpha_t}}(x_t-\frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}}\epsilon)", "posterior.eps_form"),
    (r"\tilde\mu(x_t,x_0)", r"\tilde\mu_t(x_t,x_0)", "posterior.mean"),
    (r"\mu_q(x_t,x_0)", r"\tilde\mu_t(x_t,x_0)", "posterior.mean"),
    (r"\mu_t(x_t,x_0)", r"\tilde\mu_t(x_t,x_0)", "posterior.mean"),
    (r"\mu(x_t,x_0)", r"\tilde\mu_t(x_t,x_0)", "posterior.mean"),
    (r"\tilde\mu_t", r"\tilde\mu_t(x_t,x_0)", "posterior.mean"),
    (r"\tilde\mu_\theta(x_t,t)", r"\mu_\theta(x_t,t)", "ddpm.sampling_step"),
    (r"x_\theta(x_t,t)", r"\hat x_0", "posterior.eps_form"),
    (r"\tilde x_0", r"\hat x_0", "posterior.eps_form"),
    (r"\mu_\theta(x_t,t)", r"\frac{1}{\sqrt{\alpha_t}}(x_t-\frac{1-\alpha_t}{\sqrt{1-\bar\alpha_t}}\epsilon_\theta(x_t,t))", "ddpm.sampling_step"),
    (r"q(x_t\mid x_0)", r"\mathcal N(x_t;\sqrt{\bar\alpha_t}x_0,(1-\bar\alpha_t)I)", "forward.marginal"),
    (r"p(x_t\mid x_0)", r"\mathcal N(x_t;\sqrt{\bar\alpha_t}x_0,(1-\bar\alpha_t)I)", "forward.marginal"),
    (r"q(x_t\mid x_{t-1})", r"\mathcal N(x_t;\sqrt{\alpha_t}x_{t-1},(1-\alpha_t)I)", "forward.step"),
    (r"q(x_t\mid x_{t-2})", r"\mathcal N(x_t;\sqrt{\alpha_t\alpha_{t-1}}x_{t-2},(1-\alpha_t\alpha_{t-1})I)", "forward.two_step"),
    (r"q(x_t\mid x_{t-1},x_0)", r"\mathcal N(x_t;\sqrt{\alpha_t}x_{t-1},(1-\alpha_t)I)", "elbo.ddpm.markov_trick"),
    (r"q(x_{t-1}\mid x_t,x_0)", r"\mathcal N(x_{t-1};\tilde\mu_t(x_t,x_0),\tilde\beta_t I)", "posterior.mean"),
    (r"\hat x_0", r"\frac{x_t-\sqrt{1-\bar\alpha_t}\epsilon_\theta(x_t,t)}{\sqrt{\bar\alpha_t}}", "posterior.eps_form"),
    (r"s_\theta(x_t,t)", r"-\frac{1}{\sqrt{1-\bar\alpha_t}}\epsilon_\theta(x_t,t)", "score.eps"),
    (r"s_\theta(x_t,t,y)", r"-\frac{1}{\sqrt{1-\bar\alpha_t}}\epsilon_\theta(x_t,t,y)", "score.eps"),
    (r"\operatorname{SNR}(t)", r"\frac{\bar\alpha_t}{1-\bar\alpha_t}", "loss.x0_weight"),
    (r"v_t", r"\sqrt{\bar\alpha_t}\epsilon-\sqrt{1-\bar\alpha_t}x_0", "param.v"),
    (r"v_\theta(x_t,t)", r"\frac{\epsilon_\theta(x_t,t)-\sqrt{1-\bar\alpha_t}x_t}{\sqrt{\bar\alpha_t}}", "param.v"),
    (r"\mathbb{E}[x_0\mid x_t]", r"\frac{x_t-\sqrt{1-\bar\alpha_t}\mathbb{E}[\epsilon\mid x_t]}{\sqrt{\bar\alpha_t}}", "score.tweedie"),
    (r"\operatorname{score}(x_t,t)", r"-\frac{1}{\sqrt{1-\bar\alpha_t}}\mathbb{E}[\epsilon\mid x_t]", "score.eps"),
)  # fmt: skip

LEVELS: tuple[Row, ...] = (
    (r"q(x_t\mid x_0)", r"\mathcal N(x_t;\alpha_t x_0,\sigma_t^2 I)", "conv.alpha_sigma"),
    (r"p(x_t\mid x_0)", r"\mathcal N(x_t;\alpha_t x_0,\sigma_t^2 I)", "conv.alpha_sigma"),
    (r"q(x_t\mid x_s)", r"\mathcal N(x_t;\frac{\alpha_t}{\alpha_s} x_s,(\sigma_t^2-\frac{\alpha_t^2}{\alpha_s^2}\sigma_s^2) I)", "vdm.transition"),
    (r"q(x_s\mid x_t,x_0)", r"\mathcal N(x_s;\frac{\alpha_t\sigma_s^2}{\alpha_s\sigma_t^2}x_t+\frac{\alpha_s(\sigma_t^2-\frac{\alpha_t^2}{\alpha_s^2}\sigma_s^2)}{\sigma_t^2}x_0,\frac{(\sigma_t^2-\frac{\alpha_t^2}{\alpha_s^2}\sigma_s^2)\sigma_s^2}{\sigma_t^2}I)", "vdm.posterior"),
    (r"\alpha_{t,s}", r"\frac{\alpha_t}{\alpha_s}", "vdm.transition"),
    (r"\sigma_{t,s}", r"\sqrt{\sigma_t^2-\frac{\alpha_t^2}{\alpha_s^2}\sigma_s^2}", "vdm.transition"),
    (r"\hat x_0", r"\frac{x_t-\sigma_t\epsilon_\theta(x_t,t)}{\alpha_t}", "param.linear_map"),
    (r"x_\theta(x_t,t)", r"\frac{x_t-\sigma_t\epsilon_\theta(x_t,t)}{\alpha_t}", "param.linear_map"),
    (r"s_\theta(x_t,t)", r"-\frac{1}{\sigma_t}\epsilon_\theta(x_t,t)", "score.eps"),
    (r"s_\theta(x_t,t,y)", r"-\frac{1}{\sigma_t}\epsilon_\theta(x_t,t,y)", "score.eps"),
    (r"\operatorname{SNR}(t)", r"\frac{\alpha_t^2}{\sigma_t^2}", "conv.log_snr"),
    (r"v_t", r"\alpha_t\epsilon-\sigma_t x_0", "param.v"),
    (r"\mathbb{E}[x_0\mid x_t]", r"\frac{x_t-\sigma_t\mathbb{E}[\epsilon\mid x_t]}{\alpha_t}", "score.tweedie"),
    (r"\operatorname{score}(x_t,t)", r"-\frac{1}{\sigma_t}\mathbb{E}[\epsilon\mid x_t]", "score.eps"),
)  # fmt: skip

DEVIATION: Row = (r"\beta_t", r"\sqrt{1-\alpha_t}", "conv.ddpm")
DEVIATIONS: tuple[Row, ...] = (  # of the posterior too
    DEVIATION,
    (r"\tilde\beta_t", rf"\sqrt{{{DDPM[1][1]}}}", DDPM[1][2]),
    *((left, right.replace(r"\tilde\beta_t", r"\tilde\beta_t^2"), id_) for left, right, id_ in DDPM[2:]),
)

FACTORS: tuple[Row, ...] = (
    (r"\beta_t", r"\sqrt{1-\alpha_t^2}", "conv.ddpm"),
    (r"\bar\beta_t", r"\sqrt{1-\bar\alpha_t^2}", "conv.ddpm"),
    (r"q(x_t\mid x_{t-1})", r"\mathcal N(x_t;\alpha_t x_{t-1},(1-\alpha_t^2)I)", "forward.step"),
    (r"p(x_t\mid x_{t-1})", r"\mathcal N(x_t;\alpha_t x_{t-1},(1-\alpha_t^2)I)", "forward.step"),
    (r"q(x_t\mid x_{t-2})", r"\mathcal N(x_t;\alpha_t\alpha_{t-1} x_{t-2},(1-\alpha_t^2\alpha_{t-1}^2)I)", "forward.two_step"),
    (r"q(x_t\mid x_0)", r"\mathcal N(x_t;\bar\alpha_t x_0,(1-\bar\alpha_t^2)I)", "forward.marginal"),
    (r"p(x_t\mid x_0)", r"\mathcal N(x_t;\bar\alpha_t x_0,(1-\bar\alpha_t^2)I)", "forward.marginal"),
    (r"q(x_{t-1}\mid x_t,x_0)", r"\mathcal N(x_{t-1};\frac{\alpha_t(1-\bar\alpha_{t-1}^2)}{1-\bar\alpha_t^2}x_t+\frac{\bar\alpha_{t-1}(1-\alpha_t^2)}{1-\bar\alpha_t^2}x_0,\frac{(1-\bar\alpha_{t-1}^2)(1-\alpha_t^2)}{1-\bar\alpha_t^2}I)", "posterior.mean"),
    (r"p(x_{t-1}\mid x_t,x_0)", r"\mathcal N(x_{t-1};\frac{\alpha_t(1-\bar\alpha_{t-1}^2)}{1-\bar\alpha_t^2}x_t+\frac{\bar\alpha_{t-1}(1-\alpha_t^2)}{1-\bar\alpha_t^2}x_0,\frac{(1-\bar\alpha_{t-1}^2)(1-\alpha_t^2)}{1-\bar\alpha_t^2}I)", "posterior.mean"),
    (r"\hat x_0", r"\frac{x_t-\sqrt{1-\bar\alpha_t^2}\epsilon_\theta(x_t,t)}{\bar\alpha_t}", "posterior.eps_form"),
    (r"s_\theta(x_t,t)", r"-\frac{1}{\sqrt{1-\bar\alpha_t^2}}\epsilon_\theta(x_t,t)", "score.eps"),
    (r"s_\theta(x_t,t,y)", r"-\frac{1}{\sqrt{1-\bar\alpha_t^2}}\epsilon_\theta(x_t,t,y)", "score.eps"),
    (r"\mathbb{E}[x_0\mid x_t]", r"\frac{x_t-\sqrt{1-\bar\alpha_t^2}\mathbb{E}[\epsilon\mid x_t]}{\bar\alpha_t}", "score.tweedie"),
    (r"\operatorname{score}(x_t,t)", r"-\frac{1}{\sqrt{1-\bar\alpha_t^2}}\mathbb{E}[\epsilon\mid x_t]", "score.eps"),
)  # fmt: skip


EDM: tuple[Row, ...] = (
    (r"\operatorname{score}(x,\sigma)", r"\frac{D(x,\sigma)-x}{\sigma^2}", "score.tweedie"),
    (r"c_{skip}(\sigma)", r"\frac{\sigma_{data}^2}{\sigma^2+\sigma_{data}^2}", "edm.preconditioning"),
    (r"c_{out}(\sigma)", r"\frac{\sigma\sigma_{data}}{\sqrt{\sigma^2+\sigma_{data}^2}}", "edm.preconditioning"),
    (r"c_{in}(\sigma)", r"\frac{1}{\sqrt{\sigma^2+\sigma_{data}^2}}", "edm.preconditioning"),
    (r"\lambda(\sigma)", r"\frac{\sigma^2+\sigma_{data}^2}{(\sigma\sigma_{data})^2}", "edm.preconditioning"),
    (r"c_{skip}", r"\frac{\sigma_{data}^2}{\sigma^2+\sigma_{data}^2}", "edm.preconditioning"),
    (r"c_{out}", r"\frac{\sigma\sigma_{data}}{\sqrt{\sigma^2+\sigma_{data}^2}}", "edm.preconditioning"),
    (r"c_{in}", r"\frac{1}{\sqrt{\sigma^2+\sigma_{data}^2}}", "edm.preconditioning"),
    (r"\sigma_d", r"\sigma_{data}", ""),
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """One notation.

    rows: the definitions; state: the coefficients of the data and of the noise in x_t; domains: where free names live
    renames: names that stand for another name, like DDIM's alpha for alpha_bar
    needs, refuses: names that a document must, or must not, use for this notation to be meant
    unlike: letters that mean something else here than in the book
    """

    name: str
    title: str
    rows: tuple[Row, ...] = ()
    state: tuple[str, str] | None = None
    domains: dict[str, str] = field(default_factory=dict)
    renames: dict[str, str] = field(default_factory=dict)
    needs: frozenset[str] = frozenset()
    refuses: frozenset[str] = frozenset()
    free: frozenset[str] = frozenset()
    deviation: bool = False  # N(mean, deviation) instead of N(mean, variance)
    unlike: frozenset[str] = frozenset()
    usual: bool = True  # whether a formula that is true in it is simply proved, and not a matter of convention


COMMON_DOMAINS = {
    "sigma": "positive", "sigma_data": "positive", "sigma_d": "positive", "g": "positive", "Delta": "positive",
    "sigma_min": "positive", "sigma_max": "positive", "beta_min": "positive", "beta_max": "positive", "kappa": "positive",
    "h": "positive", "varepsilon": "positive", "p_tilde": "positive", "q_tilde": "positive",
}  # fmt: skip
WORLDS: dict[str, World] = {
    w.name: w
    for w in (
        World(
            "ddpm", "DDPM: beta_t is the variance of a step, alpha_bar_t the product of alpha_s = 1 - beta_s", DDPM,
            (r"\sqrt{\bar\alpha_t}", r"\sqrt{1-\bar\alpha_t}"), {"alpha": "unit", "alpha_bar": "unit", "beta": "unit"},
            free=frozenset({"alpha", "alpha_bar"}),
        ),
        World(
            "ddim", "DDIM: alpha_t is what DDPM calls alpha_bar_t", DDPM, (r"\sqrt{\bar\alpha_t}", r"\sqrt{1-\bar\alpha_t}"),
            {"alpha": "unit", "alpha_bar": "unit"}, {"alpha": "alpha_bar"}, usual=False, unlike=frozenset({"alpha"}), refuses=frozenset({"alpha_bar"}),
            free=frozenset({"alpha", "alpha_bar"}),
        ),
        World(
            "levels", "signal level alpha_t and noise level sigma_t: x_t = alpha_t x_0 + sigma_t eps", LEVELS,
            (r"\alpha_t", r"\sigma_t"), {"alpha": "positive", "sigma": "positive", "beta": "positive"},
            needs=frozenset({"sigma"}), refuses=frozenset({"alpha_bar"}), free=frozenset({"alpha", "sigma"}),
        ),
        World(
            "edm", "EDM: x = y + sigma n, the denoiser D(x; sigma)", EDM, None, {"sigma": "positive"},
            needs=frozenset({"D", "sigma"}), refuses=frozenset({"alpha_bar"}),
            free=frozenset({"sigma", "sigma_data", "x", "D", "D_theta", "y"}),
        ),
        World(
            "beta-deviation", "beta_t is the standard deviation of a step, so that alpha_t = 1 - beta_t^2", (DEVIATION, *DDPM[1:]),
            (r"\sqrt{\bar\alpha_t}", r"\sqrt{1-\bar\alpha_t}"), {"alpha": "unit", "alpha_bar": "unit", "beta": "unit"},
            free=frozenset({"alpha", "alpha_bar"}), usual=False, unlike=frozenset({"beta"}),
        ),
        World(
            "deviations", "beta_t and beta_tilde_t are the standard deviations of a step and of the posterior", DEVIATIONS,
            (r"\sqrt{\bar\alpha_t}", r"\sqrt{1-\bar\alpha_t}"), {"alpha": "unit", "alpha_bar": "unit", "beta": "unit"},
            free=frozenset({"alpha", "alpha_bar"}), usual=False, unlike=frozenset({"beta", "beta_tilde"}),
        ),
        World(
            "factors", "alpha_t and beta_t are the factors of the state and of the noise in a step", FACTORS,
            (r"\bar\alpha_t", r"\sqrt{1-\bar\alpha_t^2}"), {"alpha": "unit", "alpha_bar": "unit", "beta": "unit"},
            {"alpha_hat": "alpha_bar", "beta_hat": "beta_bar"}, free=frozenset({"alpha", "alpha_bar"}), usual=False,
            unlike=frozenset({"alpha", "beta"}),
        ),
        World(
            "sde", "continuous time: beta(t), f and g are functions of time, and the score is what it is",
            (), None, {"beta": "positive", "g": "positive", "sigma": "positive"}, free=frozenset({"beta", "g", "sigma", "f"}),
        ),
        World("plain", "the document's own definitions, and nothing else"),
    )
}  # fmt: skip
CHAINS = ("ddpm", "ddim", "beta-deviation", "deviations", "factors")  # in which a schedule of steps makes the levels
