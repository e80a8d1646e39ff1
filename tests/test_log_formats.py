"""Every log format is recognised from a few of its lines, and taken apart into time, level, component and message."""

from __future__ import annotations

import pytest

from explorer.errors import SettingsError
from explorer.ingest import build_corpus, collapse, read_table
from explorer.ingest.log_formats import LOG_FORMATS, containers
from explorer.params import ReadParams
from explorer.types import Table

#: Format -> lines, and what is expected of the first and of the last record (only the columns named).
EXAMPLES: dict[str, tuple[str, dict[str, str | None], dict[str, str | None]]] = {
    "syslog (RFC 5424)": (
        '<34>1 2026-11-21T06:48:11.003Z web1.example.com su 77 ID47 - \ufeffsu root failed for lonvick on /dev/pts/8\n'
        '<165>1 2026-11-21T06:48:12+01:00 2001:db8::7 evntslog - ID9 [ex@32473 iut="3" src="a \\"b\\" ]"][x@1 y="z"] done\n'  # noqa: E501
        "<13>1 - - - - - - nothing known\n",
        {"time": "2026-11-21T06:48:11.003Z", "level": "CRITICAL", "host": "web1.example.com", "component": "su",
         "pid": "77", "msgid": "ID47", "data": None, "message": "su root failed for lonvick on /dev/pts/8"},
        {"time": None, "level": "NOTICE", "host": None, "component": None, "message": "nothing known"},
    ),
    "syslog (RFC 3164)": (
        "Nov 21 06:48:11 combo sshd(pam_unix)[19939]: authentication failure; rhost=218.188.2.4\n"
        "Nov  1 06:48:12 fe80::1 kernel: [ 12.5] eth0: link up\n"
        "<86>Nov 21 06:48:12 host CRON[1]: (root) CMD (run-parts)\n"
        "Nov 21 06:48:13 mac com.apple.xpc.launchd[1] (com.apple.quicklook[222]): Endpoint died\n"
        "Nov 21 06:48:13 combo last message repeated 5 times\n",
        {"time": "Nov 21 06:48:11", "host": "combo", "component": "sshd(pam_unix)", "pid": "19939",
         "message": "authentication failure; rhost=218.188.2.4"},
        {"component": None, "message": "last message repeated 5 times"},
    ),
    "syslog (ISO times)": (
        "2026-11-21T06:48:11.123456+01:00 web1 systemd[1]: Started Session 4 of user root.\n"
        "2026-11-21T06:48:12.123456+01:00 web1 kernel: usb 1-1: new device\n",
        {"host": "web1", "component": "systemd", "pid": "1", "message": "Started Session 4 of user root."},
        {"component": "kernel", "pid": None, "message": "usb 1-1: new device"},
    ),
    "kernel ring buffer (dmesg)": (
        "[    0.000000] Linux version 6.1.0 (gcc 12)\n[   12.345678] usb 1-1: new high-speed USB device number 2\n",
        {"time": "    0.000000", "message": "Linux version 6.1.0 (gcc 12)"},
        {"component": "usb 1-1", "message": "new high-speed USB device number 2"},
    ),
    "access log (combined)": (
        '203.0.113.9 - - [21/Nov/2026:06:48:11 +0100] "GET /a?b=c HTTP/1.1" 200 512 "-" "Mozilla/5.0 (X11)"\n'
        '2001:db8::9 - bob [21/Nov/2026:06:48:12 +0100] "POST /\\"x\\" HTTP/2" 500 - "https://x/" "a\\"b" "-" 0.004\n',
        {"client": "203.0.113.9", "user": None, "time": "21/Nov/2026:06:48:11 +0100", "status": "200",
         "bytes": "512", "message": "GET /a?b=c HTTP/1.1", "agent": "Mozilla/5.0 (X11)", "referrer": None},
        {"client": "2001:db8::9", "user": "bob", "status": "500", "bytes": None, "agent": 'a\\"b', "more": '"-" 0.004'},
    ),
    "access log (common)": (
        '10.0.0.1 - frank [21/Nov/2026:06:48:11 +0000] "GET /apache_pb.gif HTTP/1.0" 200 2326\n'
        'www.x.org:443 10.0.0.1 - - [21/Nov/2026:06:48:12 +0000] "-" 408 -\n',
        {"user": "frank", "status": "200"},
        {"vhost": "www.x.org:443", "status": "408", "client": "10.0.0.1"},
    ),
    "Apache error log": (
        "[Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok /etc/httpd/conf/workers2.properties\n"
        "[Sat Nov 21 06:48:11.123456 2026] [core:error] [pid 12:tid 34] [client 2001:db8::1:5123] AH00124: too many\n",
        {"time": "Sun Dec 04 04:47:44 2005", "level": "NOTICE", "component": None},
        {"component": "core", "level": "ERROR", "pid": "12", "thread": "34", "client": "2001:db8::1:5123",
         "message": "AH00124: too many"},
    ),
    "nginx error log": (
        '2026/11/21 06:48:11 [error] 31#31: *5 open() "/x" failed (2: No such file), client: 10.0.0.1\n'
        "2026/11/21 06:48:12 [warn] 31#31: conflicting server name\n",
        {"level": "ERROR", "pid": "31", "connection": "5"},
        {"level": "WARN", "connection": None, "message": "conflicting server name"},
    ),
    "log4j or logback": (
        "2026-11-21 06:48:11,123 INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: Created\n"
        "2026-11-21 06:48:11,124 - WARN  [QuorumPeer[myid=1]/0:0:0:0:0:0:0:0:2181:FastLeaderElection@774] - time out\n"
        "2026-11-21T06:48:11.125Z [http-nio-1] ERROR c.e.App$Inner - cannot do it\n",
        {"time": "2026-11-21 06:48:11,123", "level": "INFO", "thread": "main", "message": "Created",
         "component": "org.apache.hadoop.mapreduce.v2.app.MRAppMaster"},
        {"level": "ERROR", "thread": "http-nio-1", "component": "c.e.App$Inner", "message": "cannot do it"},
    ),
    "Spring Boot": (
        "2026-11-21 06:48:11.123  INFO 12345 --- [           main] c.e.demo.DemoApplication    : Started in 2 s\n"
        "2026-11-21T06:48:12.000+01:00 ERROR 1 --- [shop] [nio-8080-exec-1] [65a8-11] o.a.c.c.C.[.[/]  : failed\n",
        {"level": "INFO", "pid": "12345", "thread": "main", "component": "c.e.demo.DemoApplication",
         "message": "Started in 2 s"},
        {"level": "ERROR", "thread": "nio-8080-exec-1", "message": "failed"},
    ),
    "Elasticsearch": (
        "[2026-11-21T06:48:11,123][INFO ][o.e.n.Node               ] [node-1] starting ...\n"
        "[2026-11-21T06:48:11,124][WARN ][o.e.d.z.ZenDiscovery     ] [node-1] not enough master nodes\n",
        {"level": "INFO", "node": "node-1", "message": "starting ..."},
        {"level": "WARN", "message": "not enough master nodes"},
    ),
    "Kafka": (
        "[2026-11-21 06:48:11,123] INFO [KafkaServer id=0] started (kafka.server.KafkaServer)\n"
        "[2026-11-21 06:48:11,124] ERROR oops (kafka.log.LogCleaner$CleanerThread)\n",
        {"component": "kafka.server.KafkaServer", "message": "[KafkaServer id=0] started"},
        {"level": "ERROR", "component": "kafka.log.LogCleaner$CleanerThread"},
    ),
    "Tomcat": (
        "21-Nov-2026 06:48:11.123 INFO [main] org.apache.catalina.startup.Catalina.start Server startup in 5 ms\n"
        "21-Nov-2026 06:48:12.123 SEVERE [main] org.apache.catalina.core.X.y Bad\n",
        {"level": "INFO", "component": "org.apache.catalina.startup.Catalina.start", "thread": "main"},
        {"level": "ERROR", "message": "Bad"},
    ),
    "java.util.logging": (
        "Nov 21, 2026 6:48:11 AM com.example.Foo bar\nSEVERE: cannot start\n"
        "Nov 21, 2026 6:48:12 PM com.example.Foo bar\nINFO: started\n",
        {"time": "Nov 21, 2026 6:48:11 AM", "component": "com.example.Foo", "message": "SEVERE: cannot start"},
        {"message": "INFO: started"},
    ),
    "Python logging": (
        "2026-11-21 06:48:11,123 - app.db - ERROR - lost connection\n"
        "2026-11-21 06:48:11,124 - __main__ - INFO - a - b\n",
        {"level": "ERROR", "component": "app.db", "message": "lost connection"},
        {"component": "__main__", "message": "a - b"},
    ),
    "Python logging (level:name:message)": (
        "ERROR:root:it broke\nWARNING:app.db:slow: 12 s\n",
        {"level": "ERROR", "component": "root", "message": "it broke"},
        {"level": "WARN", "message": "slow: 12 s"},
    ),
    "loguru": (
        "2026-11-21 06:48:11.123 | INFO     | __main__:<module>:12 - hello\n"
        "2026-11-21 06:48:11.124 | SUCCESS  | app.core:run:7 - done | all\n",
        {"level": "INFO", "component": "__main__", "function": "<module>", "place": "12", "message": "hello"},
        {"component": "app.core", "message": "done | all"},
    ),
    "Celery": (
        "[2026-11-21 06:48:11,123: INFO/MainProcess] celery@host ready.\n"
        "[2026-11-21 06:48:11,124: ERROR/ForkPoolWorker-1] tasks.add[0ff1ce00-1111-4222-8333-444455556666]: bad\n",
        {"level": "INFO", "thread": "MainProcess", "message": "celery@host ready."},
        {"component": "tasks.add", "task": "0ff1ce00-1111-4222-8333-444455556666", "message": "bad"},
    ),
    "gunicorn": (
        "[2026-11-21 06:48:11 +0000] [123] [INFO] Starting gunicorn\n"
        "[2026-11-21 06:48:12 +0000] [124] [CRITICAL] WORKER TIMEOUT (pid:9)\n",
        {"time": "2026-11-21 06:48:11 +0000", "pid": "123", "level": "INFO"},
        {"level": "CRITICAL", "message": "WORKER TIMEOUT (pid:9)"},
    ),
    "uvicorn": (
        'INFO:     127.0.0.1:5000 - "GET / HTTP/1.1" 200 OK\nERROR:    Exception in ASGI application\n',
        {"level": "INFO", "message": '127.0.0.1:5000 - "GET / HTTP/1.1" 200 OK'},
        {"level": "ERROR"},
    ),
    "OpenStack": (
        "nova-api.log.1.2017-05-16_13:53:08 2017-05-16 00:00:00.008 25746 INFO nova.osapi_compute.wsgi.server "
        "[req-38101a0b-2096 113d3a99c3da - - -] 10.11.10.1 status: 200\n"
        "2017-05-16 00:00:00.272 25746 WARNING nova.virt [-] no\n",
        {"component": "nova.osapi_compute.wsgi.server", "pid": "25746", "message": "10.11.10.1 status: 200"},
        {"level": "WARN", "request": None, "message": "no"},
    ),
    "klog": (
        "I1121 06:48:11.123456       1 leaderelection.go:248] attempting to acquire\n"
        "E1121 06:48:11.123457   12345 reflector.go:127] k8s.io/client-go: Failed\n",
        {"level": "INFO", "component": "leaderelection.go", "place": "248", "message": "attempting to acquire"},
        {"level": "ERROR", "thread": "12345"},
    ),
    "zap console": (
        '2026-11-21T06:48:11.123Z\tINFO\tserver/main.go:12\tlistening\t{"port": 80}\n'
        "2026-11-21T06:48:11.124+0100\tERROR\tstore\tdb/x.go:9\tfailed\n",
        {"level": "INFO", "component": "server/main.go:12", "message": 'listening\t{"port": 80}'},
        {"level": "ERROR", "component": "db/x.go:9", "message": "failed"},
    ),
    "Go log": (
        "2026/11/21 06:48:11 listening on :8080\n2026/11/21 06:48:11.123456 main.go:12: [ERROR] no route\n",
        {"time": "2026/11/21 06:48:11", "message": "listening on :8080", "level": None},
        {"component": "main.go:12", "level": "ERROR", "message": "no route"},
    ),
    "logrus": (
        "INFO[0000] a walrus appears          animal=walrus\nERRO[0012] gone\n",
        {"level": "INFO", "message": "a walrus appears          animal=walrus"},
        {"level": "ERROR"},
    ),
    "Rust env_logger": (
        "[2026-11-21T06:48:11Z INFO  my_app::net] bound\n[2026-11-21T06:48:11Z ERROR my_app] dead\n",
        {"level": "INFO", "component": "my_app::net", "message": "bound"},
        {"level": "ERROR", "component": "my_app"},
    ),
    "Rust tracing": (
        "2026-11-21T06:48:11.123456Z  INFO my_app::net: bound port=80\n"
        '2026-11-21T06:48:11.123457Z ERROR request{id=7}: my_app: dead error="x"\n',
        {"level": "INFO", "component": "my_app::net", "message": "bound port=80"},
        {"level": "ERROR", "span": "request{id=7}", "component": "my_app"},
    ),
    ".NET console": (
        "info: Microsoft.Hosting.Lifetime[14]\n      Now listening on: http://localhost:5000\n"
        "fail: Shop.Orders.Handler[0]\n      An exception occurred\n"
        "      System.Exception: x\n         at Shop.A.B() in C:\\a.cs:line 3\n",
        {"level": "INFO", "component": "Microsoft.Hosting.Lifetime", "event": "14",
         "message": "      Now listening on: http://localhost:5000"},
        {"level": "ERROR"},
    ),
    "Serilog": (
        "2026-11-21 06:48:11.123 +01:00 [INF] Now listening\n2026-11-21 06:48:11.124 +01:00 [ERR] Unhandled\n",
        {"time": "2026-11-21 06:48:11.123 +01:00", "level": "INFO", "message": "Now listening"},
        {"level": "ERROR"},
    ),
    "NLog": (
        "2026-11-21 06:48:11.1234|INFO|Shop.Orders|created|1\n2026-11-21 06:48:11.1235|ERROR|Shop.Orders|gone\n",
        {"level": "INFO", "component": "Shop.Orders", "message": "created|1"},
        {"level": "ERROR"},
    ),
    "PostgreSQL": (
        "2026-11-21 06:48:11.123 UTC [1234] LOG:  checkpoint starting: time\n"
        "2026-11-21 06:48:11.124 CET [1235] app@shop ERROR:  duplicate key value\n"
        "2026-11-21 06:48:11.124 CET [1235] app@shop STATEMENT:  INSERT INTO t\n\tVALUES (1)\n",
        {"pid": "1234", "message": "checkpoint starting: time"},
        {"user": "app", "database": "shop", "part": "STATEMENT", "message": "INSERT INTO t\n\tVALUES (1)"},
    ),
    "MySQL error log": (
        "2026-11-21T06:48:11.123456Z 0 [System] [MY-010116] [Server] mysqld starting as process 1\n"
        "2026-11-21  6:48:12 12 [Warning] Aborted connection\n"
        "2026-11-21T06:48:12.123456Z 12 [Warning] [MY-013360] [Server] deprecated\n",
        {"level": "NOTICE", "code": "MY-010116", "component": "Server", "thread": "0"},
        {"level": "WARN", "message": "deprecated"},
    ),
    "Redis": (
        "1:M 21 Nov 2026 06:48:11.123 * Ready to accept connections\n1:C 21 Nov 2026 06:48:11.124 # oO0OoO0 starting\n",
        {"pid": "1", "role": "M", "message": "Ready to accept connections"},
        {"role": "C"},
    ),
    "Android (threadtime)": (
        "--------- beginning of main\n"
        "03-17 16:13:38.811  1702  2395 D WindowManager: printFreezing\n"
        "03-17 16:13:38.819  1702  8671 E AndroidRuntime: FATAL EXCEPTION: main\n",
        {"message": "--------- beginning of main"},
        {"time": "03-17 16:13:38.819", "level": "ERROR", "component": "AndroidRuntime", "pid": "1702", "thread": "8671",
         "message": "FATAL EXCEPTION: main"},
    ),
    "Android (brief or time)": (
        "D/HeadsetStateMachine( 1729): Disconnected\n03-17 16:13:38.811 W/Foo  (  12): bar\n",
        {"level": "DEBUG", "component": "HeadsetStateMachine", "pid": "1729"},
        {"time": "03-17 16:13:38.811", "component": "Foo", "message": "bar"},
    ),
    "macOS unified log": (
        "2026-11-21 06:48:11.123456-0800 0x1f3  Default  0x0  312  0  loginwindow: (CoreUI) [com.apple.x:y] hi\n"
        "2026-11-21 06:48:11.123457-0800 0x1f3  Error  0x0  312  kernel: (AppleACPI) sleep failed\n",
        {"pid": "312", "component": "loginwindow", "library": "CoreUI", "category": "com.apple.x:y", "message": "hi"},
        {"level": "ERROR", "component": "kernel"},
    ),
    "Windows servicing (CBS)": (
        "2016-09-28 04:30:30, Info                  CBS    Loaded Servicing Stack v6.1\n"
        "2016-09-28 04:30:31, Error                 CSI    00000001@2016/9/27 failed\n",
        {"level": "INFO", "component": "CBS", "message": "Loaded Servicing Stack v6.1"},
        {"level": "ERROR", "component": "CSI"},
    ),
    "time, level, message": (
        "2026-11-21 06:48:11 ERROR disk is full\n[2026-11-21 06:48:12] [warn] - almost\n",
        {"time": "2026-11-21 06:48:11", "level": "ERROR", "message": "disk is full"},
        {"level": "WARN", "message": "almost"},
    ),
    "level, time, message": (
        "[INFO] 2026-11-21 06:48:11 disk is fine\nERROR 2026-11-21 06:48:12.5 disk is full\n",
        {"time": "2026-11-21 06:48:11", "level": "INFO", "message": "disk is fine"},
        {"level": "ERROR", "message": "disk is full"},
    ),
    "time, message": (
        "20171223-22:15:29:606|Step_LSC|30002312|onStandStepChanged 3579\n20171223-22:15:29:615|x\n",
        {"time": "20171223-22:15:29:606", "message": "Step_LSC|30002312|onStandStepChanged 3579"},
        {"message": "x"},
    ),
    "Linux audit": (
        'node=web type=SYSCALL msg=audit(1763707691.123:42): arch=c000003e syscall=59 success=no exit=-13 comm="ls"\n'
        'type=CWD msg=audit(1763707691.123:42): cwd="/root"\n',
        {"host": "web", "event": "SYSCALL", "time": "1763707691.123", "serial": "42",
         "message": 'arch=c000003e syscall=59 success=no exit=-13 comm="ls"'},
        {"event": "CWD", "message": 'cwd="/root"'},
    ),
    "Android (long)": (
        "[ 11-21 06:48:11.123  1702: 2395 D/WindowManager ]\nfirst\nand second\n\n"
        "[ 11-21 06:48:12.123  1702: 2396 E/App ]\n[1] failed\n",
        {"time": "11-21 06:48:11.123", "pid": "1702", "thread": "2395", "level": "DEBUG",
         "component": "WindowManager", "message": "first\nand second"},
        {"level": "ERROR", "component": "App", "message": "[1] failed"},
    ),
    "AWS load balancer": (
        'https 2026-11-21T06:48:11.186641Z app/lb/50dc 192.168.1.39:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 '
        '"GET https://www.example.com:443/ HTTP/1.1" "curl/7.46.0" ECDHE TLSv1.2 arn:aws:x "Root=1-5833"\n'
        'http 2026-11-21T06:48:12.186641Z app/lb/50dc 192.168.1.39:2818 - -1 -1 -1 502 - 34 366 '
        '"GET http://www.example.com:80/ HTTP/1.1" "-" - - arn:aws:x "Root=1-5834"\n',
        {"component": "app/lb/50dc", "client": "192.168.1.39:2817", "status": "200", "target_status": "200",
         "message": "GET https://www.example.com:443/ HTTP/1.1"},
        {"status": "502", "target": None, "target_status": None, "type": "http"},
    ),
    "Squid": (
        "1763707691.123    120 10.0.0.1 TCP_MISS/200 4512 GET http://x.example/a - HIER_DIRECT/10.0.0.9 text/html\n"
        "1763707692.123      0 10.0.0.2 TCP_DENIED/403 312 CONNECT y.example:443 bob HIER_NONE/- -\n",
        {"time": "1763707691.123", "client": "10.0.0.1", "cache": "TCP_MISS", "status": "200", "user": None,
         "message": "GET http://x.example/a"},
        {"status": "403", "user": "bob", "type": None},
    ),
    "Heroku": (
        '2026-11-21T06:48:11.123456+00:00 heroku[router]: at=error code=H12 desc="Request timeout" status=503\n'
        "2026-11-21T06:48:12.123456+00:00 app[web.1]: listening\n",
        {"component": "heroku", "dyno": "router", "message": 'at=error code=H12 desc="Request timeout" status=503'},
        {"component": "app", "dyno": "web.1", "message": "listening"},
    ),
    "WildFly": (
        "2026-11-21 06:48:11,123 ERROR [org.jboss.as.server] (Controller Boot Thread) WFLYCTL0013: failed\n"
        "06:48:12,123 INFO  [org.jboss.as] (MSC service thread 1-2 (a)) WFLYSRV0025: started in 5ms\n",
        {"level": "ERROR", "component": "org.jboss.as.server", "thread": "Controller Boot Thread",
         "message": "WFLYCTL0013: failed"},
        {"time": "06:48:12,123", "thread": "MSC service thread 1-2 (a)", "component": "org.jboss.as"},
    ),
    "WebLogic": (
        "####<Nov 21, 2026 6:48:11 AM CET> <Error> <Security> <host> <Admin> <[ACTIVE] ExecuteThread: '0'> "
        '<<WLS Kernel>> <> <> <1763707691123> <BEA-090870> <The realm "myrealm" failed.>\n'
        "####<Nov 21, 2026 6:48:12 AM CET> <Notice> <Server> <host> <Admin> <main> <<anonymous>> <> <> <1763707692123> "
        "<[severity-value: 32] > <BEA-000365> <Server state changed to RUNNING.> \n",
        {"level": "ERROR", "component": "Security", "user": "<WLS Kernel>", "message_id": "BEA-090870",
         "message": 'The realm "myrealm" failed.'},
        {"level": "NOTICE", "message": "Server state changed to RUNNING."},
    ),
    "logback (level first)": (
        "INFO  [main] 2026-11-21 06:48:11,123 StorageService.java:120 - Starting up\n"
        "ERROR [pool-1[a]] 2026-11-21 06:48:12,123 o.a.c.Foo - gone\n",
        {"level": "INFO", "thread": "main", "component": "StorageService.java", "place": "120",
         "message": "Starting up"},
        {"level": "ERROR", "thread": "pool-1[a]", "component": "o.a.c.Foo", "message": "gone"},
    ),
    "MySQL slow log": (
        "# Time: 2026-11-21T06:48:11.123456Z\n# User@Host: app[app] @  [10.0.0.1]  Id:   10\n# Query_time: 12.0\n"
        "SELECT *\nFROM orders;\n# Time: 2026-11-21T06:48:12.123456Z\n# User@Host: x[x] @ y []\nSELECT 1;\n",
        {"time": "2026-11-21T06:48:11.123456Z",
         "message": "# User@Host: app[app] @  [10.0.0.1]  Id:   10\n# Query_time: 12.0\nSELECT *\nFROM orders;"},
        {"message": "# User@Host: x[x] @ y []\nSELECT 1;"},
    ),
    "Ruby Logger": (
        'I, [2026-11-21T06:48:11.123456 #120]  INFO -- : Started GET "/users/0"\n'
        "F, [2026-11-21T06:48:12.123456 #120] FATAL -- shop: gone: x\n",
        {"time": "2026-11-21T06:48:11.123456", "pid": "120", "level": "INFO", "component": None,
         "message": 'Started GET "/users/0"'},
        {"level": "FATAL", "component": "shop", "message": "gone: x"},
    ),
    "Monolog": (
        "[2026-11-21 06:48:11] production.ERROR: boom\n[2026-11-21T06:48:12.123456+01:00] app.INFO: fine [] []\n",
        {"time": "2026-11-21 06:48:11", "component": "production", "level": "ERROR", "message": "boom"},
        {"component": "app", "message": "fine [] []"},
    ),
    "time, level, component, message": (
        "2026-11-21 06:48:11,123 INFO app: listening\n2026-11-21 06:48:12,123 ERROR: db: gone\n",
        {"level": "INFO", "component": "app", "message": "listening"},
        {"level": "ERROR", "component": "db", "message": "gone"},
    ),
    "Kubernetes (CRI)": (
        "2026-11-21T06:48:11.123456789Z stdout F Started\n2026-11-21T06:48:11.123456790Z stderr F ERROR gone\n",
        {"time": "2026-11-21T06:48:11.123456789Z", "stream": "stdout", "part": "F", "message": "Started"},
        {"stream": "stderr", "message": "ERROR gone"},
    ),
    "kubectl --prefix": (
        "[pod/web-5d/app] Started\n[pod/web-5d/app] ERROR gone\n",
        {"component": "pod/web-5d/app", "message": "Started"},
        {"message": "ERROR gone"},
    ),
    "Docker Compose": (
        "web_1    | Started\ndb-1     | LOG:  ready\n",
        {"component": "web_1", "message": "Started"},
        {"component": "db-1", "message": "LOG:  ready"},
    ),
    "JSON (Docker)": (
        '{"log":"started\\n","stream":"stdout","time":"2026-11-21T06:48:11.1Z"}\n'
        '{"log":"\\u001b[31mgone\\n","stream":"stderr","time":"2026-11-21T06:48:11.2Z"}\n',
        {"message": "started", "component": "stdout", "time": "2026-11-21T06:48:11.1Z"},
        {"message": "\x1b[31mgone", "component": "stderr"},
    ),
    "JSON (journald)": (
        '{"__CURSOR":"s=1","__REALTIME_TIMESTAMP":"1763707691123456","PRIORITY":"3","SYSLOG_IDENTIFIER":"sshd",'
        '"_PID":"12","MESSAGE":"error: kex"}\n'
        '{"__REALTIME_TIMESTAMP":"1763707691123457","PRIORITY":"6","_COMM":"cron","MESSAGE":"ran"}\n',
        {"time": "1763707691123456", "level": "ERROR", "component": "sshd", "_PID": "12", "message": "error: kex"},
        {"level": "INFO", "component": "cron"},
    ),
    "JSON (GCP)": (
        '{"insertId":"a","severity":"ERROR","timestamp":"2026-11-21T06:48:11Z","logName":"projects/p/logs/x",'
        '"textPayload":"gone","resource":{"type":"gce","labels":{"zone":"z"}}}\n'
        '{"insertId":"b","severity":"INFO","timestamp":"2026-11-21T06:48:12Z","jsonPayload":{"message":"ok","n":1}}\n',
        {"level": "ERROR", "message": "gone", "component": "projects/p/logs/x", "resource.labels.zone": "z"},
        {"level": "INFO", "message": "ok", "jsonPayload.n": "1"},
    ),
    "JSON (ECS)": (
        '{"@timestamp":"2026-11-21T06:48:11.123Z","log.level":"WARN","message":"slow","ecs.version":"1.2.0",'
        '"service.name":"shop","log":{"logger":"a.B"},"line":12}\n'
        '{"@timestamp":"2026-11-21T06:48:11.124Z","log":{"level":"error"},"message":"x","ecs":{"version":"8"}}\n',
        {"time": "2026-11-21T06:48:11.123Z", "level": "WARN", "message": "slow", "component": "a.B",
         "line (field)": "12", "service.name": "shop"},
        {"level": "ERROR"},
    ),
    "JSON (CloudWatch)": (
        '{"logStreamName":"i-1","timestamp":1763707691123,"message":"START RequestId: 7\\n","ingestionTime":1}\n'
        '{"logStreamName":"i-1","timestamp":1763707691124,"message":"END","ingestionTime":1,"eventId":"4"}\n',
        {"time": "1763707691123", "component": "i-1", "message": "START RequestId: 7"},
        {"message": "END"},
    ),
    "JSON (MongoDB)": (
        '{"t":{"$date":"2026-11-21T06:48:11.123+00:00"},"s":"I","c":"NETWORK","id":4,"ctx":"conn1","msg":"ended",'
        '"attr":{"remote":"127.0.0.1:5"}}\n'
        '{"t":{"$date":"2026-11-21T06:48:11.124+00:00"},"s":"E","c":"STORAGE","id":5,"ctx":"x","msg":"bad"}\n',
        {"time": "2026-11-21T06:48:11.123+00:00", "level": "INFO", "component": "NETWORK", "message": "ended",
         "attr.remote": "127.0.0.1:5"},
        {"level": "ERROR"},
    ),
    "JSON (Serilog)": (
        '{"@t":"2026-11-21T06:48:11.1Z","@mt":"Order {Id}","@l":"Error","Id":7,"SourceContext":"Shop"}\n'
        '{"@t":"2026-11-21T06:48:11.2Z","@mt":"Order {Id}","Id":8}\n',
        {"level": "ERROR", "message": "Order {Id}", "component": "Shop", "Id": "7"},
        {"level": None, "Id": "8"},
    ),
    "JSON log lines": (
        '{"level":30,"time":1763707691123,"pid":1,"hostname":"h","name":"app","msg":"hello","req":{"id":"r1"}}\n'
        '{"level":50,"time":1763707691124,"pid":1,"hostname":"h","name":"app","msg":"gone"}\n',
        {"level": "INFO", "component": "app", "message": "hello", "req.id": "r1", "time": "1763707691123"},
        {"level": "ERROR"},
    ),
    "logfmt": (
        'time="2026-11-21T06:48:11Z" level=info msg="a \\"b\\" c" component=db n=1 empty=\n'
        "ts=2026-11-21T06:48:12Z caller=main.go:3 level=warn msg=slow took=12ms\n",
        {"time": "2026-11-21T06:48:11Z", "level": "INFO", "message": 'a "b" c', "component": "db", "n": "1"},
        {"component": "main.go:3", "level": "WARN", "message": "slow", "took": "12ms"},
    ),
}  # fmt: skip


@pytest.fixture
def read(tmp_path):
    def read_log(data: str, name: str = "app.log", **reading) -> Table:
        path = tmp_path / name
        path.write_bytes(data.encode())
        return read_table([path], params=ReadParams(**reading))

    return read_log


def check(table: Table, expected: dict[str, str | None], row: int) -> None:
    record = table.cells.slice(row % table.n_rows, 1).to_pylist()[0]
    assert {name: record.get(name) for name in expected} == expected


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_format_is_recognised_and_taken_apart(read, name):
    text, first, last = EXAMPLES[name]
    table = read(text)
    assert table.reports[0].format == name
    check(table, first, 0)
    check(table, last, -1)


@pytest.mark.parametrize("name", EXAMPLES)
def test_line_ends_of_windows_change_nothing(read, name):
    text = EXAMPLES[name][0]
    one, two = read(text), read(text.replace("\n", "\r\n"))
    assert one.cells.equals(two.cells)
    assert list(one.lines) == list(two.lines)


def test_every_format_has_an_example():
    plain = {"macOS unified log (syslog style)", "Django server"}
    assert set(LOG_FORMATS) - set(EXAMPLES) <= plain | {one.name for one in containers.UNSURE}


STAMPS = "2026-11-21T06:48:1{}.123456789Z {}"


@pytest.mark.parametrize(
    ("lines", "inner"),
    [
        (
            ['{"level":"info","msg":"hello","ts":1763707691.5}', '{"level":"error","msg":"gone","ts":1}'],
            "JSON log lines",
        ),
        (["2026-11-21 06:48:11,123 INFO  [main] c.a.App - hello"] * 3, "log4j or logback"),
        (["2026-11-21 06:48:11 INFO hello", "2026-11-21 06:48:11 WARN hello"], "time, level, message"),
    ],
)
def test_any_log_may_stand_behind_the_times_of_kubectl_and_docker(read, lines, inner):
    table = read("".join(STAMPS.format(i, line) + "\n" for i, line in enumerate(lines)))
    assert table.reports[0].format == f"kubectl or docker logs with timestamps: {inner}"
    check(table, {"time": "2026-11-21T06:48:10.123456789Z", "level": "INFO", "message": "hello"}, 0)


def test_times_before_words_are_no_prefix(read):
    table = read("".join(STAMPS.format(i, line) + "\n" for i, line in enumerate(["INFO up", "ERROR down"])))
    assert table.reports[0].format == "time, level, message"
    assert read("well-known words of prose\nre-entry was tried again\n").reports[0].format == "log lines"


def test_what_stern_prints(read):
    table = read("".join(f"web-7c9f-x2v{i} app 2026-11-21 06:48:1{i} INFO [main] a.B - hello\n" for i in range(3)))
    assert table.reports[0].format == "stern: log4j or logback"
    check(table, {"container": "web-7c9f-x2v0", "component": "a.B", "level": "INFO", "message": "hello"}, 0)


def test_a_stream_of_syslog_may_count_its_bytes(read):
    line = "<165>1 2026-11-21T06:48:11.003Z host app 12 ID47 - An event"
    table = read(f"{len(line)} {line}\n" * 3)
    assert table.reports[0].format == "syslog (RFC 5424)"
    check(table, {"host": "host", "level": "NOTICE", "message": "An event"}, -1)


def test_logback_as_it_comes_has_two_dashes_and_no_day(read):
    table = read("10:00:00.123 [main] DEBUG c.a.Svc -- doing it\n10:00:01.123 [http-1] ERROR c.a.Svc -- it failed\n")
    assert table.reports[0].format == "log4j or logback"
    check(table, {"time": "10:00:00.123", "thread": "main", "component": "c.a.Svc", "message": "doing it"}, 0)
    check(table, {"level": "ERROR", "component": "c.a.Svc", "message": "it failed"}, 1)


def test_a_firewall_may_write_day_and_hour_apart_and_no_message(read):
    rest = 'tz="+0100" devname="fw1" type="traffic" level="notice" srcip=10.0.0.1 action="accept"'
    table = read(f"date=2026-11-21 time=06:48:11 {rest}\ndate=2026-11-21 time=06:48:12 {rest}\n")
    assert table.reports[0].format == "logfmt"
    check(table, {"time": "2026-11-21 06:48:11+0100", "level": "NOTICE", "action": "accept"}, 0)


def test_a_dash_may_stand_between_day_and_hour(read):
    line = "11/21/2026-06:48:{}.123456  [**] [1:2100498:7] GPL ATTACK_RESPONSE id check [**]\n"
    table = read(line.format(11) + line.format(12))
    check(table, {"time": "11/21/2026-06:48:11.123456"}, 0)
    assert str(build_corpus(table).times[1]) == "2026-11-21T06:48:12.123"


def test_colours_are_no_part_of_what_a_line_says(read):
    table = read("\x1b[36mweb-1  |\x1b[0m ready\n\x1b[33mdb-1   |\x1b[0m \x1b[1;31mERROR\x1b[0m gone\n")
    assert table.reports[0].format == "Docker Compose"
    assert table.cells.column("message").to_pylist() == ["ready", "ERROR gone"]
    assert table.cells.column("line").to_pylist()[0] == "\x1b[36mweb-1  |\x1b[0m ready"
    plain = read("one\n\x1b[36mmake\x1b[0m test\n")
    assert collapse(build_corpus(plain)).texts == ("make test", "one")


def test_the_error_codes_of_heroku_stay(read):
    lines = "".join(
        f"2026-11-21T06:48:1{i}+00:00 heroku[router]: at=error code=H{10 + i % 2} x={i}\n" for i in range(6)
    )
    assert collapse(build_corpus(read(lines))).texts == ("at=error code=H10 x=<num>", "at=error code=H11 x=<num>")


def test_the_user_may_name_the_format(read):
    text = "2026-11-21 06:48:11,123 INFO [main] com.x.Foo: hello\n"
    assert read(text, log_format="time, message").reports[0].format == "time, message"
    assert read(text, log_format="LOG4J or logback").reports[0].format == "log4j or logback"
    with pytest.raises(SettingsError, match="no log format 'log4'"):
        read(text, log_format="log4")
