"""The engine: worker processes that decide calls, what they know of people, and their supervisor."""
