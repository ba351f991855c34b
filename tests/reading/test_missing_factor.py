"""Drifts that add numbers to vectors: a missing factor x is told, a constant drift is nobody's mistake."""

import pytest

from derivations.reading import audit_text

REVERSE = r"d\mathbf x = [-\frac12\beta(t)%s - \beta(t)\nabla_{\mathbf x}\log p_t(\mathbf x)]dt + \sqrt{\beta(t)}d\bar{\mathbf w}"


@pytest.mark.parametrize(
    "tex, verdict",
    [
        (REVERSE % r"\mathbf x", "proved"), (REVERSE % "", "refuted"),
        (r"d\mathbf x = -\frac12\beta(t)dt + \sqrt{\beta(t)}d\mathbf w", "refuted"),
        (r"dX_t = -\frac12\beta(t)(X_t + 2\nabla_x\log p_t(X_t))dt + \sqrt{\beta(t)}dW_t", "proved"),
        (r"dX_t = -\frac12\beta(t)(1 + 2\nabla_x\log p_t(X_t))dt + \sqrt{\beta(t)}dW_t", "refuted"),
        (r"dX_t = \mu dt + \sigma dW_t", "definition"), (r"dX_t = \theta(\mu-X_t)dt + \sigma dW_t", "definition"),
        (r"dX_t = (\mu-\sigma^2\nabla\log p(X_t))dt + \sigma dW_t", "undecided"),
    ],
)  # fmt: skip
def test_a_number_in_a_drift(tex, verdict):
    assert audit_text(f"$${tex}$$").equations[0].judgement.verdict == verdict
