# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of one tenant as a picture: a bar for each case, a panel for each latency."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from ._figures import Result

_WIDTH, _LEFT, _BAR, _GAP = 960, 380, 20, 8
_HEAD, _RIGHT = 40, 170
_STYLE = """
text { font: 13px sans-serif; fill: #1f2328 } .title { font-weight: bold }
.ours { fill: #0969da } .theirs { fill: #8c959f } .paper { fill: #ffffff }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .ours { fill: #58a6ff } .theirs { fill: #6e7681 } .paper { fill: #0d1117 }
}
"""
_OURS = ("processes", "worker", "role", "requirements")


def picture(results: Sequence[Result], reference: str = "uri") -> str:
    """An SVG image. Bars are median seconds; behind each stands its ratio to the reference in the same panel."""
    shown = [one for one in results if one.group == "tenant"]
    panels = {
        latency: [one for one in shown if one.latency == latency] for latency in sorted({one.latency for one in shown})
    }
    longest = max((one.wall for panel in panels.values() for one in panel), default=1.0)
    parts: list[str] = []
    top = 0
    for latency, panel in panels.items():
        base = next((one.wall for one in panel if one.case.name == reference), None)
        top += _HEAD
        parts.append(f'<text class="title" x="8" y="{top - 14}">One tenant, {latency} ms: median seconds</text>')
        for one in panel:
            width = (_WIDTH - _LEFT - _RIGHT) * one.wall / longest
            kind = "ours" if one.case.name in _OURS else "theirs"
            ratio = f", {one.wall / base:.2f} of {reference}" if base else ""
            middle = top + _BAR - 5
            parts += [
                f'<text x="{_LEFT - 8}" y="{middle}" text-anchor="end">{escape(one.case.title)}</text>',
                f'<rect class="{kind}" x="{_LEFT}" y="{top}" width="{width:.1f}" height="{_BAR}"/>',
                f'<text x="{_LEFT + width + 6:.1f}" y="{middle}">{one.wall:.2f} s{ratio}</text>',
            ]
            top += _BAR + _GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {_WIDTH} {top + _GAP}">'
        f"<title>Time of the same work, by who does it</title><style>{_STYLE}</style>"
        f'<rect class="paper" width="{_WIDTH}" height="{top + _GAP}"/>{"".join(parts)}</svg>\n'
    )
