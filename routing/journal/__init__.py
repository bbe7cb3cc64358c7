"""The journal: finished calls, from the files that FreeSWITCH writes to SQL, and what is remembered of them.

FreeSWITCH writes one JSON file a leg into the node's spool with no Python alive. ``cdr`` reads one file, ``parse``
makes one call of its files, ``spool`` and ``worker`` carry calls from disk to ``store`` (at least once in, exactly once
recorded), ``memory`` hands talks to Redis, ``notices`` voicemails to e-mail, ``query`` and ``report`` answer
questions. Knows nothing of schemes, SIP or the engine.
"""
