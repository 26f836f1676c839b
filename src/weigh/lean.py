"""Import jsonschema without the grammar of internationalised addresses that nothing here validates.

Where JupyterLab is installed, jsonschema finds `rfc3987_syntax` and builds its grammar at import: 2.6 s in every
process that reads a table or a notebook. Hiding that optional module for the time of the import leaves all
other format checks as they are.
"""

from __future__ import annotations

import sys

__all__: list[str] = []

if "jsonschema" not in sys.modules and "rfc3987_syntax" not in sys.modules:
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    try:
        import jsonschema  # noqa: F401
    finally:
        del sys.modules["rfc3987_syntax"]
