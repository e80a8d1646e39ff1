"""One file per format; a new format is one file and one line in ``READERS``."""

from __future__ import annotations

from explorer.errors import UnreadableFileError
from explorer.ingest.readers.aligned_table import AlignedTableReader
from explorer.ingest.readers.base import Confidence, FileRows, Reader
from explorer.ingest.readers.delimited import DelimitedReader
from explorer.ingest.readers.drawn_table import DrawnTableReader
from explorer.ingest.readers.dumps import dump_kind
from explorer.ingest.readers.feather import FeatherReader
from explorer.ingest.readers.journal import JournalReader
from explorer.ingest.readers.journal_verbose import JournalVerboseReader
from explorer.ingest.readers.json_document import JsonReader
from explorer.ingest.readers.json_lines import JsonLinesReader
from explorer.ingest.readers.json_log import JsonLogReader
from explorer.ingest.readers.lines import LinesReader
from explorer.ingest.readers.mail import EML, MBOX
from explorer.ingest.readers.parquet import ParquetReader
from explorer.ingest.readers.w3c import W3cReader
from explorer.ingest.readers.windows_csv import WindowsCsvReader
from explorer.ingest.readers.windows_text import WindowsTextReader
from explorer.ingest.readers.windows_xml import WindowsXmlReader
from explorer.ingest.readers.workbook import HTML, ODS, XLS, XLSB, XLSX, XML_WORKBOOK
from explorer.ingest.readers.xml_log import XmlLogReader
from explorer.ingest.readers.xml_records import XmlReader
from explorer.ingest.source import Source

__all__ = ["READERS", "Confidence", "FileRows", "Reader", "choose_reader"]

#: Where two readers are equally sure, the earlier one gets the file.
READERS: tuple[Reader, ...] = (
    ParquetReader(),
    FeatherReader(),
    XLSX,
    ODS,
    XLS,
    XLSB,
    HTML,
    XML_WORKBOOK,
    MBOX,
    EML,
    LinesReader(),
    JournalReader(),
    JournalVerboseReader(),
    WindowsXmlReader(),
    WindowsTextReader(),
    WindowsCsvReader(),
    W3cReader(),
    JsonLogReader(),
    XmlLogReader(),
    XmlReader(),
    JsonLinesReader(),
    JsonReader(),
    DrawnTableReader(),
    AlignedTableReader(),
    DelimitedReader(),
)


def choose_reader(source: Source) -> Reader:
    """The reader that is surest of the file; ``source.params.as_lines`` allows only, or never, reading it line by line.

    Raises UnreadableFileError when no reader can open it.
    """
    as_lines = source.params.as_lines
    if as_lines is None and source.params.is_about_tables:
        as_lines = False
    sure = {reader: reader.sniff(source) for reader in READERS}
    if not any(sure.values()):
        raise source.unreadable()
    allowed = [reader for reader in READERS if as_lines is None or reader.is_lines == as_lines]
    if source.params.log_format is not None:  # a format of lines, not of blocks
        allowed = [reader for reader in allowed if isinstance(reader, LinesReader) or not reader.is_lines]
    best = max(allowed, key=lambda reader: sure[reader])
    if sure[best] == Confidence.NO:
        raise UnreadableFileError(f"{source.name} is not a text file. Read it as a table, not as plain lines.")
    if as_lines is None and sure[best] < Confidence.PLAIN and (what := dump_kind(source)):
        raise UnreadableFileError(f"{source.name} is {what}")
    return best
