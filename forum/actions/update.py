"""The verbs of outside bodies: open a place, write, publish, correct and withdraw an update, follow."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from forum.lifecycle import UPDATE, UpdateState
from forum.models import Body, BodyFigure, BodyFollower, BodyUpdate, BodyUpdateVersion
from forum.models.update_facts import FigureSaid, UpdateSaid
from forum.permissions.update import (
    can_change_update,
    can_follow,
    can_name_body,
    can_open_body,
    can_post,
)
from forum.queries.organisation import organisation_called
from forum.queries.update import sealed
from ledger.entries import record
from ledger.refusals import Refusal
from ledger.transitions import move
from organisations.visibility import Viewer

OPENED = "forum.body_opened"
DESCRIBED = "forum.body_described"
ASKED = "forum.body_answers_for_audits"
WRITTEN = "forum.update_written"
PUBLISHED = "forum.update_published"
CORRECTED = "forum.update_corrected"
WITHDRAWN = "forum.update_withdrawn"


def open_body(
    *, viewer: Viewer, summary: str, language: str = "", organisation_code: str = "", at: dt.datetime
) -> Body:
    """Open a place for updates: for one's own organisation, or as the operator for one that is named by its code.

    Raises:
        Forbidden: see `can_open_body` and `can_name_body`. Refusal: `unknown-organisation`, `body-there`.
    """
    organisation_id = viewer.organisation_id
    if organisation_code:
        can_name_body(viewer).require()
        organisation_id = _named(organisation_code)
    else:
        can_open_body(viewer).require()
    try:
        with transaction.atomic():
            body = Body.objects.create(
                organisation_id=organisation_id, summary=summary, language=language, opened_at=at
            )
            body.refresh_from_db()
            record(verb=OPENED, by=viewer, subject=body, owner_id=body.organisation_id, at=at)
    except IntegrityError as error:
        raise Refusal("body-there", _("This organisation has a place for updates already.")) from error
    return body


def describe_body(*, viewer: Viewer, body: Body, summary: str, language: str = "", at: dt.datetime) -> Body:
    """Say anew what a body is.

    Raises:
        Forbidden: see `can_post`.
    """
    can_post(viewer, body).require()
    with transaction.atomic():
        body.summary, body.language = summary, language
        body.save(update_fields=["summary", "language"])
        record(verb=DESCRIBED, by=viewer, subject=body, owner_id=body.organisation_id, at=at)
    return body


def let_answer(*, viewer: Viewer, body: Body, answers: bool, at: dt.datetime) -> Body:
    """Say that this body's list is asked for the auditors named on audits, instead of any other's; or that none is.

    Raises:
        Forbidden: see `can_name_body`.
    """
    can_name_body(viewer).require()
    with transaction.atomic():
        Body.objects.filter(answers_for_audits=True).exclude(pk=body.pk).update(answers_for_audits=False)
        body.answers_for_audits = answers
        body.save(update_fields=["answers_for_audits"])
        record(
            verb=ASKED,
            by=viewer,
            subject=body,
            owner_id=body.organisation_id,
            at=at,
            data={"after": "yes" if answers else "no"},
        )
    return body


def begin_update(*, viewer: Viewer, body: Body, said: UpdateSaid, at: dt.datetime) -> BodyUpdate:
    """Begin an update; the body alone sees it until it is published.

    Raises:
        Forbidden: see `can_post`.
    """
    can_post(viewer, body).require()
    with transaction.atomic():
        update = BodyUpdate.objects.create(body=body, begun_at=at)
        _write(update, None, said, at)
        update.refresh_from_db()
        record(verb=WRITTEN, by=viewer, subject=update, owner_id=update.organisation_id, at=at)
    return update


def save_draft(
    *, viewer: Viewer, update: BodyUpdate, said: UpdateSaid, seen: str | None = None, at: dt.datetime
) -> BodyUpdateVersion:
    """Write the draft of an update anew; beside what is published, a draft of the next version.

    Args:
        seen: what `draft_mark` gave when the form was opened; None looks at nothing.

    Raises:
        Forbidden: see `can_change_update`. Refusal: `saved-since`, somebody else has saved since the form was opened.
    """
    with transaction.atomic():
        update = _locked(viewer, update)
        draft = update.versions.filter(published_at=None).first()
        if seen is not None and seen != draft_mark(update, draft):
            raise Refusal(
                "saved-since",
                _(
                    "A colleague has saved this update since you opened it. Your words are kept here: copy what you"
                    " need, and open the page again."
                ),
            )
        return _write(update, draft, said, at)


def publish_update(*, viewer: Viewer, update: BodyUpdate, at: dt.datetime) -> BodyUpdate:
    """Publish the draft: the first time the update itself, later a correction. What is published never changes.

    Promises: the newest version counts, earlier ones stay readable; whoever follows the body is told.

    Raises:
        Forbidden: see `can_change_update`. Refusal: `no-draft`, `says-not-what`: a correction says what was put right.
    """
    with transaction.atomic():
        update = _locked(viewer, update)
        draft = update.versions.filter(published_at=None).first()
        if draft is None:
            raise Refusal("no-draft", _("Nothing new waits here to be published."))
        is_first = update.state == UpdateState.DRAFT
        if not is_first and not draft.correction:
            sentence = _("Say what you put right, so that readers know what changed.")
            raise Refusal("says-not-what", sentence, status=422, fields={"correction": [sentence]})
        draft.published_at = at
        draft.save(update_fields=["published_at"])
        update.refresh_from_db()
        details = {"body": update.body_name, "body_code": update.body.code, "number": draft.number}
        if is_first:
            update.published_at = at
            move(
                update,
                to=UpdateState.PUBLISHED,
                lifecycle=UPDATE,
                verb=PUBLISHED,
                by=viewer,
                owner_id=update.organisation_id,
                at=at,
                data=details,
                also=["published_at"],
            )
        else:
            record(
                verb=CORRECTED,
                by=viewer,
                subject=update,
                owner_id=update.organisation_id,
                at=at,
                data=details,
            )
    return update


def withdraw_update(
    *, viewer: Viewer, update: BodyUpdate, reason: str, language: str = "", at: dt.datetime
) -> BodyUpdate:
    """Withdraw an update: its words stay readable under the reason. A draft that was never published is put away.

    Raises:
        Forbidden: see `can_change_update`.
    """
    with transaction.atomic():
        update = _locked(viewer, update)
        update.withdrawn_at, update.reason, update.reason_language = at, reason, language
        move(
            update,
            to=UpdateState.WITHDRAWN,
            lifecycle=UPDATE,
            verb=WITHDRAWN,
            by=viewer,
            owner_id=update.organisation_id,
            at=at,
            data={"body": update.body_name, "body_code": update.body.code},
            also=["withdrawn_at", "reason", "reason_language"],
        )
    return update


def follow(*, viewer: Viewer, body: Body, at: dt.datetime) -> None:
    """Hear of a body from now on. Nobody is told, and nothing is written down of it elsewhere.

    Raises:
        Forbidden: see `can_follow`.
    """
    can_follow(viewer).require()
    row = BodyFollower(
        body=body, person_id=viewer.person_id, organisation_id=viewer.organisation_id, followed_at=at
    )
    BodyFollower.objects.bulk_create([sealed(row)], ignore_conflicts=True)


def unfollow(*, viewer: Viewer, body: Body) -> None:
    """Hear of a body no longer."""
    BodyFollower.objects.visible_to(viewer).filter(body=body).delete()


def stop_following(*, row: BodyFollower) -> None:
    """End the letters of whoever holds the link of one of them; saying so again changes nothing."""
    BodyFollower.objects.filter(pk=row.pk, stop_hash=row.stop_hash).delete()


def draft_mark(update: BodyUpdate, draft: BodyUpdateVersion | None) -> str:
    """Return what tells whether somebody has written since."""
    return f"{update.number}/{draft.saved_at.isoformat() if draft else ''}"


def _locked(viewer: Viewer, update: BodyUpdate) -> BodyUpdate:
    rows = BodyUpdate.objects.visible_to(viewer).select_related("body")
    found = rows.select_for_update(of=("self",)).get(pk=update.pk)
    can_change_update(viewer, found).require()
    return found


def _write(
    update: BodyUpdate, draft: BodyUpdateVersion | None, said: UpdateSaid, at: dt.datetime
) -> BodyUpdateVersion:
    words = {
        "title": said.title,
        "text": said.text,
        "language": said.language,
        "dated_on": said.dated_on,
        "correction": said.correction if update.number else "",
        "saved_at": at,
    }
    if draft is None:
        draft = BodyUpdateVersion.objects.create(update=update, number=update.number + 1, **words)
    else:
        for name, value in words.items():
            setattr(draft, name, value)
        draft.save(update_fields=list(words))
        draft.figures.all().delete()
    BodyFigure.objects.bulk_create(_figures(draft, said.figures))
    return draft


def _figures(version: BodyUpdateVersion, said: Sequence[FigureSaid]) -> list[BodyFigure]:
    return [
        BodyFigure(
            version=version,
            position=position,
            name=one.name,
            value=one.value,
            unit=one.unit,
            period=one.period,
        )
        for position, one in enumerate(said, start=1)
    ]


def _named(code: str) -> int:
    found = organisation_called(code)
    if found is None:
        sentence = _("No organisation here has this code. Ask them for it.")
        raise Refusal("unknown-organisation", sentence, status=422, fields={"organisation": [sentence]})
    return found.id
