"""What the public may know of a certificate: the edition that gave its level, since when, and what followed.

`newest_code` is the certificate of the same membership that was given last, so that a badge on a member's own pages need
not be changed with every renewal. Nothing else about the membership is told: not whether it is on notice, nor how it ended.
"""

from django.db import migrations

from ledger.rowsecurity import Sql

CERTIFICATE = """
DROP FUNCTION app.certificate(text);
CREATE FUNCTION app.certificate(wanted text) RETURNS TABLE (
  code varchar, scheme_key varchar, scheme_title varchar, edition_version varchar, edition_title varchar,
  member_name varchar, body_name varchar, level varchar, level_title varchar, since_on date, issued_on date,
  expires_on date, is_superseded boolean, superseded_code varchar, newest_code varchar, withdrawn_on date,
  is_in_register boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.code, s.key, c.scheme_title, e.version, e.title, c.member_name, c.body_name, c.level, c.level_title,
         coalesce((SELECT max(x.effective_on) FROM schemes_decision x
                    WHERE x.membership_id = c.membership_id AND x.id <= c.decision_id AND x.level_after = c.level
                      AND x.level_after <> x.level_before), c.issued_on),
         c.issued_on, c.expires_on, c.superseded_by_id IS NOT NULL, next.code,
         (SELECT n.code FROM schemes_certificate n WHERE n.membership_id = c.membership_id ORDER BY n.id DESC LIMIT 1),
         (c.withdrawn_at AT TIME ZONE 'UTC')::date,
         EXISTS (SELECT FROM schemes_registerentry r WHERE r.membership_id = c.membership_id)
    FROM schemes_certificate c JOIN schemes_scheme s ON s.id = c.scheme_id
    JOIN schemes_decision d ON d.id = c.decision_id
    LEFT JOIN schemes_edition e ON e.id = d.edition_after_id
    LEFT JOIN schemes_certificate next ON next.id = c.superseded_by_id
   WHERE c.code = upper(wanted)
$$;
REVOKE ALL ON FUNCTION app.certificate(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.certificate(text) TO {app}, {job};
"""


class Migration(migrations.Migration):
    dependencies = [("schemes", "0005_initiatives")]
    operations = [Sql(CERTIFICATE)]
