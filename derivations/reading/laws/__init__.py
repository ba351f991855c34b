"""How a statement about laws and their densities is judged.

drawn, laws              what is drawn from laws, and laws that add up; sums with noise as laws
bare, covariances        laws that an author abbreviates, in every reading; variances told by a Gaussian beside them
densities, lost, joined  equations of densities, alone or along a chain; a logarithm or a condition that was lost
normalised, written      what adds up to 1; Gaussian densities that are written out
smoothed, noised         marginals with their Gaussian kernel written out; the mean of what a state was made of
latent, tilts            a latent variable beside a chain; products of powers of densities
proportional             equal up to a factor or a constant: every square completed
forms, chains            logarithms of joint densities as one normal form; chains of states
bayes, gaussians, divergences, moments   conditional densities, divergences of Gaussians and of names, variances
diagonal                 Gaussians with independent coordinates
exchanged                derivatives of mixtures, under their integrals
forwarded, towers        means and variances of a state given an earlier one; the mean of the means
finite, values, bounds   finite models, which refute; bounds
"""
