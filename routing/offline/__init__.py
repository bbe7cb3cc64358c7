"""The offline switch: executes a release's compiled XML exactly as FreeSWITCH 1.10.12 does, with a virtual clock.

It serves ``routing trace`` and scheme tests, and this project's own tests; the same cases run on a real FreeSWITCH.

``switch.run(call, files, dialplan, phones, caller, decider=...)`` returns the call's ``events``. Ports are ``files`` (a
release's text), ``decider`` (the engine behind ``socket``; ``socket_peer`` connects to a real one over TCP) and the
length of sounds. From the outside in: ``running`` routes and executes; ``hunt`` selects actions by conditions, with
``pattern``, ``when`` and ``expand``; ``applications`` is the table of applications, with ``dialogue`` (sounds, digits,
recordings), ``socketing`` and ``bridging``, which rings through ``originate`` and ``attempt``; ``line`` is the caller's
leg and its clock. Times are nominal: FreeSWITCH counts whole seconds of its clock, so its leg timeouts come up to a
second later and its scheduled transfers up to a second earlier.
"""
