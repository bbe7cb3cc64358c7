"""What callers will notice of a change: two releases carry the same calls, and what differs is told.

::

    side       a release with its files by content, its numbers, and what each scheme refers to
    affected   which numbers can have changed at all
    moments    the year cut where a calendar changes its mind; moments that all calendars see alike are one
    callers    one caller for every set of tests that callers meet
    scenario   one call as it is tried, and how people say what is special about it
    carry      a scenario on one side: what happened, which files were read
    outcome    what a caller and the people notice of a call
    explore    which scenarios are tried: what a run consulted is varied next
    changes    equal differences joined, the important ones first
    beside     what no call shows: numbers, people, settings of phones and of the engine
    spans      moments as people say them
    report     text, Markdown, JSON

Nothing here reads a scheme: what can vary is read from the compiled dialplan, what comes of it is executed. Knows
nothing of git, terminals or where folders come from.
"""
