"""Words in column names that say what a column holds, in the languages we meet most."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_SPLIT = re.compile(r"[^\w]+|_+|(?<=[a-zß-ÿ\d])(?=[A-Z])")


def _words(*lists: str) -> frozenset[str]:
    return frozenset(word for words in lists for word in words.split())


TITLE = _words(
    "title subject summary headline heading topic name caption",
    "titel betreff zusammenfassung kurzbeschreibung kurztext titre sujet objet resume titulo asunto resumen assunto",
    "resumo titolo oggetto",
    "тема заголовок название 件名 タイトル 题 标题 主题 제목 onderwerp",
)
BODY = _words(
    "description text body message content comment comments details detail note notes problem question complaint",
    "issue request msg log line explanation narrative feedback review utterance query sentence",
    "beschreibung nachricht inhalt kommentar texte contenu commentaire descripcion mensaje contenido comentario",
    "texto",
    "descricao mensagem descrizione messaggio contenuto testo описание сообщение текст комментарий",
    "説明 内容 本文 描述 正文 설명 내용 beschrijving omschrijving verzoek toelichting anfrage anliegen demande",
    "solicitud solicitacao richiesta desc repro steps langtext selftext",
)
#: Before a word of BODY: the title.
SHORT = _words("short brief kurze kurz korte kort breve courte corta curta krotki kratkiy краткое")
#: The best of several body-like names comes first.
BODY_ORDER = ("description", "text", "body", "message", "content")
ID = _words(
    "id key number no nr num ticket issue case incident ref reference uuid guid identifier code",
    "nummer kennung schluessel vorgang numero identifiant cle referencia numeri номер код 番号 编号 번호",
)
#: When a record came to be.
CREATED = _words(
    "created opened timestamp reported datetime creation submitted logged raised",
    "erstellt angelegt eroeffnet gemeldet eingegangen erfasst erstelldatum erstellungsdatum eingangsdatum",
    "anlagedatum meldedatum cree creation ouvert ouverture creado creacion abierto apertura criado criacao aberto",
    "abertura creato creazione aperto aangemaakt aanmaakdatum gemeld utworzono utworzenia zgloszenia skapad oprettet",
    "opprettet создан создано создания открыт открыто 创建 创建时间 创建日期 提交时间 建立时间 作成日 作成日時 登録日",
    "登録日時 起票日 受付日時 생성일 등록일 작성일 접수일",
)
TIME = CREATED | _words(
    "date time received start at on when ts",
    "datum zeit zeitpunkt heure fecha hora data дата время",
    "日時 日付 时间 日期 날짜 data hora dato",
)
#: Times of something that happened to the record later.
LATER = _words(
    "updated modified resolved closed close due end ended finished changed last valid until expires deadline sla",
    "solved completed update modification",
    "geaendert aktualisiert aktualisierung aenderung aenderungsdatum bearbeitet zuletzt letzte letzter geschlossen",
    "abgeschlossen geloest faellig erledigt faelligkeit abschluss schlussdatum",
    "mis jour maj modifie modification derniere dernier echeance resolu resolution ferme fermeture cloture",
    "actualizado actualizacion modificado modificacion ultima ultimo cerrado cierre resuelto vencimiento",
    "atualizado atualizacao modificado fechado fechamento encerrado resolvido vencimento",
    "aggiornato aggiornamento modificato modifica chiuso chiusura risolto scadenza",
    "bijgewerkt gewijzigd wijzigingsdatum gesloten afgemeld gereed streefdatum laatst opgelost",
    "zaktualizowano zmodyfikowano zamkniecia rozwiazania uppdaterad andrad stangd opdateret lukket oppdatert",
    "обновлен обновлено обновления изменен изменено изменения закрыт закрыто закрытия решен срок",
    "更新 更新时间 更新日期 修改时间 关闭 关闭时间 解决时间 截止日期 更新日 更新日時 完了日 完了日時 期限 期日",
    "수정일 변경일 완료일 종료일 마감일 업데이트",
)
CATEGORY = _words(
    "status state priority severity type category component team group queue product service department level",
    "resolution assignee owner channel source region country language environment system label labels impact urgency",
    "prioritaet kategorie typ zustand abteilung priorite categorie etat prioridad categoria estado tipo",
    "статус приоритет 状态 优先级 状態 優先度",
)
STATUS = _words("status state statut etat estado stato zustand bearbeitungsstatus статус состояние 状态 状態 상태 stan")
PRIORITY = _words(
    "priority prioritaet priorite prioridad prioridade priorita prioriteit приоритет 优先级 優先度 우선순위",
    "priorytet prio",
)
SEVERITY = _words(
    "severity urgency impact schweregrad dringlichkeit gravite urgence gravedad severidad urgencia urgenza"
)
PRODUCT = _words(
    "product component components application app service module system platform project area subsystem package",
    "brand",
    "produkt komponente anwendung modul dienst produit composant producto componente aplicacion servicio",
    "produto prodotto",
    "applicazione продукт компонент 产品 製品 制品 组件 모듈 제품",
)
REQUESTER = _words(
    "requester reporter caller customer client creator author submitter sender requestor from user contact username",
    "melder kunde ersteller anforderer absender autor demandeur rapporteur solicitante cliente reportador",
    "richiedente",
    "заявитель автор клиент 报告人 提交人 客户 報告者 依頼者 보고자 aanvrager",
)
#: Who asked, rather than who wrote the record down.
FIRST_REQUESTER = _words(
    "requester reporter caller customer requestor melder anforderer kunde demandeur solicitante заявитель 报告人 報告者"
)
#: States of something else than the record.
NOT_STATUS = _words("country province address zip region escalation sla")
CLOSED = _words(
    "closed close resolved solved completed finished done resolution closure ended geschlossen geloest erledigt",
    "behoben abschluss schlussdatum ferme fermeture cloture cierre fechamento encerramento chiusura encerrado afgemeld",
    "gereed zamkniecia lukket stangd",
    "resolu cerrado resuelto fechado resolvido chiuso risolto gesloten opgelost закрыт закрыто решено 关闭 解决",
    "完了 解決 종료",
)
LINK = _words("url link href permalink html web address enlace lien collegamento ссылка 链接 リンク")


def _values(*lists: str) -> frozenset[str]:
    return frozenset(value.strip() for values in lists for value in values.split("|"))


#: What cells of a column say, in lower case, where its name does not say what it is.
STATUS_VALUES = _values(
    "open|opened|closed|new|resolved|in progress|in_progress|pending|on hold|on-hold|hold|done|fixed|solved",
    "to do|todo",
    "reopened|assigned|unassigned|waiting|waiting for customer|waiting on customer|waiting for support|canceled",
    "cancelled",
    "verified|unconfirmed|confirmed|invalid|duplicate|wontfix|won't fix|in review|backlog|work in progress|completed",
    "active|snoozed|triaged|escalated|rejected",
    "offen|geschlossen|neu|gelöst|in arbeit|in bearbeitung|erledigt|wartend|zurückgestellt|abgeschlossen",
    "ouvert|fermé|nouveau|résolu|en cours|en attente|clos|abierto|cerrado|nuevo|resuelto|en curso|en progreso",
    "pendiente",
    "aberto|fechado|novo|resolvido|em andamento|pendente|aperto|chiuso|nuovo|risolto|in corso|in attesa",
    "открыт|закрыт|новый|решен|решён|в работе|ожидание|打开|关闭|已关闭|新建|已解决|处理中|待处理|進行中|完了",
    "未対応|対応中",
)
PRIORITY_VALUES = _values(
    "p0|p1|p2|p3|p4|p5|prio 1|prio 2|prio 3|critical|high|medium|moderate|low|normal|urgent|blocker|major|minor",
    "trivial",
    "highest|lowest|planning|very high|very low|severe|s1|s2|s3|s4|sev1|sev2|sev3|sev4|sev 1|sev 2|sev 3",
    "kritisch|hoch|mittel|niedrig|gering|dringend|critique|haute|élevée|moyenne|basse|faible|urgente|crítica",
    "alta|media",
    "baja|crítico|alto|médio|média|baixa|baixo|critico|medio|basso|bassa|критический|высокий|средний|низкий|срочный",
    "紧急|高|中|低|緊急|높음|보통|낮음",
)
#: Words of which longer ones are made.
_KNOWN = TITLE | BODY | ID | TIME | LATER | CATEGORY | REQUESTER | PRODUCT | CLOSED
_SHORTEST_PART = 4
_NO_SPACES = "\u3040"
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


def with_parts(words: Iterable[str]) -> tuple[str, ...]:
    """Words with the known ones of which they are made behind them: "ticketstatus" -> also "ticket", "status".

    Names in Chinese and Japanese have no spaces, SQL's are often written without, and German puts nouns together.
    """
    found: dict[str, None] = {}
    for word in words:
        found[word] = None
        found.update(dict.fromkeys(_parts(word)))
    return tuple(found)


def _parts(word: str) -> Iterator[str]:
    if word[-1] >= _NO_SPACES:  # kana, Chinese characters and Hangul
        inside = (known for known in _KNOWN if known[0] >= _NO_SPACES and len(known) >= 2 and known in word)
        yield from sorted(inside, key=lambda known: (word.rfind(known) + len(known), -len(known)))
        return
    if word in _KNOWN or not word.isalpha():
        return
    places = [i for i in range(1, len(word) - 1) if word[i:] in _KNOWN]
    for place in places:
        begin, end = word[:place], word[place:]
        if place >= _SHORTEST_PART and begin in _KNOWN and (len(end) >= _SHORTEST_PART or end == "id"):
            yield from (begin, end)
            return
    # Without a known beginning, only a long end says what the word is.
    if places and places[0] >= _SHORTEST_PART and len(word) - places[0] > _SHORTEST_PART + 1:
        yield word[places[0] :]
