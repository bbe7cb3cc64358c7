"""The picture can be read: boxes apart, no line through a box, text that is what the author wrote, lit ways."""

import itertools
import os
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from routing.graph.layout import WIDTH, layout
from routing.graph.read import read_flow
from routing.graph.svg import to_svg
from routing.graph.text import to_dot, to_mermaid
from routing.graph.way import Way
from support.graph_folder import SERVICE, written

COMPANY = Path(__file__).parents[2] / "schemes"
HERE = Path(__file__).parent
NAMES = ("by_region", "couriers", "head_office", "kharkiv", "no_answer")
SVG = "{http://www.w3.org/2000/svg}"
#: Width of a letter of a label, and how far its words reach above and below the line that they stand on.
LETTER, ABOVE, BELOW = 5.6, 9, 2
WAY = Way("a call", {"start": 0, "1": 0, "2": 10, "3": 2020}, frozenset({("start", "1"), ("1", "2"), ("2", "3")}))


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    return read_flow(written(tmp_path_factory.mktemp("service")), "service")


@pytest.fixture(scope="module")
def flows(service):
    return [service, *(read_flow(COMPANY, name) for name in NAMES)]


def overlap(one, other):
    across = one.x < other.x + WIDTH and other.x < one.x + WIDTH
    return across and one.y < other.y + other.height and other.y < one.y + one.height


def crosses(points, box):
    """Whether a line with right angles runs through the inside of a box."""
    left, right, top, bottom = box.x + 1, box.x + WIDTH - 1, box.y + 1, box.y + box.height - 1
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        if min(x1, x2) < right and max(x1, x2) > left and min(y1, y2) < bottom and max(y1, y2) > top:
            return True
    return False


def test_no_box_lies_on_another_and_no_line_runs_through_one(flows):
    for flow in flows:
        picture = layout(flow)
        assert not [pair for pair in itertools.combinations(picture.boxes, 2) if overlap(*pair)]
        assert not [
            (line.edge, box.node.path) for line in picture.lines for box in picture.boxes if crosses(line.points, box)
        ]
        assert all(box.x + WIDTH <= picture.width and box.y + box.height <= picture.height for box in picture.boxes)


def test_every_way_is_one_line(flows):
    for flow in flows:
        drawn = [(line.edge.source, line.edge.target) for line in layout(flow).lines]
        assert sorted(drawn) == sorted((edge.source, edge.target) for edge in flow.edges())


def drawn_labels(root):
    """Every label's words, and the corners of the room that they take."""
    for text in root.iter(f"{SVG}text"):
        if text.get("class", "").startswith("label"):
            x, y = float(text.get("x")), float(text.get("y"))
            yield text.text, (x, y - ABOVE, x + LETTER * len(text.text), y + BELOW)


def drawn_lines(root):
    """Every stretch of every line."""
    for path in root.iter(f"{SVG}path"):
        if path.get("class", "").startswith("way"):
            points = [tuple(map(float, point.split())) for point in path.get("d").removeprefix("M").split(" L")]
            yield from itertools.pairwise(points)


def test_no_line_runs_through_a_label_and_no_label_lies_on_another(flows):
    for flow in flows:
        root = ET.fromstring(to_svg(flow))
        labels, lines = list(drawn_labels(root)), list(drawn_lines(root))
        assert labels and lines
        for words, (left, top, right, bottom) in labels:
            for (x1, y1), (x2, y2) in lines:
                across = min(x1, x2) < right and max(x1, x2) > left
                assert not (across and min(y1, y2) < bottom and max(y1, y2) > top), (flow.scheme, words)
        for (one, a), (other, b) in itertools.combinations(labels, 2):
            assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]), (flow.scheme, one, other)


def test_a_line_back_touches_no_box(flows):
    for flow in flows:
        picture = layout(flow)
        for line in (each for each in picture.lines if len(each.points) > 4):
            (_, y), _ = line.points[-3:-1]
            assert not [box.node.path for box in picture.boxes if box.y <= y <= box.y + box.height and
                        box.x < line.points[-3][0] and box.x + WIDTH > line.points[-2][0]], line.edge  # fmt: skip


def texts(svg):
    root = ET.fromstring(svg)
    return ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]


def test_the_picture_holds_names_and_times(service):
    said = texts(to_svg(service))
    assert {"Service centre", "ring 1.2.1", "≤ 23 s", "for 15s · label VIP", "nobody talked", "presses *"} <= set(said)


def test_the_legend_lies_within_the_picture(flows):
    for flow in flows:
        root = ET.fromstring(to_svg(flow))
        last = [text for text in root if text.tag.endswith("text")][-1]
        assert float(last.get("x")) + 6 * len(last.text) <= float(root.get("width"))


def test_what_an_author_wrote_stays_text(tmp_path):
    folder = written(tmp_path / "hostile", SERVICE.replace("/telephony/", "/?a=1&b=2;c="))
    flow = read_flow(folder, "service")
    assert "https://crm.example.com/api/v2/?a=1&b=2;c=" in "".join(texts(to_svg(flow)))
    assert "a=1#38;b=2#59;c=" in to_mermaid(flow)


def test_the_way_of_a_call_is_lit_and_the_rest_faded(service):
    root = ET.fromstring(to_svg(service, WAY))
    shown = {
        group.get("id"): group.get("class") for group in root.iter("{http://www.w3.org/2000/svg}g") if group.get("id")
    }
    assert shown["step-3"] == "taken" and shown["step-4"] == "left"
    assert "at 2.0 s" in texts(to_svg(service, WAY))
    lit = [path for path in root.iter("{http://www.w3.org/2000/svg}path") if "taken" in path.get("class", "")]
    assert len(lit) == 3


def expected(name, text):
    """Compare with the file; `make golden` writes it anew."""
    file = HERE / name
    if os.environ.get("ROUTING_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")


def test_mermaid_as_a_file(service):
    expected("service.mmd", to_mermaid(service, WAY))


def test_dot_as_a_file(service):
    expected("service.dot", to_dot(service, WAY))


def test_mermaid_has_no_sign_that_it_would_read(service):
    for line in to_mermaid(service).splitlines()[1:]:
        for label in re.findall(r'"(.*)"', line):
            assert not re.search(r'["<>&`\\](?!br>)', label.replace("<br>", ""))
