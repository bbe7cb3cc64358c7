"""The tracking API: lends numbers of pools to visitors of a site, and the script that its pages load."""
