from __future__ import annotations

import jsonschema
import pytest
import yaml

from quarterdeck.connectors.files import (
    PRESETS,
    mapping_from_yaml,
    mapping_json_schema,
    mapping_to_yaml,
    preset,
    with_translation,
)
from quarterdeck.terms.errors import Refusal

HEAD = "name: x\ntables:\n- template: opportunities\n  file: deals\n"


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_reads_back_as_it_was_written(name: str) -> None:
    assert mapping_from_yaml(mapping_to_yaml(preset(name))) == preset(name)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_fits_the_published_schema(name: str) -> None:
    schema = mapping_json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(mapping_to_yaml(preset(name))), schema)


def test_an_unknown_preset_is_refused() -> None:
    with pytest.raises(Refusal) as refusal:
        preset("siebel")
    assert refusal.value.rule == "unknown_preset"


@pytest.mark.parametrize(
    ("text", "path", "says"),
    [
        ("", "", "keys and values"),
        ("- a", "", "keys and values"),
        ("name: x", "tables", "missing"),
        ("name: x\ntables: []\nfoo: 1", "foo", "no such key"),
        ("name: x\ntables: {}", "tables", "a list"),
        ("name: x\ntables: [{file: a, template: deals, fields: {a: b}}]", "tables[1].template", "cannot be 'deals'"),
        (HEAD + "  fields: {amont: b}", "tables[1].fields.amont", "Did you mean 'amount'?"),
        (HEAD + "  fields: {amount: {column: a, text: b}}", "tables[1].fields.amount", "2 sources"),
        (HEAD + "  fields: {amount: {scale: 2}}", "tables[1].fields.amount", "0 sources"),
        (HEAD + "  fields: {amount: {column: a, scale: -1}}", "tables[1].fields.amount.scale", "above zero"),
        (HEAD + "  fields: {amount: {column: a, scale: 1/0}}", "tables[1].fields.amount.scale", "above zero"),
        (HEAD + "  fields: {amount: [a]}", "tables[1].fields.amount", "keys and values"),
        (HEAD + "  fields: {amount: a}\n  where: {a: b}", "tables[1].where.a", "a list"),
        (HEAD + "  fields: {amount: a}\n  distinct: maybe", "tables[1].distinct", "cannot be 'maybe'"),
        (HEAD + "  fields: {amount: a}\n  unpivot: {columns: '('}", "tables[1].unpivot.columns", "regular expression"),
        ("name: x\ncurrency: euros\ntables: []", "currency", "not a currency"),
        ("name: x\ndates: sometimes\ntables: []", "dates", "cannot be"),
        ("a: [", "", "not YAML"),
        ("a: &x 1\nb: *x", "", "aliases"),
        ("[" * 50_000, "", "not YAML"),
        ("!!python/object/apply:os.system [ls]", "", "not YAML"),
        ("x" * 2_000_000, "", "characters"),
    ],
)
def test_what_is_wrong_is_named_by_its_path_with_a_remedy(text: str, path: str, says: str) -> None:
    with pytest.raises(Refusal) as refusal:
        mapping_from_yaml(text)
    assert refusal.value.rule == "mapping"
    assert refusal.value.row == path
    assert says in str(refusal.value)
    assert refusal.value.next_step


def test_scalars_stay_the_words_they_are() -> None:
    mapping = mapping_from_yaml(
        HEAD + "  fields: {stage: {column: yes, values: {no: 007, 1: off}}}\n  where: {x: [true, 1.0]}"
    )
    (rule,) = mapping.tables
    assert dict(rule.fields)["stage"].column == "yes"
    assert dict(rule.fields)["stage"].values == (("no", "007"), ("1", "off"))
    assert rule.where == (("x", ("true", "1.0")),)


def test_the_schema_refuses_a_field_of_another_template() -> None:
    wrong = {"name": "x", "tables": [{"template": "leave", "file": "a", "fields": {"amount": "b"}}]}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, mapping_json_schema())


def test_a_value_mapped_by_a_person_is_added_to_the_translations() -> None:
    mended = with_translation(preset("maven"), "opportunities", "product", "GTXPro", "GTX Pro")
    fields = dict(next(rule for rule in mended.tables if rule.template == "opportunities").fields)
    assert fields["product"].values == (("GTXPro", "GTX Pro"),)


def test_a_translation_that_led_to_the_value_is_led_on() -> None:
    first = with_translation(preset("maven"), "opportunities", "product", "G", "GTXPro")
    second = with_translation(first, "opportunities", "product", "GTXPro", "GTX Pro")
    fields = dict(next(rule for rule in second.tables if rule.template == "opportunities").fields)
    assert fields["product"].values == (("G", "GTX Pro"), ("GTXPro", "GTX Pro"))


def test_a_value_of_a_field_that_nothing_fills_cannot_be_mapped() -> None:
    with pytest.raises(Refusal):
        with_translation(preset("maven"), "opportunities", "competitor", "a", "b")
