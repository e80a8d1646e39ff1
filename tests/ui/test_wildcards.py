"""The values behind a template's wildcards, as a page shows them."""

from __future__ import annotations

from explorer.ui import cached, wildcards
from tests.factories import make_analysis


def test_values_are_counted_over_all_records_of_a_template() -> None:
    texts = ["disk 7 of node 41 full", "disk 7 of node 42 full", "disk 9 of node 41 full", "fan down"]
    analysis = make_analysis(texts, mask=True, kind="logs")
    text = int(analysis.distinct.text_of_row[0])
    disk, node = wildcards._rows(cached.values_of(analysis.fingerprint, text, analysis))
    assert (disk["Wildcard"], disk["Different values"], disk["Most common"]) == ("1. <num>", 2, "7 (2) · 9 (1)")
    assert node["Most common"] == "41 (2) · 42 (1)"


def test_a_value_cannot_pass_for_a_command() -> None:
    analysis = make_analysis(["from 1\u202e7 ok", "from 2 ok"], mask=True, kind="logs")
    text = int(analysis.distinct.text_of_row[0])
    for row in wildcards._rows(cached.values_of(analysis.fingerprint, text, analysis)):
        assert "\u202e" not in str(row["Most common"])
