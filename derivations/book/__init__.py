"""The book: pages, pictures and indexes made from the live corpus.

Only `hooks` and `references` import MkDocs; everything else is plain Python, and the Markdown library where
an author's prose is read. `import derivations` never reaches this package, which needs the `docs` extra.
"""
