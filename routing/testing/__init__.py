"""Scheme tests: the ``*.test.yaml`` files, the calls in them, and whether the calls meet their expectations.

``cases`` reads files (``form``: their parts, ``kinds`` and ``spans``: what can be expected); ``check`` looks up every
name in them in a release (``names``); ``run`` runs the calls on the offline switch, with ``partners`` that answer as
the case defines; ``expect`` judges. ``path`` and ``junit`` report results; ``cover``, ``places`` and ``covered`` report
coverage. Nothing here knows processes, terminals or the network.
"""
