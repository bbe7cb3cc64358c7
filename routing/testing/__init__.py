"""Scheme tests: the language's ``*.test.yaml`` files, the calls they hold, and whether those went as they should.

``cases`` is a file's form (``form`` its parts, ``kinds`` and ``spans`` what can be expected); ``check`` holds every
name in it against a release (``names``); ``run`` carries the calls on the offline switch, with ``partners`` that answer
as the case says; ``expect`` is the judge. ``path`` and ``junit`` tell results; ``cover``, ``places`` and ``covered``
tell what was not visited. Nothing here knows processes, terminals or the network.
"""
