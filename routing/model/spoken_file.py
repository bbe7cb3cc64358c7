"""Files of texts that a voice has spoken for one call: the engine writes them, FreeSWITCH plays them."""

from __future__ import annotations

import re

#: The channel variable with the name of the spoken file, without its ending.
SPOKEN = "routing_spoken"
#: The folder of these files in the release root, where the engine writes and FreeSWITCH reads.
FOLDER = "speech"
FILE_NAME = re.compile(r"[0-9a-f]{32}")
