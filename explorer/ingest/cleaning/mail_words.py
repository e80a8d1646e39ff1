"""How mail is opened, closed, quoted and disclaimed, in the languages we meet most; all in lower case."""

from __future__ import annotations


def any_of(*lists: str) -> str:
    """An expression that matches any of the phrases between "|", longest first, with any white space inside."""
    phrases = [phrase.strip() for one in lists for phrase in one.split("|") if phrase.strip()]
    return "(?:" + "|".join(phrase.replace(" ", r"\s+") for phrase in sorted(phrases, key=len, reverse=True)) + ")"


def phrases(*expressions: str) -> list[str]:
    """The phrases that expressions of :func:`any_of` were made of."""
    lists = (one.removeprefix("(?:").removesuffix(")").replace(r"\s+", " ").replace("\\", "") for one in expressions)
    return [phrase for one in lists for phrase in one.split("|")]


GREETING = any_of(
    "hi|hello|hey|hiya|hi there|hello there|good morning|good afternoon|good evening|good day|greetings|dear",
    "to whom it may concern|hallo|guten tag|guten morgen|guten abend|moin|servus|grüezi|grüß gott|liebe|lieber",
    "sehr geehrte|sehr geehrter|sehr geehrte damen und herren|hallo zusammen|liebe kolleginnen und kollegen",
    "bonjour|bonsoir|salut|cher|chère|chers|chères|bonjour à tous|madame, monsieur|monsieur|madame",
    "hola|buenos días|buenos dias|buenas tardes|buenas noches|buenas|estimado|estimada|estimados|estimadas|querido",
    "olá|ola|oi|bom dia|boa tarde|boa noite|prezado|prezada|prezados|prezadas|caro|cara|caros",
    "ciao|salve|buongiorno|buonasera|gentile|gentili|egregio|spett\\.le|beste|geachte|goedemorgen|goedemiddag",
    "goedendag|hej|hei|god morgon|god dag|kære|kjære|dzień dobry|witam|cześć|szanowni państwo|szanowny panie",
    "dobrý den|ahoj|здравствуйте|добрый день|доброе утро|добрый вечер|привет|уважаемые|уважаемый|уважаемая",
    "добрий день|вітаю|merhaba|merhabalar|iyi günler|günaydın|sayın|selam",
    "您好|你好|大家好|尊敬的|お世話になっております|お疲れ様です|こんにちは|안녕하세요",
)
#: Whom a greeting is addressed to where it is nobody's name.
ADDRESSEE = any_of(
    "all|team|everyone|everybody|folks|guys|there|colleagues|support|helpdesk|help desk|service desk|servicedesk|sir",
    "madam|sirs|sir or madam|sir/madam|sirs and madams|it|it team|support team|it support|hr|admin|admins|friends",
    "zusammen|team|kollegen|kolleginnen und kollegen|kolleginnen|damen und herren|leute|an alle|support-team",
    "à tous|tous|toutes|l'équipe|équipe|madame|monsieur|collègues|a todos|todos|equipo|compañeros|señores|señor",
    "equipe|pessoal|time|senhores|colegas|a tutti|tutti|team di supporto|allen|allemaal|collega's|alla|alle",
    "wszystkim|państwo|коллеги|команда|всем|друзья|arkadaşlar|ekip|各位|大家|先生|女士",
)
CLOSING = any_of(
    "best regards|kind regards|warm regards|warmest regards|kindest regards|many regards|with regards|regards|rgds",
    "with best regards|with kind regards|best wishes|all the best|best|br|kr|brgds|cheers|sincerely|yours sincerely",
    "sincerely yours|yours faithfully|yours truly|respectfully|thanks and regards|thanks & regards|"
    "thank you and regards",
    "thanks and best regards|thanks & best regards|thanks and kind regards",
    "mit freundlichen grüßen|mit freundlichen grüssen|mit freundlichen gruessen|mit freundlichem gruß|"
    "freundliche grüße",
    "freundliche grüsse|viele grüße|viele grüsse|beste grüße|beste grüsse|liebe grüße|schöne grüße|herzliche grüße|mfg",
    "vg|lg|gruß|gruss|grüße|hochachtungsvoll",
    "cordialement|bien cordialement|sincères salutations|salutations distinguées|meilleures salutations|bien à vous",
    "bonne journée|cdlt|respectueusement|amicalement",
    "saludos|un saludo|saludos cordiales|un cordial saludo|atentamente|cordialmente|reciba un cordial saludo",
    "atenciosamente|att|abraços|abraço|cumprimentos|com os melhores cumprimentos|melhores cumprimentos",
    "cordiali saluti|distinti saluti|saluti|un saluto|buona giornata|met vriendelijke groet|vriendelijke groet",
    "met vriendelijke groeten|vriendelijke groeten|groeten|groetjes|mvg",
    "med vänlig hälsning|med vänliga hälsningar|vänliga hälsningar|mvh|med venlig hilsen|venlig hilsen|"
    "med vennlig hilsen",
    "pozdrawiam|z poważaniem|z wyrazami szacunku|s pozdravem|с уважением|с наилучшими пожеланиями|з повагою",
    "saygılarımla|iyi çalışmalar|此致|此致敬礼|祝好|顺祝商祺|敬具|以上、よろしくお願いします|よろしくお願いします",
    "よろしくお願いいたします|以上、よろしくお願いいたします|よろしくお願い致します|감사합니다|수고하세요",
)
#: Thanks close a mail as well, but they are also words of a text: they count where they are a line of their own.
THANKS = any_of(
    "thanks|thank you|thx|tia|many thanks|thanks a lot|thank you very much|thanks in advance|thank you in advance",
    "thanks so much|thank you so much|much appreciated|thanks for your help|thank you for your help",
    "thanks for your support|thank you for your support|thanks for your assistance|thank you for your assistance",
    "danke|vielen dank|danke schön|herzlichen dank|danke im voraus|vielen dank im voraus|besten dank|"
    "vielen dank für ihre hilfe",
    "merci|merci beaucoup|merci d'avance|merci par avance|je vous remercie|merci de votre aide",
    "gracias|muchas gracias|gracias de antemano|muchas gracias de antemano|obrigado|obrigada|muito obrigado",
    "desde já agradeço|grazie|grazie mille|grazie in anticipo|bedankt|alvast bedankt|dank u|bij voorbaat dank",
    "tack|tack på förhand|tak|takk|på forhånd tak|dziękuję|dzięki|z góry dziękuję|děkuji|спасибо|заранее спасибо",
    "большое спасибо|дякую|teşekkürler|teşekkür ederim|şimdiden teşekkürler|谢谢|谢谢！|非常感谢|ありがとうございます",
)
SENT_FROM = any_of(
    "sent|gesendet|envoyé|enviado|enviada|inviato|verzonden|skickat|sendt|wysłane|отправлено|发自|送信|iphoneから送信"
)
DEVICE = (
    r"(?:i ?phone|i ?pad|android|samsung|galaxy|blackberry|huawei|xiaomi|mobile|smartphone|"
    r"handy|mobiltelefon|móvil|celular|"
    r"mobil|outlook|yahoo|gmail|web\.de|gmx|mail für windows|mail for windows|mailapp|mail\.ru|ios|телефон)"
)
#: The names of a mail's header lines, by what they hold.
HEADER_FROM = any_of(
    "from|expéditeur|remitente", "von|de|da|van|od|från|fra|от|від|kimden|发件人|發件人|寄件者|差出人|보낸 사람"
)
HEADER_DATE = any_of(
    "sent|date|gesendet|datum|gesendet am|envoyé|envoyé le|enviado|enviado el|fecha|enviado em|data|inviato|verzonden",
    "skickat|sendt|dato",
    "wysłano|отправлено|дата|надіслано|gönderildi|tarih|发送时间|日期|寄件日期|送信日時|日時|보낸 날짜",
)
HEADER_TO = any_of(
    "to|cc|bcc|an|à|a|para|kopie|copie|aan|till|til|do|dw|кому|копия|kime|收件人|抄送|宛先|받는 사람",
    "reply-to|copia|kopia",
)
HEADER_SUBJECT = any_of(
    "importance|priority",
    "subject|re|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|temat|тема|konu|主题|主題|主旨|件名|제목|"
    "importance|priority",
)
WROTE = any_of(
    "wrote|writes|schrieb|schrieben|a écrit|escribió|escreveu|ha scritto|schreef|skrev|napisał|napisał\\(a\\)|napsal",
    "написал|написала|пишет|писал|писала|пише|yazdı|写道|寫道|のメール|作成",
)
ORIGINAL = any_of(
    "original message|original mail|original appointment|ursprüngliche nachricht|originalnachricht|message d'origine",
    "message original|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht",
    "originalmeddelande|oprindelig meddelelse|opprinnelig melding|wiadomość oryginalna|исходное сообщение",
    "пересланное сообщение|原始邮件|原始郵件|元のメッセージ|원본 메시지|reply above this line",
)
FORWARDED = any_of(
    "forwarded message|begin forwarded message|forwarded by|weitergeleitete nachricht|message transféré|"
    "début du message",
    "message transféré|mensaje reenviado|mensagem encaminhada|messaggio inoltrato|doorgestuurd bericht",
    "vidarebefordrat meddelande|пересылаемое сообщение|转发的邮件|转发邮件|転送メッセージ",
)
#: What an entry in a help desk's journal is called, behind its time and its author.
JOURNAL = any_of(
    "work notes?|worknotes?|additional comments?|comments?|notes?|internal notes?|public comments?|private notes?",
    "arbeitsnotizen|arbeitsnotiz|zusätzliche kommentare|weitere kommentare|kommentare?|notizen|interne notiz",
    "notes de travail|commentaires supplémentaires|commentaires?|notas de trabajo|comentarios adicionales|comentarios?",
    "notas de trabalho|comentários adicionais|comentários?|note di lavoro|commenti aggiuntivi|commenti|werknotities",
    "aanvullende opmerkingen|opmerkingen|рабочие заметки|дополнительные комментарии|комментари[ий]",
    "工作注释|工作备注|其他备注|其他注释|备注|作業メモ|追加コメント|コメント|작업 메모|추가 설명",
)
#: What a subject begins with where the mail below it is what the ticket is about.
FORWARD_SUBJECT = any_of("fw|fwd|wg|tr|rv|enc|i|doorst|vb|pd|ilt|转发|轉寄")
SEE_BELOW = any_of(
    "see below|below mail|mail below|email below|message below|below email|below request|request below|see the below",
    "as below|mentioned below|siehe unten|s\\. u\\.|untenstehend|unten stehend|weiter unten|anfrage unten",
    "ci-dessous|voir plus bas|más abajo|a continuación|abaixo|qui sotto|di seguito|hieronder|zie onder|nedan|nedenfor",
    "poniżej|ниже|нижче|aşağıda|如下|见下|下記|以下の|아래",
)
