"""Anomalies: what belongs nowhere, and why."""

from explorer.ui import anomalies_page, parts

analysis = parts.open_or_stop("Anomalies")
anomalies_page.stop_if_nothing_to_judge(analysis)
listed = anomalies_page.choose_list(analysis)
if listed is not None:
    anomalies_page.show_findings(analysis, listed)
