# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand in for get-pip.py, which ansible-test fetches from a host of its own.

tools/sanity.py puts this file where ansible-test keeps its copy, so that its sanity environments can be made with
nothing but a package index: pip comes from the Python itself, everything else through that pip.
"""

from __future__ import annotations

import subprocess
import sys


def main() -> None:
    # Options of get-pip.py that pip does not know.
    arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
    pip = [sys.executable, "-m", "pip"]
    subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
    subprocess.check_call([*pip, "install", "-q", *arguments])


if __name__ == "__main__":
    main()
