"""Servers that answer as the vendors' CRMs do."""
