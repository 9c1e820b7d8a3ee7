"""Threads, posts and what hangs on them; how far each has read; order in a discussion; news by mail."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import forum.lifecycle
import ledger.codes
from forum.migrations._discussion import SECURITY
from ledger import migrating


class Migration(migrating.Migration):
    dependencies = [("forum", "0002_events"), ("documents", "0004_groups"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Thread",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("title", models.CharField(max_length=160, verbose_name="title")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("last_at", models.DateTimeField(verbose_name="last post")),
                ("posts_count", models.PositiveIntegerField(default=0, editable=False, verbose_name="posts")),
                ("is_pinned", models.BooleanField(default=False, verbose_name="pinned")),
                ("is_locked", models.BooleanField(default=False, verbose_name="locked")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "verbose_name": "thread",
                "verbose_name_plural": "threads",
                "indexes": [models.Index(fields=["group", "-is_pinned", "-last_at", "-id"], name="thread_newest_of_group")],
                "constraints": [models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="thread_has_a_title")],
            },
        ),
        migrations.CreateModel(
            name="Post",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("number", models.PositiveIntegerField(default=0, editable=False, verbose_name="number")),
                ("body", models.TextField(blank=True, default="", max_length=20000, verbose_name="post")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("posted_at", models.DateTimeField(verbose_name="posted")),
                ("edited_at", models.DateTimeField(blank=True, null=True, verbose_name="edited")),
                (
                    "state",
                    models.CharField(
                        choices=[("shown", "Shown"), ("hidden", "Hidden"), ("deleted", "Deleted")],
                        default=forum.lifecycle.PostState["SHOWN"],
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("changed_at", models.DateTimeField(blank=True, null=True, verbose_name="hidden or deleted")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("thread", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="posts", to="forum.thread")),
            ],
            options={
                "verbose_name": "post",
                "verbose_name_plural": "posts",
                "indexes": [models.Index(fields=["group", "posted_at"], name="post_of_group_by_time")],
                "constraints": [
                    models.UniqueConstraint(fields=("thread", "number"), name="post_number_once_per_thread"),
                    models.CheckConstraint(condition=models.Q(("state__in", ["shown", "hidden", "deleted"])), name="post_state_is_known"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "shown"), models.Q(("body", ""), _negated=True)),
                            models.Q(models.Q(("state", "shown"), _negated=True), ("body", "")),
                            _connector="OR",
                        ),
                        name="post_shown_has_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PostFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("document", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                ("post", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="files", to="forum.post")),
            ],
            options={"verbose_name": "file of a post", "verbose_name_plural": "files of posts"},
        ),
        migrations.CreateModel(
            name="PostVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("body", models.TextField(verbose_name="post")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("until_at", models.DateTimeField(verbose_name="stood until")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("post", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="forum.post")),
            ],
            options={"verbose_name": "earlier version of a post", "verbose_name_plural": "earlier versions of posts", "ordering": ("-id",)},
        ),
        migrations.CreateModel(
            name="ModerationStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hide", "hid a post"),
                            ("show", "showed a post again"),
                            ("dismiss", "left a reported post as it is"),
                            ("lock", "locked a thread"),
                            ("unlock", "opened a thread again"),
                            ("pin", "pinned a thread"),
                            ("unpin", "unpinned a thread"),
                        ],
                        max_length=8,
                        verbose_name="what was done",
                    ),
                ),
                ("reason", models.TextField(blank=True, default="", max_length=1000, verbose_name="reason")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("post", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.post")),
                ("thread", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.thread")),
            ],
            options={
                "verbose_name": "step of moderation",
                "verbose_name_plural": "steps of moderation",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("kind", "hide"), _negated=True), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="moderation_hides_with_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ThreadReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_to", models.PositiveIntegerField(default=0, verbose_name="read up to post")),
                (
                    "attention",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("follow", "Follow: I am told of every post"),
                            ("", "The ordinary way: threads in which I wrote"),
                            ("mute", "Mute: only when somebody mentions me"),
                        ],
                        default="",
                        max_length=6,
                        verbose_name="attention",
                    ),
                ),
                ("has_written", models.BooleanField(default=False)),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="forum.group")),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organisations.organisation")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("thread", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="readings", to="forum.thread")),
            ],
            options={
                "verbose_name": "reading of a thread",
                "verbose_name_plural": "readings of threads",
                "indexes": [models.Index(fields=["person", "organisation", "group"], name="thread_readings_of_person")],
                "constraints": [
                    models.UniqueConstraint(fields=("thread", "person", "organisation"), name="thread_read_once_per_person"),
                    models.CheckConstraint(condition=models.Q(("attention__in", ["follow", "", "mute"])), name="thread_attention_is_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupListening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "attention",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("follow", "Follow: I am told of every post"),
                            ("", "The ordinary way: threads in which I wrote"),
                            ("mute", "Mute: only when somebody mentions me"),
                        ],
                        default="",
                        max_length=6,
                        verbose_name="attention",
                    ),
                ),
                ("group", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="forum.group")),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organisations.organisation")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "listening to a group",
                "verbose_name_plural": "listening to groups",
                "constraints": [
                    models.UniqueConstraint(fields=("group", "person", "organisation"), name="group_listened_to_once_per_person"),
                    models.CheckConstraint(condition=models.Q(("attention__in", ["follow", "", "mute"])), name="group_attention_is_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NewsChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                (
                    "rhythm",
                    models.CharField(
                        choices=[
                            ("at_once", "At once, each post in threads I follow"),
                            ("daily", "Once a day, if there is something"),
                            ("weekly", "Every Monday, if there is something"),
                            ("none", "No news by mail"),
                        ],
                        default="daily",
                        max_length=8,
                        verbose_name="news from my groups",
                    ),
                ),
                ("mails_mentions", models.BooleanField(default=True, verbose_name="a letter when somebody mentions me")),
                ("told_until", models.DateTimeField(verbose_name="told of everything until")),
                ("stop_seed", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12)),
                ("stop_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("organisation", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organisations.organisation")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "choice of news",
                "verbose_name_plural": "choices of news",
                "constraints": [
                    models.UniqueConstraint(fields=("person", "organisation"), name="news_chosen_once_per_person"),
                    models.CheckConstraint(condition=models.Q(("rhythm__in", ["at_once", "daily", "weekly", "none"])), name="news_rhythm_is_known"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("post", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="mentions", to="forum.post")),
            ],
            options={
                "verbose_name": "mention",
                "verbose_name_plural": "mentions",
                "constraints": [models.UniqueConstraint(fields=("post", "person"), name="person_mentioned_once_per_post")],
            },
        ),
        migrations.CreateModel(
            name="PostReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("reason", models.TextField(max_length=1000, verbose_name="what is wrong with it")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Waits for a co-lead"), ("upheld", "The post was hidden"), ("dismissed", "The post stays")],
                        default=forum.lifecycle.ReportState["OPEN"],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("reported_at", models.DateTimeField(verbose_name="reported")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("post", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="forum.post")),
            ],
            options={
                "verbose_name": "report of a post",
                "verbose_name_plural": "reports of posts",
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("state", "open")), fields=("post", "person"), name="post_reported_once_per_person"),
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="post_report_says_why"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("state", "open")),
                            models.Q(("closed_at__isnull", False), ("state__in", ["upheld", "dismissed"])),
                            _connector="OR",
                        ),
                        name="post_report_closed_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_name", models.CharField(default="", editable=False, max_length=254, verbose_name="name")),
                ("organisation_name", models.CharField(default="", editable=False, max_length=200, verbose_name="organisation")),
                (
                    "kind",
                    models.CharField(
                        choices=[("agree", "I agree"), ("thanks", "Thank you"), ("helpful", "This helps me"), ("unsure", "I am not sure")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("group", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="forum.group")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("post", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reactions", to="forum.post")),
            ],
            options={
                "verbose_name": "reaction",
                "verbose_name_plural": "reactions",
                "constraints": [
                    models.UniqueConstraint(fields=("post", "person", "kind"), name="reaction_once_per_person"),
                    models.CheckConstraint(condition=models.Q(("kind__in", ["agree", "thanks", "helpful", "unsure"])), name="reaction_kind_is_known"),
                ],
            },
        ),
        *SECURITY,
    ]
