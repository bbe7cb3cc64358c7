"""The process that records finished calls (``routing journal``): its workers, what they listen to, and its notices."""
