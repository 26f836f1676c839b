"""weigh: what the studies that a medical policy cites show about its conclusions.

The names below are imported on first use, so `import weigh` takes milliseconds; the stub beside this file lists them.

Examples:
    >>> import weigh
    >>> sorted(name for name in dir(weigh) if not name.startswith("_"))[:3]
    ['apply', 'changes_between', 'checklist']
"""

from __future__ import annotations

from importlib.metadata import version

import lazy_loader

from weigh.text import glance

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

__version__ = version("weigh")

# A notebook renders an object as HTML without importing what renders it; no room below `display` may import it.
glance.shown_by("weigh.display.reprs")
