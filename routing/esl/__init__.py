"""FreeSWITCH's event socket, inbound and outbound. Knows the protocol, nothing of schemes."""
