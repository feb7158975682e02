"""What the documents say is there is there, and what is there is in the documents."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from dashboard.cli import app
from dashboard.privacy.lattice import _WORDS
from dashboard.warehouse import catalog

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\(([^)#\s]*)(#[^)\s]*)?\)")
# Written so that this file doesn't find itself.
PLACES = re.compile(
    r"(?<![\w.])/(roo[t]\b|wor[k]/|hom[e]/[a-z])|pyp[i]\.org|files\.pythonhoste[d]|registry\.npmj[s]|proxy\.golan[g]"
)


def tracked(*patterns: str) -> list[Path]:
    """Files under version control, and new ones not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


DOCUMENTS = [path for path in tracked("*.md") if not path.name.endswith(".case.md")]


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that a user can see, as it is typed."""
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        if command.hidden:
            continue
        below = getattr(command, "commands", None)
        if below is None:
            yield f"careparity {name}", command
        else:
            yield from ((f"careparity {name} {sub}", each) for sub, each in below.items())


def test_every_command_and_option_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for typed, command in commands():
        assert f"`{typed}" in text, f"{typed} is not in README.md"
        if typed == "careparity build":
            options = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
            assert {option for option in options if option not in text} == set()


def test_the_readme_names_no_command_that_is_not_there() -> None:
    known = {typed for typed, _ in commands()}
    for path in DOCUMENTS:
        for typed in re.findall(r"`(careparity [a-z]+(?: measures\b)?)", path.read_text(encoding="utf-8")):
            assert any(name.startswith(typed) for name in known), f"{path.relative_to(ROOT)} names {typed}"


def test_every_header_key_is_in_the_guide() -> None:
    guide = (ROOT / "queries" / "README.md").read_text(encoding="utf-8")
    assert catalog.key_table() in guide
    for word in _WORDS:
        assert f"*{word.strip()}*" in guide


def test_every_lint_is_in_the_guide() -> None:
    traps = (ROOT / "queries" / "README.md").read_text(encoding="utf-8").partition("## Traps")[2]
    for pattern, what, _ in catalog.LINTS:
        assert re.search(pattern, traps, re.IGNORECASE), f"the guide gives no example of {what}"


def test_every_layer_is_in_the_guide() -> None:
    guide = (ROOT / "queries" / "README.md").read_text(encoding="utf-8")
    for layer in catalog.LAYERS:
        assert re.search(rf"^\| `{layer}[`/]", guide, re.MULTILINE), f"the guide's table lacks {layer}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target, anchor in LINK.findall(text):
        if "://" in target:
            continue
        file = (path.parent / target).resolve() if target else path
        assert file.exists(), f"{target} is not there"
        if anchor and file.suffix == ".md":
            assert anchor[1:] in anchors(file), f"{target}{anchor} is no heading"


def anchors(file: Path) -> set[str]:
    """The anchors of a document's headings, as they are usually made."""
    headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    for path in sorted(folder.glob("[0-9]*.md")):
        text = path.read_text(encoding="utf-8")
        assert f"({path.name})" in listed
        assert all(part in text for part in ("**What.**", "**Why.**", "**Ruled out.**"))


def test_every_reference_file_is_described() -> None:
    text = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "data" / "reference").glob("*.csv"):
        assert path.name in text


def test_promises_name_tests_that_exist() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = re.findall(r"`(test_\w+)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    assert named
    assert [name for name in named if f"def {name}(" not in sources] == []


def test_no_registry_and_no_machine_is_named() -> None:
    found = []
    for path in tracked():
        if path.suffix in {".png", ".json", ".parquet"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if match := PLACES.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {match[0]}")
    assert found == []
