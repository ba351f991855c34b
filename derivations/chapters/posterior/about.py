"""The chapter's title and aims."""

from derivations.language.entry import Chapter

chapter = Chapter(
    "posterior",
    "The posterior and the DDPM bound",
    "Turn one noising step around when the data point is known, and compare the model with it, step by step.",
    "A generative model must run the chain backwards without knowing the data. The posterior is what it imitates; the variational bound "
    "says how good the imitation must be, and becomes a regression loss.",
)
