"""Servers for browsers, wired: the tracking API of sites, and screen pops."""
