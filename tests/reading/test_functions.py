"""Functions of the state that a document writes without their arguments where it differentiates them."""

import pytest

from tests.reading.asked import last

SCORE = r"Let $s(t,x)=\nabla\log\rho(t,x)$, and $b(t,x)$ with $\partial_t\rho+\nabla\cdot(b\rho)=0$." + "\n\n"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\Delta\rho = \nabla\cdot(\rho\nabla\log\rho)", "proved"),
        (r"c\Delta\rho = c\nabla\cdot(s\rho)", "proved"),
        (r"c\Delta\rho = 2c\nabla\cdot(s\rho)", "refuted"),
        (r"c\Delta\rho = -c\nabla\cdot(s\rho)", "refuted"),
        (r"\nabla\cdot(s\rho) = \rho\nabla\cdot s + s\cdot\nabla\rho", "proved"),
        (r"\nabla\cdot(s\rho) = \rho\nabla\cdot s - s\cdot\nabla\rho", "refuted"),
    ],
)
def test_what_is_given_the_state_once_is_a_function_of_it(tex, wanted):
    assert last(f"{SCORE}$${tex}$$").verdict == wanted


POTENTIAL = r"Let $\varphi_t(x)>0$, $\hat\varphi_t(x)$ and $V_t = -\log\varphi_t$." + "\n\n"


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\nabla\log\varphi_t = -\nabla V_t", "proved"),
        (r"\nabla\log\varphi_t = \nabla V_t", "refuted"),
        (r"\nabla\varphi_t = -\varphi_t\nabla V_t", "proved"),
        (r"\nabla\varphi_t = \varphi_t\nabla V_t", "refuted"),
        (r"\nabla\log(\varphi_t\hat\varphi_t) = \nabla\log\varphi_t + \nabla\log\hat\varphi_t", "proved"),
        (r"\nabla\log(\varphi_t\hat\varphi_t) = \nabla\log\varphi_t - \nabla\log\hat\varphi_t", "refuted"),
    ],
)
def test_what_is_made_of_a_function_is_one(tex, wanted):
    assert last(f"{POTENTIAL}$${tex}$$").verdict == wanted


def test_a_name_that_is_never_given_the_state_stays_as_it_is():
    assert last(r"Let $c > 0$. Then $$\nabla(c\|x\|^2) = 2cx$$").verdict == "proved"
    assert last(r"Let $c > 0$. Then $$\nabla(c\|x\|^2) = cx$$").verdict == "refuted"
    two = r"Let $f(x)$ be a function, and $f(x,t)$ another. Then $$\nabla f = 0$$"
    assert last(two).verdict == "undecided"
