"""What the forum begins with is put there from a file; what is here already stays as it is."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from forum.definitions.reading import Beginning, GroupSaid
from forum.lifecycle import CharterState
from forum.models import Charter, CompetitionNotice, Group, Stage
from ledger.entries import record
from organisations.models import Organisation

LOADED = "forum.group_loaded"


@dataclass(frozen=True, slots=True)
class Begun:
    """What was new."""

    stages: int
    groups: int
    has_new_notice: bool


def begin_forum(said: Beginning, *, operator: Organisation, at: datetime) -> Begun:
    """Put the stages, the groups with their first charters and the first notice there, as the owner of the tables.

    Promises: stages take over what the file says; a group or notice that is here is left alone. Safe to repeat.
    """
    with transaction.atomic():
        before = Stage.objects.count()
        for stage in Stage.objects.all():  # out of the way, so that places can be exchanged
            Stage.objects.filter(pk=stage.pk).update(position=1000 + stage.pk)
        for position, step in enumerate(said.stages, start=1):
            values = {
                "title": step.title,
                "summary": step.summary,
                "language": said.language,
                "position": position,
            }
            Stage.objects.update_or_create(key=step.key, defaults=values)
        stages = {one.key: one for one in Stage.objects.all()}
        known = set(Group.objects.values_list("key", flat=True))
        fresh = [one for one in said.groups if one.key not in known]
        for one in fresh:
            _begin_group(one, stages.get(one.stage), said.language, operator, at)
        needs_notice = bool(said.notice) and not CompetitionNotice.objects.filter(operator=operator).exists()
        if needs_notice:
            CompetitionNotice.objects.create(
                operator=operator, number=0, body=said.notice, language=said.language, published_at=at
            )
        return Begun(len(stages) - before, len(fresh), needs_notice)


def _begin_group(
    one: GroupSaid, stage: Stage | None, language: str, operator: Organisation, at: datetime
) -> None:
    group = Group.objects.create(
        key=one.key,
        title=one.title,
        summary=one.summary,
        language=language,
        kind=one.kind,
        stage=stage,
        country=one.country,
        entry=one.entry,
        operator=operator,
        sdg_tags=list(one.sdg),
        created_at=at,
    )
    Charter.objects.create(
        group=group,
        number=1,
        purpose=one.purpose,
        deliverables="\n".join(one.deliverables),
        language=language,
        state=CharterState.ADOPTED,
        written_at=at,
        adopted_at=at,
    )
    record(verb=LOADED, by=None, subject=group, owner_id=operator.pk, at=at)
