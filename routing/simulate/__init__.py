"""What-if: a week of calls through queues in virtual time. Pure: chance is an argument, and there is no clock.

``form`` and ``read`` are the file of what comes, ``arrivals`` and ``lengths`` draw calls from it, ``discipline``
decides who is offered to whom, ``run`` lets the week pass, ``figures`` counts, ``report`` and ``chart`` show.
Times are milliseconds since Monday 00:00 by the clocks of the project's zone; weeks have no day of a clock change.
"""
