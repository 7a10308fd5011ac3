"""Triggers that nobody passes by who is not the owner of the tables.

`pgtrigger.Trigger` asks first whether its session has set `pgtrigger.ignore`, which any session
may do. What keeps money and documents does not ask; and it looks for its tables where they are,
whatever the session's `search_path` says or its temporary tables are called.
"""

import pgtrigger
from pgtrigger import compiler

REFUSED = "USING ERRCODE = 'restrict_violation'"


class GuardSql(compiler.UpsertTriggerSql):
    """What migrations write down of a guard; they import it from here."""

    def get_template(self):
        return """
            CREATE OR REPLACE FUNCTION {pgid}()
            RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp;

            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table}
                {timing}
                FOR EACH {level} {condition}
                EXECUTE PROCEDURE {execute};

            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class Guard(pgtrigger.Trigger):
    """A trigger of pgtrigger's that `pgtrigger.ignore` does not switch off."""

    def compile(self, model):
        words = {k: v for k, v in super().compile(model).sql.kwargs.items() if k != "referencing"}
        del words["ignore_func_name"]
        return compiler.Trigger(name=self.name, sql=GuardSql(**words))


def refusal(words):
    """The statement that refuses, with words for the caller."""
    quoted = words.replace("'", "''")
    return f"RAISE EXCEPTION '{quoted}' {REFUSED};"


def refuse(name, operation, words, *, condition=None):
    """A guard that refuses an operation before it happens, always or where the condition holds."""
    return Guard(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        condition=condition,
        func=refusal(words),
    )


def never_truncated():
    """A guard against TRUNCATE, which asks no other trigger."""
    return Guard(
        name="never_truncated",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=refusal("These rows are kept: this table is never emptied."),
    )
