"""The chapter's title and aims."""

from derivations.language.entry import Chapter

chapter = Chapter(
    "scores",
    "Scores and Tweedie's formula",
    "Find out what the score of noisy data is: an average of arrows towards the clean data that could have made it.",
    "A sampler that follows scores needs the score of the noisy data, which nobody can compute. This chapter turns it into a "
    "regression on things that we can draw. Every training loss of this book is a version of that.",
)
