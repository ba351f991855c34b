"""How a statement about laws and their densities is judged.

drawn, laws              what is drawn from laws, and laws that add up; sums with noise as laws
bare                     laws that an author abbreviates, in every reading
densities                equations of densities, alone or along a chain; what a density cannot mean
proportional             equal up to a factor or a constant: every square completed
forms, chains            logarithms of joint densities as one normal form; chains of states
bayes, gaussians, divergences, moments   conditional densities, divergences of Gaussians and of names, variances
finite, bounds           finite models, which refute; bounds
"""
