"""Initiatives and their ratings: tables, what the database holds about them, and who reads which rows."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ledger.codes
import schemes.lifecycle
from ledger import migrating
from schemes.migrations._initiatives import SECURITY


class Migration(migrating.Migration):
    dependencies = [("organisations", "0004_columns"), ("schemes", "0004_tracker")]

    operations = [
        migrations.CreateModel(
            name="Initiative",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("body_name", models.CharField(default="", editable=False, max_length=200, verbose_name="name of who describes it")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("summary", models.TextField(max_length=4000, verbose_name="what it is")),
                ("covers", models.TextField(blank=True, default="", max_length=2000, verbose_name="whom it covers")),
                ("how_to_join", models.TextField(blank=True, default="", max_length=2000, verbose_name="how a company joins")),
                ("website", models.URLField(blank=True, default="", max_length=500, verbose_name="its own site")),
                ("improving", models.JSONField(blank=True, default=list, verbose_name="sites that it publishes as improving")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("added_at", models.DateTimeField(verbose_name="added")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation", verbose_name="described by"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="its organisation here",
                    ),
                ),
            ],
            options={
                "verbose_name": "initiative",
                "verbose_name_plural": "initiatives",
                "indexes": [models.Index(fields=["name", "id"], name="initiative_by_name")],
                "constraints": [
                    models.UniqueConstraint(fields=("body", "name"), name="an_initiative_is_described_once"),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="an_initiative_has_a_name"),
                    models.CheckConstraint(
                        condition=models.Q(("organisation", None), models.Q(("organisation", models.F("body")), _negated=True), _connector="OR"),
                        name="nobody_rates_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("indicators", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, editable=False, size=None)),
                ("values", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, editable=False, size=None)),
                ("proof_from", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("reply_days", models.PositiveSmallIntegerField(default=0, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("scoring", "scoring"),
                            ("comparing", "comparing"),
                            ("with_initiative", "with_initiative"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default=schemes.lifecycle.RatingState["SCORING"],
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("first_done_at", models.DateTimeField(blank=True, null=True, verbose_name="the rater is done")),
                ("first_note", models.TextField(blank=True, default="", max_length=1000, verbose_name="conflicts of the rater")),
                ("second_done_at", models.DateTimeField(blank=True, null=True, verbose_name="the second rater is done")),
                ("second_note", models.TextField(blank=True, default="", max_length=1000, verbose_name="conflicts of the second rater")),
                ("opened_at", models.DateTimeField(verbose_name="begun")),
                ("told_how", models.CharField(blank=True, default="", max_length=250, verbose_name="how the initiative was told")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="given to the initiative")),
                ("reply_until", models.DateTimeField(blank=True, null=True, verbose_name="the initiative replies until")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                ("body", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation")),
                (
                    "edition",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="ratings", to="schemes.edition", verbose_name="rubric"),
                ),
                ("initiative", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="ratings", to="schemes.initiative")),
                ("rater", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="rater")),
                (
                    "second_rater",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="second rater"),
                ),
            ],
            options={
                "verbose_name": "rating",
                "verbose_name_plural": "ratings",
                "indexes": [
                    models.Index(fields=["initiative", "-published_at", "-id"], name="rating_newest"),
                    models.Index(fields=["body", "-opened_at", "-id"], name="rating_of_body"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["published", "withdrawn"]), _negated=True),
                        fields=("initiative",),
                        name="one_rating_of_an_initiative_at_a_time",
                    ),
                    models.CheckConstraint(condition=models.Q(("rater", models.F("second_rater")), _negated=True), name="two_people_rate"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("first_done_at", None), models.Q(("first_note", ""), _negated=True), _connector="OR"),
                            models.Q(("second_done_at", None), models.Q(("second_note", ""), _negated=True), _connector="OR"),
                        ),
                        name="whoever_rates_says_what_binds_them",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["scoring", "withdrawn"]),
                            models.Q(("first_done_at__isnull", False), ("second_done_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="two_are_done_before_they_compare",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["with_initiative", "published"]), _negated=True),
                            models.Q(("reply_until__isnull", False), ("sent_at__isnull", False), models.Q(("told_how", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="an_initiative_has_its_say",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_at__gte", models.F("reply_until")), ("state", "published")),
                            models.Q(models.Q(("state", "published"), _negated=True), ("published_at", None)),
                            _connector="OR",
                        ),
                        name="published_after_the_right_of_reply",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IndicatorScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("indicator", models.CharField(max_length=60, verbose_name="indicator")),
                ("part", models.CharField(choices=[("first", "Rater"), ("second", "Second rater"), ("agreed", "Agreed")], max_length=8, verbose_name="whose")),
                ("value", models.CharField(blank=True, max_length=40, null=True, verbose_name="score")),
                ("rationale", models.TextField(blank=True, default="", max_length=2000, verbose_name="why")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("saved_at", models.DateTimeField(verbose_name="saved")),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("rating", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="schemes.rating")),
            ],
            options={
                "verbose_name": "score of an indicator",
                "verbose_name_plural": "scores of indicators",
                "constraints": [
                    models.UniqueConstraint(fields=("rating", "indicator", "part"), name="one_score_for_each_part"),
                    models.CheckConstraint(
                        condition=models.Q(("value", None), models.Q(("rationale", ""), _negated=True), _connector="OR"), name="an_indicator_score_says_why"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Citation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=ledger.codes.new_code, editable=False, max_length=12, unique=True, verbose_name="code")),
                ("indicator", models.CharField(max_length=60, verbose_name="indicator")),
                ("title", models.CharField(max_length=250, verbose_name="what it is")),
                ("url", models.URLField(blank=True, default="", max_length=500, verbose_name="address")),
                ("dated_on", models.DateField(verbose_name="its date")),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("self_claim", "The initiative’s own word"),
                            ("document", "A document that shows it"),
                            ("third_party", "Somebody independent"),
                            ("rights_holder", "Confirmed by the people concerned"),
                        ],
                        max_length=20,
                        verbose_name="how much it carries",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="added")),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("rating", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="citations", to="schemes.rating")),
            ],
            options={
                "verbose_name": "citation",
                "verbose_name_plural": "citations",
                "ordering": ("pk",),
                "constraints": [models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="a_citation_says_what_it_is")],
            },
        ),
        migrations.CreateModel(
            name="RatingReply",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_passed_on", models.BooleanField(default=False, verbose_name="passed on by the raters")),
                ("words", models.TextField(max_length=6000, verbose_name="reply")),
                ("language", models.CharField(blank=True, default="", max_length=12, verbose_name="language")),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "organisation",
                    models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"),
                ),
                (
                    "person",
                    models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
                ("rating", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="schemes.rating")),
            ],
            options={
                "verbose_name": "reply of an initiative",
                "verbose_name_plural": "replies of initiatives",
                "ordering": ("pk",),
                "constraints": [models.CheckConstraint(condition=models.Q(("words", ""), _negated=True), name="an_initiative_reply_says_something")],
            },
        ),
        *SECURITY,
    ]
