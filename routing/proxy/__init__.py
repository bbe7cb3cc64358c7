"""Kamailio before the nodes: its configuration, the nodes and carriers it knows, the accounts that register there."""
