"""The README's test of a scheme, run on the README's scheme: it passes, and it would not if the scheme were another."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from click.testing import CliRunner

from routing.cli import group
from routing.testing.kinds import KINDS
from routing.testing.sample import Sample
from support.documents import DOCS, HOME

README = (HOME / "README.rst").read_text("utf-8")
MANUAL = DOCS / "howto" / "test_schemes.rst"


def laid_out(folder: Path) -> Path:
    scheme = README.partition("\nA scheme\n")[2].partition("\nTest a scheme\n")[0]
    for index, block in enumerate(re.findall(r"code-block:: yaml\n\n((?:    .*\n|\n)+)", scheme)):
        (folder / f"{index}.yaml").write_text(textwrap.dedent(block), "utf-8")
    (block,) = re.findall(r"code-block:: yaml\n    :caption: kharkiv.test.yaml\n\n((?:    .*\n|\n)+)", README)
    (folder / "kharkiv.test.yaml").write_text(textwrap.dedent(block), "utf-8")
    return folder


def test_the_example_passes_and_can_fail(tmp_path: Path) -> None:
    result = CliRunner().invoke(group, ["test", "--schemes", str(laid_out(tmp_path))])
    assert result.exit_code == 0, result.output
    assert "2 passed" in result.output
    scheme = next(file for file in tmp_path.glob("?.yaml") if "scheme: kharkiv" in file.read_text("utf-8"))
    scheme.write_text(scheme.read_text("utf-8").replace("  - ring: {to: ivan.mobile, for: 20s}\n", ""), "utf-8")
    result = CliRunner().invoke(group, ["test", "--schemes", str(tmp_path)])
    assert result.exit_code == 1
    assert "kharkiv.test.yaml:9: expected ring: ivan.mobile for 8s-12s at 2s" in result.output


def test_every_setting_and_kind_is_told_of() -> None:
    section = MANUAL.read_text("utf-8")
    told = set(re.findall(r"``([a-z]+)``", section)) | set(re.findall(r"``([a-z]+): \w+``", section))
    settings = {field.alias or name for name, field in Sample.model_fields.items()} - {"name"}
    assert (settings | set(KINDS)) - told == set()
