"""Looks a caller up in a CRM: who is responsible for the open lead, the open deal or the contact with that number.

``system.System`` has the rules that all CRMs share (order, deadline, breaker, cache, rate limits). One file for each
vendor has its requests and the meaning of its fields. Knows nothing of calls, schemes or a project's people.
"""
