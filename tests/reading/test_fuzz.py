"""Random documents: no crash, and nothing is proved of garbage. What once failed stays here as an example."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from derivations.reading import audit_text

TOKENS = r"""\alpha_t \bar\alpha_t \bar\alpha_{t-1} \beta_t x_t x_0 x_{t-1} \epsilon \epsilon_\theta(x_t,t) \sqrt{ \frac{ } { ( ) [ ]
\left( \right) | \| \mid = := \approx \sim \le + - \cdot / , ; : & \\ _ ^ 2 1 0 t T s \sum_{t=1}^T \prod_{s=1}^t \int d dt
\mathcal{N} \mathbb{E} \mathbb{E}_q \nabla_{x_t} \log \exp q p p_\theta D_{KL} \sigma_t z I \mathbf{x} \begin{aligned} \end{aligned}
\begin{cases} \end{cases} \text{if} \tilde \hat \operatorname{tr} \partial \dot \underbrace{ \quad \foo ' d\mathbf{w} \x . ... ε ᾱ ∇""".split()
soup = st.lists(st.sampled_from(TOKENS), min_size=1, max_size=18).map(" ".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(soup)
@example(r"\frac{ } { = }")
@example(r"\sum_{t=1}^T = \sum_{t=1}^T")
@example(r"d \mathbf{x} = d\mathbf{w} dt")
@example(r"\nabla_{x_t} \log = \int d")
@example(r"\mathbb{E}_q | = \mathbb{E}_q |")
@example(r"D_{KL} ( q \| ) = p ( | )")
@example(r"\mathcal{N} ( ; , ) = q ( x_t | x_0 )")
def test_a_soup_of_tokens_never_crashes_the_reader(tex):
    for e in audit_text(f"$$\n{tex}\n$$\n").equations:
        assert e.judgement.verdict in ("proved", "convention", "refuted", "definition", "undecided", "unread")


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab=^_{}()\\$|&%#~<>\"'é∑√ \n\t12+-.,;:", max_size=60))
@example("$$ = $$")
@example("$$a == a$$")
def test_garbage_is_never_proved_unless_its_sides_are_the_same(text):
    for e in audit_text(f"{text}\n$$\n{text}\n$$\n").equations:
        if e.judgement.verdict == "proved":
            left, _, right = e.formula.tex.partition("=")
            assert "".join(left.split()) and "".join(right.split()), e.formula.tex


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_any_text_is_a_document(data):
    for suffix in (".md", ".tex", ".rst"):
        audit_text(data.decode("utf-8", "replace"), suffix)
