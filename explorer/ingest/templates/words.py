"""Words that say what happened, and words that announce a name: which words of a log line may become wildcards.

The lists hold the words of events, states, outcomes and levels that system, network, database and application logs
use, most of them beside their opposites. They are not complete and need not be: any word of letters stays unless very
many different ones stand in its place. What is protected stays even then.
"""

from __future__ import annotations

import re

from explorer.ingest.masking import PLACEHOLDER


def word_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


#: Never a wildcard: outcomes, states and their opposites, levels, negations.
PROTECTED = word_set("""
ok okay success successful successfully succeed succeeds succeeded fail fails failed failing failure failures
failover failback pass passes passed good bad abnormal abnormally healthy unhealthy degraded critical valid invalid
validated invalidated correct incorrect corrected uncorrected correctable uncorrectable match matches mismatch
matched unmatched accept accepts accepted acceptable reject rejects rejected deny denies denied allow allows allowed
disallowed permit permits permitted forbid forbidden block blocks blocked unblock unblocked grant granted revoke
revoked refuse refuses refused drop drops dropped authorized unauthorized authorised unauthorised approve approved
decline declined disapproved start starts started starting startup begin begins began begun beginning end ends ended
ending finish finishes finished finishing stop stops stopped stopping restart restarts restarted restarting resume
resumes resumed resuming pause pauses paused pausing suspend suspends suspended suspending halt halted shutdown
booted reboot rebooted crash crashes crashed crashing hung freeze frozen thaw thawed abort aborts aborted aborting
cancel cancels canceled cancelled kill kills killed terminate terminated terminating exit exits exited exiting quit
die dies died dead alive up down on off in out online offline downgraded high low above below over under full empty
partial complete completes completed incomplete done undone pending ready unready busy idle active inactive activate
activated deactivate deactivated enable enables enabled enabling disable disables disabled disabling available
unavailable reachable unreachable responding unresponsive responsive respond responded open opens opened opening
close closes closed closing lock locks locked unlock unlocks unlocked acquire acquires acquired acquiring release
releases released releasing hold held allocate allocated deallocated alloc dealloc connect connects connected
connecting disconnect disconnects disconnected disconnecting reconnect reconnected attach attached detach detached
bind bound unbind unbound unlink unlinked mount mounts mounted mounting unmount unmounted umount join joined leaves
leaving login logged logout logon logoff signin signout add adds added adding remove removes removed removing insert
inserts inserted inserting delete deletes deleted deleting create creates created creating destroy destroys
destroyed destroying uninstall uninstalled loaded loading unload unloaded register registered registering unregister
unregistered deregistered subscribe subscribed unsubscribe unsubscribed uploaded downloaded read write written sent
receive receives received receiving unset update updated updating read-only read-write commit commits committed
committing rollback rolled increase increased increasing decrease decreased decreasing shrink shrank fall fell
falling lose loses lost losing found find missing missed miss exist exists existing absent expire expires expired
expiring renew renewed renewing timeout timedout timed overdue before after min max minimum maximum inbound outbound
incoming outgoing master slave primary secondary standby leader follower leading following looking elected demoted
promoted true false yes no none null nil undefined unknown known nan never always ever not cannot cant wont dont
doesnt didnt isnt wasnt without with within nothing everything all any neither nor except exclude excluded include
included encrypt encrypted decrypt decrypted secure insecure trusted untrusted safe unsafe clean dirty infected
quarantined supported unsupported unused equal unequal less more greater fewer lesser too enough insufficient
sufficient error errors err warning warnings warn warns fault faults faulty panic oops exception exceptions alert
alerts alarm alarms fatal severe emerg emergency crit info notice debug trace problems recovered recover recovery
recovering recoverable unrecoverable repaired resolved unresolved retry retries retried retrying skip skipped
skipping ignore ignored ignoring defer deferred throttled unthrottled overload overloaded overflow underflow exceed
exceeds exceeded exhausted starving saturated reset corrupt corrupted corruption intact broken fixed leak leaked
positive negative synced async unsync desync insync stale fresh charged discharging paid unpaid refund refunded
settled voided chargeback visible invisible hidden asleep win won nicht kein keine fehlgeschlagen fehler erfolgreich
gestartet gestoppt beendet abgelehnt verweigert verbunden getrennt echec échec échoué réussi succès erreur arrêté
démarré refusé accepté non pas fallo fallido falló éxito correcto iniciado detenido rechazado aceptado sin ошибка
успешно успех запущен остановлен отказано не 失败 成功 错误 启动 停止
""")

# Say what happened too, but are names as well ("boot" is a user, "link" a topic): a wildcard only in a place that is
# announced as a name, and only beside many other names.
_ACTIONS = word_set("""
boot link links linked entry entering enter enters entered top bottom left right back backward forward reverse build
built install installed load loads sleep sleeps sleeping wake wakes woke awake wakeup resets hit hits split merge
merged push pushed pull pulled publish published fine finer finest normal higher lower early late first last next
new old previous pre post sync free freed show shown hide get got put set reads reading writes writing wrote send
sends sending observer candidate launch launched draw upload download import imported export exported fetch fetched
used using information informational verbose n y charge charging capture captured both only every hibernate upgrade
upgraded downgrade leave hang grow grew gain gained rise rose rising present problem severity upstream downstream
ingress egress rx tx
""")

# HTTP methods, signals and protocols; the letters of Android's and glog's levels, which stand alone.
_CAPITALS = word_set("""
GET POST PUT PATCH DELETE HEAD OPTIONS TRACE CONNECT SELECT INSERT UPDATE DROP ALTER CREATE TRUNCATE BEGIN SYN ACK
FIN RST SIGTERM SIGKILL SIGSEGV SIGABRT SIGINT SIGHUP SIGBUS SIGPIPE OOM TCP UDP ICMP HTTP HTTPS TLS SSL V D I W E F
""")

#: Words whose neighbour to the right is a name: "user bob", "host=db".
NAMING = word_set("""
user username uname login account owner principal uid ruser luser logname host hostname rhost server client peer
machine node domain realm file filename path directory folder device dev disk volume interface iface module package
pkg program process proc daemon thread service unit job task worker queue topic table database db schema collection
index bucket container pod image namespace deployment replicaset cluster pool partition broker session name tag
label key field column class bean component plugin extension library lib customer tenant org organization team
project repo repository branch region zone shop store product sku email mail sender recipient rcpt helo
operator carrier warehouse voucher coupon provider vendor supplier instance agent
""")

#: Those who are named so may do what others may not: two of them, such as "root" and "bob", are no variable yet.
ACCOUNTS = word_set("user username uname login account owner principal uid ruser luser logname")

#: Names of fields whose value says what happened.
TELLING = word_set("""
status state result outcome reason cause level severity priority mode type kind action act event eventtype op
operation verb method phase stage step verdict decision code error err errno errorcode errormessage exception
message msg msgs text description detail details cond condition health alert category class role effect change
signal sig proto protocol direction result_code command cmd
""")

_KIND_OF_ERROR = re.compile(r"(?:Exception|Error|Failure|Fault|Err|Timeout)\b|\b(?:E[A-Z]{3,}|ERR_\w+)\b")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-zß-öø-ÿ]+|[^\W\d_]+")
_PATH = re.compile(r"(?:[~.]{0,2}/[^/]|[A-Za-z]:\\|\\\\|[A-Za-z][A-Za-z+.-]*:/)|(?=[^/]*/)(?:[^/]*+/[^/]*+/|\S*?[._<])")
_DOTTED = re.compile(r"[\w<>$@-]+(?:\.[\w<>$@-]+)+(?:\x02<num>)?\Z")

_VERB = re.compile(r"(?:[a-z]{3,}(?:ed|ing)|[A-Z]{3,}(?:ED|ING))\Z|[A-Z][a-z]{2,}(?:ed|ing)\Z")
_TOP_LEVEL = word_set("in no on info link pro top")  # last parts of host names that are words by chance


def is_protected(atom: str) -> bool:
    """Whether a part of a line may never become a wildcard: it says what happened, or holds a code that was kept.

    Masking has replaced every number that does not matter, so a digit that is left belongs to a status or an error.
    Of a path and of a dotted name only the last step is asked (``/orders/<num>/cancel``, ``order.cancelled``):
    directories and hosts are named after anything.
    """
    bare = PLACEHOLDER.sub(" ", atom)
    if _KIND_OF_ERROR.search(bare):
        return True
    if is_path(atom):
        return bare.rstrip("/ ").rpartition("/")[2].lower() in PROTECTED
    if is_dotted(atom):
        bare = bare.rpartition(".")[2]
        if bare.lower() in _TOP_LEVEL:
            return False
    if any(map(str.isdigit, bare)) or bare in _CAPITALS or "n't" in bare or "n\u2019t" in bare:
        return True
    return _has_word_of(PROTECTED, bare)


def is_action(atom: str) -> bool:
    """Whether a word names an action or a state rather than a thing: a known one, or an English participle."""
    return _VERB.match(atom.rstrip(".!?")) is not None or _has_word_of(_ACTIONS, atom)


def _has_word_of(words: frozenset[str], text: str) -> bool:
    return any(part.lower() in words for part in _PARTS.findall(text))


def is_path(atom: str) -> bool:
    """``/var/log``, ``C:\\Temp``, ``src/main.c``, ``hdfs://host/x``, but not ``input/output``."""
    return _PATH.match(atom) is not None


def is_dotted(atom: str) -> bool:
    """A host, a package or a file: ``db.example.org``, ``org.apache.Foo``, ``main.c``."""
    return _DOTTED.match(atom) is not None
