"""What an office asks for before it takes software in: a licence, whom to tell of a fault, and what is in it."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_the_licence_is_the_one_that_the_package_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["license"] == "EUPL-1.2"
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in (ROOT / "LICENSE").read_text().splitlines()[0]


def test_every_test_that_a_promise_of_security_names_is_there():
    promised = re.findall(r"`((?:tests|docs)/[^`]+)`", (ROOT / "SECURITY.md").read_text())
    assert len(promised) >= 8
    assert [each for each in promised if not (ROOT / each).exists()] == []


@pytest.mark.slow
def test_the_bill_of_materials_names_every_package_of_the_lock_with_its_version(tmp_path):
    (recipe,) = re.findall(r"^sbom:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    (command,) = re.findall(r"\$\(BIN\)/cyclonedx-py (.*?)requirements\.lock", recipe.replace("\\\n", " "), re.DOTALL)
    words = [str(tmp_path / "sbom.json") if word == "build/sbom.cdx.json" else word for word in command.split()]
    program = Path(sys.executable).with_name("cyclonedx-py")
    subprocess.run([program, *words, "requirements.lock"], cwd=ROOT, check=True, capture_output=True)
    bill = json.loads((tmp_path / "sbom.json").read_text())
    assert bill["bomFormat"] == "CycloneDX"
    told = {(each["name"].lower(), each["version"]) for each in bill["components"]}
    locked = re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE
    )
    assert told >= {(name.lower(), version) for name, version in locked}
    assert len(locked) > 50
