"""From the text of a document to rows of items.

documents, markdown, texfile, plaintext   files to located formulas
headings                 under which heading a place stands
letters, lexer, macros   spelling, tokens and repairs, author macros
braces, overlays         braces that group nothing; what slides show sooner or later
thin, unclosed           thin spaces that lost their backslash; a bracket that is never closed
layout, bars             colours, stacked lines, spelled functions, arrays and bars of evaluation among the tokens
syntax                   rows of items, before anything is known of their meaning
"""
