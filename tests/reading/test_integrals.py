"""Integrals in closed form, expectations under laws, and instances that refute: each with what is true and what is not."""

import pytest

from derivations.reading import audit_text
from derivations.reading.averages import lawful
from derivations.reading.equations import compare, integrals
from tests.reading.asked import verdict


@pytest.mark.parametrize(
    "true, false",
    [
        (r"\int_{-\infty}^\infty e^{-ax^2+bx}dx = \sqrt{\frac{\pi}{a}}e^{\frac{b^2}{4a}}", r"\int_{-\infty}^\infty e^{-ax^2+bx}dx = \sqrt{\frac{\pi}{a}}e^{\frac{b^2}{2a}}"),
        (r"\int_{-\infty}^\infty x^4e^{-x^2/2}dx = 3\sqrt{2\pi}", r"\int_{-\infty}^\infty x^4e^{-x^2/2}dx = 2\sqrt{2\pi}"),
        (r"\int_0^h e^{h-\tau}\tau d\tau = e^h-1-h", r"\int_0^h e^{h-\tau}\tau d\tau = e^h-1+h"),
        (r"\int x^2\mathcal N(x;\mu,\sigma^2)dx = (\mu^2+\sigma^2)\int\mathcal N(x;\mu,\sigma^2)dx", r"\int x^2\mathcal N(x;\mu,\sigma^2)dx = (\mu^2-\sigma^2)\int\mathcal N(x;\mu,\sigma^2)dx"),
    ],
)  # fmt: skip
def test_integrals_of_exponentials(true, false):
    assert (verdict(true), verdict(false)) == ("proved", "refuted")


def test_an_integral_that_is_not_finite_has_no_closed_form():
    assert verdict(r"\int_{-\infty}^\infty e^{x^2}dx = \sqrt{\pi}") == "undecided"
    assert verdict(r"\int_{-\infty}^\infty e^{ax^2}dx = \sqrt{\frac{\pi}{a}}") == "undecided"


def test_a_closed_form_over_the_line_rests_on_the_book(monkeypatch):
    tex = r"\int_{-\infty}^\infty e^{-x^2/2}dx = \sqrt{2\pi}"
    assert verdict(tex) == "proved"
    monkeypatch.setattr(integrals, "holds", lambda id_: False)
    compare._equal.cache_clear()
    assert verdict(tex) == "undecided"
    compare._equal.cache_clear()


Q = r"\mathbb E_{x\sim q(x)}"


@pytest.mark.parametrize(
    "true, false",
    [
        (rf"{Q}[\|x-a\|^2] = \|{Q}[x]-a\|^2+{Q}[\|x-{Q}[x]\|^2]", rf"{Q}[\|x-a\|^2] = \|{Q}[x]-a\|^2"),
        (rf"{Q}[\langle s(x),\nabla_x\log q(x)\rangle] = -{Q}[\nabla_x\cdot s(x)]", rf"{Q}[\langle s(x),\nabla_x\log q(x)\rangle] = {Q}[\nabla_x\cdot s(x)]"),
        (rf"{Q}[\frac12\|s(x)-\nabla_x\log q(x)\|^2] = {Q}[\nabla_x\cdot s(x)+\frac12\|s(x)\|^2]+\frac12{Q}[\|\nabla_x\log q(x)\|^2]",
         rf"{Q}[\frac12\|s(x)-\nabla_x\log q(x)\|^2] = {Q}[\nabla_x\cdot s(x)+\frac12\|s(x)\|^2]"),
    ],
)  # fmt: skip
def test_expectations_under_any_density(true, false):
    assert (verdict(true), verdict(false)) == ("proved", "refuted")


N = r"\mathbb E_{\mathcal N(\mathbf x;\boldsymbol\mu,\Sigma)}"


@pytest.mark.parametrize(
    "true, false",
    [
        (rf"{N}[\langle\mathbf a,\mathbf x-\boldsymbol\mu\rangle] = 0", rf"{N}[\langle\mathbf a,\mathbf x\rangle] = 0"),
        (rf"{N}[\langle\mathbf a,\mathbf x-\boldsymbol\mu\rangle\langle\mathbf b,\mathbf x-\boldsymbol\mu\rangle] = \langle\mathbf a,\Sigma\mathbf b\rangle",
         rf"{N}[\langle\mathbf a,\mathbf x-\boldsymbol\mu\rangle\langle\mathbf b,\mathbf x-\boldsymbol\mu\rangle] = \langle\mathbf a,\mathbf b\rangle"),
        (r"\mathbb E_{\epsilon\sim\mathcal N(0,I)}[\|\mathbf m+\sigma\epsilon\|^2] = \|\mathbf m\|^2+\sigma^2d", r"\mathbb E_{\epsilon\sim\mathcal N(0,I)}[\|\mathbf m+\sigma\epsilon\|^2] = \|\mathbf m\|^2+\sigma d"),
        (rf"{N}[e^{{\langle\mathbf u,\mathbf x\rangle}}] = e^{{\langle\mathbf u,\boldsymbol\mu\rangle+\frac12\langle\mathbf u,\Sigma\mathbf u\rangle}}",
         rf"{N}[e^{{\langle\mathbf u,\mathbf x\rangle}}] = e^{{\langle\mathbf u,\boldsymbol\mu\rangle+\langle\mathbf u,\Sigma\mathbf u\rangle}}"),
    ],
)  # fmt: skip
def test_expectations_under_a_gaussian(true, false):
    assert verdict(true) == "proved"
    assert verdict(false) not in ("proved", "convention")


@pytest.mark.parametrize(
    "tex",
    [
        r"\mathbb E_{q(\tilde x|x)}[\tilde x] = x", r"\mathbb E_{q(x|\tilde x)}[x] = \tilde x+\sigma^2\nabla_{\tilde x}\log q(\tilde x)",
        r"\nabla_x\log p(x) = -x", r"\mathbb E_{x\sim q(x)}[\|s(x)\|^2] = \mathbb E_{x\sim q(x)}[\|\nabla_x\log q(x)\|^2]",
        r"\mathbb E_{p(x)}[f(x)] = \mathbb E_{q(x)}[f(x)]", r"\mathbb E_{x\sim q(x)}[x^2] = \mathbb E_{x\sim q(x)}[x]^2+1",
        r"\mathbb E_{x\sim q(x)}[\|x\|^2] = d",
    ],
)  # fmt: skip
def test_a_property_of_one_density_is_nobodys_mistake(tex):
    assert verdict(tex) != "refuted"


def test_a_perturbed_density_is_any_density():
    false = r"\|\nabla_x\log(p(x)(1+\delta h(x)))-\nabla_x\log p(x)\|^2 = \delta^2h(x)^2"
    true = r"\|\nabla_x\log(p(x)(1+\delta h(x)))-\nabla_x\log p(x)\|^2 = \frac{\delta^2\|\nabla_xh(x)\|^2}{(1+\delta h(x))^2}"
    assert (verdict(true), verdict(false)) == ("proved", "refuted")


def test_the_message_says_what_is_taken_for_granted():
    tex = rf"{Q}[\langle s(x),\nabla_x\log q(x)\rangle] = -{Q}[\nabla_x\cdot s(x)]"
    assert audit_text(f"$${tex}$$").equations[0].judgement.message == lawful.BY_PARTS


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"\int p(x)dx = 1", "proved"),
        (r"\int_{\mathcal X} p(x)dx = 1", "proved"),
        (r"\int_{\mathbb R^d} p(x)dx = 1", "proved"),
        (r"\int_x p(x)dx = 1", "proved"),
        (r"\int_A p(x)dx = 1", "undecided"),
        (r"\int_A p(x)dx = \int p(x)dx", "undecided"),
        (r"\int_A p(x)dx = \int_B p(x)dx", "undecided"),
        (r"\int_{\|x\|>r} p(x)dx = 1", "undecided"),
        (r"\int_A p(x)dx = \int_A p(x)dx", "proved"),
    ],
)
def test_over_a_part_of_the_space_a_density_does_not_integrate_to_one(tex, wanted):
    assert audit_text(f"$$\n{tex}\n$$").equations[-1].judgement.verdict == wanted
