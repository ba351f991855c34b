"""The chapter's title and aims."""

from derivations.language.entry import Chapter

chapter = Chapter(
    "gaussian",
    "The Gaussian toolkit",
    "Collect the few facts about Gaussian densities that diffusion models use, each for every dimension and every covariance.",
    "Everything that a diffusion model computes in closed form (its marginals, its posterior, its losses) is one of these facts "
    "with letters filled in. Whoever has this chapter has most of the book.",
)
