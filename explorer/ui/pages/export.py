"""Export: every report as a file."""

from explorer.ui import export_page, parts

analysis = parts.open_or_stop("Export")
export_page.show_downloads(analysis)
