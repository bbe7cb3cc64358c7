"""Decisions inside FreeSWITCH: what mod_python3 runs. The same deciders and the same Redis as in the engine.

``hub`` is a thread of FreeSWITCH with a gevent hub in it, in which the engine's own code decides; ``door`` is where a
call's thread comes in, reads the call's facts, waits for the answer, and leaves. ``ports`` are those that need Redis
alone. Nothing here imports ``freeswitch``: the script that mod_python3 loads (``freeswitch/conf/scripts``) does.
"""
