"""Slides: what stands in the braces of an overlay is read, and no part of a formula is left out."""

import pytest

from tests.reading.asked import last

SQUARES = [
    r"\uncover<2->{(a+b)^2} = a^2+2ab+b^2",
    r"(a+b)^2 = a^2+\alert<3>{2ab}+b^2",
    r"(a+b)^2 \onslide<2->{= a^2+2ab+b^2}",
    r"(a+b)^2 \onslide<2-> = a^2+2ab+b^2",
    r"\visible<2->{(a+b)^2} \only<1>{= a^2+2ab+b^2}",
    r"\tikzmarknode{n}{(a+b)^2} = \highlight{a^2}+2ab+b^2",
    r"\eqnmarkbox[blue]{n}{(a+b)^2} = a^2+2ab+b^2\tikzmark{end}",
    r"(a+b)^2 = \textcolor<2>{red}{a^2}+2ab+b^2 \pause",
    r"\uncover<2,4->{(a+b)^2 &= a^2+2ab+b^2} \\ c &= c",
]


@pytest.mark.parametrize("tex", SQUARES)
def test_what_an_overlay_shows_is_read(tex):
    assert last(rf"\[\begin{{aligned}}{tex}\end{{aligned}}\]", ".tex").verdict == "proved"
    wrong = tex.replace("2ab", "ab")
    assert last(rf"\[\begin{{aligned}}{wrong}\end{{aligned}}\]", ".tex").verdict == "refuted"


def test_the_braces_of_an_overlay_are_no_brackets():
    assert last(r"\[ \alert{a+b}c = a+bc \]", ".tex").verdict == "proved"
    assert last(r"\[ \alert{a+b}c = ac+bc \]", ".tex").verdict != "proved"
    assert last(r"\[ \alert{a}^2 = a\cdot a \]", ".tex").verdict == "proved"


def test_slides_that_replace_one_another_are_not_read():
    assert last(r"\[ (a+b)^2 = \only<1>{a^2}\only<2>{a^2+2ab+b^2} \]", ".tex").verdict == "unread"


def test_a_relation_is_no_specification():
    assert last(r"Let $a \alert{<} b$. \[ \alert{c} + d = d + c \]", ".tex").verdict == "proved"
