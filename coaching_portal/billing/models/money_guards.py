"""What the database itself refuses of payments and what they are used for, for every caller.

How sums are read, and what may take a payment away: see `document_guards`.
"""

import pgtrigger

from coaching_portal.billing.models.document_guards import (
    ISOLATION,
    paid_and_credited,
    term_is_over,
)
from coaching_portal.common.guards import Guard, never_truncated, refusal, refuse

REASON_IS_FORGOTTEN = f"""
    {term_is_over("OLD.received_on")} AND NEW.reversal_reason = ''
    AND (OLD.reversed_at, OLD.reversed_by_id)
        IS NOT DISTINCT FROM (NEW.reversed_at, NEW.reversed_by_id)
"""


def guards_of_payment():
    return [
        _is_kept("payment_is_kept", "a payment", "OLD.received_on"),
        _stays("payment_stays", "a payment", pgtrigger.AnyChange("user", "organisation", "amount")),
        _reversal_stays("reversed_by_id", "reversal_reason", unless=REASON_IS_FORGOTTEN),
        Guard(
            name="reversed_payment_pays_nothing",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(old__reversed_at__isnull=True, new__reversed_at__isnull=False),
            func=f"""
                {ISOLATION}
                IF EXISTS (SELECT FROM billing_allocation
                           WHERE payment_id = NEW.id AND reversed_at IS NULL) THEN
                    {refusal("Reverse what a payment is used for before the payment itself.")}
                END IF;
                RETURN NEW;
            """,  # nosec B608  (our own words)
        ),
        never_truncated(),
    ]


def guards_of_allocation():
    issued_on = "(SELECT issued_on FROM billing_invoice WHERE id = OLD.invoice_id)"
    return [
        _is_kept("allocation_is_kept", "an allocation", issued_on),
        _stays(
            "allocation_stays", "an allocation", pgtrigger.AnyChange("payment", "invoice", "amount")
        ),
        _reversal_stays("reversed_by_id"),
        Guard(
            name="allocation_fits",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[("paying", "record"), ("owed", "record")],
            func=f"""
                {ISOLATION}
                SELECT user_id, organisation_id, amount, reversed_at INTO paying
                    FROM billing_payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;
                SELECT user_id, organisation_id, total, issued_at INTO owed
                    FROM billing_invoice WHERE id = NEW.invoice_id FOR NO KEY UPDATE;
                IF NEW.reversed_at IS NOT NULL OR paying.reversed_at IS NOT NULL
                    OR owed.issued_at IS NULL
                    OR (paying.user_id, paying.organisation_id)
                        IS DISTINCT FROM (owed.user_id, owed.organisation_id) THEN
                    {refusal("A payment is used for issued invoices of its payer, until reversed.")}
                END IF;
                IF NEW.amount + (SELECT coalesce(sum(amount), 0) FROM billing_allocation
                                 WHERE payment_id = NEW.payment_id AND reversed_at IS NULL)
                    > paying.amount THEN
                    {refusal("A payment is used for no more than its amount.")}
                END IF;
                IF NEW.amount + {paid_and_credited("NEW.invoice_id")} > owed.total THEN
                    {refusal("An invoice is not paid and credited for more than its total.")}
                END IF;
                RETURN NEW;
            """,  # noqa: S608  (our own words)  # nosec B608
        ),
        never_truncated(),
    ]


def _is_kept(name, thing, day):
    return Guard(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func=f"""
            IF {term_is_over(day)} THEN RETURN OLD; END IF;
            {refusal(f"Cannot delete {thing}: reverse it.")}
        """,
    )


def _stays(name, thing, condition):
    words = f"Cannot update what {thing} is: reverse it."
    return refuse(name, pgtrigger.Update, words, condition=condition)


def _reversal_stays(*columns, unless="false"):
    before = ", ".join(f"OLD.{column}" for column in ("reversed_at", *columns))
    after = before.replace("OLD.", "NEW.")
    return Guard(
        name="reversal_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__reversed_at__isnull=False),
        func=f"""
            IF ({before}) IS DISTINCT FROM ({after}) AND NOT ({unless}) THEN
                {refusal("What has been reversed stays reversed.")}
            END IF;
            RETURN NEW;
        """,
    )
