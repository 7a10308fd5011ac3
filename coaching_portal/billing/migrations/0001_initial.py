import uuid
from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("profiles", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("number", models.CharField(blank=True, editable=False, max_length=20)),
                ("issued_at", models.DateTimeField(editable=False, null=True)),
                ("issued_on", models.DateField(editable=False, null=True)),
                (
                    "issued_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "net",
                    models.DecimalField(decimal_places=2, editable=False, max_digits=10, null=True),
                ),
                (
                    "vat",
                    models.DecimalField(
                        decimal_places=2,
                        editable=False,
                        max_digits=10,
                        null=True,
                        verbose_name="VAT",
                    ),
                ),
                (
                    "total",
                    models.DecimalField(decimal_places=2, editable=False, max_digits=10, null=True),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="client",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="profiles.organisation",
                    ),
                ),
                ("purchase_order", models.CharField(blank=True, max_length=50)),
                ("due_on", models.DateField(editable=False, null=True)),
                ("seller", models.JSONField(default=dict, editable=False)),
                ("buyer", models.JSONField(default=dict, editable=False)),
                ("drafted_at", models.DateTimeField(editable=False)),
                (
                    "drafted_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [("issue_invoice", "Can issue invoices and credit notes")],
                "indexes": [models.Index(fields=["due_on"], name="billing_invoice_due")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("number",),
                        name="billing_invoice_number_is_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("issued_at__isnull", True),
                                ("issued_on__isnull", True),
                                ("number", ""),
                                ("total__isnull", True),
                            ),
                            models.Q(
                                ("issued_at__isnull", False),
                                models.Q(("number", ""), _negated=True),
                                ("issued_by__isnull", False),
                                ("issued_on__isnull", False),
                                ("net__gte", 0),
                                (
                                    "total",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("net"), "+", models.F("vat")
                                    ),
                                ),
                                ("vat__gte", 0),
                            ),
                            _connector="OR",
                        ),
                        name="billing_invoice_is_a_draft_or_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("organisation__isnull", False), ("user__isnull", True)),
                            models.Q(("organisation__isnull", True), ("user__isnull", False)),
                            _connector="OR",
                        ),
                        name="billing_invoice_has_one_payer",
                        violation_error_message="Choose either a client or an organisation.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_on__isnull", True), ("issued_at__isnull", True)),
                            models.Q(
                                ("due_on__gte", models.F("issued_on")), ("issued_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="billing_invoice_issued_has_its_due_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("purchase_order", ""), ("organisation__isnull", False), _connector="OR"
                        ),
                        name="billing_invoice_purchase_order_is_of_an_organisation",
                        violation_error_message="Only an organisation has a purchase order.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("number", models.CharField(blank=True, editable=False, max_length=20)),
                ("issued_at", models.DateTimeField(editable=False, null=True)),
                ("issued_on", models.DateField(editable=False, null=True)),
                (
                    "issued_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "net",
                    models.DecimalField(decimal_places=2, editable=False, max_digits=10, null=True),
                ),
                (
                    "vat",
                    models.DecimalField(
                        decimal_places=2,
                        editable=False,
                        max_digits=10,
                        null=True,
                        verbose_name="VAT",
                    ),
                ),
                (
                    "total",
                    models.DecimalField(decimal_places=2, editable=False, max_digits=10, null=True),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_notes",
                        to="billing.invoice",
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("number",),
                        name="billing_credit_note_number_is_unique",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("issued_at__isnull", True),
                                ("issued_on__isnull", True),
                                ("number", ""),
                                ("total__isnull", True),
                            ),
                            models.Q(
                                ("issued_at__isnull", False),
                                models.Q(("number", ""), _negated=True),
                                ("issued_by__isnull", False),
                                ("issued_on__isnull", False),
                                ("net__gte", 0),
                                (
                                    "total",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("net"), "+", models.F("vat")
                                    ),
                                ),
                                ("vat__gte", 0),
                            ),
                            _connector="OR",
                        ),
                        name="billing_credit_note_is_a_draft_or_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditNoteDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pdf", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "credit_note",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="document",
                        to="billing.creditnote",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "sha256",
                                models.Func(
                                    models.Func(
                                        models.F("pdf"),
                                        function="sha256",
                                        output_field=models.BinaryField(),
                                    ),
                                    models.Value("hex"),
                                    function="encode",
                                    output_field=models.CharField(),
                                ),
                            )
                        ),
                        name="billing_credit_note_document_hash",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pdf", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="document",
                        to="billing.invoice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "sha256",
                                models.Func(
                                    models.Func(
                                        models.F("pdf"),
                                        function="sha256",
                                        output_field=models.BinaryField(),
                                    ),
                                    models.Value("hex"),
                                    function="encode",
                                    output_field=models.CharField(),
                                ),
                            )
                        ),
                        name="billing_invoice_document_hash",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="billing.invoice",
                    ),
                ),
                ("description", models.CharField(max_length=200)),
                ("supplied_on", models.DateField()),
                (
                    "quantity",
                    models.DecimalField(decimal_places=2, default=Decimal("1"), max_digits=8),
                ),
                (
                    "unit_price",
                    models.DecimalField(
                        decimal_places=2, max_digits=10, verbose_name="unit price, £"
                    ),
                ),
                (
                    "vat_rate",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Empty: the standard rate.",
                        max_digits=5,
                        null=True,
                        verbose_name="VAT rate, %",
                    ),
                ),
                ("net", models.DecimalField(decimal_places=2, editable=False, max_digits=10)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)),
                        name="billing_line_quantity_is_more_than_nothing",
                        violation_error_message="Enter a quantity of more than nothing.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit_price__gte", 0)),
                        name="billing_line_price_is_not_negative",
                        violation_error_message="Enter a price of £0.00 or more.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("vat_rate__isnull", True),
                            models.Q(("vat_rate__gte", 0), ("vat_rate__lte", 100)),
                            _connector="OR",
                        ),
                        name="billing_line_vat_rate_is_0_to_100",
                        violation_error_message="Enter a rate of VAT from 0 to 100.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "net",
                                models.Func(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("quantity"), "*", models.F("unit_price")
                                    ),
                                    models.Value(2),
                                    function="ROUND",
                                    output_field=models.DecimalField(
                                        decimal_places=2, max_digits=10
                                    ),
                                ),
                            )
                        ),
                        name="billing_line_net_is_quantity_times_price",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditNoteLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "credit_note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="billing.creditnote",
                    ),
                ),
                (
                    "invoice_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credits",
                        to="billing.invoiceline",
                    ),
                ),
                ("net", models.DecimalField(decimal_places=2, max_digits=10)),
                ("vat_rate", models.DecimalField(decimal_places=2, max_digits=5)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("net__gt", 0)),
                        name="billing_credit_is_more_than_nothing",
                    ),
                    models.UniqueConstraint(
                        fields=("credit_note", "invoice_line"),
                        name="billing_credit_names_a_line_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("prefix", models.CharField(max_length=4)),
                ("year", models.PositiveSmallIntegerField()),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "number series",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("prefix", "year"), name="billing_one_series_a_year"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="client",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="profiles.organisation",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=10, verbose_name="amount, £"),
                ),
                ("received_on", models.DateField()),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("BANK_TRANSFER", "Bank transfer"),
                            ("CARD", "Card"),
                            ("CHEQUE", "Cheque"),
                            ("CASH", "Cash"),
                        ],
                        default="BANK_TRANSFER",
                        max_length=13,
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        blank=True, help_text="As it stands on the bank statement.", max_length=100
                    ),
                ),
                ("recorded_at", models.DateTimeField(editable=False)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reversed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "reversed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reversal_reason", models.CharField(blank=True, editable=False, max_length=200)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("organisation__isnull", False), ("user__isnull", True)),
                            models.Q(("organisation__isnull", True), ("user__isnull", False)),
                            _connector="OR",
                        ),
                        name="billing_payment_has_one_payer",
                        violation_error_message="Choose either a client or an organisation.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="billing_payment_is_more_than_nothing",
                        violation_error_message="Enter an amount of more than £0.00.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="billing.payment",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="billing.invoice",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(decimal_places=2, max_digits=10, verbose_name="amount, £"),
                ),
                ("allocated_at", models.DateTimeField()),
                (
                    "allocated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reversed_at", models.DateTimeField(null=True)),
                (
                    "reversed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="billing_allocation_is_more_than_nothing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Practice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        default="Example Practice", help_text="As people know it.", max_length=200
                    ),
                ),
                ("legal_name", models.CharField(blank=True, max_length=200)),
                (
                    "legal_form",
                    models.CharField(
                        blank=True,
                        help_text="Such as sole trader, partnership, limited company.",
                        max_length=60,
                    ),
                ),
                ("company_number", models.CharField(blank=True, max_length=20)),
                ("address", models.TextField(blank=True)),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        default="practice@example.org",
                        max_length=254,
                        verbose_name="e-mail address",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telephone")),
                (
                    "mail_sender",
                    models.CharField(
                        blank=True,
                        help_text="Such as Example Practice &lt;practice@example.org&gt;. Empty: the one that the server was set up with.",
                        max_length=200,
                        verbose_name="sender of mail",
                    ),
                ),
                (
                    "bank_account_name",
                    models.CharField(blank=True, max_length=100, verbose_name="account name"),
                ),
                (
                    "bank_sort_code",
                    models.CharField(blank=True, max_length=8, verbose_name="sort code"),
                ),
                (
                    "bank_account_number",
                    models.CharField(blank=True, max_length=20, verbose_name="account number"),
                ),
                (
                    "client_payment_days",
                    models.PositiveSmallIntegerField(
                        default=14,
                        help_text="Organisations have payment terms of their own.",
                        verbose_name="days that clients have to pay",
                    ),
                ),
                (
                    "vat_number",
                    models.CharField(
                        blank=True, max_length=20, verbose_name="VAT registration number"
                    ),
                ),
                (
                    "vat_registered_from",
                    models.DateField(
                        blank=True,
                        help_text="Invoices issued from this date on carry VAT.",
                        null=True,
                        verbose_name="registered for VAT from",
                    ),
                ),
                (
                    "vat_rate",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("20.00"),
                        max_digits=5,
                        verbose_name="standard rate of VAT, %",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "practice",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="billing_one_practice"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("vat_number", ""), ("vat_registered_from__isnull", True)),
                            models.Q(
                                models.Q(("vat_number", ""), _negated=True),
                                ("vat_registered_from__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="billing_practice_vat_number_comes_with_its_date",
                        violation_error_message="Enter both the VAT registration number and its date, or neither.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("vat_rate__gte", 0), ("vat_rate__lte", 100)),
                        name="billing_practice_vat_rate_is_0_to_100",
                        violation_error_message="Enter a rate of VAT from 0 to 100.",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="numberseries",
            trigger=pgtrigger.compiler.Trigger(
                name="series_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="04a4d205e72756beadc8519f3336d8ebf95698ee",
                    operation="DELETE",
                    pgid="pgtrigger_series_is_kept_7a90b",
                    table="billing_numberseries",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="numberseries",
            trigger=pgtrigger.compiler.Trigger(
                name="series_only_counts_up",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."last" < (OLD."last"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="99ae63807bc3791a85e4d8edb8e84579e7300360",
                    operation="UPDATE",
                    pgid="pgtrigger_series_only_counts_up_d5483",
                    table="billing_numberseries",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditnotedocument",
            trigger=pgtrigger.compiler.Trigger(
                name="paper_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ed3445ab5c77d6e0ebdd300c691886580fd568b4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_paper_stays_0efea",
                    table="billing_creditnotedocument",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invoice",
            trigger=pgtrigger.compiler.Trigger(
                name="issued_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."issued_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'An issued document never changes: correct it with a credit note.' USING ERRCODE = 'restrict_violation';",
                    hash="0201036507c1eed24eaa0c3e1aaf7197b24deb68",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_issued_stays_9ecb0",
                    table="billing_invoice",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invoice",
            trigger=pgtrigger.compiler.Trigger(
                name="is_issued_from_a_draft",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."issued_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'An issued document never changes: correct it with a credit note.' USING ERRCODE = 'restrict_violation';",
                    hash="526d17650d079357bea4598f86d457302f7e54a0",
                    operation="INSERT",
                    pgid="pgtrigger_is_issued_from_a_draft_d6827",
                    table="billing_invoice",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditnote",
            trigger=pgtrigger.compiler.Trigger(
                name="issued_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."issued_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'An issued document never changes: correct it with a credit note.' USING ERRCODE = 'restrict_violation';",
                    hash="45078d24e529fe05b3e9a0e80d0d3163b9c4d24b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_issued_stays_10ed2",
                    table="billing_creditnote",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditnote",
            trigger=pgtrigger.compiler.Trigger(
                name="is_issued_from_a_draft",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."issued_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'An issued document never changes: correct it with a credit note.' USING ERRCODE = 'restrict_violation';",
                    hash="7d79e705c62897b1b7bcf7e5bddc91792c9d0ebe",
                    operation="INSERT",
                    pgid="pgtrigger_is_issued_from_a_draft_425b3",
                    table="billing_creditnote",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invoicedocument",
            trigger=pgtrigger.compiler.Trigger(
                name="paper_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="01ed864d77add361cae0d3fdf958ddafd0c8a7a9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_paper_stays_38d46",
                    table="billing_invoicedocument",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invoiceline",
            trigger=pgtrigger.compiler.Trigger(
                name="lines_of_issued_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE issued timestamptz;",
                    func="\n            IF TG_OP <> 'INSERT' THEN \n            SELECT issued_at INTO issued FROM billing_invoice WHERE id = OLD.invoice_id FOR NO KEY UPDATE;\n            IF issued IS NOT NULL THEN\n                RAISE EXCEPTION 'An issued document never changes: correct it with a credit note.' USING ERRCODE = 'restrict_violation';\n            END IF;\n         END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            \n            SELECT issued_at INTO issued FROM billing_invoice WHERE id = NEW.invoice_id FOR NO KEY UPDATE;\n            IF issued IS NOT NULL THEN\n                RAISE EXCEPTION 'An issued document never changes: correct it with a credit note.' USING ERRCODE = 'restrict_violation';\n            END IF;\n        \n            RETURN NEW;\n        ",
                    hash="2de60a61ba91a0b31d6b5ea08bff9e7b3a7867c6",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_lines_of_issued_stay_dd2f5",
                    table="billing_invoiceline",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditnoteline",
            trigger=pgtrigger.compiler.Trigger(
                name="lines_of_issued_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE issued timestamptz;",
                    func="\n            IF TG_OP <> 'INSERT' THEN \n            SELECT issued_at INTO issued FROM billing_creditnote WHERE id = OLD.credit_note_id FOR NO KEY UPDATE;\n            IF issued IS NOT NULL THEN\n                RAISE EXCEPTION 'An issued document never changes: correct it with a credit note.' USING ERRCODE = 'restrict_violation';\n            END IF;\n         END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            \n            SELECT issued_at INTO issued FROM billing_creditnote WHERE id = NEW.credit_note_id FOR NO KEY UPDATE;\n            IF issued IS NOT NULL THEN\n                RAISE EXCEPTION 'An issued document never changes: correct it with a credit note.' USING ERRCODE = 'restrict_violation';\n            END IF;\n        \n            RETURN NEW;\n        ",
                    hash="0e99e0a2356fcb05ccbfb6fb88489d3404ea90aa",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_lines_of_issued_stay_a6794",
                    table="billing_creditnoteline",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="payment_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="e309bbd87f69f3d28f5e55c095d37640c79c0d58",
                    operation="DELETE",
                    pgid="pgtrigger_payment_is_kept_6a9f0",
                    table="billing_payment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="payment_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="141ba92f445f21187dbcefbc5dd30e778919aeb9",
                    operation="UPDATE",
                    pgid="pgtrigger_payment_stays_dff7a",
                    table="billing_payment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="allocation",
            trigger=pgtrigger.compiler.Trigger(
                name="allocation_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="a58baa12686db151f6009846e072d07a5bbdec49",
                    operation="DELETE",
                    pgid="pgtrigger_allocation_is_kept_1ce14",
                    table="billing_allocation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="allocation",
            trigger=pgtrigger.compiler.Trigger(
                name="allocation_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."invoice_id" IS DISTINCT FROM (NEW."invoice_id") OR OLD."payment_id" IS DISTINCT FROM (NEW."payment_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="b88ccfeb046d1b6e6a7128a2226d391d24225d6f",
                    operation="UPDATE",
                    pgid="pgtrigger_allocation_stays_f90f8",
                    table="billing_allocation",
                    when="BEFORE",
                ),
            ),
        ),
    ]
