"""How a result reads: one sentence for each line of the rule and for each step of the shortest way up."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from schemes.definitions.edition import EditionData
from schemes.definitions.ladder import Line, Rule, Step


def sentence_of(edition: EditionData, line: Line) -> str:
    """Return what a line says, in the reader's language: “13 of 17 criteria are at PLATINUM; 14 are needed.”"""
    said = {"have": line.have, "need": line.need, "level": edition.level(line.at).title}
    if line.rule == Rule.RELEVANT:
        return _("No criterion counts as relevant, so there is nothing to judge.")
    if line.rule == Rule.ALL:
        if line.holds:
            return _("Every relevant criterion is at %(level)s or above.") % said
        return (
            ngettext(
                "%(have)s of %(need)s relevant criterion is at %(level)s or above.",
                "%(have)s of %(need)s relevant criteria are at %(level)s or above.",
                line.need,
            )
            % said
        )
    if line.rule == Rule.SHARE:
        return _("At %(level)s or above: %(have)s. Needed: at least %(need)s.") % said
    months = edition.level(line.rung).rest
    said["months"] = months.most if months else 0
    if line.need == 0:
        return _("None is left that would have to be worked towards.")
    return (
        _(
            "Of the %(need)s others, %(have)s are worked towards and likely at %(level)s within %(months)s months."
        )
        % said
    )


def step_sentence(edition: EditionData, step: Step, *, rung: str) -> str:
    """Return what a step asks for one criterion."""
    rest = edition.level(rung).rest
    said = {
        "level": edition.level(step.to).title if step.to else "",
        "months": rest.most if rest else 0,
    }
    if step.to and step.needs_plan:
        return _("Bring it to %(level)s, and work towards the next level within %(months)s months.") % said
    if step.to:
        return _("Bring it to %(level)s.") % said
    return _("Work towards the next level, likely within %(months)s months.") % said


def rule_sentences(edition: EditionData, rung: str) -> tuple[str, ...]:
    """Return what a rung asks, one sentence for each condition, without anybody's figures."""
    level = edition.level(rung)
    sentences = []
    if level.all_at is not None:
        said = {"level": edition.level(level.all_at).title}
        sentences.append(_("Every relevant criterion is at %(level)s or above.") % said)
    if level.share is not None:
        share = {"percent": level.share.percent, "level": edition.level(level.share.at).title}
        sentences.append(
            _("At least %(percent)s %% of the relevant criteria, rounded up, are at %(level)s or above.")
            % share
        )
    if level.rest is not None:
        months = "–".join(str(one) for one in level.rest.months)
        sentences.append(
            _("Each of the others is worked towards and likely to be there within %(months)s months.")
            % {"months": months}
        )
    return tuple(sentences)
