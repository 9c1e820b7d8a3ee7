"""Who sees which people, organisations and memberships: row security and grants."""

from django.db import migrations

from ledger.rowsecurity import Grant, Police, Sql

OWN = "organisation_id = app.organisation()"


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0001_initial"),
        ("ledger", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        # Accounts, sessions and Django's own catalogue: read before anyone is recognised, so listed knowingly.
        Grant("organisations_person", "SELECT, INSERT, UPDATE"),
        Grant("organisations_person_groups", "SELECT"),
        Grant("organisations_person_user_permissions", "SELECT"),
        Grant("account_emailaddress", "SELECT, INSERT, UPDATE, DELETE"),
        Grant("account_emailconfirmation", "SELECT, INSERT, UPDATE, DELETE"),
        Grant("mfa_authenticator", "SELECT, INSERT, UPDATE, DELETE"),
        Grant("usersessions_usersession", "SELECT, INSERT, UPDATE, DELETE"),
        Grant("django_session", "SELECT, INSERT, UPDATE, DELETE"),
        Grant("django_content_type", "SELECT"),
        Grant("auth_permission", "SELECT"),
        Grant("auth_group", "SELECT"),
        Grant("auth_group_permissions", "SELECT"),
        Grant("django_migrations", "SELECT"),
        # Organisation A may know of B: written by triggers only.
        Police("organisations_organisationaccess", select=OWN),
        Police(
            "organisations_membership",
            select=f"{OWN} OR person_id = app.person()",
            insert=OWN,
            update=OWN,
        ),
        Police(
            "organisations_organisation",
            select="""id = app.organisation() OR is_listed
              OR (SELECT true FROM organisations_organisationaccess a
                   WHERE a.organisation_id = app.organisation() AND a.target_id = organisations_organisation.id)
              OR (SELECT true FROM organisations_membership m
                   WHERE m.organisation_id = organisations_organisation.id AND m.person_id = app.person())
              OR (SELECT true FROM organisations_invitation i
                   WHERE i.organisation_id = organisations_organisation.id AND i.token_hash = app.secret())""",
            insert="id = app.organisation()",
            update="id = app.organisation()",
            columns=["name", "country"],
        ),
        Police(
            "organisations_invitation",
            select=f"{OWN} OR token_hash = app.secret()",
            insert=OWN,
            update=OWN,
        ),
        Police(
            "organisations_apitoken",
            select=f"{OWN} OR token_hash = app.secret()",
            insert=f"{OWN} AND person_id = app.person()",
            update=OWN,
        ),
        # Founding an organisation takes its number first and then acts as it.
        Sql(
            """DO $$ BEGIN EXECUTE format('GRANT USAGE ON SEQUENCE %s TO {app}',
               pg_get_serial_sequence('organisations_organisation', 'id')); END $$"""
        ),
        Sql("ALTER TABLE organisations_organisationaccess ALTER organisation_id SET STATISTICS 1000"),
    ]
