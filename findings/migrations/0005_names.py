"""An audit keeps the names it was made under: its firm sees it for ever, but not the site's own record."""

from django.db import migrations, models

from ledger import migrating
from ledger.rowsecurity import Sql

FILL = """
CREATE FUNCTION app.fill_audit_names() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT s.name, s.country, o.name INTO NEW.site_name, NEW.site_country, NEW.supplier_name
    FROM sourcing_site s JOIN organisations_organisation o ON o.id = s.organisation_id WHERE s.id = NEW.site_id;
  SELECT name INTO NEW.audit_firm_name FROM organisations_organisation WHERE id = NEW.audit_firm_id;
  RETURN NEW;
END $$;
CREATE TRIGGER fill_names BEFORE INSERT ON findings_audit FOR EACH ROW EXECUTE FUNCTION app.fill_audit_names();
"""

BACKFILL = """
ALTER TABLE findings_audit DISABLE TRIGGER guard;
UPDATE findings_audit a SET site_name = s.name, site_country = s.country, supplier_name = o.name, audit_firm_name = f.name
  FROM sourcing_site s JOIN organisations_organisation o ON o.id = s.organisation_id, organisations_organisation f
 WHERE s.id = a.site_id AND f.id = a.audit_firm_id;
ALTER TABLE findings_audit ENABLE TRIGGER guard;
"""


def name(label: str, length: int = 200) -> models.CharField:
    """Return a column that the database fills."""
    return models.CharField(label, max_length=length, default="", blank=True, editable=False)


class Migration(migrating.Migration):
    dependencies = [("findings", "0004_documents")]

    operations = [
        migrations.AddField("audit", "site_name", name("name of the site", 250)),
        migrations.AddField("audit", "site_country", name("country of the site", 2)),
        migrations.AddField("audit", "supplier_name", name("name of the supplier")),
        migrations.AddField("audit", "audit_firm_name", name("name of the audit firm")),
        migrations.AddField(
            "section", "printed_code", models.CharField("code as printed", max_length=8, default="", blank=True)
        ),
        Sql(FILL),
        Sql(BACKFILL),
    ]
