"""Shared by the public HTTP APIs (`track`, `pops`): keys, rate limits, CORS, error answers.

``skeleton`` builds the Flask application, ``limits`` the rate limit of an address, ``connections`` and ``server`` the
process.
"""
