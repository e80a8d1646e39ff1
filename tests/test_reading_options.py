"""The options of reading: what the dashboard decided reaches the command line as it is."""

from __future__ import annotations

import argparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.commands import reading_options
from explorer.params import ReadParams


def parsed(arguments: list[str]) -> ReadParams:
    parser = argparse.ArgumentParser()
    reading_options.add(parser)
    return reading_options.chosen(parser.parse_args(arguments))


@given(
    st.builds(
        ReadParams,
        as_lines=st.none() | st.booleans(),
        encoding=st.sampled_from([None, "utf-8", "cp1252"]),
        delimiter=st.sampled_from([None, "", ",", "\t", "||"]),
        quote=st.sampled_from([None, "", "'", '"']),
        first_line=st.none() | st.integers(1, 99),
        header_rows=st.none() | st.integers(0, 20),
        sheet=st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=9),
        log_format=st.sampled_from([None, "klog", "JSON (ECS)"]),
        day_first=st.none() | st.booleans(),
    )
)
def test_what_was_decided_comes_back_from_its_arguments(params: ReadParams) -> None:
    assert parsed(params.to_arguments()) == params


def test_one_order_of_day_and_month_excludes_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed(["--day-first", "--month-first"])
    assert "not allowed with" in capsys.readouterr().err
