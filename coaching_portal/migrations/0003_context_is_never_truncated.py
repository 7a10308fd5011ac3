from django.db import migrations

from coaching_portal.common.guards import refusal

TABLE = "pghistory_context"


class Migration(migrations.Migration):
    """Who made a change is kept in a table of django-pghistory's, so no model of ours says this."""

    dependencies = [
        ("coaching_portal", "0002_answered_requests"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.RunSQL(
            f"""
            CREATE OR REPLACE FUNCTION {TABLE}_never_truncated() RETURNS trigger AS $$
                BEGIN
                    {refusal("These rows are kept: this table is never emptied.")}
                END;
            $$ LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp;
            CREATE TRIGGER {TABLE}_never_truncated BEFORE TRUNCATE ON {TABLE}
                FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_never_truncated();
            """,
            f"""
            DROP TRIGGER {TABLE}_never_truncated ON {TABLE};
            DROP FUNCTION {TABLE}_never_truncated();
            """,
        )
    ]
