"""A derivation of one's own: what one noising step does to data of unit variance."""

from derivations.kernel.terms import le
from derivations.language import Calculation, Chapter
from derivations.language.notation import alpha_bar, beta, schedule, t

chapter = Chapter(
    "shrinking",
    "Does the chain keep unit variance?",
    "Find the variance of a coordinate after one more step.",
    "See why the step shrinks by a root of one minus beta, and not by something else.",
)


@chapter.theorem("my.variance", "Unit variance stays unit variance", given=(schedule, le(1, t)))
def variance(sheet: Calculation) -> None:
    """The signal's share and the noise's share add up to one before the step. Do they after it?"""
    signal, noise = alpha_bar(t - 1), 1 - alpha_bar(t - 1)
    sheet.start((1 - beta(t)) * signal + (1 - beta(t)) * noise + beta(t))
    sheet.to(
        (1 - beta(t)) + beta(t),
        because="Before the step the two shares add up to one.",
        asks="Why does the first bracket multiply both shares?",
        answer="The step shrinks everything that is there, signal and old noise alike.",
    )
    sheet.to(1)
    sheet.qed()
