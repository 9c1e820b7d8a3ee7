"""The verbs of an initiative's page: describe it, put it right, publish it."""

import datetime as dt
from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.entries import record
from ledger.refusals import Refusal
from organisations.visibility import Viewer
from schemes.models import Initiative
from schemes.models.rating_facts import InitiativeFacts
from schemes.permissions.initiative import can_describe, can_keep_initiative, can_publish_initiative
from sourcing.queries.organisation import organisation_with_code

DESCRIBED = "schemes.initiative_described"
EDITED = "schemes.initiative_edited"
PUBLISHED = "schemes.initiative_published"


def describe_initiative(
    *, viewer: Viewer, said: InitiativeFacts, organisation_code: str = "", at: dt.datetime
) -> Initiative:
    """Describe an initiative; nobody else sees its page until it is published.

    Args:
        organisation_code: of the initiative's own organisation here, which then replies to ratings.

    Raises:
        Forbidden: see `can_describe`. Refusal: `described-already`, `unknown-organisation`, `itself`.
    """
    can_describe(viewer).require()
    _check_name(viewer, said.name)
    with transaction.atomic():
        made = Initiative.objects.create(
            body_id=viewer.organisation_id,
            organisation_id=_organisation(viewer, organisation_code),
            added_at=at,
            **asdict(said),
        )
        made.refresh_from_db()
        record(verb=DESCRIBED, by=viewer, subject=made, owner_id=made.body_id, at=at)
    return made


def edit_initiative(
    *,
    viewer: Viewer,
    initiative: Initiative,
    said: InitiativeFacts,
    organisation_code: str | None = None,
    at: dt.datetime,
) -> Initiative:
    """Put the facts of an initiative right.

    Args:
        organisation_code: None leaves it as it is.

    Raises:
        Forbidden: see `can_keep_initiative`. Refusal: as for `describe_initiative`.
    """
    can_keep_initiative(viewer, initiative).require()
    _check_name(viewer, said.name, but=initiative.pk)
    with transaction.atomic():
        facts = asdict(said)
        for name, value in facts.items():
            setattr(initiative, name, value)
        fields = [*facts]
        if organisation_code is not None:
            initiative.organisation_id = _organisation(viewer, organisation_code)
            fields.append("organisation_id")
        initiative.save(update_fields=fields)
        record(verb=EDITED, by=viewer, subject=initiative, owner_id=initiative.body_id, at=at)
    return initiative


def publish_initiative(*, viewer: Viewer, initiative: Initiative, at: dt.datetime) -> Initiative:
    """Show the page of an initiative to everybody; this cannot be taken back.

    Raises:
        Forbidden: see `can_publish_initiative`.
    """
    can_publish_initiative(viewer, initiative).require()
    with transaction.atomic():
        initiative = Initiative.objects.select_for_update().get(pk=initiative.pk)
        can_publish_initiative(viewer, initiative).require()
        initiative.published_at = at
        initiative.save(update_fields=["published_at"])
        record(verb=PUBLISHED, by=viewer, subject=initiative, owner_id=initiative.body_id, at=at)
    return initiative


def _check_name(viewer: Viewer, name: str, *, but: int = 0) -> None:
    rows = Initiative.objects.filter(body_id=viewer.organisation_id, name=name).exclude(pk=but)
    if rows.exists():
        raise _refusal("described-already", _("You describe an initiative of this name already."), "name")


def _organisation(viewer: Viewer, code: str) -> int | None:
    if not code.strip():
        return None
    found = organisation_with_code(code.strip().upper())
    if found is None:
        raise _refusal("unknown-organisation", _("There is no organisation with this code."), "organisation")
    if found.id == viewer.organisation_id:
        raise _refusal("itself", _("Nobody rates itself."), "organisation")
    return found.id


def _refusal(code: str, sentence: str, field: str) -> Refusal:
    return Refusal(code, sentence, status=422, fields={field: [sentence]})
