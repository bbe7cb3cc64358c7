"""Three machines of a cluster in folders: two reached by a stand-in for ssh that runs commands here, one local."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from routing.cli import group
from routing.release.publish import current

PROJECT = """project: {name: p, timezone: Europe/Kyiv, country: UA, secrets: {file: ../var/secrets}}
people:
  ivan: {name: Ivan, phones: {desk: {sip: "1001"}}}
"""
SCHEME = 'scheme: a\nnumbers: ["+380800330521"]\nsteps: [{ring: ivan}, sticky, hangup]\n'
NAMES = ("first", "second", "third")
#: Does as ssh: options, the host, a command; writes down what it was asked.
_SSH = """#!/bin/sh
echo "$*" >> {place}/ssh.log
while [ "$1" != -- ]; do shift; done
host=$2
shift 2
[ -x {place}/hosts/$host ] && . {place}/hosts/$host
exec "$@"
"""


@dataclass(frozen=True)
class ClusterBed:
    """``place/NAME/root`` is the root of a node, ``place/NAME/proxy`` the folder of its Kamailio, not running."""

    place: Path

    def __post_init__(self) -> None:
        for folder in ("schemes", "bin", "hosts"):
            (self.place / folder).mkdir()
        (self.place / "schemes/p.yaml").write_text(PROJECT)
        self.change("NO_ANSWER")
        for name, text in (
            ("ssh", _SSH.format(place=self.place)),
            ("routing", f'#!/bin/sh\nexec {sys.executable} -m routing "$@"\n'),
        ):
            (self.place / "bin" / name).write_text(text)
            (self.place / "bin" / name).chmod(0o755)
        for name in NAMES:
            done = self.run(
                "proxy", "init", str(self.place / name / "proxy"), "--node", "10.0.0.1", "--node", "10.0.0.2"
            )
            assert done.exit_code == 0, done.output
        lines = [f"  {name}: {{root: {self.root(name)}, proxy: {self.place / name / 'proxy'}{self.ssh(name)}}}"
                 for name in NAMES]  # fmt: skip
        self.file.write_text("\n".join(["nodes:", *lines]) + "\n")
        assert self.run("secrets", "--schemes", str(self.place / "schemes")).exit_code == 0

    @staticmethod
    def ssh(name: str) -> str:
        """How the list of nodes says where a node is."""
        return "" if name == NAMES[-1] else f", ssh: {name}.example"

    @property
    def file(self) -> Path:
        """The list of nodes."""
        return self.place / "nodes.yaml"

    def root(self, name: str) -> Path:
        """A node's release root."""
        return self.place / name / "root"

    def change(self, cause: str) -> None:
        """Make the next release another one."""
        (self.place / "schemes/a.yaml").write_text(SCHEME.replace("hangup", f"{{hangup: {cause}}}"))

    def host(self, name: str, script: str) -> None:
        """What a host does before a command; ``exit`` in it is the end."""
        (self.place / "hosts" / f"{name}.example").write_text(script)
        (self.place / "hosts" / f"{name}.example").chmod(0o755)

    def environment(self) -> dict[str, str]:
        """That of commands which find the stand-ins."""
        return {**os.environ, "PATH": f"{self.place}/bin:{os.environ['PATH']}"}

    def run(self, *words: str) -> Result:
        """A command, in this process."""
        return CliRunner().invoke(group, [*words], env=self.environment())

    def words(self) -> list[str]:
        """Those of a publish to all nodes."""
        return ["publish", "--nodes", str(self.file), "--schemes", str(self.place / "schemes"),
                "--root", str(self.place / "here"), "--quiet"]  # fmt: skip

    def publish(self, *words: str) -> Result:
        """Publish to all nodes."""
        return self.run(*self.words(), *words)

    def live(self) -> tuple[str | None, ...]:
        """What each node runs."""
        return tuple(current(self.root(name)) for name in NAMES)
