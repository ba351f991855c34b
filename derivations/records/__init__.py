"""What checks found out, as plain data. Nothing here proves anything, and nothing here loads the kernel.

record  one entry after its check
lock    the append-only file of IDs, revisions and statement hashes
keys    what a record depends on, as a hash
store   the cache: records that still hold
"""
