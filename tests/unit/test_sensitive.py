"""The list of sensitive codes: what is shipped can be used, and a line that can't be is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.errors import InputError, UsageError
from dashboard.privacy import sensitive

HEAD = "# a comment\nclass,system,code,is_prefix\n"


def test_the_shipped_list_names_the_four_classes() -> None:
    classes = sensitive.read()
    assert set(classes["class"]) == {"substance_use", "hiv", "behavioural", "reproductive", "restricted"}
    assert {"ICD10CM", "ICD9CM", "HCPCS"} <= set(classes["system"])
    codes = set(classes.filter(classes["class"] == "substance_use")["code"])
    assert {"F11", "H0020", "303"} <= codes
    assert not [code for code in codes if code.startswith("F17")]  # tobacco isn't of 42 CFR Part 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("hiv,ICD10CM,B20", "sensitive_class.csv:3: has 3 columns, not 4"),
        ("HIV,ICD10CM,B20,true", "sensitive_class.csv:3: 'HIV' is no name of a class"),
        ("hiv,ICD11,B20,true", "unknown system 'ICD11'"),
        ("hiv,HCPCS,B2,true", "'B2' is too short for a beginning"),
        ("hiv,HCPCS,,false", "'' is no code of letters and digits"),
        ("hiv,ICD10CM,B9735,false", "'B9735' is no ICD10CM code with its dot"),
        ("hiv,ICD9CM,7957,false", "'7957' is no ICD9CM code with its dot"),
        ("hiv,ICD10CM,B20,yes", "is_prefix is 'yes'"),
        ("hiv,ICD10CM,B20,true\nhiv,ICD10CM,B20,false", "sensitive_class.csv:4: repeats line 3"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{HEAD}{row}\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        sensitive.read(path)
    assert said in str(refused.value)


def test_a_list_without_its_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("class,code\nhiv,B20\n", encoding="utf-8")
    with pytest.raises(InputError, match="must name the columns"):
        sensitive.read(path)


def test_only_listed_classes_can_be_withheld() -> None:
    with pytest.raises(UsageError, match="unknown class 'alcohol'"):
        sensitive.check_known(["alcohol"], sensitive.read())
