"""Results as JUnit XML, for pipelines: a suite a file, a failure with its place and the diff of the path. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree

from routing.testing.path import path, plain
from routing.testing.run import CaseResult

#: Characters that XML cannot hold.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def junit(results: Sequence[CaseResult]) -> str:
    """The document; times are the run times of the tests."""
    root = ElementTree.Element("testsuites", _counts("routing test", results))
    for file, found in groupby(results, key=lambda result: result.case.file):
        of_file = list(found)
        suite = ElementTree.SubElement(root, "testsuite", _counts(file, of_file))
        for result in of_file:
            _case(suite, result)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _counts(name: str, results: Sequence[CaseResult]) -> dict[str, str]:
    failed = sum(not result.passed for result in results)
    seconds = sum(result.took_s for result in results)
    counts = {"tests": len(results), "failures": failed, "errors": 0, "skipped": 0}
    return {"name": name} | {key: str(count) for key, count in counts.items()} | {"time": f"{seconds:.3f}"}


def _case(suite: ElementTree.Element, result: CaseResult) -> None:
    case = result.case
    classname = case.file.removesuffix(".yaml").replace("/", ".")
    attributes = {"classname": classname, "name": case.name, "file": case.file, "line": str(case.line)}
    element = ElementTree.SubElement(suite, "testcase", attributes | {"time": f"{result.took_s:.3f}"})
    if result.passed:
        return
    complaints = result.complaints()
    failure = ElementTree.SubElement(
        element, "failure", {"message": _clean("; ".join(complaints)), "type": "expectation"}
    )
    failure.text = _clean("\n".join([*complaints, "", *plain(path(result), case.file)]))


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
