"""Notices by e-mail: ``message`` writes one, ``smtp`` hands it to a mail server.

Knows nothing of SQL, of CDRs and of when a notice is due.
"""
