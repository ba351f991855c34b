"""Means given a noisy value whose law the document states, and means of scores of known densities."""

import pytest

from tests.reading.asked import last, meets

LAWS = {
    "drawn": r"Let $y\sim\mathcal{N}(x,\sigma^2 I)$.",
    "written": r"Let $p(y|x) = \mathcal{N}(y;x,\sigma^2 I)$.",
}


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\mathbb{E}[x|y] = y + \sigma^2\nabla_y\log p(y)", "proved"),
        (r"\nabla_y\log p(y) = \frac{\mathbb{E}[x|y] - y}{\sigma^2}", "proved"),
        (r"\mathbb{E}[x|y] = y - \sigma^2\nabla_y\log p(y)", "refuted"),
        (r"\mathbb{E}[x|y] = y + \sigma\nabla_y\log p(y)", "refuted"),
        (r"\mathbb{E}[x|y] = \sigma^2\nabla_y\log p(y)", "false"),
        (r"\nabla_y\log p(y) = \frac{y - \mathbb{E}[x|y]}{\sigma^2}", "refuted"),
        (r"\mathbb{E}[x|y] = \frac{y}{1+\sigma^2}", "undecided"),
        (r"\mathbb{E}[x|y] = y + \sigma^2\nabla_y\log p_{\rm data}(y)", "undecided"),
    ],
)
def test_the_mean_of_the_data_given_a_noisy_value_is_made_of_its_score(law, tex, wanted):
    assert meets(last(f"{law}\n\n$${tex}$$"), wanted)


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\mathbb{E}[\mu|z] = z + \Sigma\nabla_z\log p(z)", "proved"),
        (r"\mathbb{E}[\mu|z] = z - \Sigma\nabla_z\log p(z)", "refuted"),
        (r"\mathbb{E}[\mu|z] = z + \Sigma^2\nabla_z\log p(z)", "undecided"),
    ],
)
def test_it_is_so_for_any_covariance(tex, wanted):
    tex = tex.replace(r"\mu", r"\boldsymbol\mu_z").replace(r"\Sigma", r"\boldsymbol\Sigma_z")
    tex = tex.replace("z)", r"\mathbf{z})").replace("|z]", r"|\mathbf{z}]").replace("= z", r"= \mathbf{z}")
    law = r"For $\mathbf{z}\sim\mathcal{N}(\mathbf{z};\boldsymbol\mu_z,\boldsymbol\Sigma_z)$ we have"
    assert last(f"{law}\n\n$${tex}$$").verdict == wanted


def test_a_multiple_of_the_data_is_divided_by():
    law = r"Let $p(y|x) = \mathcal{N}(y;a x,\sigma^2 I)$." + "\n\n"
    assert last(law + r"$$\mathbb{E}[x|y] = \frac{1}{a}(y+\sigma^2\nabla_y\log p(y))$$").verdict == "proved"
    lost = last(law + r"$$\mathbb{E}[x|y] = y+\sigma^2\nabla_y\log p(y)$$")
    assert lost.verdict == "undecided"  # true where a is 1, of which this formula says nothing


def test_of_two_laws_of_one_name_neither_is_taken():
    laws = LAWS["drawn"] + r" Elsewhere $y\sim\mathcal{N}(2x,I)$." + "\n\n"
    assert last(laws + r"$$\mathbb{E}[x|y] = y - \sigma^2\nabla_y\log p(y)$$").verdict == "undecided"


DRAWN = (
    r"Let $\mathbf{x}\sim p_{\text{data}}(\mathbf{x})$ and $\mathbf{x}_t\sim\mathcal{N}(\mathbf{x};t^2\mathbf{I})$."
    + "\n\n"
)
MEAN = r"\mathbb{E}[\nabla_{\mathbf{x}_t}\log p(\mathbf{x}_t|\mathbf{x})|\mathbf{x}_t]"
MIXED = r"\int p_{\text{data}}(\mathbf{x})p(\mathbf{x}_t|\mathbf{x})d\mathbf{x}"
SLOPES = r"\int p_{\text{data}}(\mathbf{x})\nabla_{\mathbf{x}_t}p(\mathbf{x}_t|\mathbf{x})d\mathbf{x}"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (
            rf"{MEAN} = -\mathbb{{E}}\left[\frac{{\mathbf{{x}}_t-\mathbf{{x}}}}{{t^2}}\middle|\mathbf{{x}}_t\right]",
            "proved",
        ),
        (
            rf"{MEAN} = -\mathbb{{E}}\left[\frac{{\mathbf{{x}}_t-\mathbf{{x}}}}{{t}}\middle|\mathbf{{x}}_t\right]",
            "refuted",
        ),
        (rf"{MEAN} = \frac{{\mathbb{{E}}[\mathbf{{x}}|\mathbf{{x}}_t]-\mathbf{{x}}_t}}{{t^2}}", "proved"),
        (rf"{MEAN} = \frac{{\mathbf{{x}}_t-\mathbb{{E}}[\mathbf{{x}}|\mathbf{{x}}_t]}}{{t^2}}", "refuted"),
        (rf"{MEAN} = -\frac{{\mathbf{{x}}_t}}{{1+t^2}}", "undecided"),
        (rf"\nabla\log p_t(\mathbf{{x}}_t) = \nabla_{{\mathbf{{x}}_t}}\log{MIXED}", "proved"),
        (rf"\nabla_{{\mathbf{{x}}_t}}\log{MIXED} = \frac{{{SLOPES}}}{{{MIXED}}}", "proved"),
        (rf"\nabla_{{\mathbf{{x}}_t}}\log{MIXED} = {SLOPES}", "false"),
        (rf"\frac{{{SLOPES}}}{{{MIXED}}} = {MEAN}", "proved"),
        (rf"{SLOPES} = {MEAN}", "false"),
    ],
)
def test_the_score_of_a_mixture_is_written_out(tex, wanted):
    assert meets(last(f"{DRAWN}$${tex}$$"), wanted)


CHAIN = r"Let $q(x_t|x_0)=\mathcal{N}(x_t;\sqrt{\bar\alpha_t}x_0,(1-\bar\alpha_t)I)$." + "\n\n"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (r"-\frac{\mathbb{E}[\epsilon|x_t]}{\sqrt{1-\bar\alpha_t}}", "proved"),
        (r"-\frac{\mathbb{E}[\epsilon|x_t]}{1-\bar\alpha_t}", "refuted"),
        (r"\frac{\sqrt{\bar\alpha_t}\mathbb{E}[x_0|x_t]-x_t}{1-\bar\alpha_t}", "proved"),
        (r"\frac{\bar\alpha_t\mathbb{E}[x_0|x_t]-x_t}{1-\bar\alpha_t}", "refuted"),
    ],
)
def test_means_of_the_noise_and_of_the_data_hang_together(value, wanted):
    assert last(rf"{CHAIN}$$\mathbb{{E}}[\nabla_{{x_t}}\log q(x_t|x_0)|x_t] = {value}$$").verdict == wanted
