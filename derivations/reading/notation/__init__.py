"""What a document's names mean.

worlds, notation        notations as rows of LaTeX, and what a document defines on top of them
candidates, designs     which notations a document may be written in, and what a formula shows of its design
declaration, inferred   what a document declares of its notation, and what its way of writing declares
constants               letters that may be fields, and are numbers here
dataless, levels        the data by the name x; the law of the state that a document states itself
numbered, functions     numbers above a letter that count; functions without their arguments
arguments               what networks and means are of, in one order
angles                  the angle phi of a path, which is no parameter of a network
ranges, equated         what a document declares of its names; what a condition makes equal
former, places          what names meant before they were given another meaning; where they were given it
rules, endings          what kind of rule a definition makes; where a product ends that does not say it
unfolding, coordinates  definitions as rewriting, the schedule in free coordinates
cancelling              functions of their inverses, and rates at points that stand still
standing                what the book proves of the IDs that are matched
"""
