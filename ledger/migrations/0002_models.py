import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ledger.models.delivery
from ledger import migrating


class Migration(migrating.Migration):

    dependencies = [
        ('ledger', '0001_initial'),
        ('organisations', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('verb', models.CharField(max_length=80, verbose_name='verb')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='acting organisation')),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='owner')),
                ('subject_kind', models.CharField(max_length=80, verbose_name='kind of subject')),
                ('subject_id', models.BigIntegerField(verbose_name='subject')),
                ('subject_code', models.CharField(blank=True, max_length=40, verbose_name='code of subject')),
                ('subject_label', models.CharField(blank=True, max_length=200, verbose_name='name of subject')),
                ('data', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='details')),
                ('request_id', models.CharField(blank=True, max_length=64, verbose_name='request')),
            ],
            options={
                'verbose_name': 'entry',
                'verbose_name_plural': 'entries',
                'indexes': [models.Index(fields=['owner', '-at', '-id'], name='entry_of_owner'), models.Index(fields=['organisation', '-at', '-id'], name='entry_of_organisation'), models.Index(fields=['subject_kind', 'subject_id', '-at', '-id'], name='entry_about')],
            },
        ),
        migrations.CreateModel(
            name='Outbox',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('next_try_at', models.DateTimeField(verbose_name='next try')),
                ('error', models.TextField(blank=True, verbose_name='last error')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.entry')),
                ('parked_at', models.DateTimeField(null=True, verbose_name='parked')),
            ],
            options={
                'verbose_name': 'outbox row',
                'verbose_name_plural': 'outbox',
                'indexes': [models.Index(condition=models.Q(('parked_at', None)), fields=['next_try_at', 'id'], name='outbox_waiting')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('next_try_at', models.DateTimeField(verbose_name='next try')),
                ('error', models.TextField(blank=True, verbose_name='last error')),
                ('code', models.CharField(default=ledger.models.delivery.new_delivery_code, editable=False, max_length=32, unique=True, verbose_name='code')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='ledger.entry', verbose_name='entry')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='told as a member of')),
                ('channel', models.CharField(choices=[('inbox', 'Inbox'), ('email', 'E-mail')], max_length=10, verbose_name='channel')),
                ('verb', models.CharField(max_length=80, verbose_name='verb')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('path', models.CharField(blank=True, max_length=300, verbose_name='address on this site')),
                ('happened_at', models.DateTimeField(verbose_name='happened')),
                ('state', models.CharField(choices=[('pending', 'Waiting'), ('failed', 'Failed, will be tried again'), ('sent', 'Sent'), ('parked', 'Given up'), ('withheld', 'Not sent')], default='pending', max_length=10, verbose_name='state')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent')),
                ('read_at', models.DateTimeField(null=True, verbose_name='read')),
            ],
            options={
                'verbose_name': 'delivery',
                'verbose_name_plural': 'deliveries',
                'indexes': [models.Index(condition=models.Q(('channel', 'inbox')), fields=['person', '-happened_at', '-id'], name='delivery_inbox'), models.Index(condition=models.Q(('state__in', ['pending', 'failed'])), fields=['next_try_at', 'id'], name='delivery_waiting')],
                'constraints': [models.UniqueConstraint(fields=('entry', 'person', 'channel'), name='delivery_once_per_channel'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at', None)), _connector='OR'), name='delivery_sent_has_a_time')],
            },
        ),
        migrations.CreateModel(
            name='ReadLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='organisation')),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='owner')),
                ('subject_kind', models.CharField(max_length=80, verbose_name='kind of subject')),
                ('subject_id', models.BigIntegerField(verbose_name='subject')),
                ('subject_code', models.CharField(blank=True, max_length=40, verbose_name='code of subject')),
                ('subject_label', models.CharField(blank=True, max_length=200, verbose_name='name of subject')),
                ('request_id', models.CharField(blank=True, max_length=64, verbose_name='request')),
                ('slot', models.BigIntegerField(verbose_name='ten minutes since 1970')),
            ],
            options={
                'verbose_name': 'read',
                'verbose_name_plural': 'reads',
                'indexes': [models.Index(fields=['owner', '-at', '-id'], name='readlog_of_owner'), models.Index(fields=['subject_kind', 'subject_id', '-at'], name='readlog_about')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'person', 'subject_kind', 'subject_id', 'slot'), name='readlog_once_per_slot', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='Occurrence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('next_try_at', models.DateTimeField(verbose_name='next try')),
                ('error', models.TextField(blank=True, verbose_name='last error')),
                ('kind', models.CharField(max_length=80, verbose_name='kind')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation', verbose_name='owner')),
                ('subject_kind', models.CharField(max_length=80, verbose_name='kind of subject')),
                ('subject_id', models.BigIntegerField(verbose_name='subject')),
                ('subject_code', models.CharField(blank=True, max_length=40, verbose_name='code of subject')),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('due_on', models.DateField(null=True, verbose_name='due on')),
                ('data', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='details')),
                ('done_at', models.DateTimeField(null=True, verbose_name='done')),
                ('cancelled_at', models.DateTimeField(null=True, verbose_name='cancelled')),
                ('parked_at', models.DateTimeField(null=True, verbose_name='given up')),
            ],
            options={
                'verbose_name': 'occurrence',
                'verbose_name_plural': 'occurrences',
                'indexes': [models.Index(condition=models.Q(('cancelled_at', None), ('done_at', None), ('parked_at', None)), fields=['due_at', 'id'], name='occurrence_open'), models.Index(fields=['subject_kind', 'subject_id', 'due_at'], name='occurrence_about')],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'kind', 'subject_kind', 'subject_id', 'due_at'), name='occurrence_once_per_moment', nulls_distinct=False), models.UniqueConstraint(condition=models.Q(('due_on__isnull', False)), fields=('organisation', 'kind', 'subject_kind', 'subject_id', 'due_on'), name='occurrence_once_per_date', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('done_at', None), models.Q(('cancelled_at', None), ('parked_at', None)), _connector='OR'), name='occurrence_done_is_not_undone')],
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=80, primary_key=True, serialize=False, verbose_name='name')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('data', models.JSONField(default=dict, verbose_name='seen')),
            ],
            options={
                'verbose_name': 'heartbeat',
                'verbose_name_plural': 'heartbeats',
            },
        ),
    ]
