"""What the database itself refuses of documents and their numbers: page, shell or SQL.

Sums are read after the row that they are about has been locked, in the portal's order: payment,
invoice, counter. So two transactions cannot both use the same rest. That holds where each
statement sees what others have committed (READ COMMITTED), so any other isolation is refused.

One thing may take a document away: the retention job, after the term that the law sets. It says
so for its transaction (`retention.allowed`), and the database asks its own clock for the term.
"""

import pgtrigger

from coaching_portal.common.guards import REFUSED, Guard, never_truncated, refusal, refuse

STAYS = "An issued document never changes: correct it with a credit note."
NOT_TAKEN = "The number of a document is the one that its series has just given."
NOT_ITS_SUMS = "The sums of a document are those of its lines, each with its rate of VAT."
NOT_ITS_DAY = "A document is issued on the day of its moment, in London."
ISOLATION = f"""
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'Money is moved in transactions that are READ COMMITTED.' {REFUSED};
    END IF;
"""


def term_is_over(day):
    """SQL: whether the retention job is at work, and six tax years have passed since that day's.

    Taxes Management Act 1970, section 12B: a tax year ends on 5 April.
    """
    ends = f"make_date(extract(year FROM {day} - interval '3 months 5 days')::int + 1, 4, 5)"
    today = "(now() AT TIME ZONE 'Europe/London')::date"
    is_at_work = "coalesce(current_setting('portal.retention', true), '') = 'on'"
    return f"({is_at_work} AND {today} > {ends} + interval '6 years')"


def number_sql(prefix, year, last):
    """SQL: the number that a series gives, as `numbers.take` writes it."""
    digits = f"lpad({last}::text, greatest(4, length({last}::text)), '0')"
    return f"'{prefix}-' || {year} || '-' || {digits}"


def guards_of_document(prefix, *, checks, declare=()):
    """Those of invoices and credit notes; `checks` are SQL about the row that is being issued."""
    taken = number_sql(prefix, "extract(year FROM NEW.issued_on)::int", "taken")
    is_issued = pgtrigger.Q(old__issued_at__isnull=True, new__issued_at__isnull=False)
    return [
        Guard(
            name="issued_stays",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            condition=pgtrigger.Q(old__issued_at__isnull=False),
            func=f"""
                IF {term_is_over("OLD.issued_on")} THEN
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    IF (NEW.number, NEW.issued_at, NEW.issued_on, NEW.net, NEW.vat, NEW.total)
                        IS NOT DISTINCT FROM
                        (OLD.number, OLD.issued_at, OLD.issued_on, OLD.net, OLD.vat, OLD.total)
                    THEN RETURN NEW; END IF;
                END IF;
                {refusal(STAYS)}
            """,
        ),
        refuse(
            "is_issued_from_a_draft",
            pgtrigger.Insert,
            STAYS,
            condition=pgtrigger.Q(new__issued_at__isnull=False),
        ),
        Guard(
            name="is_issued_whole",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=is_issued,
            declare=[("taken", "integer"), ("sums", "record"), *declare],
            func=f"""
                {ISOLATION}
                IF NEW.issued_on <> (NEW.issued_at AT TIME ZONE 'Europe/London')::date THEN
                    {refusal(NOT_ITS_DAY)}
                END IF;
                {checks}
                SELECT last INTO taken FROM billing_numberseries
                    WHERE prefix = '{prefix}' AND year = extract(year FROM NEW.issued_on)
                    FOR NO KEY UPDATE;
                IF NEW.number IS DISTINCT FROM {taken} THEN
                    {refusal(NOT_TAKEN)}
                END IF;
                RETURN NEW;
            """,  # noqa: S608  (our own words)  # nosec B608
        ),
        never_truncated(),
    ]


SUMS_ARE_THOSE_OF_THE_LINES = f"""
    IF sums.is_whole IS NOT TRUE OR (NEW.net, NEW.vat) IS DISTINCT FROM (sums.net, sums.vat) THEN
        {refusal(NOT_ITS_SUMS)}
    END IF;
"""

# VAT is rounded once per rate (`amounts.totals`).
INVOICE_IS_WHOLE = f"""
    SELECT sum(each.net) AS net, sum(round(each.net * each.vat_rate / 100, 2)) AS vat,
           bool_and(each.vat_rate IS NOT NULL) AS is_whole
    INTO sums
    FROM (SELECT vat_rate, sum(net) AS net FROM billing_invoiceline
          WHERE invoice_id = NEW.id GROUP BY vat_rate) AS each;
    {SUMS_ARE_THOSE_OF_THE_LINES}
"""  # noqa: S608  (our own words)  # nosec B608

# The VAT of a credit follows what had been credited before it (`amounts.credit_totals`).
CREDIT_NOTE_IS_WHOLE = f"""
    SELECT total INTO of_invoice FROM billing_invoice
        WHERE id = NEW.invoice_id AND issued_at IS NOT NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        {refusal("A draft is not credited.")}
    END IF;
    SELECT sum(each.net) AS net, bool_and(each.is_of_invoice) AS is_whole,
           sum(round((each.net + each.earlier) * each.vat_rate / 100, 2)
               - round(each.earlier * each.vat_rate / 100, 2)) AS vat
    INTO sums
    FROM (
        SELECT line.vat_rate, sum(line.net) AS net,
            bool_and(origin.invoice_id = NEW.invoice_id AND origin.vat_rate = line.vat_rate)
                AS is_of_invoice,
            coalesce((
                SELECT sum(before.net)
                FROM billing_creditnoteline before
                JOIN billing_creditnote note ON note.id = before.credit_note_id
                WHERE note.invoice_id = NEW.invoice_id AND note.id < NEW.id
                    AND before.vat_rate = line.vat_rate
            ), 0) AS earlier
        FROM billing_creditnoteline line
        JOIN billing_invoiceline origin ON origin.id = line.invoice_line_id
        WHERE line.credit_note_id = NEW.id
        GROUP BY line.vat_rate
    ) AS each;
    {SUMS_ARE_THOSE_OF_THE_LINES}
    IF NEW.total + (SELECT coalesce(sum(total), 0) FROM billing_creditnote
                    WHERE invoice_id = NEW.invoice_id AND issued_at IS NOT NULL) > of_invoice THEN
        {refusal("Credit notes come to no more than their invoice.")}
    END IF;
"""  # noqa: S608  (our own words)  # nosec B608


def guards_of_invoice():
    return guards_of_document("INV", checks=INVOICE_IS_WHOLE)


def guards_of_credit_note():
    return [
        *guards_of_document("CN", checks=CREDIT_NOTE_IS_WHOLE, declare=[("of_invoice", "numeric")]),
        # At the end of the transaction, because crediting gives back what is overpaid by it.
        Guard(
            name="invoice_is_not_overpaid",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            condition=pgtrigger.Q(new__issued_at__isnull=False),
            timing=pgtrigger.Deferred,
            func=f"""
                IF {paid_and_credited("NEW.invoice_id")}
                    > (SELECT total FROM billing_invoice WHERE id = NEW.invoice_id) THEN
                    {refusal("An invoice is not paid and credited for more than its total.")}
                END IF;
                RETURN NULL;
            """,  # noqa: S608  (our own words)  # nosec B608
        ),
    ]


def paid_and_credited(invoice):
    """SQL: what allocations and credit notes come to that count for an invoice."""
    return f"""(
        (SELECT coalesce(sum(amount), 0) FROM billing_allocation
         WHERE invoice_id = {invoice} AND reversed_at IS NULL)
        + (SELECT coalesce(sum(total), 0) FROM billing_creditnote
           WHERE invoice_id = {invoice} AND issued_at IS NOT NULL)
    )"""  # noqa: S608  (our own words)  # nosec B608


def protect_issued_lines(*, table, column):
    """A guard that refuses lines to be added to, changed in or taken from an issued document.

    It locks the document's row, so that a line cannot slip in while the document is being issued.
    """

    def check(row):
        return f"""
            SELECT issued_at, issued_on INTO document FROM {table}
                WHERE id = {row}.{column} FOR NO KEY UPDATE;
            IF document.issued_at IS NOT NULL AND NOT (
                TG_OP = 'DELETE' AND {term_is_over("document.issued_on")}
            ) THEN
                {refusal(STAYS)}
            END IF;
        """  # noqa: S608  (table and column are our own words)  # nosec B608

    return Guard(
        name="lines_of_issued_stay",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("document", "record")],
        func=f"""
            IF TG_OP <> 'INSERT' THEN {check("OLD")} END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            {check("NEW")}
            RETURN NEW;
        """,
    )


def credit_fits_its_line():
    """A guard that refuses to credit more of a line than it came to, or a line of a draft."""
    return Guard(
        name="credit_fits_its_line",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("line", "record")],
        func=f"""
            {ISOLATION}
            SELECT invoice.issued_at, invoice.id, sold.net, sold.vat_rate INTO line
                FROM billing_invoiceline sold JOIN billing_invoice invoice
                ON invoice.id = sold.invoice_id
                WHERE sold.id = NEW.invoice_line_id FOR NO KEY UPDATE OF invoice;
            IF line.issued_at IS NULL OR NEW.vat_rate IS DISTINCT FROM line.vat_rate
                OR line.id IS DISTINCT FROM (
                    SELECT invoice_id FROM billing_creditnote WHERE id = NEW.credit_note_id
                ) THEN
                {refusal("A credit is of a line of its invoice, at the rate of VAT of that line.")}
            END IF;
            IF NEW.net + (SELECT coalesce(sum(net), 0) FROM billing_creditnoteline
                          WHERE invoice_line_id = NEW.invoice_line_id AND id <> NEW.id) > line.net
            THEN
                {refusal("Credits of a line come to no more than that line.")}
            END IF;
            RETURN NEW;
        """,  # noqa: S608  (our own words)  # nosec B608
    )


def protect_pdf(*, table, column):
    """A guard of the PDF of a document, which goes with its document when the term is over."""
    issued_on = f"(SELECT issued_on FROM {table} WHERE id = OLD.{column})"  # noqa: S608  # nosec B608
    return Guard(
        name="paper_stays",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF {term_is_over(issued_on)} THEN
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                IF NEW.{column} = OLD.{column} THEN RETURN NEW; END IF;
            END IF;
            {refusal("Cannot update or delete the PDF of an issued document.")}
        """,
    )


def guards_of_series():
    """A series counts up by one, and each number that it gives is a document's in the end."""
    number = number_sql("' || NEW.prefix || '", "NEW.year", "NEW.last")
    return [
        refuse("series_is_kept", pgtrigger.Delete, "Cannot delete a series of numbers."),
        refuse(
            "series_begins_at_nought",
            pgtrigger.Insert,
            "A series of numbers begins at nought.",
            condition=~pgtrigger.Q(new__last=0),
        ),
        Guard(
            name="series_only_counts_up",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=f"""
                IF (NEW.prefix, NEW.year, NEW.last)
                    IS DISTINCT FROM (OLD.prefix, OLD.year, OLD.last + 1) THEN
                    {refusal("Cannot update a series of numbers but to the next one.")}
                END IF;
                RETURN NEW;
            """,
        ),
        Guard(
            name="series_has_no_gap",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            timing=pgtrigger.Deferred,
            func=f"""
                IF NOT EXISTS (SELECT FROM billing_invoice WHERE number = {number})
                    AND NOT EXISTS (SELECT FROM billing_creditnote WHERE number = {number}) THEN
                    {refusal("A number that is taken is that of a document.")}
                END IF;
                RETURN NULL;
            """,  # noqa: S608  (our own words)  # nosec B608
        ),
        never_truncated(),
    ]
