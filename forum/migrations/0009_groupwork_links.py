"""Decisions and action items that came from a meeting; points of an agenda about an issue; events in calendars."""

import django.db.models.deletion
from django.db import migrations, models

from forum.migrations._links import SECURITY
from ledger import migrating


class Migration(migrating.Migration):

    dependencies = [
        ('forum', '0008_feedback'),
    ]

    operations = [
        migrations.AddField(
            model_name='actionitem',
            name='meeting',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='action_items', to='forum.meeting', verbose_name='meeting'),
        ),
        migrations.AddField(
            model_name='agendaitem',
            name='issue',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agenda_items', to='forum.issue', verbose_name='standing issue'),
        ),
        migrations.AddField(
            model_name='decision',
            name='meeting',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='forum.meeting', verbose_name='meeting'),
        ),
        *SECURITY,
    ]
