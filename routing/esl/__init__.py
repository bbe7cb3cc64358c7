"""FreeSWITCH's event socket, both ways. Knows the wire, nothing of schemes."""
