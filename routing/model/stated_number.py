"""The number that a hidden caller says is theirs: dialled by keys, believed by nobody who must be sure.

Anybody can dial anybody's number: it finds a record and a colleague, and proves nothing. What asks who calls (`match`,
lists, limits, whether a caller is known) does not see it.
"""

from __future__ import annotations

#: ``+`` and E.164 digits; ``NOTHING`` when the caller dialled none; empty before they were asked.
STATED_NUMBER, NOTHING = "routing_told", "no"
#: Digits that can be typed; what is no number of any country is asked again.
MOST_DIGITS = 16
