"""Formulas: Markdown's dollars become placeholders, placeholders become HTML, and bad LaTeX is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown import Markdown

from derivations.book.mathmark import MathExtension, expand, placeholder, plain
from derivations.book.tex import KATEX_JS, Katex, TexError

ROOT = Path(__file__).resolve().parents[2]


def convert(text: str) -> str:
    return Markdown(extensions=[MathExtension(), "fenced_code"]).convert(text)


@pytest.fixture(scope="module")
def katex() -> Katex:
    return Katex()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (r"a $\beta_t$ b", r'<p>a <span class="tex">\beta_t</span> b</p>'),
        ("$a<b$ & $a*b*c$", '<p><span class="tex">a&lt;b</span> &amp; <span class="tex">a*b*c</span></p>'),
        ("$p(x_0)_i [t][u]$", '<p><span class="tex">p(x_0)_i [t][u]</span></p>'),
        ("it costs $5 and $6", "<p>it costs $5 and $6</p>"),
        (r"\$x\$ and `$x$`", "<p>$x$ and <code>$x$</code></p>"),
        ("a $$x$$ b", '<p>a <span class="tex display">x</span> b</p>'),
        ("$$\nx\n$$", '<div class="equation"><span class="tex display">x</span></div>'),
        ("```\n$x$\n```", "<pre><code>$x$\n</code></pre>"),
        ("$x\n+y$", '<p><span class="tex">x\n+y</span></p>'),
    ],
)
def test_dollars(text: str, html: str) -> None:
    assert convert(text) == html


def test_a_title_in_plain_text() -> None:
    assert plain(r"The *law* of $x_t$ for \$5") == "The law of x_t for $5"


def test_expand_renders_html_and_mathml(katex: Katex) -> None:
    page = expand(f"<p>{placeholder('a<b')}</p>", katex)
    assert page.startswith('<p><span class="math"><span class="katex">')
    assert '<annotation encoding="application/x-tex">a&lt;b</annotation>' in page


def test_a_long_formula_needs_a_deep_stack(katex: Katex) -> None:
    deep = r"\sqrt{" * 60 + "x" + "}" * 60
    assert katex(deep, True).count("msqrt") == 120
    assert len(katex(" + ".join(rf"\frac{{x_{{{i}}}}}{{{i}}}" for i in range(1, 400)), True)) > 100_000


@pytest.mark.parametrize("source", [r"\frac{a}{", r"\unknown", "a_b_c", r"\left( x", "x & y"])
def test_bad_latex_is_refused_with_its_source(katex: Katex, source: str) -> None:
    with pytest.raises(TexError, match=re.escape(f"in the formula: {source}")) as caught:
        katex(source)
    assert "KaTeX parse error" in str(caught.value)


def test_the_engine_survives_a_refusal(katex: Katex) -> None:
    with pytest.raises(TexError):
        katex("{")
    assert "katex" in katex("x")


def test_the_cache_answers_without_an_engine(tmp_path: Path) -> None:
    first = Katex(tmp_path)("x^2", True)
    second = Katex(tmp_path)
    assert second("x^2", True) == first
    assert second._engine is None
    assert second("x^2", False) != first


def test_the_cache_keeps_no_refusal(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(TexError):
            Katex(tmp_path)("{")
    assert list(tmp_path.rglob("*.html")) == []


def test_script_and_style_sheet_are_of_one_version(katex: Katex) -> None:
    style = (ROOT / "docs/assets/katex/katex.min.css").read_text(encoding="utf-8")
    assert f'content:"{katex.version}"' in style
    assert katex.version in (ROOT / "docs/assets/katex/README.txt").read_text(encoding="utf-8")
    assert katex.version in KATEX_JS.with_name("README.md").read_text(encoding="utf-8")
