"""The offline switch: executes a release's compiled XML exactly as FreeSWITCH 1.10.12 does, with a virtual clock.

A product feature (``routing trace``, scheme tests) and the bed of our own tests; the same cases run on real FreeSWITCH.

``switch.run(call, files, dialplan, phones, caller, decider=...)`` gives the call's ``events``. The ports are ``files``
(a release's text), ``decider`` (the engine behind ``socket``; ``socket_peer`` asks a real one over TCP) and the
length of sounds. From the outside in: ``running`` routes and executes; ``hunt`` chooses actions by conditions, with
``pattern``, ``when`` and ``expand``; ``applications`` is the table of what actions do, with ``dialogue`` (sounds,
digits, recordings), ``socketing`` and ``bridging``, which rings through ``originate`` and ``attempt``; ``line`` is the
caller's leg and its clock. Times are nominal: real FreeSWITCH counts whole seconds of its clock, so its leg timeouts
end up to a second later and its scheduled transfers up to a second sooner.
"""
