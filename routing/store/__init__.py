"""The data that engines share in Redis: last talks, loads of people, turns, do-not-disturb.

A missing Redis is a normal case: every operation ends within its timeout, and its caller continues as if nothing were
remembered. ``address`` parses the URL, ``connection`` opens sockets, ``nodes`` finds the node of a key (single,
Sentinel, Cluster), ``client`` runs commands within the timeout, ``keys`` names every key, ``memory`` has the
operations, ``embedded`` runs a Redis of our own. Knows nothing of schemes, calls or decisions.
"""
