"""The desk: the web page where people see, hear and steer the calls of their company. Server-rendered, on Flask.

``plan`` reads from the live release who may do what, ``accounts`` and ``sessions`` know who signs in, ``guard`` finds
the user of a request, ``threads`` runs views in threads of a gevent server, ``wording`` holds the texts in four
languages, ``application`` puts it together. Each module of ``pages`` is a page: its views; its template is in
``templates``, its texts are in ``wording``, its style is in ``static``. Pages read the journal and decide no calls.
"""
