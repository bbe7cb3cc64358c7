"""Scheme tests: the language's `tests:` files, the calls they hold, and whether those went as they should.

`cases` is the form of a file, `expect` the judge. Calls run on the offline switch; nothing here knows processes,
terminals or the network.
"""
