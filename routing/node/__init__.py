"""FreeSWITCH on a node: its configuration, certificate, time zones and file permissions."""
