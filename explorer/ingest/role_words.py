"""Words in column names that say what a column holds, in the languages we meet most."""

from __future__ import annotations

import re
import unicodedata

_SPLIT = re.compile(r"[^\w]+|_+|(?<=[a-zß-ÿ\d])(?=[A-Z])")


def _words(*lists: str) -> frozenset[str]:
    return frozenset(word for words in lists for word in words.split())


TITLE = _words(
    "title subject summary headline heading topic name caption",
    "titel betreff zusammenfassung titre sujet objet resume titulo asunto resumen assunto resumo titolo oggetto",
    "тема заголовок название 件名 タイトル 题 标题 主题 제목 onderwerp",
)
BODY = _words(
    "description text body message content comment comments details detail note notes problem question complaint",
    "issue request msg log line explanation narrative feedback review utterance query sentence",
    "beschreibung nachricht inhalt kommentar texte contenu commentaire descripcion mensaje contenido comentario texto",
    "descricao mensagem descrizione messaggio contenuto testo описание сообщение текст комментарий",
    "説明 内容 本文 描述 正文 설명 내용 beschrijving omschrijving",
)
#: The best of several body-like names comes first.
BODY_ORDER = ("description", "text", "body", "message", "content")
ID = _words(
    "id key number no nr num ticket issue case incident ref reference uuid guid identifier code",
    "nummer kennung schluessel vorgang numero identifiant cle referencia numeri номер код 番号 编号 번호",
)
TIME = _words(
    "created opened date time timestamp datetime reported submitted received logged raised start at on when ts",
    "datum zeit erstellt zeitpunkt gemeldet cree heure creado fecha hora criado aberto data creato дата время создан",
    "日時 日付 作成日 时间 日期 创建 날짜 aangemaakt",
)
#: Times of something that happened to the record later.
LATER = _words(
    "updated modified resolved closed due end ended finished changed last valid until expires deadline sla",
    "geaendert geschlossen geloest faellig mis jour resolu ferme actualizado cerrado atualizado fechado",
)
CATEGORY = _words(
    "status state priority severity type category component team group queue product service department level",
    "resolution assignee owner channel source region country language environment system label labels impact urgency",
    "prioritaet kategorie typ zustand abteilung priorite categorie etat prioridad categoria estado tipo",
    "статус приоритет 状态 优先级 状態 優先度",
)
#: Never a text while there is something better.
NOT_TEXT = CATEGORY | _words(
    "assigned reporter author user creator email mail phone fax url uri link website address zip path file version",
    "id key tags tag template code hash bearbeiter autor melder utilisateur usuario автор",
)


def split_name(name: str) -> tuple[str, ...]:
    """A column name as lower-case words without accents: "issueKey" and "Issue_key" -> ("issue", "key")."""
    umlauts = name.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    plain = "".join(c for c in unicodedata.normalize("NFD", umlauts) if not unicodedata.combining(c))
    # decomposing splits Korean syllables; put them together again
    plain = unicodedata.normalize("NFC", plain)
    return tuple(word.casefold() for word in _SPLIT.split(plain) if word)
