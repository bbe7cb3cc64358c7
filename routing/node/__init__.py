"""FreeSWITCH's side of a node: its configuration, certificate, time zones and rights."""
