"""Mutation: what a slip of the pen makes of each step and statement, and whether anybody notices.

edits     the single edits, as a table
trial     what becomes of one mutant: refuted, refused, equivalent, or survived
campaign  every mutant of every displayed line and statement, on any executor of `concurrent.futures`
results   the file of results, which an interrupted campaign goes on from
summary   the figures, with their denominators
cluster   a Dask cluster as an executor
"""
