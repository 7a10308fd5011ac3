import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """Nothing reads the column any more. The version before still does: it is dropped later."""

    dependencies = [
        ("profiles", "0015_plain_labels"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="organisation",
            name="created_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="organisation",
            name="changed_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="organisation",
            name="deleted_delete",
        ),
        migrations.AlterField(
            "organisation",
            "e_invoice_address",
            models.CharField(max_length=100, blank=True, db_default=""),
        ),
        migrations.AlterField(
            "organisationchange",
            "e_invoice_address",
            models.CharField(max_length=100, blank=True, db_default=""),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField("organisation", "e_invoice_address"),
                migrations.RemoveField("organisationchange", "e_invoice_address"),
            ]
        ),
        migrations.AlterField(
            model_name="organisationchange",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="name_address_payables_email_payment_terms_days_requires_purchase_order_purchase_order_pattern_purchase_order_mask_is_checked_events",
                to="profiles.organisation",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="created_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "profiles_organisationchange" ("address", "is_checked", "name", "payables_email", "payment_terms_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purchase_order_mask", "purchase_order_pattern", "requires_purchase_order") VALUES (NEW."address", NEW."is_checked", NEW."name", NEW."payables_email", NEW."payment_terms_days", _pgh_attach_context(), NOW(), \'created\', NEW."id", NEW."purchase_order_mask", NEW."purchase_order_pattern", NEW."requires_purchase_order"); RETURN NULL;',
                    hash="3115d580d5a4d720268974ab4d8ba5c575d7378c",
                    operation="INSERT",
                    pgid="pgtrigger_created_insert_2991b",
                    table="profiles_organisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."is_checked" IS DISTINCT FROM (NEW."is_checked") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."payables_email" IS DISTINCT FROM (NEW."payables_email") OR OLD."payment_terms_days" IS DISTINCT FROM (NEW."payment_terms_days") OR OLD."purchase_order_mask" IS DISTINCT FROM (NEW."purchase_order_mask") OR OLD."purchase_order_pattern" IS DISTINCT FROM (NEW."purchase_order_pattern") OR OLD."requires_purchase_order" IS DISTINCT FROM (NEW."requires_purchase_order"))',
                    func='INSERT INTO "profiles_organisationchange" ("address", "is_checked", "name", "payables_email", "payment_terms_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purchase_order_mask", "purchase_order_pattern", "requires_purchase_order") VALUES (NEW."address", NEW."is_checked", NEW."name", NEW."payables_email", NEW."payment_terms_days", _pgh_attach_context(), NOW(), \'changed\', NEW."id", NEW."purchase_order_mask", NEW."purchase_order_pattern", NEW."requires_purchase_order"); RETURN NULL;',
                    hash="908813cae953c2c7adbd72dc4de3335024413cb5",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_f80ef",
                    table="profiles_organisation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "profiles_organisationchange" ("address", "is_checked", "name", "payables_email", "payment_terms_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purchase_order_mask", "purchase_order_pattern", "requires_purchase_order") VALUES (OLD."address", OLD."is_checked", OLD."name", OLD."payables_email", OLD."payment_terms_days", _pgh_attach_context(), NOW(), \'deleted\', OLD."id", OLD."purchase_order_mask", OLD."purchase_order_pattern", OLD."requires_purchase_order"); RETURN NULL;',
                    hash="13731fcb1ec954a0c56adfd8bfecdb750875d2fe",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_delete_71ca9",
                    table="profiles_organisation",
                    when="AFTER",
                ),
            ),
        ),
    ]
