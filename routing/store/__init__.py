"""What the engines share in Redis: last talks, loads of people, turns, do-not-disturb.

Not having it is a normal case: every operation is over within its budget, and whoever asked goes on as if nothing were
remembered. ``address`` reads the URL, ``connection`` opens sockets, ``nodes`` finds who holds a key (single, Sentinel,
Cluster), ``client`` runs commands within the budget, ``keys`` names every key, ``memory`` says them in words,
``embedded`` keeps a Redis of our own. Knows nothing of schemes, calls or decisions.
"""
