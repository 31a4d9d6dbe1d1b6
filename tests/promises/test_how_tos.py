"""The pages that say how to add a programme and a stage kind are followed here to the letter."""

import ast
import re
import shlex
import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from services.cli import main
from services.intake.signin import guessing
from services.intake.worker import INTAKE
from shared.events.intake import StageOffered
from shared.identity import tokens
from shared.kernel.settings import SERVICES, load
from shared.programmes import kinds
from shared.referrals import words
from shared.storage import Database
from tests.announcements import announced
from tests.apps import web_app

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PROGRAMME = (ROOT / "docs" / "adding-a-programme.md").read_text(encoding="utf-8")
KIND = (ROOT / "docs" / "adding-a-stage-kind.md").read_text(encoding="utf-8")
TABLE = (ROOT / "docs" / "programmes.md").read_text(encoding="utf-8").partition("## Stage kinds")[2]
PASSWORD = "panjang-sekali-1"
MODEL, MODELS_KIND = "services/intake/assessments", "intake.assessment"
BLOCK = re.compile(r"^```(?:yaml|python|html)\n(?:#|\{#) ([\w./-]+)(?: #\})?\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILES = dict(BLOCK.findall(KIND))


@pytest.fixture
def city(intake_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A deployment of one's own: Kail's programmes, and room for more."""
    followed = shutil.ignore_patterns("menjahit-contoh*", "malang.yaml")  # somebody has followed the page in this copy
    shutil.copytree(ROOT / "programmes", tmp_path / "programmes", ignore=followed)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KAIL_PROGRAMMES", str(tmp_path / "programmes"))
    load()
    yield tmp_path
    monkeypatch.undo()
    load()


def test_whoever_follows_the_page_has_a_seventh_programme_with_a_woman_on_her_way(city: Path, intake_db: Database):
    (city / "menjahit-contoh.yaml").write_text(dict(BLOCK.findall(PROGRAMME))["programmes/menjahit-contoh.yaml"])
    offices = dict(BLOCK.findall(PROGRAMME))["programmes/agencies/malang.yaml"]
    (city / "programmes" / "agencies" / "malang.yaml").write_text(offices)
    done = set()
    for line in re.findall(r"^    ((?:kail|mv) .*)", PROGRAMME, flags=re.MULTILINE):
        match shlex.split(line):
            case ["mv", file, folder]:
                shutil.move(city / file, city / folder)
            case [_, *arguments]:
                given = f"{PASSWORD}\n{PASSWORD}\n" if arguments[:2] == ["officers", "add"] else None
                answer = CliRunner().invoke(main, arguments, input=given)
                assert answer.exit_code == 0, f"{line}: {answer.output}"
                done.add(" ".join(arguments[:2]))
    assert done >= {"agencies check", "officers add", "registry import", "programmes check", "programmes publish"}

    with intake_db.transaction() as session:
        sari = guessing.authenticate(session, "sari", PASSWORD, "127.0.0.1")
    assert sari is not None
    client, who = web_app("intake", intake_db).test_client(), {"Authorization": f"Bearer {tokens.issue(sari)}"}
    found = client.get("/intake/v1/dinsos/candidates?programme=menjahit-contoh", headers=who).get_json()["items"]
    asked = {"programme": "menjahit-contoh", "subject_ids": [found[0]["id"]]}
    opened = client.post("/intake/v1/dinsos/journeys", json=asked, headers=who).get_json()
    assert (len(opened["opened"]), opened["refused"]) == (1, [])
    (offer,) = [each for each in announced(intake_db) if isinstance(each, StageOffered)]
    assert (offer.stage, offer.office) == ("verification", "dinsos-malang")
    assert StageOffered in INTAKE.hears


def test_every_file_that_the_stage_kinds_page_names_is_there():
    named = [
        each for row in re.findall(r"^\|.*\|$", KIND, flags=re.MULTILINE) for each in re.findall(r"`(\S+/\S+)`", row)
    ]
    assert [each for each in named if not (ROOT / each).is_file()] == []


def test_the_page_names_every_place_that_the_models_slice_touches():
    own = {path for path in (ROOT / MODEL).rglob("*") if path.suffix in (".py", ".html")}
    tests = set((ROOT / "tests/intake/assessments").glob("test_*.py"))
    speaking = {
        path
        for folder in ("services", "shared")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(
            rf"{re.escape(MODELS_KIND)}\b|{MODEL.replace('/', '.')}\b|import assessments|^    assessments,",
            path.read_text(),
            re.M,
        )
    }
    migrations = {
        path for path in (ROOT / "services/intake/migrations").glob("*.py") if '"assessment",' in path.read_text()
    }
    touched = {str(path.relative_to(ROOT)) for path in own | tests | speaking | migrations}
    assert {each for each in touched if f"`{each}`" not in KIND} == set()


def test_the_page_has_the_rooms_of_the_model_and_its_code_is_python():
    rooms = {path.name for path in (ROOT / MODEL).glob("*.py")}
    assert {Path(name).name for name in FILES if "/talks/" in name and name.startswith("services")} >= rooms
    for name, code in FILES.items():
        if name.endswith(".py"):
            assert ast.get_docstring(ast.parse(code, name)), name


def test_whatever_the_pages_code_imports_is_there():
    missing = []
    for name, code in FILES.items():
        imports = ast.walk(ast.parse(code)) if name.endswith(".py") else ()
        for each in imports:
            if (
                isinstance(each, ast.ImportFrom)
                and each.module
                and not each.module.startswith("services.training.talks")
            ):
                module = import_module(each.module)
                missing += [f"{name}: {one.name}" for one in each.names if not hasattr(module, one.name)]
    assert [each for each in missing if not each.endswith((": commands", ": queries", ": rules", ": schemas"))] == []


@pytest.mark.parametrize("kind", kinds.CATALOGUE.values(), ids=lambda each: each.name)
def test_every_kind_stands_in_the_table_with_its_settings_and_outcomes_and_has_its_words(kind):
    (row,) = re.findall(rf"^\| `{re.escape(kind.name)}` \|.*$", TABLE, flags=re.MULTILINE)
    assert [each for each in (*kind.outcomes, *kind.facts, *kind.settings().fields) if each not in row] == []
    assert [each for each in kind.outcomes if each not in words.OUTCOMES] == []
    assert [each for each in kind.facts if each not in words.NAMES] == []


def test_the_pages_are_found():
    for where in ("README.md", "CONTRIBUTING.md", "docs/programmes.md"):
        text = (ROOT / where).read_text(encoding="utf-8")
        assert "adding-a-programme.md" in text, where
        assert "adding-a-stage-kind.md" in text, where


def test_the_picture_of_the_architecture_names_every_slice():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    slices = {path.parent for path in ROOT.glob("services/*/*/__init__.py") if path.parent.parent.name in SERVICES}
    assert {
        f"{each.parent.name}/{each.name}" for each in slices if f"`{each.parent.name}/{each.name}`" not in text
    } == set()
