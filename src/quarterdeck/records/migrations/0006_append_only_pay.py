from django.db import migrations

TABLES = (
    "pay_run", "pay_run_state", "pay_input", "pay_credit", "pay_measure", "pay_payout", "pay_settlement", "pay_line",
    "pay_dispute", "pay_dispute_note", "payroll", "payroll_row",
)  # fmt: skip


def protect(apps, schema_editor):
    """Make the database itself refuse to change or delete what a run, a batch or a dispute has said."""
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, 'pay is append-only'); END"
                )
        return
    schema_editor.execute(
        "CREATE FUNCTION quarterdeck_pay_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'pay is append-only'; END $$"
    )
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION quarterdeck_pay_append_only()"
        )


def release(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for table in TABLES:
        if is_sqlite:
            for verb in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}")
        else:
            schema_editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    if not is_sqlite:
        schema_editor.execute("DROP FUNCTION quarterdeck_pay_append_only()")


class Migration(migrations.Migration):
    dependencies = [("records", "0005_pay")]
    operations = [migrations.RunPython(protect, release)]
