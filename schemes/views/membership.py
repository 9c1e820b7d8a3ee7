"""The member's home of a scheme: apply, see where one stands, say who may read of it, leave."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from ledger.refusals import NotVisible
from organisations.queries import fetch
from organisations.queries.activity import history_of
from organisations.views.access import member_required
from organisations.views.middleware import ViewerRequest
from schemes.actions.decision import mark_done
from schemes.actions.membership import apply as apply_to
from schemes.actions.membership import change_consent
from schemes.actions.membership import withdraw as leave
from schemes.forms.membership import ApplyForm, ConsentForm, LeaveForm
from schemes.lifecycle import AppealState, AssessmentState, MembershipState
from schemes.models import Assessment, ImprovementItem, SchemeMembership
from schemes.permissions.membership import (
    can_apply,
    can_begin_interim,
    can_change_consent,
    can_withdraw,
)
from schemes.permissions.sides import for_the_member
from schemes.queries.assessment import edition_in_force, open_questions, unanswered
from schemes.queries.definition import scheme_called
from schemes.queries.membership import (
    Standing,
    membership_in,
    open_to_applicants,
    own_memberships,
    standing_of,
)
from schemes.views.edition_pieces import rungs_of
from schemes.views.member_pieces import PLACE, is_member, membership_trail, steps_of_membership
from web.dates import day_text
from web.paging import keyset_page
from web.pieces import Crumb, Tile, Todo

MOST_OPEN = 20


@member_required
def memberships(request: ViewerRequest) -> HttpResponse:
    """List the schemes that the organisation is in or was in, and those that it could apply to."""
    viewer = request.viewer
    page = keyset_page(own_memberships(viewer), request=request, order=("-applied_at", "-id"))
    context = {
        "page": page,
        "rows": page.rows,
        "open_schemes": list(open_to_applicants(viewer)[:MOST_OPEN]),
    }
    return render(request, "schemes/memberships.html", context)


@member_required
def apply(request: ViewerRequest, key: str) -> HttpResponse:
    """Say what a scheme asks, what its level says and what it never says; then apply."""
    viewer, scheme = request.viewer, scheme_called(key, viewer=request.viewer)
    if (found := membership_in(viewer, scheme)) is not None and request.method != "POST":
        return redirect("schemes:membership", found.code)
    can_apply(viewer, scheme).require()
    edition = edition_in_force(scheme)
    if edition is None:
        raise NotVisible
    request.place = PLACE
    form = ApplyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made = apply_to(
            viewer=viewer,
            scheme=scheme,
            message=said["message"],
            language=said["language"],
            consents_to_register=form.is_yes,
            at=timezone.now(),
        )
        messages.success(request, _("You have applied. Now say how you work: one criterion at a time."))
        return redirect("schemes:membership", made.code)
    context = {
        "scheme": scheme,
        "edition": edition,
        "content": edition.content,
        "rungs": rungs_of(edition.content),
        "form": form,
        "crumbs": [
            Crumb(_("Schemes"), reverse("schemes:memberships")),
            Crumb(scheme.title, reverse("schemes:scheme", args=[scheme.key])),
            Crumb(_("Apply")),
        ],
    }
    return render(request, "schemes/apply.html", context, status=422 if form.is_bound else 200)


@member_required
def membership(request: ViewerRequest, code: str) -> HttpResponse:
    """Show where a member stands: the picture, the level, the next date, what waits, what was decided."""
    viewer, found = request.viewer, _membership(request, code)
    standing, mine = standing_of(viewer, found), is_member(request, found)
    newest = standing.newest
    context: dict[str, Any] = {
        "membership": found,
        "standing": standing,
        "is_member": mine,
        "steps": steps_of_membership(found, newest),
        "tiles": _tiles(standing),
        "todos": _waiting(standing) if mine else [],
        "may_change": bool(can_change_consent(viewer, found)),
        "may_leave": bool(can_withdraw(viewer, found)),
        "may_mark": bool(for_the_member(viewer, found)),
        "may_begin": bool(can_begin_interim(viewer, found)) and standing.under_way is None,
        "may_apply_again": mine and not found.is_open,
        "today": timezone.localdate(),
        "happenings": history_of(found, viewer),
        "crumbs": membership_trail(request, found)[:-1] if mine else [],
    }
    return render(request, "schemes/membership.html", context)


@member_required
def consent(request: ViewerRequest, code: str) -> HttpResponse:
    """Let the public register show the membership, or not."""
    found = _membership(request, code)
    can_change_consent(request.viewer, found).require()
    form = ConsentForm(
        request.POST if request.method == "POST" else None, consents=found.consents_to_register
    )
    if request.method == "POST" and form.is_valid():
        change_consent(viewer=request.viewer, membership=found, consents=form.is_yes, at=timezone.now())
        said = (
            _("Saved. The public register shows your organisation while it holds a level.")
            if form.is_yes
            else _("Saved. The public register does not show your organisation.")
        )
        messages.success(request, said)
        return redirect("schemes:membership", found.code)
    crumbs = membership_trail(request, found, _("Public register"))
    context = {"membership": found, "form": form, "crumbs": crumbs}
    return render(request, "schemes/membership_consent.html", context, status=422 if form.is_bound else 200)


@member_required
def withdraw(request: ViewerRequest, code: str) -> HttpResponse:
    """Leave a scheme, after saying what that means."""
    found = _membership(request, code)
    can_withdraw(request.viewer, found).require()
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        leave(viewer=request.viewer, membership=found, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("You have left the scheme. You can apply again on any day."))
        return redirect("schemes:membership", found.code)
    context = {
        "membership": found,
        "form": form,
        "has_applied_only": found.state == MembershipState.APPLIED,
        "crumbs": membership_trail(request, found, _("Leave")),
    }
    return render(request, "schemes/membership_withdraw.html", context, status=422 if form.is_bound else 200)


@member_required
@require_POST
def improvement_done(request: ViewerRequest, code: str, item: str) -> HttpResponse:
    """Say of a line of the improvement schedule that it is done, or that it is not after all."""
    found = _membership(request, code)
    lines = ImprovementItem.objects.filter(decision__membership=found)
    line = fetch(ImprovementItem, item, viewer=request.viewer, queryset=lines)
    is_done = request.POST.get("done") != "no"
    mark_done(viewer=request.viewer, item=line, is_done=is_done, at=timezone.now())
    said = _("Marked as done. Show it with evidence in your next assessment.")
    messages.success(request, said if is_done else _("Marked as still to do."))
    return redirect(f"{reverse('schemes:membership', args=[found.code])}#schedule")


def _membership(request: ViewerRequest, code: str) -> SchemeMembership:
    rows = SchemeMembership.objects.select_related("scheme")
    return fetch(SchemeMembership, code, viewer=request.viewer, queryset=rows)


def _tiles(standing: Standing) -> list[Tile]:
    """Return the figures: the level, and the day that matters next."""
    membership, assessment = standing.membership, standing.under_way
    own_due = assessment.due_on if assessment is not None else None
    url = reverse("schemes:assessment", args=[assessment.code]) if assessment is not None else ""
    tiles = [
        Tile(
            _("Level"),
            membership.level_title or _("None yet"),
            note=_("since %(day)s") % {"day": day_text(membership.joined_on)} if membership.joined_on else "",
        )
    ]
    if membership.improve_by:
        tiles.append(Tile(_("Time to improve until"), day_text(membership.improve_by)))
    elif membership.next_due_on and membership.is_open:
        is_this = membership.next_due_on == own_due
        tiles.append(Tile(_("Next assessment due"), day_text(membership.next_due_on), url if is_this else ""))
    if own_due and own_due not in {membership.improve_by, membership.next_due_on}:
        tiles.append(Tile(_("This assessment is due"), day_text(own_due), url))
    if standing.certificate is not None:
        until = day_text(standing.certificate.expires_on)
        tiles.append(Tile(_("Certificate valid until"), until, "#papers"))
    return tiles


def _waiting(standing: Standing) -> list[Todo]:
    """Return what waits for the member, the most urgent first."""
    todos, assessment = [], standing.under_way
    if assessment is not None and assessment.state == AssessmentState.CLARIFICATION:
        todos.append(_questions(assessment))
    if assessment is not None and assessment.state == AssessmentState.ANSWERING:
        todos.append(_answers(assessment))
    if (notice := standing.notice) is not None:
        todos.append(
            Todo(
                _("An improvement notice"),
                _("says what must be done by %(day)s") % {"day": day_text(notice.answer_by)},
                "#notice",
                _("Read it"),
            )
        )
    if open_items := [one for one in standing.items if one.done_at is None]:
        said = ngettext(
            "has %(n)s line to work on, the first by %(day)s",
            "has %(n)s lines to work on, the first by %(day)s",
            len(open_items),
        ) % {"n": len(open_items), "day": day_text(open_items[0].by_on)}
        schedule = Todo(_("Your improvement schedule"), said, "#schedule", _("See it"))
        # What has to be improved comes before what could be sent as it was.
        is_first = standing.membership.state == MembershipState.IMPROVING
        todos.insert(0 if is_first else len(todos), schedule)
    if any(one.state == AppealState.OPEN for one in standing.appeals):
        url = reverse("schemes:appeal", args=[standing.appeals[0].assessment.code])
        todos.append(Todo(_("Your appeal"), _("waits for an answer of the scheme"), url, _("Read it")))
    return [replace(todo, is_primary=place == 0) for place, todo in enumerate(todos)]


def _questions(assessment: Assessment) -> Todo:
    count = open_questions(assessment)
    said = ngettext("has asked %(n)s question", "has asked %(n)s questions", count) % {"n": count}
    url = reverse("schemes:clarifications", args=[assessment.code])
    return Todo(_("The assessor"), said, url, _("Read and answer"))


def _answers(assessment: Assessment) -> Todo:
    missing = len(unanswered(assessment))
    url = reverse("schemes:assessment", args=[assessment.code])
    if not missing:
        url = reverse("schemes:submit", args=[assessment.code])
        said = _("is answered and can be sent")
        return Todo(_("Your self-assessment"), said, url, _("Check and send"))
    said = ngettext("has %(n)s criterion to answer", "has %(n)s criteria to answer", missing) % {"n": missing}
    if assessment.due_on:
        said += " · " + _("due %(day)s") % {"day": day_text(assessment.due_on)}
    return Todo(_("Your self-assessment"), said, url, _("Go on"))
