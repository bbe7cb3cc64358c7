"""The number that a hidden caller dials as theirs. It is not verified.

Anybody can dial any number: it finds a record and a person, and proves nothing. Conditions on the caller (`match`,
lists, limits, whether a caller is known) ignore it.
"""

from __future__ import annotations

#: ``+`` and E.164 digits; ``NOTHING`` when the caller dialled none; empty before the prompt.
STATED_NUMBER, NOTHING = "routing_told", "no"
#: Most digits that can be typed.
MOST_DIGITS = 16
