# Copyright (c) 2026 intune.exchange contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OPATH, the filter language of Exchange: parsed as OData, from which it differs only in spelling."""

from __future__ import annotations

import re

from ..behaviours.table import implements
from ..odata.query import Filter, Test
from ..state.http_messages import Json

_OPERATOR = re.compile(r"(?<![\w'])-(eq|ne|like|and|or|not)\b", re.IGNORECASE)
_CONSTANT = re.compile(r"\$(true|false|null)\b|'(true|false)'", re.IGNORECASE)


class _Opath(Filter):
    """A multivalued property matches if one of its values does."""

    def _comparison(self, name: str) -> Test:
        test = super()._comparison(name)

        def fits(item: Json) -> bool:
            values = item.get(name)
            return any(test({**item, name: one}) for one in values) if isinstance(values, list) else test(item)

        return fits


@implements("cmdlet-filter")
def opath(text: str, properties: Json) -> Test:
    spelled = _OPERATOR.sub(lambda found: found[1].lower(), text)
    spelled = _CONSTANT.sub(lambda found: (found[1] or found[2]).lower(), spelled)
    return _Opath(spelled.replace('"', "'"), properties).test
