"""Importing this module loads jsonschema without its largest grammar; import it before anything that uses jsonschema.

Where JupyterLab is installed, jsonschema finds `rfc3987_syntax` and builds its grammar at import, which takes 2.6 s in
every process that reads a notebook. Hiding that optional module during the import leaves all other format checks
unchanged.
"""

from __future__ import annotations

import sys

from weigh.text.lean import hidden

if "jsonschema" not in sys.modules:
    with hidden("rfc3987_syntax"):
        import jsonschema  # noqa: F401
