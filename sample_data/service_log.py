"""About 20,000 lines of a made-up checkout service over four days, and the truth about each line."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from phrasing import Dice, phrase_lines

START = datetime(2026, 3, 2)
DAYS = 4
N_REQUESTS = 4850
POOL_EXHAUSTED = datetime(2026, 3, 3, 10, 42)
PROVIDER_DOWN = datetime(2026, 3, 4, 15, 5)
STRANGE_BURST = datetime(2026, 3, 5, 13, 27)
N_STRANGE = 40

LOG_TRUTH_COLUMNS = ("line", "template", "anomaly")

# How busy the shop is in each hour of the day.
RHYTHM = (3, 2, 1.5, 1, 1, 2, 6, 14, 24, 30, 32, 30, 25, 27, 30, 29, 26, 24, 25, 29, 31, 24, 14, 7)

# What one request leaves behind: how often it comes, then its lines. "a:0.3" is written in 3 of 10 cases, "a/b:0.1" is
# a, or in 1 of 10 cases b.
FLOWS: tuple[tuple[float, str], ...] = (
    (
        22,
        "gw_get_product/gw_slow_upstream:0.01 cache_hit/cache_miss:0.2 inv_price:0.2 img_resize:0.08 img_missing:0.01",
    ),
    (10, "gw_search search_query rec_served/rec_fallback:0.2"),
    (1.3, "search_none search_spell:0.6"),
    (7, "gw_get_order/gw_get_order_404:0.08 auth_token_expired:0.1 db_acquired:0.3 db_returned:0.25"),
    (8, "gw_put_cart disc_price_rule:0.2 orders_voucher_ok/orders_voucher_bad:0.4 inv_low:0.03"),
    (1.5, "gw_delete_cart sess_expired"),
    (7, "auth_login_ok/auth_login_bad:0.14 auth_token_issued:0.8 sess_created:0.6"),
    (3, "auth_sso_ok/auth_sso_denied:0.1 auth_token_issued"),
    (4, "auth_token_refreshed auth_logout:0.3"),
    (0.5, "auth_login_bad auth_login_bad auth_login_bad auth_login_bad auth_login_bad auth_locked auth_pw_reset:0.5"),
    (0.3, "audit_role:0.7 auth_unlocked"),
    (
        3,
        "orders_validated fraud_ok/fraud_review:0.05 inv_reserved pay_request pay_3ds_started pay_3ds_done pay_ok "
        "orders_created orders_state gw_post_order mail_queued mail_sent queue_depth:0.15 ship_rate:0.3",
    ),
    (0.3, "orders_validated inv_short gw_post_order_400"),
    (
        6,
        "orders_validated fraud_ok/fraud_review:0.05 inv_reserved pay_request pay_ok orders_created "
        "orders_state gw_post_order mail_queued mail_sent queue_depth:0.15 ship_rate:0.3 orders_address_fix:0.1",
    ),
    (
        0.9,
        "orders_validated fraud_ok inv_reserved pay_request pay_failed inv_released gw_post_order_402",
    ),
    (0.2, "orders_validated fraud_denied gw_post_order_402"),
    (0.4, "pay_request pay_3ds_started pay_3ds_abandoned gw_post_order_402"),
    (0.5, "gw_post_order_400 orders_rejected:0.4"),
    (0.2, "orders_duplicate gw_post_order"),
    (3, "pay_webhook pay_captured orders_confirmed"),
    (0.4, "orders_cancelled pay_refund inv_released"),
    (3, "ship_label orders_shipped mail_shipped/mail_deferred:0.06"),
    (2, "ship_delivered/ship_carrier_slow:0.08"),
    (0.3, "mail_deferred mail_bounced:0.4"),
    (0.3, "gw_rate_limited gw_rate_limited:0.6"),
    (1.2, "gw_conn_opened gw_conn_closed"),
    (0.8, "sess_expired"),
    (0.6, "gc_pause/gc_pause_long:0.08"),
    (0.5, "db_slow/db_slow_report:0.4"),
    (0.4, "cache_evict"),
    (0.15, "cache_conn_lost cache_conn_back"),
    (0.2, "db_replica_lag db_replica_ok"),
    (0.2, "queue_lag queue_redeliver:0.5"),
    (0.15, "svc_heartbeat_missed"),
    (0.3, "audit_price/audit_export:0.3"),
    (0.25, "sshd_ok sshd_closed"),
    (0.2, "mail_unsub"),
    (0.08, "metric_drop"),
    (0.1, "orders_retry"),
)

JOBS = (
    "invoice-run",
    "stock-report",
    "cart-cleanup",
    "price-feed",
    "sitemap",
    "fraud-training",
    "reorder-check",
    "gdpr-purge",
)
SERVICES = ("gateway", "auth", "orders", "payments", "inventory", "mailer", "search", "pricing")
CARRIERS = ("Norr", "Blauwal", "Pakketo", "Swiftmoor")
WORDS = (
    "pressure gauge", "valve dn25", "thermometer", "o-ring 40", "flow meter", "hose clamp", "calibration kit",
    "probe k-type", "manometer", "seal set", "pump head", "level sensor",
)  # fmt: skip
OPERATORS = ("jkell", "mdostal", "apfenn", "rholm", "cwierny")


@dataclass(frozen=True)
class Template:
    """A kind of line: who writes it, how loud, and its words."""

    name: str
    level: str
    component: str
    text: str


@dataclass(frozen=True)
class Line:
    """One line of the log and the truth about it."""

    moment: datetime
    order: int
    text: str
    template: str
    anomaly: str


def read_templates(name: str) -> list[Template]:
    """The templates of a phrase file; in the file of odd lines the name is the kind of anomaly."""
    templates = []
    for line in phrase_lines(name):
        if line:
            parts = [part.strip() for part in line.split("|", 3)]
            templates.append(Template(*parts))
    return templates


class LogWriter:
    """Collects lines. Lines of one request share its ids."""

    def __init__(self, seed: int) -> None:
        self.dice = Dice(seed, "log")
        self.templates = {template.name: template for template in read_templates("log_lines.txt")}
        self.lines: list[Line] = []
        self._moments = [START]
        self._orders = [18_400]
        self._uptime = 812_004

    def order_at(self, moment: datetime) -> int:
        """The order number the shop had reached: what is written later about this moment has to fit in."""
        return self._orders[bisect(self._moments, moment) - 1]

    def slots(self, at: datetime | None = None) -> dict[str, str]:
        """The ids and numbers of one request; ``at`` for what is written after the traffic of that moment."""
        dice = self.dice
        word = dice.pick(WORDS)
        return {
            "req": dice.letters(8),
            "ip": f"10.{dice.between(1, 6)}.{dice.between(0, 20)}.{dice.between(2, 250)}",
            "admin_ip": f"10.2.0.{dice.between(20, 29)}",
            "port": str(dice.between(30_000, 61_000)),
            "order": str(self._orders[-1] if at is None else self.order_at(at)),
            "sku": f"SKU-{dice.between(40_000, 40_600)}",
            "cart": dice.letters(6),
            "user": f"u{dice.between(10_000, 10_900)}",
            "cust": str(dice.between(60_000, 61_200)),
            "amount": f"{dice.skewed(8, 1900)}.{dice.between(0, 99):02}",
            "word": word,
            "query": word.replace(" ", "+"),
            "typo": dice.pick(("presure gage", "walve", "manometre digtal", "o rings 41", "flowmetr", "seel set")),
            "voucher": dice.pick(("SPRING26", "WELCOME10", "B2B-5", "FREESHIP")),
            "zip": str(dice.between(1010, 9990)),
            "carrier": dice.pick(CARRIERS),
            "track": dice.letters(10, "0123456789ABCDEFGHJK"),
            "decline": dice.pick(("insufficient_funds", "do_not_honour", "expired_card", "limit_exceeded")),
            "event_id": f"evt_{dice.letters(12)}",
            "wh": dice.pick(("GRZ", "LEE", "GDA")),
            "sess": dice.letters(10),
            "job": dice.pick(JOBS),
            "svc": dice.pick(SERVICES),
            "inst": str(dice.between(1, 4)),
            "version": f"4.{dice.between(11, 14)}.{dice.between(0, 5)}",
            "op": dice.pick(OPERATORS),
            "pool": str(dice.between(3, 28)),
            "days": str(dice.between(30, 60)),
            "clock": f"{dice.between(0, 23):02}:{dice.pick(('00', '15', '30', '45'))}",
        }

    def write(self, name: str, moment: datetime, slots: Mapping[str, str]) -> None:
        """One line of a known template."""
        self.put(self.templates[name], moment, slots, "")

    def put(self, template: Template, moment: datetime, slots: Mapping[str, str], anomaly: str) -> None:
        """One line; numbers that differ from line to line are thrown here, ids come from the slots."""
        text = re.sub(r"\{([a-z_]+)\}", lambda found: self._fill(found[1], moment, slots), template.text)
        text = text.replace("{{", "{").replace("}}", "}")
        stamp = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
        line = f"{stamp} {template.level:<5} [{template.component}] {text}"
        self.lines.append(Line(moment, len(self.lines), line, template.name, anomaly))

    def _fill(self, slot: str, moment: datetime, slots: Mapping[str, str]) -> str:
        dice = self.dice
        fresh = {
            "n": lambda: str(dice.between(1, 9)),
            "ms": lambda: str(dice.skewed(2, 420)),
            "slow": lambda: str(dice.skewed(1100, 9400)),
            "secs": lambda: str(dice.skewed(2, 240)),
            "stock": lambda: str(dice.skewed(3, 6200)),
            "kb": lambda: str(dice.skewed(380, 9000)),
            "pct": lambda: str(dice.between(4, 96)),
            "wait": lambda: str(dice.between(3, 180)),
            "late": lambda: str(dice.skewed(2, 90)),
            "low": lambda: str(dice.skewed(1, 60)),
            "mid": lambda: str(dice.between(61, 80)),
            "high": lambda: str(dice.between(81, 99)),
            "batch": lambda: f"{moment:%Y%m%d}",
            "fee": lambda: f"{dice.between(3, 24)}.{dice.between(10, 99)}",
            "uptime": lambda: f"{self._uptime + int((moment - START).total_seconds())}.{dice.between(100000, 999999)}",
        }
        return slots[slot] if slot in slots else fresh[slot]()

    def flow(self, steps: str, moment: datetime) -> None:
        """The lines of one request, milliseconds apart."""
        self._moments.append(moment)
        # Only an order that is being placed takes a new number; everything else speaks of the latest one.
        placed = "orders_validated" in steps or "pay_request" in steps
        self._orders.append(self._orders[-1] + placed)
        slots = self.slots()
        for step in steps.split():
            names, _, share = step.partition(":")
            first, _, other = names.partition("/")
            hit = self.dice.chance(float(share)) if share else not other
            if other:
                name = other if hit else first
            elif hit:
                name = first
            else:
                continue
            self.write(name, moment, slots)
            moment += timedelta(milliseconds=self.dice.skewed(1, 900))


def _busy_moment(dice: Dice) -> datetime:
    day = dice.weighted(range(DAYS), (1.1, 1.0, 1.0, 0.95))
    hour = dice.weighted(range(24), RHYTHM)
    return START + timedelta(days=day, hours=hour, milliseconds=dice.between(0, 3_599_999))


def write_traffic(log: LogWriter) -> None:
    """What customers and operators do, by the rhythm of the day."""
    weights = [weight for weight, _ in FLOWS]
    for moment in sorted(_busy_moment(log.dice) for _ in range(N_REQUESTS)):
        log.flow(log.dice.weighted(FLOWS, weights)[1], moment)


def write_clockwork(log: LogWriter) -> None:
    """What runs by the clock: jobs, syncs, heartbeats, backups, one roll-out a day."""
    dice = log.dice
    for quarter in range(DAYS * 96):
        at = START + timedelta(minutes=15 * quarter, milliseconds=dice.between(5, 900))
        slots = log.slots()
        log.write("gw_health", at, slots)
        log.write("svc_heartbeat", at + timedelta(seconds=dice.between(1, 400)), log.slots())
        log.write("metric_push", at + timedelta(seconds=dice.between(1, 60)), slots)
        outcome = dice.weighted(("done", "skip", "fail", "late", "stop"), (80, 6, 2, 8, 4))
        _run_job(log, at + timedelta(seconds=2), outcome)
        if quarter % 2 == 0:
            sync = at + timedelta(seconds=30)
            log.write("inv_sync_start", sync, slots)
            ended = "inv_sync_fail" if dice.chance(0.05) else "inv_sync_done"
            log.write(ended, sync + timedelta(seconds=dice.skewed(4, 200)), slots)
        if quarter % 3 == 0:
            log.write("db_checkpoint", at + timedelta(seconds=77), slots)
        if quarter % 4 == 1:
            log.write("export_rows", at, slots)
            ended = "ftp_failed" if dice.chance(0.06) else "ftp_sent"
            log.write(ended, at + timedelta(seconds=6), slots)
            log.write("sess_swept", at + timedelta(seconds=14), slots)
        if quarter % 6 == 2:
            log.write("disc_rates_stale" if dice.chance(0.06) else "disc_rates", at, slots)
            log.write("ntp_ok", at + timedelta(seconds=21), slots)
            log.write("sched_next", at + timedelta(seconds=22), slots)
    for day in range(DAYS):
        _write_day(log, START + timedelta(days=day))


def _run_job(log: LogWriter, at: datetime, outcome: str) -> None:
    slots = log.slots()
    if outcome == "skip":
        log.write("sched_skip", at, slots)
        return
    if outcome == "late":
        log.write("sched_late", at, slots)
    log.write("sched_start", at, slots)
    end = {"fail": "sched_fail", "stop": "sched_stop"}.get(outcome, "sched_done")
    log.write(end, at + timedelta(seconds=log.dice.skewed(2, 240)), slots)


def _write_day(log: LogWriter, midnight: datetime) -> None:
    """What happens once or twice a day."""
    by_hour = {
        1.0: "bak_start", 1.62: "bak_done", 1.7: "bak_upload", 2.5: "db_vacuum_start", 2.52: "db_vacuum",
        3.2: "cron_kernel", 4.0: "gw_cert_ok", 4.4: "search_reindex", 5.1: "rec_model", 5.4: "cache_warm",
        11.3: "ship_pickup_ok", 16.1: "flag_on", 16.4: "ship_pickup_ok", 19.8: "flag_off",
    }  # fmt: skip
    slots = log.slots()
    for hour, name in by_hour.items():
        if name == "ship_pickup_ok" and log.dice.chance(0.3):
            name = "ship_pickup_no"
        moment = midnight + timedelta(seconds=int(hour * 3600) + log.dice.between(0, 240))
        log.write(name, moment, slots)
    for batch in range(6):
        log.write("mail_newsletter", midnight + timedelta(hours=6, minutes=3 * batch), log.slots())
    _roll_out(log, midnight + timedelta(hours=13, minutes=log.dice.between(5, 50)))


def _roll_out(log: LogWriter, at: datetime) -> None:
    slots = log.slots()
    log.write("deploy_begin", at, slots)
    for instance in range(1, 5):
        for seconds, name in (
            (5, "svc_stop"),
            (9, "svc_start"),
            (10, "db_migrate"),
            (21, "svc_ready"),
            (22, "deploy_instance"),
        ):
            own = {**slots, "inst": str(instance), "port": str(log.dice.between(2000, 9000))}
            log.write(name, at + timedelta(seconds=30 * instance + seconds), own)
    log.write("kernel_link_up", at + timedelta(seconds=160), slots)
    log.write("deploy_done", at + timedelta(seconds=170), slots)


def write_pool_exhaustion(log: LogWriter) -> None:
    """Twenty minutes without a free database connection: hundreds of lines that say nearly the same."""
    dice = log.dice
    for _ in range(330):
        at = POOL_EXHAUSTED + timedelta(milliseconds=dice.between(0, 20 * 60_000))
        slots = log.slots(at)
        log.write("db_exhausted", at, slots)
        log.write(dice.pick(("orders_no_conn", "checkout_no_conn")), at + timedelta(milliseconds=3), slots)
        if dice.chance(0.3):
            at += timedelta(seconds=30)
            slots["late"] = str(dice.between(30_004, 30_080))
            log.write("db_wait_timeout", at, slots)
        log.write(dice.pick(("gw_post_order_503", "gw_get_503")), at + timedelta(milliseconds=7), slots)
    for second in (4, 9):
        log.write("db_recovered", POOL_EXHAUSTED + timedelta(minutes=20, seconds=30 + second), log.slots())


def write_provider_timeouts(log: LogWriter) -> None:
    """The payment provider stops answering for half an hour; two components report it, each in its own words."""
    dice = log.dice
    for _ in range(210):
        at = PROVIDER_DOWN + timedelta(milliseconds=dice.between(0, 33 * 60_000))
        slots = log.slots(at)
        log.write("pay_timeout", at, slots)
        if dice.chance(0.8):
            log.write("pay_timeout_reworded", at + timedelta(milliseconds=12), slots)
        if dice.chance(0.35):
            log.write("pay_gave_up", at + timedelta(seconds=5), slots)
            log.write("pay_fallback_ok", at + timedelta(seconds=6), slots)
    log.write("pay_circuit_open", PROVIDER_DOWN + timedelta(minutes=2), log.slots())
    log.write("pay_circuit_closed", PROVIDER_DOWN + timedelta(minutes=34), log.slots())


def write_odd(log: LogWriter) -> None:
    """Lines that matter and hardly ever come, and one message never seen before that comes forty times."""
    dice = log.dice
    at, kind = START, ""
    for template in read_templates("log_odd.txt"):
        # Two lines of one kind belong to one event.
        at = at + timedelta(milliseconds=dice.skewed(2, 9000)) if template.name == kind else _busy_moment(dice)
        kind = template.name
        log.put(template, at, log.slots(at), template.name)
    forged = Template(
        "forged_tokens",
        "WARN",
        "auth",
        "token of {user} signed by unknown issuer kid={sess}, treating session as anonymous",
    )
    for _ in range(N_STRANGE):
        at = STRANGE_BURST + timedelta(milliseconds=dice.between(0, 180_000))
        log.put(forged, at, log.slots(), forged.name)


def make_log(seed: int) -> list[Line]:
    """All lines in the order of time."""
    log = LogWriter(seed)
    write_traffic(log)
    write_clockwork(log)
    write_pool_exhaustion(log)
    write_provider_timeouts(log)
    write_odd(log)
    return sorted(log.lines, key=lambda line: (line.moment, line.order))


def log_truth_rows(lines: list[Line]) -> list[tuple[str, ...]]:
    """The rows of service.truth.csv, header first."""
    rows: list[tuple[str, ...]] = [LOG_TRUTH_COLUMNS]
    rows.extend((str(number), line.template, line.anomaly) for number, line in enumerate(lines, start=1))
    return rows
