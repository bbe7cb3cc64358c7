"""From a checked model to an immutable release of FreeSWITCH XML; same input, same bytes."""
