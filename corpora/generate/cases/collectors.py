"""What collectors write and export, devices that share a name, and lines that only look for a message."""
from base64 import encodebytes

from case import case
from cases.fresh_iosxe import told

FAILED = "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name"
RESTORED = "%SMART_LIC-5-COMM_RESTORED: Communications with Cisco Smart Software Manager (CSSM) restored"
SOURCES = [("messages", "S1"), ("layouts of collectors", "their vendors' documentation")]


def one_of_two(c, name, lines, first="acc-lille-1", second="acc-lille-2"):
    c.sources = SOURCES
    c.made = "hosts and times."
    c.add("input/" + name, lines)
    c.expect(first, top="dns-name-unresolved", must_not=["comm-fail-restore-pairs"])
    c.expect(second, must=["comm-fail-restore-pairs"], may=["dns-name-unresolved"])
    c.at("dns-name-unresolved", name, FAILED)


@case("collector-table-with-tabs")
def _(c):
    c.story = "A collector's own file, with tabs between time, priority, host and message: one of two switches has recovered."
    one_of_two(c, "SyslogCatchAll-2024-01-28.txt", [
        f"2024-01-28 08:00:00\tLocal7.Error\t10.40.1.1\t12: Jan 28 08:00:00.113: {FAILED}",
        f"2024-01-28 08:05:00\tLocal7.Error\t10.40.1.2\t12: Jan 28 08:05:00.208: {FAILED}",
        f"2024-01-28 09:00:00\tLocal7.Notice\t10.40.1.2\t13: Jan 28 09:00:00.871: {RESTORED}"], "10.40.1.1", "10.40.1.2")


@case("collector-export-with-commas")
def _(c):
    c.story = "Search results of a collector saved as a table with commas: one of two switches has recovered."
    one_of_two(c, "search-results.csv", ['"timestamp","source","message"',
        f'"2024-01-28T08:00:00.000Z","acc-lille-1","{FAILED}"',
        f'"2024-01-28T08:05:00.000Z","acc-lille-2","{FAILED}"',
        f'"2024-01-28T09:00:00.000Z","acc-lille-2","{RESTORED}"'])


@case("collector-export-of-objects")
def _(c):
    c.story = "Search results of a collector saved as JSON objects, one a line: one of two switches has recovered."
    one_of_two(c, "hits.ndjson", [
        '{"@timestamp": "2024-01-28T08:00:00Z", "host": {"hostname": "acc-lille-1"}, "message": "%s"}' % FAILED,
        '{"@timestamp": "2024-01-28T08:05:00Z", "host": {"hostname": "acc-lille-2"}, "message": "%s"}' % FAILED,
        '{"@timestamp": "2024-01-28T09:00:00Z", "host": {"hostname": "acc-lille-2"}, "message": "%s"}' % RESTORED])


@case("search-over-files-of-two-switches")
def _(c):
    c.story = "What a search over the logs of two switches printed, the file before each line: one of the two has recovered."
    one_of_two(c, "found.txt", [
        f"logs/acc-lille-1.log:Jan 28 2024 08:00:00.113: {FAILED}",
        f"logs/acc-lille-2.log:Jan 28 2024 08:05:00.208: {FAILED}",
        f"logs/acc-lille-2.log:Jan 28 2024 09:00:00.871: {RESTORED}"])


@case("collector-export-with-named-columns")
def _(c):
    c.story = "A table whose first line names its columns, the message not the last of them, a group before the host: one of two switches has recovered."
    one_of_two(c, "events.csv", ["Time;Group;Device Name;Message;Severity",
        f"2024-01-28 08:00:00;access;acc-lille-1;{FAILED};3",
        f"2024-01-28 08:05:00;access;acc-lille-2;{FAILED};3",
        f"2024-01-28 09:00:00;access;acc-lille-2;{RESTORED};5"])


@case("collector-export-message-first")
def _(c):
    c.story = "A table with commas and no first line, the message before the host: one of two switches has recovered."
    one_of_two(c, "events.csv", [
        f'"{FAILED}","acc-lille-1","2024-01-28 08:00:00"',
        f'"{FAILED}","acc-lille-2","2024-01-28 08:05:00"',
        f'"{RESTORED}","acc-lille-2","2024-01-28 09:00:00"'])


@case("database-table-in-a-box")
def _(c):
    c.story = "What a database printed of a collector's table, in a box: one of two switches has recovered."
    one_of_two(c, "query.txt", ["+---------------------+-------------+-------+", "| received            | who         | text  |", "+---------------------+-------------+-------+",
        f"| 2024-01-28 08:00:00 | acc-lille-1 | {FAILED} |",
        f"| 2024-01-28 08:05:00 | acc-lille-2 | {FAILED} |",
        f"| 2024-01-28 09:00:00 | acc-lille-2 | {RESTORED} |"])


@case("collector-export-of-nested-objects")
def _(c):
    c.story = "Hits of a search engine, one a line, with the sender's address inside an object: one of two switches has recovered."
    hit = '{"_source":{"host":{"name":"shipper"},"timestamp":"%s","log":{"source":{"address":"%s:514"}},"event":{"original":"%s"}}}'
    one_of_two(c, "hits.ndjson", [
        hit % ("2024-01-28T08:00:00Z", "10.40.1.1", f"<187>11: Jan 28 08:00:00.1: {FAILED}"),
        hit % ("2024-01-28T08:05:00Z", "10.40.1.2", f"<187>11: Jan 28 08:05:00.1: {FAILED}"),
        hit % ("2024-01-28T09:00:00Z", "10.40.1.2", f"<189>12: Jan 28 09:00:00.1: {RESTORED}")], "10.40.1.1", "10.40.1.2")


@case("collector-export-as-an-array")
def _(c):
    c.story = "Search results saved as one array, each object over several lines: one of two switches has recovered."
    rows = [("08:00:00", "acc-lille-1", FAILED), ("08:05:00", "acc-lille-2", FAILED), ("09:00:00", "acc-lille-2", RESTORED)]
    lines = ["["]
    for at, host, text in rows:
        lines += ["  {", f'    "time": "2024-01-28T{at}Z",', '    "sender": {', '      "zone": 3', "    },", f'    "msg": "{text}",', f'    "hostname": "{host}"', "  },"]
    one_of_two(c, "results.json", lines[:-1] + ["  }", "]"])


@case("collector-export-with-pairs")
def _(c):
    c.story = "A collector's file with pairs before the message: one of two switches has recovered."
    one_of_two(c, "collected.log", [
        f'2024-01-28 08:00:00 facility=local7 host=acc-lille-1 msg="{FAILED}"',
        f'2024-01-28 08:05:00 facility=local7 host=acc-lille-2 msg="{FAILED}"',
        f'2024-01-28 09:00:00 facility=local7 host=acc-lille-2 msg="{RESTORED}"'])


@case("collector-whose-senders-cannot-be-told")
def _(c):
    c.story = "An export that says in words of its own from where each line came: the sender cannot be told, so the recovery need not be of the switch that failed."
    c.sources = SOURCES
    c.made = "hosts and times."
    c.add("input/odd.log", [
        f"2024-01-28 08:00:00 (rack 7, unit a) said {FAILED}",
        f"2024-01-28 09:00:00 (rack 9, unit c) said {RESTORED}"])
    c.expect("*", top="dns-name-unresolved", must_not=["comm-fail-restore-pairs"])
    c.at("dns-name-unresolved", "odd.log", FAILED)


@case("searched-for-and-not-there", healthy=True)
def _(c):
    c.story = "A healthy switch on which somebody looked for the message, and an applet that waits for it."
    c.sources = [("messages", "S1, S2")]
    c.made = "all lines."
    c.add("input/acc-metz-4.txt", told(f'''
acc-metz-4#show clock
10:00:00.000 UTC Thu Feb 1 2024
acc-metz-4#show logging | include ERR 205
acc-metz-4#show logging | include {FAILED}
acc-metz-4#show running-config | section event|logging
event manager applet LICENSING
 event syslog pattern "{FAILED}"
 action 1.0 syslog msg "{FAILED}"
logging discriminator LIC msg-body drops Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname
acc-metz-4#show license status
Utility:
  Status: DISABLED

Smart Licensing Using Policy:
  Status: ENABLED

Transport:
  Type: Smart
  URL: https://smartreceiver.cisco.com/licservice/license

Trust Code Installed: Oct 02 08:31:55 2023 UTC
'''))
    c.expect("acc-metz-4", must_not=["dns-name-unresolved", "callhome-err-205", "iosxe-quovadis-fn72323"])


@case("two-switches-without-a-name")
def _(c):
    c.story = "Two switches that are both still called Switch, from two sites: one cannot resolve the name, the other is well."
    c.sources = [("messages", "S1")]
    c.made = "all lines."
    version = '''
Switch#show clock
10:00:00.000 UTC Thu Feb 1 2024
Switch#show version
Cisco IOS XE Software, Version 17.9.4
Cisco IOS Software [Cupertino], Catalyst L3 Switch Software (CAT9K_IOSXE), Version 17.9.4, RELEASE SOFTWARE (fc3)

Switch uptime is 10 weeks, 4 days, 5 hours, 12 minutes
Processor board ID %s

Model Number                       : C9300-48P
System Serial Number               : %s
'''
    c.add("input/nantes/switch.txt", told(version % ("FCW2440A0B1", "FCW2440A0B1") + f'''
Switch#show logging
Jan 31 2024 08:00:01.199 UTC: {FAILED}
Switch#
'''))
    c.add("input/rennes/switch-rennes.txt", told(version % ("FCW2440C0D7", "FCW2440C0D7") + f'''
Switch#show logging
Jan 31 2024 07:00:01.199 UTC: {FAILED}
Jan 31 2024 09:00:01.199 UTC: {RESTORED}
Switch#
'''))
    c.expect("Switch (FCW2440A0B1)", top="dns-name-unresolved", must_not=["comm-fail-restore-pairs"])
    c.expect("Switch (FCW2440C0D7)", must=["comm-fail-restore-pairs"], may=["dns-name-unresolved"])
    c.at("dns-name-unresolved", "switch.txt", FAILED)


@case("mail-with-an-encoded-log")
def _(c):
    c.story = "A mail as a file: its text is quoted-printable, the switch's log is attached in base64."
    c.sources = [("messages", "S1")]
    c.made = "all lines."
    log = told(f'''
acc-brest-2#show logging
Nov 15 2023 11:12:40.120 UTC: {FAILED}
Nov 15 2023 11:27:40.120 UTC: {FAILED}
acc-brest-2#
''')
    attached = encodebytes(c.text("acc-brest-2.txt", log)).decode("ascii").strip("\n").split("\n")
    c.put("input/request.eml", ("\r\n".join(told('''
From: Lan Team <lan@brest.example>
To: support@example.com
Subject: Licensing does not work
Date: Thu, 16 Nov 2023 09:10:11 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=_1f"

This is a mail in several parts.
--=_1f
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Hello, the switch no longer reaches the licensing server, and nobody changed =
anything. The log is attached. =C3=80 bient=C3=B4t
--=_1f
Content-Type: text/plain; name="acc-brest-2.txt"
Content-Disposition: attachment; filename="acc-brest-2.txt"
Content-Transfer-Encoding: base64

''') + [""] + attached + ["--=_1f--", ""])).encode("ascii"))
    c.expect("acc-brest-2", top="dns-name-unresolved", must_not=["slp-path-blocked"])
    c.at("dns-name-unresolved", "acc-brest-2.txt", FAILED)
