"""What callers will notice of a change: the same calls run in two releases, and the differences are reported.

::

    side           a release with its files by content, its numbers, and the references of each scheme
    affected       the numbers that can have changed
    moments        the coming year in intervals; those with equal states of all calendars are one kind
    callers        one caller for each combination of conditions on callers
    scenario       one tried call, and the description of its circumstances
    carry          a scenario in one release: its events, and the files that were read
    outcome        what a caller and the people notice of a call
    explore        the search for scenarios: circumstances that a run consulted are varied next
    changes        equal differences joined, the important ones first
    other_changes  differences that no call shows: numbers, people, settings of phones and of the engine
    spans          moments as text
    report         text, Markdown, JSON

Nothing here reads a scheme: circumstances come from the compiled dialplan, outcomes from its execution. This package
knows nothing of git, terminals or where folders come from.
"""
