r"""Levels in continuous time, lines that go on with a state, and a law that stands in front of its density."""

from derivations.reading import audit_text
from tests.reading.asked import verdict

FORWARD = r"The process is $dx_t = -\frac{1}{2}\beta(t) x_t\,dt + \sqrt{\beta(t)}\,dW_t$." + "\n\n"
LEVEL = r"\bar\alpha_t = \exp\left(%s \int_0^t \beta(s)\,ds\right)"
STEPS = r"$\alpha_t = 1 - \beta_t$, $\bar\alpha_t = \prod_{s=1}^t \alpha_s$, $\epsilon \sim N(0, I)$." + "\n\n"


def test_a_level_is_the_squared_decay():
    assert verdict(LEVEL % "-", FORWARD) == "proved"
    assert verdict(r"\bar\alpha(t) = e^{-\int_0^t \beta(s)\,ds}", FORWARD) == "proved"
    assert verdict(LEVEL % r"-\frac{1}{2}", FORWARD) == "definition"
    assert verdict(LEVEL % "", FORWARD) == verdict(LEVEL % "-2", FORWARD) == "undecided"
    assert verdict(LEVEL % "-") == "definition"


def test_lines_go_on_with_the_state_also_behind_those_left_out():
    lines = [
        r"x_t = \sqrt{\alpha_t} x_{t-1} + \sqrt{1 - \alpha_t}\,\epsilon",
        r"= \sqrt{\alpha_t \alpha_{t-1}} x_{t-2} + \sqrt{1 - \alpha_t \alpha_{t-1}}\,\epsilon",
        r"\vdots",
        r"= \sqrt{\bar\alpha_t} x_0 + \sqrt{1 %s \bar\alpha_t}\,\epsilon",
    ]
    text = STEPS + "\n\n".join(f"$${tex}$$" for tex in lines)
    found = [e.judgement.verdict for e in audit_text(text % "-").equations if e.formula.kind == "display"]
    assert set(found) == {"proved"}
    assert audit_text(text % "+").equations[-1].judgement.verdict == "refuted"


def test_a_density_may_stand_behind_its_law():
    assert verdict(r"\mathcal{N}(0, I) \equiv p(x_T)") == "definition"
    before = r"Let $p(x_T) = \mathcal{N}(x_T; 0, I)$." + "\n\n"
    assert verdict(r"\mathcal{N}(0, 2 I) = p(x_T)", before) not in ("proved", "convention")
