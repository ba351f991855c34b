"""How a statement about expectations is judged.

expectations             log-densities under expectations: the variational bound, its gap, divergences
averages, lawful         over everything by linearity; under a law by its moments
conditional              given a state
mixtures, uptoconstants  over mixtures of densities and fields; losses equal up to a constant
estimates                estimates written as what they estimate
"""
