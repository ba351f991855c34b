"""How a step, a differential equation or a flow of densities is judged.

updates, guidance, guided   steps of samplers, mixed estimates, and steps with them
exponential, moments     steps of exponential integrators, first order and higher; times told by their log-SNR
rates, forms             left sides dx and dx/dt, and time that is left; one equation in several forms
sde, drifts, slips       stochastic differential equations, their drifts and reverses; slips in them
scored                   what in a drift is a score
integrated               stochastic equations in their integral form
directed, examples       flows beside their forward equations; equality for every schedule
transitions, kernels, schemes   their kernels, and the steps that discretise them
affine, solutions, decays       linear equations, and how they are solved; levels in continuous time
transport, along                how a density moves; log-densities along a flow
fields, velocities, euler       what moves a state; the velocity of a path given its end; steps along a field
coefficients, denoising, scaled   a forward equation by the levels of its state; flows of a denoiser, of a scaled state
"""
