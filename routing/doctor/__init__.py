"""Looks at a real node and says what is wrong with it and how to mend it.

`checks` is the table of what is looked at; one file holds the checks of one organ (`switch`, `sip`, `release`, `host`,
`engine`). Checks are functions of a `Node`, whose ports (`node`) ask FreeSWITCH, the engine, Redis and the machine.
Nothing here changes anything.
"""
