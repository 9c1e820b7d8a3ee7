"""How what happens in schemes reads in a history; one sentence per verb that actions record."""

from django.utils.translation import gettext_lazy as _

from ledger.phrases import phrase
from schemes.actions import (
    answer,
    appeal,
    assessment,
    clarification,
    decision,
    evidence,
    membership,
    people,
    score,
)
from schemes.lifecycle import Outcome

MEMBERSHIP, ASSESSMENT = "schemes:membership", "schemes:assessment"

phrase(membership.APPLIED, _("%(who)s applied to %(scheme)s."), route=MEMBERSHIP)
phrase(
    membership.CONSENTED,
    _("%(who)s changed whether %(what)s stands in the public register of %(scheme)s."),
    route=MEMBERSHIP,
)
phrase(membership.WITHDRAWN, _("%(who)s left %(scheme)s."), route=MEMBERSHIP)
phrase(
    membership.ASSESSMENT_WITHDRAWN,
    _("The assessment of %(what)s by %(scheme)s was withdrawn."),
    route=ASSESSMENT,
)

phrase(assessment.OPENED, _("An assessment of %(what)s by %(scheme)s was opened."), route=ASSESSMENT)
phrase(assessment.SUBMITTED, _("%(who)s sent the answers of %(what)s to %(scheme)s."), route=ASSESSMENT)
phrase(
    assessment.TAKEN_UP,
    _("%(who)s took up the overdue assessment of %(what)s by %(scheme)s."),
    route=ASSESSMENT,
)
phrase(
    assessment.RESCHEDULED,
    _("%(who)s moved the date of the assessment of %(what)s from %(before)s to %(after)s."),
    route=ASSESSMENT,
)
phrase(assessment.STARTED, _("%(who)s began to assess %(what)s."), route=ASSESSMENT)
phrase(assessment.WENT_ON, _("%(who)s went on assessing %(what)s without an answer."), route=ASSESSMENT)
phrase(assessment.PROPOSED, _("%(who)s proposed a result for %(what)s."), route=ASSESSMENT)
phrase(
    assessment.SENT_BACK,
    _("%(who)s gave the assessment of %(what)s back to its assessors."),
    route=ASSESSMENT,
)

phrase(people.ASSIGNED, _("%(who)s assigned somebody to the assessment of %(what)s."), route=ASSESSMENT)
phrase(people.UNASSIGNED, _("%(who)s ended an assignment to the assessment of %(what)s."), route=ASSESSMENT)
phrase(people.DECLARED, _("%(who)s declared interests for the assessment of %(what)s."), route=ASSESSMENT)

phrase(answer.ANSWERED, _("%(who)s answered “%(criterion)s” of %(scheme)s."), route=ASSESSMENT)
phrase(evidence.ATTACHED, _("%(who)s showed “%(evidence)s” to %(scheme)s."), route=ASSESSMENT)
phrase(evidence.POINTED, _("%(who)s said anew what “%(evidence)s” proves to %(scheme)s."), route=ASSESSMENT)
phrase(
    evidence.DETACHED, _("%(who)s took “%(evidence)s” out of an assessment by %(scheme)s."), route=ASSESSMENT
)
phrase(score.SCORED, _("%(who)s scored “%(criterion)s” of %(what)s: %(after)s."), route=ASSESSMENT)
phrase(clarification.ASKED, _("%(who)s asked %(what)s a question about the assessment."), route=ASSESSMENT)
phrase(clarification.ANSWERED, _("%(who)s answered a question about the assessment."), route=ASSESSMENT)

OUTCOMES = {
    Outcome.AWARD.value: _("level awarded"),
    Outcome.IMPROVE.value: _("time to improve"),
    Outcome.CONTINUE.value: _("continues"),
    Outcome.MOVE_UP.value: _("moves up"),
    Outcome.NOTICE.value: _("improvement notice"),
    Outcome.DOWN.value: _("moved one level down"),
    Outcome.REMOVE.value: _("removed"),
    Outcome.UPHOLD_APPEAL.value: _("appeal upheld"),
}
phrase(
    decision.DECIDED,
    _("%(who)s decided about %(what)s: %(outcome)s."),
    route=ASSESSMENT,
    labels=OUTCOMES,
)
for _outcome, _words in {
    Outcome.AWARD: _("%(what)s was awarded %(level_after)s of %(scheme)s."),
    Outcome.IMPROVE: _("%(what)s has time to improve for %(scheme)s."),
    Outcome.CONTINUE: _("%(what)s continues at %(level_after)s of %(scheme)s."),
    Outcome.MOVE_UP: _("%(what)s moved up from %(level_before)s to %(level_after)s of %(scheme)s."),
    Outcome.NOTICE: _("%(what)s got an improvement notice of %(scheme)s."),
    Outcome.DOWN: _("%(what)s was moved down from %(level_before)s to %(level_after)s of %(scheme)s."),
    Outcome.REMOVE: _("%(what)s was removed from %(scheme)s."),
    Outcome.UPHOLD_APPEAL: _("A decision about %(what)s of %(scheme)s was taken back."),
}.items():
    phrase(decision.VERBS[_outcome], _words, route=MEMBERSHIP)
phrase(
    decision.ITEM_DONE,
    _("%(who)s said how far an improvement for %(scheme)s is: “%(item_words)s”."),
    route=ASSESSMENT,
)

phrase(appeal.APPEALED, _("%(who)s appealed from a decision of %(scheme)s."))
phrase(appeal.WITHDRAWN, _("%(who)s took an appeal from a decision of %(scheme)s back."))
phrase(appeal.UPHELD, _("%(who)s upheld the appeal of %(member)s."))
phrase(appeal.REJECTED, _("%(who)s rejected the appeal of %(member)s."))
