"""What a document's names mean.

worlds, notation        notations as rows of LaTeX, and what a document defines on top of them
declaration, inferred   what a document declares of its notation, and what its way of writing declares
designs, levels         what a formula shows of the design of its document; the law of the state that it states
ranges                  what a document declares of its names
unfolding, coordinates  definitions as rewriting, the schedule in free coordinates
standing                what the book proves of the IDs that are matched
"""
