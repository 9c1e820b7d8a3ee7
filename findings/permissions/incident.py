"""Who may do what in a case. Everyone asked about here is named in it already: nobody else ever gets this far."""

from django.utils.translation import gettext as _

from findings.models import Incident, IncidentAccess, IncidentMember, IncidentTask
from ledger.refusals import ALLOWED, Decision, denied
from organisations.permissions import can_edit
from organisations.visibility import Capability, Viewer


def can_open_case(viewer: Viewer) -> Decision:
    """The supplier or an auditor of the site opens a case: editors and admins."""
    if not (viewer.has(Capability.SUPPLIER) or viewer.has(Capability.AUDIT_FIRM)):
        return denied(
            "not-at-the-site",
            _("The supplier or the audit firm opens a case. Please call the supplier today, and ask for it."),
        )
    return can_edit(viewer)


def can_work_in_case(incident: Incident, mine: IncidentAccess) -> Decision:
    """Whoever is named to do more than read writes in a case that is not closed."""
    if not mine.may_write:
        return denied("case-read-only", _("You are named to read this case, not to write in it."))
    if incident.is_closed:
        return denied("case-closed", _("This case is closed. Whoever leads it can open it again."))
    return ALLOWED


def can_name_people(mine: IncidentAccess) -> Decision:
    """Whoever leads the case says who is named in it."""
    if mine.is_lead:
        return ALLOWED
    return denied("not-the-lead", _("Only whoever leads this case can do this."))


def can_inform_customers(mine: IncidentAccess) -> Decision:
    """Which customers are told is the supplier's choice, made by whoever leads the case there."""
    if mine.is_lead and not mine.is_site:
        return denied("not-the-supplier", _("Which customers are told is for the supplier to choose."))
    return can_name_people(mine)


def can_end_naming(mine: IncidentAccess, member: IncidentMember) -> Decision:
    """Everyone may leave; whoever leads the case for the supplier ends anybody's naming, an auditor a colleague's."""
    if member.ended_at is not None:
        return denied("naming-ended", _("This person is not named in the case any more."))
    if mine.member_id == member.pk:
        return ALLOWED
    if not mine.is_site and member.organisation_id != mine.organisation_id:
        return denied("not-the-supplier", _("Only the supplier can do this."))
    return can_name_people(mine)


def can_set_task(incident: Incident, mine: IncidentAccess) -> Decision:
    """The supplier's people share out the work; others ask for what they want to see done."""
    if not mine.is_site and not mine.is_lead:
        return denied(
            "not-the-supplier", _("The supplier shares out tasks. You can ask for something instead.")
        )
    return can_work_in_case(incident, mine)


def can_finish_task(incident: Incident, mine: IncidentAccess, task: IncidentTask) -> Decision:
    """Whoever has the task, or the supplier's people, say that it is done."""
    if task.done_at is not None:
        return denied("task-done", _("This task is done already."))
    if not mine.is_site and task.owner_id != mine.member_id:
        return denied("not-your-task", _("Somebody else has this task."))
    return can_work_in_case(incident, mine)


def can_ask(incident: Incident, mine: IncidentAccess) -> Decision:
    """Everyone but the supplier's own people may ask the supplier for something."""
    if mine.is_site:
        return denied("own-side", _("The others ask you. Set a task instead."))
    return can_work_in_case(incident, mine)


def can_answer(incident: Incident, mine: IncidentAccess) -> Decision:
    """The supplier's people answer what is asked."""
    if not mine.is_site:
        return denied("not-the-supplier", _("The supplier answers this."))
    return can_work_in_case(incident, mine)


def can_close_case(incident: Incident, mine: IncidentAccess) -> Decision:
    """Whoever leads an open case closes it, with a report."""
    decision = can_name_people(mine)
    return decision and can_work_in_case(incident, mine)


def can_reopen_case(incident: Incident, mine: IncidentAccess) -> Decision:
    """Whoever leads a closed case opens it again."""
    if not incident.is_closed:
        return denied("case-open", _("This case is open."))
    return can_name_people(mine)
