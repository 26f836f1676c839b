"""A page for each cited study: its results, its methods, and the conclusions for which it is cited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from weigh.display.conclusion import shares
from weigh.evidence.model import Guideline
from weigh.evidence.vocabulary import Extraction, Verdict
from weigh.pages.layout import page
from weigh.summary.conclusion import ReferenceLine, StudyLine, Summary
from weigh.wording import sentences as wording

__all__ = ["StudyEntry", "Use", "study_entries", "study_page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A conclusion for which a study is cited, and its vote there."""

    conclusion_id: str
    condition: str
    words: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyEntry:
    """One study across all conclusions; `share` is its size in percent of the largest cited study."""

    line: StudyLine
    uses: tuple[Use, ...]
    references: tuple[ReferenceLine, ...]
    cited_as: str
    share: int | None

    @property
    def study_id(self) -> str:
        """The id of the study."""
        return self.line.item.study.study_id

    @property
    def name(self) -> str:
        """The short name of the study."""
        return self.line.name

    @property
    def size(self) -> str:
        """The design and size in words."""
        return self.line.size

    @property
    def finding(self) -> str:
        """The finding, in one sentence."""
        return self.line.item.study.finding

    @property
    def is_read(self) -> bool:
        """Whether more of it has been read than its title."""
        study = self.line.item.study
        return bool(self.line.item.outcomes) or study.extraction in (Extraction.VERIFIED, Extraction.PARTIAL)

    @property
    def cited_for(self) -> str:
        """The conclusions for which it is cited, in one sentence."""
        return f"Cited for {wording.listed([use.condition for use in self.uses])}."

    @property
    def words(self) -> str:
        """Further search terms that its entry does not show."""
        study = self.line.item.study
        return " ".join(filter(None, (study.drug, study.intervention, study.comparator, *study.citation_keys)))


def study_entries(summaries: Iterable[Summary]) -> tuple[StudyEntry, ...]:
    """Every study that is cited for a conclusion, by name."""
    found: dict[str, list[tuple[Summary, StudyLine]]] = {}
    for summary in summaries:
        for line in summary.studies:
            found.setdefault(line.item.study.study_id, []).append((summary, line))
    # Citations other than as background first, so that the outcomes show whether they vote.
    ordered = [sorted(places, key=lambda place: place[1].background) for places in found.values()]
    size = dict(
        zip((places[0][1].item.study.study_id for places in ordered), shares([p[0][1] for p in ordered]), strict=True)
    )
    entries = (_entry(places, size[places[0][1].item.study.study_id]) for places in ordered)
    return tuple(sorted(entries, key=lambda entry: (entry.name.casefold(), entry.study_id)))


def _entry(places: list[tuple[Summary, StudyLine]], share: int | None) -> StudyEntry:
    summary, line = places[0]
    keys = {report.key for report in line.item.reports}
    uses = sorted((_use(*place) for place in places), key=lambda use: use.condition.casefold())
    return StudyEntry(
        line=line,
        uses=tuple(uses),
        references=tuple(reference for reference in summary.references if reference.key in keys),
        cited_as="; ".join(dict.fromkeys(place.cited_as for _summary, place in places if place.cited_as)),
        share=share,
    )


def _use(summary: Summary, line: StudyLine) -> Use:
    return Use(
        conclusion_id=summary.conclusion_id,
        condition=summary.dossier.conclusion.condition,
        words="cited as background" if line.background else line.vote_words,
        verdict=summary.verdict,
    )


def study_page(entry: StudyEntry, guideline: Guideline) -> str:
    """The page of one study."""
    return page(
        "study",
        f"{entry.name}: guideline {guideline.number}",
        guideline,
        current=f"studies/{entry.study_id}.html",
        p=entry,
        intervention=guideline.intervention,
    )
