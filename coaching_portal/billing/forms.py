"""Forms of the ledger's admin pages. They explain the rules; the actions keep them."""

from decimal import Decimal

from django import forms

from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import Invoice, Payment
from coaching_portal.common import visible_text
from coaching_portal.common.choice_fields import choice_field
from coaching_portal.common.date_fields import DayField
from coaching_portal.common.formatting import money
from coaching_portal.common.money_fields import amount_field
from profiles.models import Organisation, User

NOTHING = Decimal("0.00")


class CreditForm(forms.Form):
    """How much to take off each line that has something left.

    Amounts start from what is owed back ({line: amount}), and are empty where nothing is.
    """

    reason = forms.CharField(
        max_length=200, help_text="It appears on the credit note.", validators=[visible_text.LINE]
    )
    release = forms.ChoiceField(
        label="What was sold, where a line is credited in full",
        choices=[
            ("yes", "can be invoiced once more (wrong payer or details)"),
            ("no", "is not charged for any more"),
        ],
        widget=forms.RadioSelect,
    )

    how_much = forms.ChoiceField(
        label="How much",
        choices=[("entered", "the amounts entered below"), ("all", "all that is left")],
        widget=forms.RadioSelect,
        initial="entered",
        required=False,
    )

    def __init__(self, *args, left, proposed, **kwargs):
        super().__init__(*args, **kwargs)
        self.left = {f"line_{line.pk}": (line, amount) for line, amount in left.items() if amount}
        for name, (line, amount) in self.left.items():
            self.fields[name] = amount_field(
                f"{line}, before VAT",
                min_value=NOTHING,
                max_value=amount,
                initial=proposed.get(line),
                required=False,
                help_text=f"At most {money(amount)}.",
            )

    def amounts(self):
        if self.cleaned_data["how_much"] == "all":
            return dict(self.left.values())
        return {
            line: self.cleaned_data.get(name) or NOTHING for name, (line, _) in self.left.items()
        }

    def releases(self):
        return self.cleaned_data["release"] == "yes"


class PaymentForm(forms.Form):
    """Money that came in for one invoice; what is more than it needs stays with the payment."""

    amount = amount_field("Amount, £", min_value=Decimal("0.01"))
    received_on = DayField(label="Received on")
    method = forms.ChoiceField(choices=Payment.Method)
    reference = forms.CharField(
        validators=[visible_text.LINE],
        max_length=100,
        required=False,
        help_text="As it appears on the bank statement.",
    )


class PayerPaymentForm(PaymentForm):
    """Money that came in from a payer, to be allocated on the next page."""

    payer = forms.ChoiceField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields(["payer"])
        choice_field(self, "payer").choices = [("", "Choose a payer"), *self._payers()]

    def _payers(self):
        """Those who have been sent an invoice."""
        issued = Invoice.objects.issued()
        people = User.objects.filter(invoices__in=issued).distinct().by_name()
        organisations = Organisation.objects.filter(invoices__in=issued).distinct().by_name()
        return [
            *((f"organisation:{row.pk}", row.name) for row in organisations),
            *((f"user:{row.pk}", f"{row} ({row.email})") for row in people),
        ]

    def clean_payer(self):
        kind, pk = self.cleaned_data["payer"].split(":")
        if kind == "user":
            return Payer(user=User.objects.get(pk=pk))
        return Payer(organisation=Organisation.objects.get(pk=pk))


class AllocationForm(forms.Form):
    """How much of a payment is for each outstanding invoice of its payer, the oldest first."""

    def __init__(self, *args, invoices, unallocated, **kwargs):
        super().__init__(*args, **kwargs)
        self.invoices = {f"invoice_{invoice.pk}": invoice for invoice in invoices}
        left = unallocated
        for name, invoice in self.invoices.items():
            share = min(left, invoice.outstanding)
            left -= share
            self.fields[name] = amount_field(
                f"{invoice.number}, £",
                min_value=NOTHING,
                max_value=invoice.outstanding,
                initial=share or None,
                required=False,
                help_text=f"Amount to pay: {money(invoice.outstanding)}.",
            )

    def shares(self):
        return [
            (invoice, self.cleaned_data[name])
            for name, invoice in self.invoices.items()
            if self.cleaned_data.get(name)
        ]


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=200, validators=[visible_text.LINE])


class PeriodForm(forms.Form):
    """From and until, both included."""

    since = DayField(label="From")
    until = DayField(label="Until")

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", "Enter a date that is not before the first one.")
        return cleaned
