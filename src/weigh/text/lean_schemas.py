"""Importing this module loads jsonschema without its largest grammar; it comes before all that imports jsonschema.

Where JupyterLab is installed, jsonschema finds `rfc3987_syntax` and builds its grammar at import: 2.6 s in every
process that reads a notebook. Hiding that optional module for the time of the import leaves all other format checks as
they are.
"""

from __future__ import annotations

import sys

from weigh.text.lean import hidden

if "jsonschema" not in sys.modules:
    with hidden("rfc3987_syntax"):
        import jsonschema  # noqa: F401
