"""How a step, a differential equation or a flow of densities is judged.

updates, guidance        steps of samplers, mixed estimates
sde, drifts              stochastic differential equations, their drifts and reverses
transitions, schemes     their kernels, and the steps that discretise them
solutions, transport     linear equations solved; how a density moves
"""
