"""The register of processing leaves nothing out: no field of any table, and no length of time that the code obeys."""

import ast
from collections import Counter
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Column, LargeBinary, Uuid

from services.intake.papers import retention
from services.intake.papers.activities import FILE, INVENTORY, inventory, register
from services.operate import inventory as models
from shared.kernel.settings import STORES
from shared.privacy.fields import BlindIndex
from shared.storage.base import tables_of

ROOT = Path(__file__).parents[2]


def columns() -> dict[str, list[Column]]:
    """The columns of every table of the models."""
    models.inventory()
    return {f"{store}.{table.name}": list(table.columns) for store in STORES for table in tables_of(store)}


def test_the_inventory_is_what_the_models_say() -> None:
    assert INVENTORY.read_text(encoding="utf-8") == models.written(), "python -m services.operate.inventory"


def test_every_table_stands_in_exactly_one_activity_or_says_nothing_of_any_person() -> None:
    astray = {
        table: holding
        for table in columns()
        if len(holding := register().holding(table)) + register().says_nothing(table) != 1
    }
    assert astray == {}, f"say in {FILE.name} what these are for"


def test_every_field_of_an_activity_has_a_category() -> None:
    unknown = {
        f"{table}.{column.name}"
        for table, found in columns().items()
        if register().holding(table)
        for column in found
        if register().category(table, column.name) not in register().categories
    }
    assert unknown == set(), f"say in {FILE.name} which category of data these are"


def test_no_table_that_says_nothing_of_any_person_leads_to_one() -> None:
    leading = {
        f"{table}.{column.name}"
        for table, found in columns().items()
        if register().says_nothing(table)
        for column in found
        if isinstance(column.type, (Uuid, BlindIndex, *models.ENCRYPTED))
    }
    assert leading == set()


def test_whatever_the_register_names_is_there_and_is_named_once() -> None:
    known = columns()
    names = {each.name for table in known if register().holding(table) for each in known[table]}
    assert set(register().category_of) - names == set()
    named = [*(each for activity in register().activities for each in activity.tables), *register().nobody]
    assert [each for each, times in Counter(named).items() if times > 1] == []
    there = {*known, *(f"*.{table.partition('.')[2]}" for table in known)}
    assert set(named) - there == set()
    instead = [each.rpartition(".") for each in register().instead]
    assert [name for table, _, name in instead if name not in inventory()[table]] == []


def test_a_field_that_is_closed_or_a_digest_is_never_told_as_readable() -> None:
    plain = {
        f"{table}.{column.name}"
        for table, found in columns().items()
        for column in found
        if isinstance(column.type, (LargeBinary, BlindIndex, *models.ENCRYPTED))
        and inventory()[table][column.name] == "plain"
    }
    assert plain == set()


@cache
def used_in() -> dict[str, set[str]]:
    """By name, the files that read it, so that a constant which nobody obeys is not believed."""
    found: dict[str, set[str]] = {}
    for path in [*ROOT.glob("services/**/*.py"), *ROOT.glob("shared/**/*.py")]:
        if "papers" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                name = node.id if isinstance(node, ast.Name) else node.attr
                found.setdefault(name, set()).add(path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."))
    return found


@pytest.mark.parametrize("rule", [each for each in retention.RULES if each.constant], ids=lambda each: each.constant)
def test_every_length_is_one_that_the_code_has_and_uses(rule: retention.Rule) -> None:
    module, _, name = str(rule.constant).rpartition(".")
    assert isinstance(rule.length, timedelta | int)
    near = {each for each in used_in().get(name, set()) if each.startswith(module.rpartition(".")[0])}
    assert near, f"nobody reads {rule.constant}"
    assert "{length}" in rule.text.id
    assert "{length}" in rule.text.en


def test_every_rule_of_keeping_is_about_a_table_of_an_activity() -> None:
    for rule in retention.RULES:
        assert any(rule.is_for(table) for table in columns() if register().holding(table)), rule.tables


def test_no_number_stands_in_the_texts_of_keeping() -> None:
    texts = [text for rule in retention.RULES for text in (rule.text.id, rule.text.en)]
    assert [text for text in texts if any(letter.isdigit() for letter in text)] == []
