"""From the text of a document to rows of items.

documents, markdown, texfile, plaintext   files to located formulas
letters, lexer, macros   spelling, tokens and repairs, author macros
layout, bars             colours, stacked lines, spelled functions, arrays and bars of evaluation among the tokens
syntax                   rows of items, before anything is known of their meaning
"""
