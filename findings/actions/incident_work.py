"""The work in a case: first steps, the log with its files, tasks, and what others ask for."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from documents.models import Document
from findings.actions.incident import TASK_SET, act_on, locked, log_step, tell
from findings.definitions.first_steps import first_step
from findings.models import Incident, IncidentDemand, IncidentMember, IncidentStep, IncidentTask
from findings.permissions.incident import can_answer, can_ask, can_finish_task, can_set_task, can_work_in_case
from findings.queries.incident import my_place_in
from ledger.entries import Alone, record
from ledger.refusals import Refusal
from organisations.models import Organisation
from organisations.visibility import Viewer


def do_first_step(
    *, viewer: Viewer, incident: Incident, key: str, note: str = "", at: datetime
) -> IncidentStep:
    """Say that one of the first steps is done; it stands in the log with who said so and when.

    Raises:
        Forbidden: see `can_answer`: the supplier's people alone can say so.
        Refusal: `unknown-step`; `done-already`.
    """
    with transaction.atomic():
        incident = locked(viewer, incident)
        mine = my_place_in(viewer, incident)
        can_answer(incident, mine).require()
        found = first_step(incident.kind, key)
        if found is None:
            raise Refusal("unknown-step", _("There is no such step in this case."), status=404)
        if incident.steps.filter(first_step=key).exists():
            raise Refusal("done-already", _("Somebody has noted this already."))
        text = f"{found.what}. {note.strip()}".strip()
        step = log_step(mine, kind=IncidentStep.Kind.SAFETY, text=text, first_step=key, at=at)
        act_on(incident, viewer, at)
        tell(incident, viewer, at)
    return step


def add_step(
    *,
    viewer: Viewer,
    incident: Incident,
    text: str,
    language: str = "",
    audience: str = IncidentStep.Audience.ALL,
    organisation: Organisation | None = None,
    document: Document | None = None,
    at: datetime,
) -> IncidentStep:
    """Write down what was done or said, for those whom the writer chose.

    Promises: the supplier writes to everyone named, to its own people, or to one organisation; everyone else writes
    to the supplier and their own colleagues in the case. Those who read it are told that there is news.

    Args:
        document: a file stored in this case by the writer.

    Raises:
        Forbidden: see `can_work_in_case`.
    """
    with transaction.atomic():
        incident = locked(viewer, incident)
        mine = my_place_in(viewer, incident)
        can_work_in_case(incident, mine).require()
        more: dict[str, Any] = {"language": language, "document": document, "audience": audience}
        if audience == IncidentStep.Audience.ONE and organisation is not None:
            more["organisation_id"] = organisation.pk
        is_word = not mine.is_site or audience == IncidentStep.Audience.ONE
        kind = IncidentStep.Kind.WORD if is_word else IncidentStep.Kind.DONE
        step = log_step(mine, kind=kind, text=text.strip(), at=at, **more)
        if mine.is_site:
            act_on(incident, viewer, at)
        tell(incident, viewer, at, audience={"audience": step.audience, "organisation": step.organisation_id})
    return step


def set_task(
    *,
    viewer: Viewer,
    incident: Incident,
    what: str,
    owner: IncidentMember,
    due_on: date,
    language: str = "",
    at: datetime,
) -> IncidentTask:
    """Give a named person something to do by a day; they are reminded on that day.

    Promises: a task of the supplier's people is read by everyone named; one of somebody else by the supplier and
    that organisation alone.

    Raises:
        Forbidden: see `can_set_task`.
        Refusal: `not-named`, when the owner is named no longer.
    """
    with transaction.atomic():
        incident = locked(viewer, incident)
        mine = my_place_in(viewer, incident)
        can_set_task(incident, mine).require()
        if owner.incident_id != incident.pk or owner.ended_at is not None:
            raise Refusal("not-named", _("Choose somebody who is named in this case."), status=422)
        task = IncidentTask.objects.create(
            incident=incident,
            what=what.strip(),
            language=language,
            owner=owner,
            due_on=due_on,
            set_by_id=viewer.person_id,
            set_at=at,
        )
        task.refresh_from_db()
        record(
            verb=TASK_SET,
            by=Alone(viewer.person_id),
            subject=incident,
            owner_id=None,
            at=at,
            data={"task": task.pk, "member": owner.pk},
        )
    return task


def finish_task(*, viewer: Viewer, task: IncidentTask, outcome: str = "", at: datetime) -> IncidentTask:
    """Say that a task is done, and what came of it; whoever asked for it is told that there is news.

    Raises:
        Forbidden: see `can_finish_task`.
    """
    with transaction.atomic():
        incident = locked(viewer, task.incident)
        task = incident.tasks.select_for_update(of=("self",)).get(pk=task.pk)
        can_finish_task(incident, my_place_in(viewer, incident), task).require()
        task.done_at, task.outcome = at, outcome.strip()
        task.save(update_fields=["done_at", "outcome"])
        tell(incident, viewer, at, audience={"organisation": task.organisation_id})
    return task


def ask_for(
    *, viewer: Viewer, incident: Incident, text: str, language: str = "", at: datetime
) -> IncidentDemand:
    """Ask the supplier for something; nobody but the supplier and one's own colleagues in the case reads it.

    Raises:
        Forbidden: see `can_ask`.
    """
    with transaction.atomic():
        incident = locked(viewer, incident)
        mine = my_place_in(viewer, incident)
        can_ask(incident, mine).require()
        demand = IncidentDemand.objects.create(
            incident=incident,
            organisation_id=viewer.organisation_id,
            member_id=mine.member_id,
            text=text.strip(),
            language=language,
            asked_at=at,
        )
        demand.refresh_from_db()
        tell(incident, viewer, at, audience={"audience": "one", "organisation": viewer.organisation_id})
    return demand


def answer_demand(
    *,
    viewer: Viewer,
    demand: IncidentDemand,
    task: IncidentTask | None = None,
    answer: str = "",
    language: str = "",
    at: datetime,
) -> IncidentDemand:
    """Answer a request in words, or make it part of a task: many requests may share one.

    Raises:
        Forbidden: see `can_answer`.
        Refusal: `answered-already`; `no-answer`; `not-shared`, for a task that the asker could not read.
    """
    with transaction.atomic():
        incident = locked(viewer, demand.incident)
        can_answer(incident, my_place_in(viewer, incident)).require()
        demand = incident.demands.select_for_update(of=("self",)).get(pk=demand.pk)
        if demand.answered_at is not None:
            raise Refusal("answered-already", _("This request is answered already."))
        if task is None and not answer.strip():
            raise Refusal(
                "no-answer", _("Write an answer, or choose the task that it belongs to."), status=422
            )
        if task is not None and task.organisation_id not in {None, demand.organisation_id}:
            raise Refusal(
                "not-shared", _("They cannot read this task. Choose one of your own people."), status=422
            )
        demand.task, demand.answer, demand.answer_language = task, answer.strip(), language
        demand.answered_at = at
        demand.save(update_fields=["task", "answer", "answer_language", "answered_at"])
        tell(incident, viewer, at, audience={"audience": "one", "organisation": demand.organisation_id})
    return demand
