"""The chapter's title and aims."""

from derivations.language.entry import Chapter

chapter = Chapter(
    "continuous",
    "Reverse equations and the probability flow",
    "Find the equations that undo noise: with noise of their own, and without any.",
    "A sampler starts from noise and needs an equation that leads back to the data. There is a whole family of them, with one unknown in "
    "it, the score. Solvers, likelihoods and guidance start from this chapter.",
)
