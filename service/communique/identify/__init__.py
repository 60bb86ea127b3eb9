"""Which meeting is this? Reports of one meeting become one state, whatever the language and the order they arrive in.

    report(article, language, meeting, ordinal)   one article's view of one meeting, as an event of its own
    keys(event)                                   under which names it is locked and looked for in the database
    same(state, report)                           whether both are about one meeting; `compare` says why
    first(report), merge(known, report)           the state that all reports together give

All of it is pure. The store reads candidates and writes results; the decisions are taken here.
"""

from communique.identify.keys import keys
from communique.identify.likeness import Verdict, compare, same
from communique.identify.merge import Known, Standing, canonical, first, merge, retracted, unite
from communique.identify.report import renamed, report

__all__ = [
    "Known",
    "Standing",
    "Verdict",
    "canonical",
    "compare",
    "first",
    "keys",
    "merge",
    "renamed",
    "report",
    "retracted",
    "same",
    "unite",
]
