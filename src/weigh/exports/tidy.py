"""Machine-readable tables: CSV files, exact to the last digit, with a Frictionless description of each column.

Text is raw: cells that start like a formula are unchanged. For spreadsheets there is the workbook.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from weigh import __version__
from weigh.evidence.inputs import sha256
from weigh.exports.columns import Column, Kind, Table, Value
from weigh.exports.packet import Packet
from weigh.exports.tidy_tables import tidy_tables

__all__ = ["PACKAGE", "exact", "tidy_files"]

#: The description of the tables; written last, so that its presence means that they are complete.
PACKAGE = "datapackage.json"
_QUOTED = re.compile('[",\r\n]')


def tidy_files(packet: Packet) -> dict[str, bytes]:
    """The tables of a packet as CSV files by name, and `datapackage.json`, which describes them."""
    tables = tidy_tables(packet)
    files = {f"{table.name}.csv": _csv(table) for table in tables}
    described = {
        "name": re.sub(r"[^a-z0-9._-]+", "-", packet.review.guideline.number.lower()).strip("-") or "review",
        "title": f"{packet.review.guideline.number}: the cited evidence",
        "description": "Numbers are exactly those of the result JSON. Text is raw: open the files with a program that reads CSV, "
        "because a spreadsheet may convert or run cells; for spreadsheets there is the workbook.",
        "profile": "tabular-data-package",
        "made_by": f"weigh {__version__}",
        "guideline_text_sha256": packet.review.guideline.text_sha256,
        "fingerprint": packet.overview.fingerprint,
        "resources": [_resource(table, files[f"{table.name}.csv"]) for table in tables],
    }
    # ASCII, because descriptions from the folder may contain characters that UTF-8 cannot encode.
    return {**files, PACKAGE: (json.dumps(described, indent=1) + "\n").encode("ascii")}


def exact(value: Value) -> str:
    """A value in a machine-readable file: numbers as in the result JSON or the source; None is empty.

    >>> exact(0.1), exact(True), exact(None), exact("NA")
    ('0.1', 'true', '', 'NA')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return json.dumps(value, allow_nan=False)
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, int | Decimal) else value


def _csv(table: Table[Any]) -> bytes:
    lines = [[column.name for column in table.columns], *([exact(value) for value in row] for row in table.cells())]
    return "".join(",".join(map(_quoted, line)) + "\n" for line in lines).encode("utf-8")


def _quoted(text: str) -> str:
    """A cell by RFC 4180; unlike the csv module, this quotes a lone carriage return, which ends a row for many readers."""
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _resource(table: Table[Any], content: bytes) -> Mapping[str, Any]:
    keys = [
        {"fields": [name], "reference": {"resource": target, "fields": [name]}}
        for name, target in table.foreign.items()
    ]
    return {
        "name": table.name,
        "path": f"{table.name}.csv",
        "description": table.meaning,
        "profile": "tabular-data-resource",
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{sha256(content)}",
        "dialect": {"csv": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True}},
        "schema": {
            "fields": [_field(column, required=column.name in table.key) for column in table.columns],
            "missingValues": [""],
            "primaryKey": list(table.key),
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _field(column: Column[Any], *, required: bool) -> Mapping[str, Any]:
    described: dict[str, Any] = {"name": column.name, "type": column.kind.value, "description": column.meaning}
    if column.kind is Kind.BOOLEAN:
        described |= {"trueValues": ["true"], "falseValues": ["false"]}
    if required:
        described["constraints"] = {"required": True}
    return described
