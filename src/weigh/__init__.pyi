from .coverage.checklist import checklist as checklist
from .coverage.decision import apply as apply
from .display.choice import choose as choose
from .display.show import show as show
from .evidence.frames import frame as frame
from .evidence.review import load_review as load_review
from .render.states import changes_between as changes_between
from .summary.audit import summarise_audit as summarise_audit
from .summary.conclusion import summarise as summarise
from .summary.overview import overview as overview
from .wording.methods import rules as rules

__version__: str
