"""Any company's files to template rows and findings; nothing is stored here.

    export.zip ──reading──> raw tables ──detecting──> mapping ──applying, checking──> rows of templates + findings

`read_files` is the door; `detect` and `mapping_to_yaml` are for the page on which a person confirms or edits a mapping.
"""

from quarterdeck.connectors.files.applying import Context, Mapped
from quarterdeck.connectors.files.detecting import PRESETS, ColumnGuess, Suggestion, detect, preset
from quarterdeck.connectors.files.documenting import (
    mapping_json_schema,
    mapping_reference,
    template_csv,
    templates_xlsx,
)
from quarterdeck.connectors.files.door import Reading, iter_mapped, read_files, read_tables
from quarterdeck.connectors.files.mapping import Field, Join, Mapping, TableRule, Unpivot
from quarterdeck.connectors.files.parsing import mapping_from_yaml, mapping_to_yaml, with_translation
from quarterdeck.connectors.files.raw import RawTable, batches
from quarterdeck.connectors.files.reading import Source, raw_tables
from quarterdeck.connectors.files.references import unknown_references
from quarterdeck.connectors.files.rules import RULES, Rule

__all__ = [
    "PRESETS",
    "RULES",
    "ColumnGuess",
    "Context",
    "Field",
    "Join",
    "Mapped",
    "Mapping",
    "RawTable",
    "Reading",
    "Rule",
    "Source",
    "Suggestion",
    "TableRule",
    "Unpivot",
    "batches",
    "detect",
    "iter_mapped",
    "mapping_from_yaml",
    "mapping_json_schema",
    "mapping_reference",
    "mapping_to_yaml",
    "preset",
    "raw_tables",
    "read_files",
    "read_tables",
    "template_csv",
    "templates_xlsx",
    "unknown_references",
    "with_translation",
]
