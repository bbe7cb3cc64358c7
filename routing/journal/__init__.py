"""The journal: records finished calls in SQL from FreeSWITCH's CDR files, and passes talks and notices on.

FreeSWITCH writes one JSON file for each leg into the node's spool, even while no Python runs. ``cdr`` parses one file,
``parse`` makes one call record of a call's files, ``spool`` and ``worker`` move calls from disk to ``store`` (each is
recorded exactly once), ``outbox`` passes talks to Redis, ``notices`` sends voicemails and missed calls, ``query`` and
``report`` read the journal. Knows nothing of schemes, SIP or the engine.
"""
