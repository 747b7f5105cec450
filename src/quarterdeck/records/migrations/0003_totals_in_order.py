from django.db import migrations


def in_order(apps, schema_editor):
    """On SQLite keep the rows of totals in the order of their key: one tree instead of three, and no way between two.

    Django cannot say WITHOUT ROWID. PostgreSQL keeps its heap.
    """
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT type, sql FROM sqlite_master WHERE tbl_name = 'total' AND sql IS NOT NULL ORDER BY type DESC"
        )
        (_, table), *indexes = cursor.fetchall()
    schema_editor.execute(table.replace('"total"', '"total_in_order"', 1) + " WITHOUT ROWID")
    schema_editor.execute("INSERT INTO total_in_order SELECT * FROM total")
    schema_editor.execute("DROP TABLE total")
    schema_editor.execute("ALTER TABLE total_in_order RENAME TO total")
    for _, index in indexes:
        schema_editor.execute(index)


class Migration(migrations.Migration):
    dependencies = [("records", "0002_append_only_journal")]
    operations = [migrations.RunPython(in_order, migrations.RunPython.noop)]
