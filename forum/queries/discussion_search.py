"""Finding posts by their words, in the groups that the viewer may enter."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import TextField
from django.db.models.expressions import RawSQL
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from forum.models import Group, Post, Thread
from organisations.visibility import Viewer

MOST = 200  # the newest that fit
AT_ONCE = 30
# Letters that no form lets through, so no text holds them: they stand around what was found until all is escaped.
OPENS, CLOSES = "\ue000", "\ue001"
SNIPPET = """ts_headline(app.text_config(forum_post.language), translate(forum_post.body, %s, ''),
                         app.words_asked(%s), %s)"""
MANNER = f"StartSel={OPENS}, StopSel={CLOSES}, MaxFragments=2, MaxWords=24, MinWords=8, FragmentDelimiter= … "


@dataclass(frozen=True, slots=True)
class Found:
    """A post that was found, with the words around."""

    post: Post
    snippet: SafeString


def posts_with(viewer: Viewer, words: str, *, group: Group | None = None) -> list[Found]:
    """Return the newest posts with all of these words, in any form of them; quotes and a minus sign count."""
    asked = words.replace("\0", " ").strip()
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT app.posts_found(%s, %s, %s)", [asked, group.pk if group else None, MOST])
        (keys,) = cursor.fetchone()
    snippet = RawSQL(SNIPPET, [OPENS + CLOSES, asked, MANNER], output_field=TextField())  # noqa: S611 - bound
    rows: Any = (
        Post.objects.visible_to(viewer)
        .shown()
        .filter(pk__in=keys[:AT_ONCE])
        .select_related("thread", "group")
    )
    return [Found(one, marked(one.snippet)) for one in rows.annotate(snippet=snippet).order_by("-pk")]


def threads_with(viewer: Viewer, words: str, *, group: Group | None = None) -> list[Thread]:
    """Return the newest threads with these words in their title."""
    asked = words.replace("\0", " ").strip()
    if not asked:
        return []
    rows = Thread.objects.visible_to(viewer).select_related("group").order_by("-last_at", "-pk")
    if group is not None:
        rows = rows.filter(group=group)
    for word in asked.split()[:8]:
        rows = rows.filter(title__icontains=word.strip('"-'))
    return list(rows[:10])


def marked(snippet: str) -> SafeString:
    """Return a snippet with what was found marked; every letter of people is escaped."""
    pieces = []
    for number, piece in enumerate(snippet.split(OPENS)):
        found, _, rest = piece.partition(CLOSES) if number else ("", "", piece)
        pieces.append(format_html("<mark>{}</mark>", found) if found else "")
        pieces.append(conditional_escape(rest))
    return mark_safe("".join(pieces))  # noqa: S308 - each piece is escaped
