"""The chapter's title and aims."""

from derivations.language.entry import Chapter

chapter = Chapter(
    "latent",
    "Latent variables, KL and the ELBO",
    "Bound the log-likelihood of a model whose data depend on something unseen, and say exactly how far the bound is from the truth.",
    "A diffusion model is a latent variable model with a long chain of latents. Its loss is the bound of this chapter, and each "
    "term of that loss is a divergence of this chapter.",
)
