"""The picture of cost against size: its points lie where the figures say."""

from __future__ import annotations

import re
from itertools import pairwise

from lxml import etree

from benchmarks.plot import log_log


def test_tenfold_is_as_far_wherever_it_is_and_names_do_not_overlap() -> None:
    lines = {"a": [(10.0**4, 1.0), (10.0**5, 10.0), (10.0**6, 100.0)], "b & c": [(10.0**4, 2.0), (10.0**6, 99.0)]}
    picture = log_log(lines, "passages", "ms")
    root = etree.fromstring(picture.encode())
    first, second = root.findall("{*}polyline")
    points = [tuple(map(float, point.split(","))) for point in str(first.attrib["points"]).split()]
    steps = [(right[0] - left[0], right[1] - left[1]) for left, right in pairwise(points)]
    assert len(points) == 3 and len(str(second.attrib["points"]).split()) == 2
    assert abs(steps[0][0] - steps[1][0]) < 0.2 and abs(steps[0][1] - steps[1][1]) < 0.2
    assert steps[0][0] > 50 and steps[0][1] < -50  # to the right, and up
    names = {text.text: float(text.attrib["y"]) for text in root.findall("{*}text")}
    assert abs(names["a"] - names["b & c"]) >= 16
    assert {"10,000", "100,000", "1,000,000"} <= set(names) and re.search("b &amp; c", picture)
