"""Opens a folder of schemes, or a root, for calls on the offline switch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from routing.cli.errors import UserError
from routing.cli.folders import named_from_here, there
from routing.cli.scratch import scratch
from routing.compile.build import build
from routing.offline.published import NoRelease, PublishedRelease


@contextmanager
def opened(schemes: Path, root: Path | None = None, named: Path | None = None) -> Iterator[PublishedRelease]:
    """The root's current release, or the schemes compiled into a temporary root.

    ``named``: the folder in problems' file names, if different. Raises UserError, Problems.
    """
    if root:
        yield _open(root)
        return
    there(schemes)
    with scratch("routing-") as made:
        with named_from_here(named or schemes):
            release = build(schemes, made, lambda where: AnySecret())
        (made / "current").symlink_to(release.folder)
        yield _open(made)


def _open(root: Path) -> PublishedRelease:
    try:
        return PublishedRelease(root)
    except NoRelease as error:
        raise UserError(f"{error}: compile and publish first, or use --schemes DIR") from error


class AnySecret(Mapping[str, str]):
    """Placeholder secrets: the offline switch dials nobody, so every password exists and none is real."""

    def __getitem__(self, name: str) -> str:
        return "offline"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
