"""Many nodes: which there are, one release on all of them or on none, a node drained."""
