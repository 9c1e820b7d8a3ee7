"""What is said in groups: threads, answers in other languages, mentions, reactions, and what co-leads do about them."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from config.demo.content import words
from config.demo.forum import acting_as
from config.demo.stage import Stage
from forum.actions.discussion import edit_post, react, start_thread, write_post
from forum.actions.moderation import hide_post, report_post, set_lock, set_pin
from forum.models import Group, Post, Thread


def schedule_discussion(stage: Stage) -> None:
    """Give the stage each post, and what follows from it."""
    for key, threads in words("discussion").items():
        for said in threads:
            ThreadStory(stage, key, said).schedule()


class ThreadStory:
    """One thread, from its first post to what co-leads did with it."""

    def __init__(self, stage: Stage, key: str, said: dict[str, Any]) -> None:
        self.stage, self.key, self.said = stage, key, said
        self.code = ""

    def schedule(self) -> None:
        """Give the stage each step."""
        for number, post in enumerate(self.said["posts"]):
            self.stage.on(post["day"], partial(self._post, number, post), hour=9 + number)

    def _post(self, number: int, said: dict[str, Any], at: datetime) -> None:
        group = Group.objects.get(key=self.key)
        given = {
            "body": said["words"].strip(),
            "language": said.get("language", "en"),
            "mentions": [self.stage.people[who.split("/")[1]].pk for who in said.get("mentions", [])],
            "at": at,
        }
        with acting_as(self.stage, said["who"]) as viewer:
            if number == 0:
                thread = start_thread(viewer=viewer, group=group, title=self.said["title"], **given)
                self.code = thread.code
                post = thread.posts.get()
            else:
                post = write_post(viewer=viewer, thread=self._thread(group), **given)
            if "edited" in said:
                post.group = post.thread.group = group
                edit_post(
                    viewer=viewer,
                    post=post,
                    body=said["edited"].strip(),
                    language=given["language"],
                    at=at + timedelta(minutes=20),
                )
        self._answer(group, post.pk, said, at + timedelta(hours=2))
        if number == 0:
            self._order(group, at + timedelta(hours=3))

    def _answer(self, group: Group, key: int, said: dict[str, Any], at: datetime) -> None:
        for kind, people in said.get("reactions", {}).items():
            for who in people:
                with acting_as(self.stage, who) as viewer:
                    react(viewer=viewer, post=_post_of(group, key), kind=kind)
        if "reported" in said:
            with acting_as(self.stage, said["reported"]["who"]) as viewer:
                report_post(
                    viewer=viewer,
                    post=_post_of(group, key),
                    reason=said["reported"]["why"],
                    language="en",
                    at=at,
                )
        if "hidden" in said:
            with acting_as(self.stage, said["hidden"]["who"]) as viewer:
                hide_post(
                    viewer=viewer,
                    post=_post_of(group, key),
                    reason=said["hidden"]["why"],
                    language="en",
                    at=at,
                )

    def _order(self, group: Group, at: datetime) -> None:
        if self.said.get("pinned"):
            with acting_as(self.stage, self.said["posts"][0]["who"]) as viewer:
                set_pin(viewer=viewer, thread=self._thread(group), pinned=True, at=at)
        if "locked" in self.said:
            with acting_as(self.stage, self.said["locked"]["who"]) as viewer:
                set_lock(viewer=viewer, thread=self._thread(group), locked=True, at=at)

    def _thread(self, group: Group) -> Thread:
        found = Thread.objects.get(code=self.code)
        found.group = group
        return found


def _post_of(group: Group, key: int) -> Post:
    found = Post.objects.select_related("thread").get(pk=key)
    found.group = found.thread.group = group
    return found
