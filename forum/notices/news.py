"""The letter with what is new in somebody's groups: names of groups and numbers, found when it is written."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from forum.actions.news import IN_LETTERS, TOLD
from forum.models import NewsChoice
from forum.queries.news import GroupNews, Span, news_of, stop_path
from ledger.models import Channel, Delivery, Entry
from ledger.phrases import phrase
from ledger.registry import Recipient, notice
from organisations.queries import viewer_for


def _choice(entry: Entry) -> NewsChoice | None:
    return NewsChoice.objects.filter(pk=entry.subject_id).first()


def _news(entry: Entry) -> list[GroupNews]:
    since, until = (datetime.fromisoformat(entry.data[name]) for name in ("since", "until"))
    return news_of([Span(entry.subject_id, since, until)]).get(entry.subject_id, [])


def _says(delivery: Delivery) -> dict[str, Any]:
    """Say how much is new where, as the reader may read it at this moment."""
    return {
        "groups": [
            {"news": one, "link": f"{settings.SITE_URL}{reverse('forum:group_discussion', args=[one.key])}"}
            for one in _news(delivery.entry)
        ],
        "choose": f"{settings.SITE_URL}{reverse('forum:news')}",
    }


def _stop(delivery: Delivery) -> str:
    choice = _choice(delivery.entry)
    return stop_path(choice) if choice else ""


@notice(TOLD, says=_says, stop_path=_stop)
def _reader(entry: Entry) -> Iterable[Recipient]:
    """Whoever still wants such letters, is a member, and has not seen it all meanwhile; by mail alone."""
    choice = _choice(entry)
    if choice is None or choice.rhythm not in IN_LETTERS or not _news(entry):
        return
    if viewer_for(person_id=choice.person_id, organisation_id=choice.organisation_id) is not None:
        yield Recipient(choice.person_id, choice.organisation_id, (Channel.EMAIL,))


phrase(TOLD, _("News of groups went to somebody who wants them by mail."))
