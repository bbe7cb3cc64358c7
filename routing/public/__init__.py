"""The servers for browsers: the tracking API of sites, and screen pops."""
