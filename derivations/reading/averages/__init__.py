"""How a statement about expectations is judged.

expectations             log-densities under expectations: the variational bound, its gap, divergences
averages, lawful         over everything by linearity; under a law by its moments
conditional, paths       given a state; at a point of a path
products                 sides as sums of integrals of products
mixtures, scores         over mixtures of densities and fields; scores of mixtures
uptoconstants, denoised  losses equal up to a constant; against the score of one draw of the noise
matching, draws          losses against a field given the data; averages over the same draws
tweedie, posterior       means given a noisy value, by its score; as integrals over what it came from
inside                   means of scores of known densities
byparts                  integrals over the whole space, by parts
estimates, objectives    estimates written as what they estimate; what a loss trains its network to be
"""
