"""The normaliser, the macros and the grammar: repairs are told, tokens are kept, bounds hold."""

import pytest

from derivations.reading.terms.grammar import parse
from derivations.reading.text.lexer import repair, tokenize
from derivations.reading.text.macros import Macro, common, declared, expand
from derivations.reading.text.syntax import UnreadError, show


def shown(tex):
    return show(parse(tokenize(expand(repair(tex)[0], common()))))


@pytest.mark.parametrize(
    "damaged, mended, said",
    [
        ("\tilde{\\beta}_t", r"\tilde{\beta}_t", "a TAB stands where \\t was eaten"),
        ("a \times b", r"a \times b", "a TAB stands where"),
        ("\frac{1}{2}", r"\frac{1}{2}", "eaten"),
        ("\beta_t", r"\beta_t", "eaten"),
        ("\rho", r"\rho", "carriage return"),
        ("x\u200b_t", "x_t", "invisible characters removed"),
        ("a &lt; b", "a < b", "HTML entities decoded"),
        ("p(x)(1+h)\\\\)", "p(x)(1+h)   ", "stray"),
        (r"\sqrt{\bar{\alpha}}_t x", r"\sqrt{\bar{\alpha}_t} x", "the index of a root given to the name below it"),
        ("a = = b", "a =   b", "a second sign of equality"),
        (r"\sqrt{\bar\alpha}_{t-1}", r"\sqrt{\bar\alpha_{t-1}}", "the index of a root"),
    ],
)
def test_damage_is_mended_and_told(damaged, mended, said):
    text, notes = repair(damaged)
    assert text == mended
    assert len(notes) == 1 and said in notes[0]


def test_sound_text_is_left_alone():
    assert repair(r"\tilde\beta_t = \frac{1}{2}\tau + \theta") == (r"\tilde\beta_t = \frac{1}{2}\tau + \theta", [])


@pytest.mark.parametrize(
    "tex, plain",
    [
        (r"\frac12", "frac(1, 2)"),
        (r"{\bf x}_t", "x_{t}"),
        (r"\left\|x\right\|^2", "NxN^{2}"),
        (r"\|x-y\|^2 + \|z\|", "Nx - yN^{2} + NzN"),
        (r"D_{KL}(q(z|x)\|p(z))", "D_{K L} (q (z | x) || p (z))"),
        (r"D_{KL}(q(z|x)||p(z))", "D_{K L} (q (z | x) || p (z))"),
        (r"\mathbb{E}[\|x\|^2 \mid y]", "bb E [NxN^{2} | y]"),
        (r"\hat{x}_0", "hat(x)_{0}"),
        (r"\mathrm{SNR}(t)", "SNR (t)"),
        (r"\underbrace{a+b}_{\text{note}} = c", "a + b = c"),
        ("ᾱ_t = α₁·α₂", "bar(alpha)_{t} = alpha_{1} * alpha_{2}"),
        (r"\color{red}{x} \label{eq:a} = y", "x = y"),
        (r"a \coloneqq b", "a := b"),
        (r"a \overset{\text{def}}{=} b", "a := b"),
    ],
)
def test_what_the_grammar_makes_of_it(tex, plain):
    assert shown(tex) == plain


@pytest.mark.parametrize(
    "tex, why",
    [
        (r"\frac{1}{2", "brace is not closed"),
        (r"(a + b", "is not closed before"),
        (r"a + b)", "nothing opens what is closed here"),
        (r"\foo{x}", r"an unknown command: \foo"),
        (r"x_a_b", "a double script"),
        (r"\begin{aligned} a", "is not ended before"),
        ("{" * 60 + "x" + "}" * 60, "nested too deeply"),
        ("x" * 30_000, "more than 20000 characters"),
    ],
)
def test_what_cannot_be_read_names_the_place(tex, why):
    with pytest.raises(UnreadError) as caught:
        shown(tex)
    assert why in str(caught.value)


def test_macros_of_every_kind():
    text = r"""
\newcommand{\x}{\mathbf{x}} \newcommand\N[2]{\mathcal{N}(#1, #2)} \def\half{\frac12}
\DeclareMathOperator{\tr}{tr} \DeclarePairedDelimiter{\norm}{\lVert}{\rVert} \newcommand{\opt}[2][0]{x_{#1} + #2}
"""
    macros = declared(text)
    assert expand(r"\x", macros) == r"\mathbf{x}"
    assert expand(r"\N{0}{\x}", macros) == r"\mathcal{N}(0, \mathbf{x})"
    letter = {"pdata": Macro(0, r"p_{d}"), "bx": Macro(0, r"\mathbf{x}")}
    assert expand(r"\bx\sim\pdata, \pdata\pdata", letter) == r"\mathbf{x}\sim p_{d}, p_{d}p_{d}"  # and no command \simp
    assert expand(r"\half a", macros) == r"\frac12 a"
    assert expand(r"\tr A", macros) == r"\operatorname{tr} A"
    assert expand(r"\norm{a}", macros) == r"\left\lVert a \right\rVert"
    assert (expand(r"\opt{y}", macros), expand(r"\opt[1]{y}", macros)) == ("x_{0} + y", "x_{1} + y")


def test_mathjax_macros():
    text = 'MathJax = {tex: {macros: {R: "\\\\mathbb{R}", E: ["\\\\mathbb{E}[#1]", 1]}}}'
    assert expand(r"\E{x} \in \R", declared(text)) == r"\mathbb{E}[x] \in \mathbb{R}"


@pytest.mark.parametrize("text", [r"\def\a{\b\b}\def\b{\a\a}", r"\newcommand{\a}{x\a}"])
def test_a_macro_that_never_ends_is_refused(text):
    with pytest.raises(UnreadError) as caught:
        expand(r"\a", declared(text))
    assert "macros that expand without end" in str(caught.value)
