"""Notices by e-mail and webhook: ``message`` writes an e-mail, ``smtp`` sends it, ``hook`` posts to a web address.

Knows nothing of SQL, of CDRs and of when a notice is due.
"""
