"""Levels of Windows events, by number and by the words that Windows shows for them."""

from __future__ import annotations

from explorer.ingest.levels import LEVEL_NAMES

#: ``winmeta.h``: 0 is LogAlways, which the Event Viewer shows as information; 16 to 255 are a provider's own.
_NUMBERS = {"0": "INFO", "1": "CRITICAL", "2": "ERROR", "3": "WARN", "4": "INFO", "5": "TRACE"}
_WORDS = {
    "CRITICAL": "critical kritisch critique crítico critico kritiek krytyczny критический 重大 严重",
    "ERROR": "error fehler erreur errore erro fout błąd ошибка エラー 错误",
    "WARN": "warning warnung avertissement advertencia avviso aviso waarschuwing ostrzeżenie предупреждение 警告",
    "INFO": "information informationen información informazioni informações informatie informacje сведения 情報 信息",
    "TRACE": "verbose ausführlich détaillé commentaires detallado dettagliato detalhado uitgebreid подробно 詳細 详细",
}
_BY_WORD = {word: level for level, words in _WORDS.items() for word in words.split()}


def is_level(word: str) -> bool:
    """Whether Windows shows a level so, in one of the languages known here."""
    return word.strip().casefold() in _BY_WORD


def level_of(number: str | None, word: str | None) -> str | None:
    """The level as logs show it: by its number, else by its word; a word that is not known stays as it is."""
    by_number = _NUMBERS.get((number or "").strip())
    bare = (word or "").strip()
    return by_number or _BY_WORD.get(bare.casefold()) or LEVEL_NAMES.get(bare.upper()) or bare or None
