"""From files to a corpus."""

from explorer.ingest.table import read_table
