# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the demonstration, and make of it what the documentation shows: the picture in the README, and a sample report.

python tools/sample.py                  renew docs/images/demo.svg
python tools/sample.py --site FOLDER    also copy the picture and the report into a folder of the site
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs/images/demo.svg"
REPORT = "intune-exchange-demo"
_SHOWN = 2  # acts in the picture
_COLUMNS, _WIDTH, _HEIGHT, _MARGIN = 100, 8.4, 18, 16
# Values that differ between runs.
_PLAIN = (
    (re.compile(r"synchronized \d+ seconds ago"), "synchronized 120 seconds ago"),
    (re.compile(r"(?<=@phones\.example)( +)\d+$"), r"\g<1>120"),
)
_STYLE = """
text { font: 14px ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', monospace; fill: #e6edf3; white-space: pre }
.paper { fill: #0d1117 } .title { fill: #79c0ff; font-weight: bold } .changed { fill: #e3b341 } .unmet { fill: #ff7b72 }
.met { fill: #7ee787 }
"""


def demonstration(folder: Path) -> str:
    """The output of the demonstration. Its report is in a folder of `folder`."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith(("AZURE_", "INTUNE_", "ANSIBLE_"))}
    settings = {
        "ANSIBLE_COLLECTIONS_PATH": os.environ.get("ANSIBLE_COLLECTIONS_PATH", str(ROOT / ".cache/live")),
        "ANSIBLE_HOME": str(folder / ".ansible"),
        "ANSIBLE_REMOTE_TEMP": str(folder / ".ansible/remote"),  # the user may have no home
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_STDOUT_CALLBACK": "intune.exchange.brief",
    }
    program = Path(sys.executable).parent / "ansible-playbook"
    done = subprocess.run(
        [str(program), "-i", "localhost,", "intune.exchange.demo"],
        cwd=folder,
        env={**clean, **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout


def acts(output: str) -> dict[str, list[str]]:
    """The lines of each act, by its heading."""
    found: dict[str, list[str]] = {}
    lines = output.splitlines()
    for number, line in enumerate(lines):
        if re.fullmatch("-{5,}", line) and number and len(lines[number - 1]) == len(line):
            found[lines[number - 1]] = []
        elif found and not (number + 1 < len(lines) and re.fullmatch("-{5,}", lines[number + 1])):
            found[list(found)[-1]].append(line)
    return {title: "\n".join(lines).strip("\n").splitlines() for title, lines in found.items()}


def picture(output: str) -> str:
    """The first acts as they look in a terminal, as an SVG image."""
    rows = [("", "$ make demo")]
    for title, lines in list(acts(output).items())[:_SHOWN]:
        rows += [
            ("", ""),
            ("title", title),
            *((_kind(line), line) for line in lines if not line.startswith("waiting: ")),
        ]
    height = len(rows) * _HEIGHT + 2 * _MARGIN
    width = round(_COLUMNS * _WIDTH + 2 * _MARGIN)
    texts = "".join(
        f'<text class="{kind}" x="{_MARGIN}" y="{_MARGIN + (number + 1) * _HEIGHT - 5}">{escape(_plain(line))}</text>\n'
        for number, (kind, line) in enumerate(rows)
        if line
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width} {height}">\n'
        f"<title>The first acts of the demonstration in a terminal</title><style>{_STYLE}</style>\n"
        f'<rect class="paper" width="{width}" height="{height}" rx="8"/>\n{texts}</svg>\n'
    )


def _kind(line: str) -> str:
    first = line.partition(" ")[0].rstrip(":")
    return first if first in ("changed", "met", "unmet") else ""


def _plain(line: str) -> str:
    for pattern, text in _PLAIN:
        line = pattern.sub(text, line)
    return line


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--site", type=Path, metavar="FOLDER", help="a folder for the picture and the sample report")
    site = parser.parse_args(arguments).site
    with tempfile.TemporaryDirectory() as folder:
        made = picture(demonstration(Path(folder)))
        target = site / PICTURE.name if site else PICTURE
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(made, encoding="utf-8")
        if site:
            shutil.copytree(Path(folder) / REPORT, site / "sample-report", dirs_exist_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
