r"""Divergences of Gaussians as strangers write them: sums over coordinates, matrices, laws that are not written out."""

import pytest

from derivations.reading import audit_text
from tests.reading.asked import told_apart, verdict

SUM = r"\sum_{j=1}^J\left(1+\log\sigma_j^2-\mu_j^2-\sigma_j^2\right)"
FULL = (
    r"D_{KL}(\mathcal N(\mu_1,\Sigma_1)\|\mathcal N(\mu_2,\Sigma_2)) = \frac12\left[\log\frac{|\Sigma_2|}{|\Sigma_1|} - d"
    r" + \operatorname{tr}(\Sigma_2^{-1}\Sigma_1)+(\mu_2-\mu_1)^\top\Sigma_2^{-1}(\mu_2-\mu_1)\right]"
)
DIAGONAL = r"D_{KL}(\mathcal N(\mu,\operatorname{diag}(\sigma^2))\|\mathcal N(0,I)) = "
MULTIPLE = (
    r"D_{KL}(\mathcal N(\mu,\sigma^2 I)\|\mathcal N(0,I)) = \frac12\left(\|\mu\|^2+d\sigma^2-d-d\log\sigma^2\right)"
)
PAIRS = {
    "the VAE's, whose laws are not written out": (
        r"D_{KL}(q_\phi(z|x)\|p(z)) = -\frac12" + SUM, r"D_{KL}(q_\phi(z|x)\|p(z)) = \frac12" + SUM,
    ),
    "the VAE's with a mistaken sign": (
        r"-D_{KL}(q_\phi(z|x)\|p_\theta(z)) = \frac12" + SUM,
        r"-D_{KL}(q_\phi(z|x)\|p_\theta(z)) = \frac12" + SUM.replace(r"-\mu", r"+\mu"),
    ),
    "with variances": (
        r"KL(q(z|x)\|p(z)) = \frac12\sum_{i=1}^d(\mu_i^2+v_i-1-\log v_i)", r"KL(q(z|x)\|p(z)) = \frac12\sum_{i=1}^d(\mu_i^2+v_i-\log v_i-3)",
    ),
    "a diagonal covariance": (
        DIAGONAL + r"\frac12\sum_{j=1}^d\left(\mu_j^2+\sigma_j^2-1-\log\sigma_j^2\right)",
        DIAGONAL + r"\frac12\sum_{j=1}^d\left(\mu_j^2+\sigma_j^2-1-\log\sigma_j\right)",
    ),
    "a sum of divergences": (
        DIAGONAL + r"\sum_{j=1}^d D_{KL}(\mathcal N(\mu_j,\sigma_j^2)\|\mathcal N(0,1))",
        DIAGONAL + r"\prod_{j=1}^d D_{KL}(\mathcal N(\mu_j,\sigma_j^2)\|\mathcal N(0,1))",
    ),
    "two diagonal covariances": (
        r"D_{KL}(\mathcal N(\mu_1,\text{diag}(\sigma_1^2))\|\mathcal N(\mu_2,\text{diag}(\sigma_2^2))) = \frac12\sum_{j=1}^d\left[\log\frac{\sigma_{2,j}^2}{\sigma_{1,j}^2}-1+\frac{\sigma_{1,j}^2+(\mu_{1,j}-\mu_{2,j})^2}{\sigma_{2,j}^2}\right]",
        r"D_{KL}(\mathcal N(\mu_1,\text{diag}(\sigma_1^2))\|\mathcal N(\mu_2,\text{diag}(\sigma_2^2))) = \frac12\sum_{j=1}^d\left[\log\frac{\sigma_{1,j}^2}{\sigma_{2,j}^2}-1+\frac{\sigma_{1,j}^2+(\mu_{1,j}-\mu_{2,j})^2}{\sigma_{2,j}^2}\right]",
    ),
    "a multiple of the identity": (MULTIPLE, MULTIPLE.replace(r"d\sigma^2", r"\sigma^2")),
    "full covariances": (FULL, FULL.replace(r"\frac{|\Sigma_2|}{|\Sigma_1|}", r"\frac{|\Sigma_1|}{|\Sigma_2|}")),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_true_is_proved_and_what_is_false_is_refuted(name):
    told_apart(*PAIRS[name])


def test_the_sum_is_proved_where_the_document_writes_the_laws_out():
    before = "$q_\\phi(z|x)=\\mathcal N(z;\\mu,\\sigma^2 I)$ and $p(z)=\\mathcal N(z;0,I)$.\n\n"
    assert verdict(r"D_{KL}(q_\phi(z|x)\|p(z)) = -\frac12" + SUM, before) == "proved"
    assert verdict(r"D_{KL}(q_\phi(z|x)\|p(z)) = -\frac12" + SUM.replace(r"-\mu", r"+\mu"), before) == "refuted"


@pytest.mark.parametrize(
    "right",
    [
        "-" + SUM,  # it may be the divergence of other laws
        r"\sum_{j=1}^J(\mu_j^2 + \sigma_j^2)",
        r"\frac12\sum_{j=1}^J(1+\log\sigma_j^2-a_j^2-\mu_j^2-\sigma_j^2)",
        "c" + SUM,
    ],
)
def test_what_may_be_the_divergence_of_other_laws_is_open(right):
    assert verdict(r"D_{KL}(q_\phi(z|x)\|p(z)) = " + right) == "undecided"


def test_only_a_covariance_is_taken_to_be_symmetric():
    assert (
        verdict(
            r"D_{KL}(\mathcal N(\mu,\Sigma)\|\mathcal N(0,I)) = \operatorname{tr}(\Sigma_{xy}^{-1}\Sigma_{xy}^\top)"
        )
        != "proved"
    )


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"H(p) = -\int p(x)\log p(x)dx", "definition"),
        (r"H(p) = \int p(x)\log p(x)dx", "undecided"),
        (r"H(X) = -\sum_x p(x)\log p(x)", "definition"),
        (r"H(p) = \mathbb E_{x\sim p}[-\log p(x)]", "definition"),
        (r"H(p) = \mathbb E_{x\sim p}[\log p(x)]", "undecided"),
        (r"H(p,q) = -\int p(x)\log q(x)dx", "definition"),
        (r"H(p,q) = -\int q(x)\log p(x)dx", "undecided"),
        (r"H(p) = -\int p(x)\log q(x)dx", "undecided"),
        (r"D_{KL}(Q\|P) = \int\log\left(\frac{dQ}{dP}\right)dQ", "definition"),
        (r"D_{KL}(Q\|P) = \int\log\left(\frac{dP}{dQ}\right)dQ", "undecided"),
        (r"D_{KL}(Q\|P) = \int\log\left(\frac{dQ}{dP}\right)dP", "undecided"),
        (r"D_{KL}(\mathbb Q\|\mathbb P) = \mathbb E_{\mathbb Q}\left[\log\frac{d\mathbb Q}{d\mathbb P}\right]", "definition"),
        (r"D_{KL}(\mathbb Q\|\mathbb P) = \mathbb E_{\mathbb P}\left[\log\frac{d\mathbb Q}{d\mathbb P}\right]", "undecided"),
    ],
)
def test_entropies_and_divergences_of_measures_by_their_definitions(tex, wanted):
    assert audit_text(f"$$\n{tex}\n$$").equations[-1].judgement.verdict == wanted
