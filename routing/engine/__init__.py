"""The engine: worker processes that decide calls, the states of people, and the workers' supervisor."""
