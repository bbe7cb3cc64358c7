"""Looks a caller up in a CRM: who is responsible for the open lead, the open deal or the contact with that number.

``system.System`` carries the rules that hold for all CRMs (order, deadline, breaker, cache, rate limits); one file a
vendor says how that vendor is asked and what its words mean. Knows nothing of calls, schemes or people of a project.
"""
