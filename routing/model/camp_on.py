"""Waiting for a busy colleague: the codes that phones dial, and the channel variables of such a call."""

from __future__ import annotations

#: Before the extension of a busy person: order a call for when they are free, cancel it. The second one alone cancels
#: all orders of the phone's person.
ORDER, CANCEL = "*66", "*86"
#: The extension that was dialled with the code; what the engine has done.
EXTENSION, CAMPED = "routing_extension", "routing_camped"
