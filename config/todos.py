"""The words of what waits for a member: one line for each kind, the most urgent first."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from findings.queries.todos import parts_of as findings_parts
from forum.queries.consultation_todos import parts_of_consultations
from forum.queries.feedback import parts_of_feedback
from forum.queries.meeting_todos import parts_of_meetings
from forum.queries.todos import parts_of as forum_parts
from organisations.queries.waiting import Waiting, waiting_in
from organisations.visibility import Viewer
from schemes.queries.todos import parts_of as schemes_parts
from schemes.queries.work_todos import parts_of_body
from web.dates import day_text
from web.pieces import Todo

MOST = 8
OF_A_KIND = 2  # as long as other kinds wait, too
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Words:
    """How a kind reads.

    Args:
        what: goes on after the name. verb: on the button. route: by the code, or a page of its own.
        status: the table of statuses that its state is looked up in; empty for none.
        day: "due" for a date by which, "until" for the last day, "" to leave it out.
    """

    what: "str | Promise"
    verb: "str | Promise"
    route: str
    status: str = ""
    day: str = ""


_t = gettext_lazy
_FINDING = "findings:finding"
# In the order of urgency.
KINDS: dict[str, Words] = {
    "case": Words(_t("you are named in"), _t("Open"), "findings:incidents"),
    "grave": Words(
        _t("has something business critical past its date"), _t("Look"), _FINDING, "nc", day="due"
    ),
    "scheme_overdue": Words(
        _t("has waited for your answers past its date"), _t("Go on"), "schemes:assessment", day="due"
    ),
    "scheme_notice": Words(
        _t("says what must be done"),
        _t("Read the notice"),
        "schemes:membership",
        "scheme_membership",
        day="due",
    ),
    "scheme_question": Words(
        _t("asks you something"), _t("Read and answer"), "schemes:clarifications", "assessment"
    ),
    "sent_back": Words(_t("was sent back: more is needed"), _t("Read and answer"), _FINDING, "nc", day="due"),
    "overdue": Words(_t("is past its date"), _t("Say what was done"), _FINDING, "nc", day="due"),
    "no_more_time": Words(_t("gets no more time"), _t("See why"), _FINDING, "nc", day="due"),
    "review": Words(
        _t("has an audit to read before it is published"),
        _t("Read and answer"),
        "findings:audit_review",
        "audit",
        day="left",
    ),
    "dispute": Words(_t("disputes what you wrote"), _t("Read and answer"), _FINDING),
    "extension": Words(_t("asks for more time"), _t("Read and answer"), "findings:extension_answer", "nc"),
    "to_verify": Words(_t("has sent a corrective action"), _t("Check it"), _FINDING, "nc"),
    "customer": Words(
        _t("asks to be linked with you as a customer"), _t("Read and answer"), "sourcing:link", "link"
    ),
    "plan": Words(
        _t("shares an action plan and asks for your answer"), _t("Read and answer"), _FINDING, "car"
    ),
    "call": Words(_t("would like to talk with you"), _t("See the times"), "findings:call", "call"),
    "evidence_asked": Words(
        _t("asks you for evidence"), _t("Read and answer"), "findings:evidence_request", "evidence_request"
    ),
    "report": Words(_t("waits for your report"), _t("Report"), "findings:plan_update", "car", day="due"),
    "no_plan": Words(_t("has no action plan yet"), _t("Start"), _FINDING, "car"),
    "variance": Words(_t("asks about its own code"), _t("Read and answer"), "findings:variance", "variance"),
    "variance_answered": Words(
        _t("has answered about your own code"), _t("Read"), "findings:variance", "variance"
    ),
    "scheme_decided": Words(
        _t("has decided about you"), _t("Read the decision"), "schemes:decision", day="on"
    ),
    "scheme_appeal": Words(_t("has answered your appeal"), _t("Read the answer"), "schemes:appeal", "appeal"),
    "scheme_due": Words(
        _t("waits for your answers"), _t("Go on"), "schemes:assessment", "assessment", day="due"
    ),
    "scheme_item": Words(_t("asks you to improve"), _t("See the schedule"), "schemes:membership", day="due"),
    "scheme_appealed": Words(
        _t("appeals from a decision"), _t("Read and answer"), "schemes:appeal_answer", "appeal"
    ),
    "scheme_decide": Words(
        _t("waits for your decision"), _t("Decide"), "schemes:decide", "assessment", day="due"
    ),
    "scheme_assign": Words(
        _t("has nobody who works on it"), _t("Choose somebody"), "schemes:assign", "assessment", day="due"
    ),
    "scheme_begin": Words(
        _t("has sent its answers to you"), _t("Begin"), "schemes:assessment", "assessment", day="due"
    ),
    "scheme_late": Words(
        _t("has let its date pass"), _t("Look"), "schemes:assessment", "assessment", day="due"
    ),
    "scheme_score": Words(
        _t("is being assessed by you"), _t("Go on scoring"), "schemes:score_next", "assessment", day="due"
    ),
    "due": Words(_t("is due soon"), _t("Say what was done"), _FINDING, "nc", day="due"),
    "group_ballot": Words(
        _t("asks for the vote of your seat"), _t("Read and vote"), "forum:ballot_by_code", day="due"
    ),
    "group_action": Words(
        _t("waits for something you have taken on"), _t("See what"), "forum:my_action_items", day="due"
    ),
    "forum_feedback": Words(
        _t("has comments that wait for an answer"), _t("Read and answer"), "forum:feedback_read"
    ),
    "forum_feedback_over": Words(
        _t("has had its feedback: the summary is to be written"), _t("Look"), "forum:feedback_read"
    ),
    "engagement": Words(
        _t("asks you to audit a site"), _t("Read and answer"), "sourcing:engagement", "engagement"
    ),
    "at_work": Words(_t("has an audit you are working on"), _t("Go on"), "findings:audit", "audit", day="on"),
    "follow_up": Words(_t("has a follow-up visit ahead"), _t("Prepare"), "findings:audit", "audit", day="on"),
    "introduction": Words(
        _t("asks whether you want to meet other customers"),
        _t("Read and answer"),
        "findings:introduction_asked",
    ),
    "commitment": Words(
        _t("has committed support"), _t("Read and confirm"), "findings:commitment", "commitment"
    ),
    "event_offer": Words(
        _t("has a place that is kept for you"), _t("Say yes or no"), "forum:registration", day="until"
    ),
    "forum_meeting": Words(_t("meets within a day"), _t("Look"), "forum:meeting_by_code"),
    "forum_minutes": Words(
        _t("asks you to read its minutes"),
        _t("Read and answer"),
        "forum:minutes_by_code",
        "minutes",
        day="due",
    ),
    "rhythm": Words(_t("wishes for another rhythm of reports"), _t("Read and answer"), _FINDING),
    "forum_notice": Words(
        _t("keeps your groups closed until you accept it"), _t("Read and accept"), "forum:notice"
    ),
    "forum_invited": Words(_t("invites you to take part"), _t("Read and answer"), "forum:group"),
    "forum_asked": Words(_t("has people who ask to join"), _t("Read and answer"), "forum:group_requests"),
    "supplier": Words(
        _t("asks to be linked with you as a supplier"), _t("Read and answer"), "sourcing:link", "link"
    ),
    "more_time": Words(_t("has more time now"), _t("See the date"), _FINDING, "nc", day="due"),
    "scheme_answers": Words(
        _t("waits for your self-assessment"), _t("Go on"), "schemes:assessment", "assessment"
    ),
    "expiring": Words(_t("is evidence that runs out"), _t("Renew it"), "findings:evidence_piece", day="due"),
    "with_site": Words(_t("is reading your audit"), _t("Open"), "findings:audit", "audit"),
    "forum_minutes_over": Words(
        _t("has minutes whose approval you can record"), _t("Look"), "forum:minutes_by_code", "minutes"
    ),
    "forum_consultation": Words(
        _t("has comments that wait for a response and a reason"),
        _t("Answer"),
        "forum:consultation",
        "consultation",
    ),
    "forum_minutes_publish": Words(
        _t("has approved minutes to publish"), _t("Look"), "forum:minutes_by_code", "minutes"
    ),
    "scheduled": Words(_t("has an audit ahead"), _t("Prepare"), "findings:audit", "audit", day="on"),
}
RANKS = {kind: rank for rank, kind in enumerate(KINDS)}
LATE_REPORT = RANKS["overdue"]


def todos_of(viewer: Viewer, *, at: dt.datetime, on: dt.date) -> list[Waiting]:
    """Return what waits for the viewer in every app, in one statement: at most eight rows of a kind, unordered."""
    parts = (
        findings_parts,
        schemes_parts,
        parts_of_body,
        forum_parts,
        parts_of_meetings,
        parts_of_feedback,
        parts_of_consultations,
    )
    return waiting_in([one for parts_of in parts for one in parts_of(viewer, at=at, on=on)])


def todos_from(rows: Iterable[Waiting], today: dt.date) -> list[Todo]:
    """Return at most eight lines, the most urgent first; no kind fills the list while others wait."""
    ordered = sorted(rows, key=lambda row: (_rank(row, today), row.on or today))
    seen: Counter[str] = Counter()
    first: list[Waiting] = []
    more: list[Waiting] = []
    for row in ordered:
        seen[row.kind] += 1
        (first if seen[row.kind] <= OF_A_KIND else more).append(row)
    chosen = (first + more)[:MOST]
    chosen.sort(key=lambda row: (_rank(row, today), row.on or today))
    return [_todo(row, today) for row in chosen]


def _rank(row: Waiting, today: dt.date) -> int:
    is_late_report = row.kind == "report" and row.on is not None and row.on < today
    return LATE_REPORT if is_late_report else RANKS[row.kind]


def _todo(row: Waiting, today: dt.date) -> Todo:
    words = KINDS[row.kind]
    who = row.who or str(
        _("The competition-law notice") if row.kind == "forum_notice" else _("There is a case")
    )
    state, route = row.state, words.route
    if row.kind in {"overdue", "grave"}:
        state = "overdue"
    if row.kind == "sent_back":
        state = "more_needed"
    if row.kind == "dispute":
        route, state = ("findings:audit" if row.state == "audit" else _FINDING), ""
    parts = [Truncator(row.note).chars(LONGEST), _day(row, words, today)]
    return Todo(
        who,
        str(words.what),
        reverse(route, args=[row.code]) if row.code else reverse(route),
        str(words.verb),
        words.status,
        state if words.status else "",
        note=" · ".join(part for part in parts if part),
    )


def _day(row: Waiting, words: Words, today: dt.date) -> str:
    if row.on is None or not words.day:
        return ""
    shown = day_text(row.on)
    if words.day == "on":
        return shown
    if words.day == "until":
        return _("until %(on)s") % {"on": shown}
    if words.day == "left":
        days = (row.on - today).days
        return ngettext("%(count)s day left", "%(count)s days left", days) % {"count": days}
    return _("late since %(on)s") % {"on": shown} if row.on < today else _("due %(on)s") % {"on": shown}
