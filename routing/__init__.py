"""Call-forwarding schemes in YAML, run by FreeSWITCH, decided mid-call by a small engine.

The parts, inner ones first; a module imports only from its own part and those before it (tests hold this):

``model``    facts without behaviour: people, phones, numbers, calendars, decisions, problems
``words``    numbers, money, dates, times and openings as a voice speaks them in four languages
``steps``    one file per step kind: its fields, its dialplan, its manual
``load``     YAML files to a checked model, every problem with file:line:column
``compile``  a checked model to an immutable release of FreeSWITCH XML, and publishing it
``decide``   pure decision functions: call facts and an answer in, a decision out
``offline``  a switch that executes the compiled XML with a virtual clock and scripted phones
``testing``  scheme tests: their form, their judge, what no test visits
``lint``, ``diff``, ``graph``  what is doubtful in schemes, what a change does to calls, and schemes as pictures
``simulate`` queues in virtual time: how long callers would wait with other people or other calls
``esl``, ``http``, ``crm``, ``store``, ``journal``, ``notify``  adapters: FreeSWITCH's event socket, webhooks, CRMs,
             Redis, SQL, e-mail; they import ``model`` only; so does ``web``, the skeleton of HTTP APIs; on
             it stand ``track``, which lends numbers to a site's visitors, and ``pops``, which tells browsers who is
             about to ring
``speech``   voices: the commands that speak texts while schemes are compiled
``sample``   a month of simulated calls in a journal, for a first look at the desk
``imports``  projects of other systems: FusionPBX, FreePBX, spreadsheets
``callbacks`` orders to call clients back, in the journal's database
``process``  what every process of ours needs: log lines, secrets, folders that go with it, Redis by its environment
``release``  releases on disk: publishing, the live one, the tables that calls name, which are kept
``engine``   worker processes that decide calls, what they know of people, and their supervisor
``inline``   the same decisions inside FreeSWITCH, where Redis alone is asked: what mod_python3 runs
``public``   servers for browsers: the tracking API of sites, and screen pops
``node``     FreeSWITCH's side of a node: its configuration, certificate, time zones and rights
``proxy``    Kamailio before several nodes: its configuration, and the accounts that register there
``recorder`` the process that records finished calls: its workers, what they listen to, and its notices
``desk``     the web page where people see, hear and steer the calls
``doctor``   looks at a real node and says what is wrong with it
``cluster``  many nodes: one release on all of them or on none, what each runs, one drained
``cli``      the ``routing`` command
"""

import zoneinfo

# The tzdata package is what FreeSWITCH's zone table is generated from; the machine's own tables may be older or newer.
zoneinfo.reset_tzpath(to=())

__version__ = "0.1.0"
