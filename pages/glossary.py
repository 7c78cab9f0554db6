"""Glossary and references: each term and each paper of the lecture once."""

from wsl_core.glossary import glossary
from wsl_core.web import station
from wsl_core.web.controls import control
from wsl_core.web.glossary import entries
from wsl_core.web.glossary.view import ALL, PAPERS, GlossaryView

station.head(
    "Glossary and references",
    "The terms of the lecture, each in a sentence, with the papers that they come from and the stations that "
    "use them.",
    GlossaryView,
)
whole = glossary()
part = control(GlossaryView, "part")
if part == PAPERS:
    entries.papers(whole.papers)
else:
    asked = control(GlossaryView, "term")
    entries.terms([one for one in whole.terms if asked in (ALL, one.name)])
station.onward()
