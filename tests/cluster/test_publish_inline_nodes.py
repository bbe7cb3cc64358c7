"""A project that decides inside FreeSWITCH, and nodes whose FreeSWITCH cannot: publish to all of them, or to none."""

from __future__ import annotations

import json
import sys

import pytest

from routing import __version__
from support.cluster_bed import ClusterBed

pytestmark = pytest.mark.process
#: Without accounts: a FreeSWITCH that is only said to be there knows none.
SOCKET = "project: {name: p, timezone: Europe/Kyiv, country: UA}\n"
INLINE = SOCKET.replace("country: UA", "country: UA, engine: {transport: inline}")
SCHEME = 'scheme: a\nnumbers: ["+380800330521"]\nsteps: [{match: [{when: {known: true}, steps: [hangup]}]}, hangup]\n'
READY = json.dumps({"state": "ready", "decisions": 0, "version": __version__, "python": "3.11.2"})
OLDER = READY.replace(__version__, "0.1")
#: `routing` on a node whose FreeSWITCH says what stands here.
_NODE = """#!{python}
from routing.cli import main
from routing.cluster.node_release import NodeRelease
from routing.node.files import dialplan_version
answers = {{
    "status": "UP 0 years",
    "global_getvar": "routing_phones_at=x\\nrouting_dialplan_version=" + dialplan_version(),
    "show channels count": "0 total.",
    "reloadxml": "+OK [Success]",
    "global_getvar routing_phones_at": "@${{domain}}",
    "global_getvar domain": "127.0.0.1",
    "module_exists mod_python3": {has_module!r},
    "python routing_inline": {serves!r},
}}
context = "<context>{root}/current/</context>"
NodeRelease._ask = lambda self, command: context if command.startswith("xml_locate") else answers.get(command, "+OK")
main()
"""


def with_freeswitch(bed: ClusterBed, name: str, *, has_module: str = "true", serves: str = READY) -> None:
    """Let a node of the list have a FreeSWITCH which says this of mod_python3 and of our script."""
    program = bed.place / f"routing-{name}"
    program.write_text(_NODE.format(python=sys.executable, root=bed.root(name), has_module=has_module, serves=serves))
    program.chmod(0o755)
    plain, is_there = f"  {name}: {{root", f"  {name}: {{node: {bed.place}/node-{name}, command: {program}, root"
    bed.file.write_text(bed.file.read_text().replace(plain, is_there))


@pytest.fixture
def inline(bed: ClusterBed) -> ClusterBed:
    """All nodes run a release that asks by socket; the schemes now say that FreeSWITCH decides."""
    (bed.place / "schemes/p.yaml").write_text(SOCKET)
    (bed.place / "schemes/a.yaml").write_text(SCHEME)
    with_freeswitch(bed, "first")
    assert bed.publish().exit_code == 0
    (bed.place / "schemes/p.yaml").write_text(INLINE)
    return bed


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"has_module": "false"}, "FreeSWITCH has not loaded mod_python3 (hint: install it"),
        ({"serves": "-ERR no reply"}, "mod_python3 does not serve (-ERR no reply) (hint: `routing node init --inline`"),
    ],
    ids=["no module", "no script"],
)
def test_a_node_that_was_never_set_up_for_it_keeps_the_old_release_on_all(inline, facts, reason):
    with_freeswitch(inline, "second", **facts)
    before = inline.live()
    said = inline.publish()
    assert said.exit_code != 0
    assert f"second (second.example): the project says `transport: inline`, and {reason}" in str(said.exception)
    assert "every node runs what it ran before" in str(said.exception)
    assert inline.live() == before


def test_a_freeswitch_that_decides_by_an_older_version_is_a_warning(inline):
    with_freeswitch(inline, "second", serves=OLDER)
    said = inline.publish()
    assert said.exit_code == 0, said.exception
    assert "warning: second (second.example): FreeSWITCH decides by version 0.1" in said.stderr
    assert "first (first.example): FreeSWITCH decides" not in said.stderr


def test_a_rollback_to_such_a_release_is_not_held_up_by_it(inline):
    with_freeswitch(inline, "second")
    assert inline.publish().exit_code == 0
    inlined = inline.live()
    (inline.place / "schemes/p.yaml").write_text(SOCKET)
    assert inline.publish().exit_code == 0
    with_freeswitch(inline, "second", has_module="false")
    said = inline.run("rollback", "--nodes", str(inline.file))
    assert said.exit_code == 0, said.exception
    assert "FreeSWITCH has not loaded mod_python3: the engine decides every call" in said.stderr
    assert inline.live() == inlined
