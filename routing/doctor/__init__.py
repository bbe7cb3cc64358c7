"""Checks a real node: what is wrong with it and how to mend it.

`checks` is the table of checks; one file holds the checks of one component (`switch`, `sip`, `release`, `host`,
`engine`). A check is a function of a `CheckedNode`, whose ports (`node`) ask FreeSWITCH, the engine, Redis and the
machine. Nothing here changes anything.
"""
