"""Expressway: a second set of cases kept apart from tuning."""
from datetime import timedelta

from archive import tar_gz_of, zip_of
from case import case
from cases.unseen_parts import COMM, DAY, EVAL, HOUR, MINUTE, agent, alarm, curl, mail, quoted, xstatus
from dice import Dice
from expressway import Expressway, smart_license
from iosxe_log import when, wrapped

REGISTERED = ("Feb 20 2024 09:31:02 UTC", "SUCCEEDED on Aug 18 2024 09:31:10 UTC", "Feb 14 2025 09:31:10 UTC", "Aug 18 2025 09:26:01 UTC")
TIMES = ("SUCCEEDED on Oct 01 2024 09:31:10 UTC", "Oct 31 2024 09:31:10 UTC", "Dec 30 2024 09:26:01 UTC")


def told(text):
    return text.strip("\n").split("\n")


def pack(c, exp, stamp, log, xconf=None, xstat=None, outer=None):
    name, members = exp.archive(c, stamp, log, xconf, xstat)
    if outer:
        c.add_zip(f"input/{outer}", [(name, tar_gz_of(members))])
    else:
        c.add_tar_gz(f"input/{name}", members)


def page(version, text, text2="Registered"):
    return f"""
Cisco Expressway-C   |   Status   System   Configuration   Users   Maintenance
You are here: Maintenance > Smart licensing

{version}
Registration status            {text2}
License authorization status   Authorization Expired (Apr 03 2023 11:20:31 UTC)
Transport settings             Direct - Cisco Smart Software Manager
Export-controlled functionality   Allowed

{text}

Smart licensing usage
License                              Count   Status
UC Manager Enhanced License          42      Authorization expired
Rich Media Session                   10      Authorization expired

Product instance registration token  [                    ]   Register
Reregister this product instance if it is already registered   [ ]
""".strip("\n").split("\n")


def renewal_page(c, version):
    c.sources = [("which releases are affected", "S0, S1, versions.md"), ("text of the refused certificate", "S0, S1, P19"), ("alarm 30042", "P5")]
    c.made = "the whole page and the pasted event log."
    text = "The last attempt to renew smart software licensing authorization failed because of the following reason: SSL certificate problem: self signed certificate in certificate chain"
    d = Dice("fresh-page")
    exp = Expressway("anon", version, "0C11D0E4", "10.88.3.4")
    lines = []
    for n in range(6):
        t = when("2023-09-04 05:10:11.204") + n * HOUR
        lines += [exp.line(t + timedelta(minutes=d.below(30)), "tvcs", f'Event="Registration Accepted" Service="SIP" Src-ip="10.88.7.{d.between(2, 250)}" Src-port="{d.between(25000, 29999)}" Protocol="TLS" AOR="meet{d.between(10, 99)}@video.lisboa.example" Contact="sip:meet@10.88.7.9" Duration="60" Level="INFO" UTCTime="{exp.utc(t)}"', host=False)]
    lines.append(exp.alarm(when("2023-09-04 10:44:01.118"), "30042", host=False, mark="."))
    c.add("input/smart-licensing-page.txt", page(f"Software version: {version}", text) + ["", "Status > Logs > Event Log (copied)", ""] + lines, eol="\r\n")
    c.at("exp-selfsigned-in-chain", "smart-licensing-page.txt", "self signed certificate in certificate chain")
    c.at("exp-smart-license-comm-error", "smart-licensing-page.txt", "30042")


@case("fresh-exp-page-x14-2-4", split="held-out")
def _(c):
    c.story = "The Smart licensing page of an Expressway on X14.2.4, copied out of the browser, with a few lines of the event log. Transport Direct, September 2023."
    renewal_page(c, "X14.2.4")
    c.expect("*", top="exp-root-ca-cscwe09378", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error", "exp-auth-expired"], may=["exp-auth-renew-failed"], must_not=["exp-tls-interception", "exp-direct-no-path", "exp-clock-not-synchronised", "slp-tls-interception"])


@case("fresh-exp-page-x14-2-5", split="held-out")
def _(c):
    c.story = "The same page one release later: X14.2.5 has the new root, so somebody on the way replaces the certificate."
    renewal_page(c, "X14.2.5")
    c.expect("*", top="exp-tls-interception", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error", "exp-auth-expired"], may=["exp-auth-renew-failed"], must_not=["exp-root-ca-cscwe09378", "exp-direct-no-path", "exp-clock-not-synchronised", "slp-tls-interception"])


@case("fresh-exp-dmz-without-dns", split="held-out")
def _(c):
    c.story = "An Edge in a DMZ without any DNS server, transport Direct: the licensing client cannot resolve the receiver. Archive in a zip of the mail attachment."
    c.sources = [("Direct needs HTTPS and DNS", "S0, S1, P4"), ("libcurl texts", "P19"), ("alarm 30042", "P5")]
    c.made = "names, times, everyday lines."
    exp = Expressway("expe-porto", "X15.0.2", "0F3A11C2", "172.22.4.9", role="edge")
    d, now = Dice(c.name), when("2024-10-09 14:00:00")
    tries = [when("2024-10-09 13:04:31.004") + n * 15 * MINUTE for n in range(4)]
    planted = [curl(exp, t, "Could not resolve host: smartreceiver.cisco.com") for t in tries] + [alarm(exp, tries[0] + timedelta(seconds=4), *COMM)]
    pack(c, exp, "2024-10-09_14:00:00", exp.log(d, when("2024-10-09 13:00:00"), now, 60, planted), exp.xconf("Direct", dns=()),
         xstatus(exp, now, smart_license(eval_left="76 days, 4 hours, 11 minutes, 20 seconds"), [("30042", COMM[1], "error"), ("30035", EVAL[1], "warning")]), outer="RE_ license expe-porto.zip")
    c.expect("expe-porto", top="exp-direct-no-path", must=["exp-smart-license-comm-error", "exp-eval-mode"], may=["exp-http-timeout-retry", "dns-name-unresolved"], must_not=["exp-root-ca-cscwe09378", "exp-tls-interception", "exp-selfsigned-in-chain", "sl-evaluation"])
    c.at("exp-direct-no-path", "loggingsnapshot_expe-porto_2024-10-09_14_00_00.txt", "Could not resolve host")
    c.at("exp-eval-mode", "xstat_dump_expe-porto_2024-10-09_14_00_00.txt", "EVAL MODE")


@case("fresh-exp-no-contact-enforced", split="held-out")
def _(c):
    c.story = "X14.3.0, Direct. A firewall change in June; since then every attempt times out. In September the authorization ended and nothing new is provisioned."
    c.sources = [("30040 and 90 days without contact", "P5, P4"), ("communication cause before the state", "part F"), ("X14.3 has the root", "S0, S1")]
    c.made = "names, times, everyday lines."
    exp = Expressway("expc-graz-1", "X14.3.0", "0B77FA12", "10.91.5.30", offset="+02:00")
    d, now = Dice(c.name), when("2024-09-20 10:00:00")
    planted = []
    for n in range(4):
        t = when("2024-09-20 09:02:11.600") + n * 15 * MINUTE
        planted.append(curl(exp, t, ["Failed to connect to smartreceiver.cisco.com port 443: Connection timed out", "Connection timed out after 30001 milliseconds"][n % 2]))
    planted += [alarm(exp, when("2024-09-20 09:03:00.010"), *COMM), alarm(exp, when("2024-09-20 09:03:00.420"), "30040", "Smart license no provision authorization expired", "The system has not been able to renew its authorization", "critical")]
    status = smart_license(("Jan 11 2024 08:00:09 UTC", "SUCCEEDED on Jun 02 2024 08:00:11 UTC", "Jan 03 2025 08:00:11 UTC", "Jan 11 2025 07:55:10 UTC"), "AUTHORIZATION EXPIRED on Sep 08 2024 08:01:11 UTC", last=("FAILED on Sep 20 2024 09:47:11 UTC", "Sep 20 2024 10:47:11 UTC", "DEADLINE EXCEEDED"), failure="Connection timed out")
    pack(c, exp, "2024-09-20_10-00-00", exp.log(d, when("2024-09-20 09:00:00"), now, 70, planted), exp.xconf("Direct"), xstatus(exp, now, status, [("30042", COMM[1], "error"), ("30040", "Smart license no provision authorization expired", "critical")]))
    c.expect("expc-graz-1", top="exp-direct-no-path", must=["exp-auth-expired", "exp-smart-license-comm-error"], may=["exp-http-timeout-retry", "exp-auth-renew-failed"], must_not=["exp-root-ca-cscwe09378", "exp-tls-interception", "sl-authorization-expired", "exp-license-limit-reached", "slp-path-blocked"])
    c.at("exp-auth-expired", "loggingsnapshot_expc-graz-1_2024-09-20_10-00-00.txt", "30040")
    c.at("exp-direct-no-path", "loggingsnapshot_expc-graz-1_2024-09-20_10-00-00.txt", "Failed to connect")


def onprem(c, host, url, reason, serial, planted_alarm=True):
    exp = Expressway(host, "X15.2.0", serial, "10.93.8.14")
    d, now = Dice(c.name), when("2025-02-11 08:00:00")
    tries = [when("2025-02-11 07:03:21.077") + n * 15 * MINUTE for n in range(4)]
    planted = [curl(exp, t, reason, url) for t in tries] + [alarm(exp, tries[0] + timedelta(seconds=1), *COMM)]
    pack(c, exp, "2025-02-11_08:00:00", exp.log(d, when("2025-02-11 07:00:00"), now, 60, planted), exp.xconf("OnPrem", url), xstatus(exp, now, smart_license(eval_left="88 days, 20 hours, 1 minutes, 2 seconds", transport=("Smart", url)), [("30042", COMM[1], "error")]))
    return f"loggingsnapshot_{host}_2025-02-11_08_00_00.txt"


@case("fresh-exp-onprem-bare-url")
def _(c):
    c.story = "On-Prem entered as a bare address of the web page. The server answers 404."
    c.sources = [("URL must end in /SmartTransport", "S0, S1, P4")]
    c.made = "names, times, everyday lines; wording of the 404."
    f = onprem(c, "expc-bremen", "https://ssm.hansebank.example:443/", "HTTP error 404 from server", "0D00AB01")
    c.expect("expc-bremen", top="exp-onprem-url-suffix-missing", must=["exp-smart-license-comm-error", "exp-eval-mode"], must_not=["exp-root-ca-cscwe09378", "exp-direct-no-path", "exp-onprem-certificate-mismatch", "exp-tls-interception", "slp-onprem-wrong-transport"])
    # The state tells the address in use; the configuration keeps that of a transport that is not used, too.
    c.at("exp-onprem-url-suffix-missing", "xstat_dump_expc-bremen_2025-02-11_08_00_00.txt", "URL: https://ssm.hansebank.example")


@case("fresh-exp-onprem-other-name", split="held-out")
def _(c):
    c.story = "The same bank, second node: the suffix is there, but the server is called by a short alias that its certificate does not carry."
    c.sources = [("use exactly the name in the certificate", "P11"), ("text", "P19"), ("explains 30042", "clarification 9")]
    c.made = "names, times, everyday lines."
    f = onprem(c, "expc-kiel", "https://ssm/SmartTransport", "SSL: no alternative certificate subject name matches target host name 'ssm'", "0D00AB02")
    c.expect("expc-kiel", top="exp-onprem-certificate-mismatch", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error", "exp-eval-mode"], must_not=["exp-onprem-url-suffix-missing", "exp-root-ca-cscwe09378", "exp-tls-interception", "exp-direct-no-path"])
    c.at("exp-onprem-certificate-mismatch", f, "no alternative certificate subject name")


@case("fresh-exp-clock-lost-and-renewal", split="held-out")
def _(c):
    c.story = "The hypervisor was rebuilt and NTP was not reachable: the clock stood years back, and the server's certificate `is not yet valid`. X14.3.3, an excerpt of the event log in a text file."
    c.sources = [("25002, 25021", "P5"), ("not yet valid", "P19"), ("explains the time variants", "signatures, exp-clock-not-synchronised")]
    c.made = "all lines."
    exp = Expressway("expc-turku", "X14.3.3", "0C1100AA", "10.95.1.5")
    t = when("2019-01-02 03:04:05.100")
    ev = [alarm(exp, t, "25002", "Date and time not validated", "The system is unable to obtain the correct time and date from an NTP server"),
          alarm(exp, t + MINUTE, "25021", "NTP server not available", "The system is unable to contact an NTP server"), curl(exp, t + 3 * MINUTE, "SSL certificate problem: certificate is not yet valid"), alarm(exp, t + 3 * MINUTE + timedelta(seconds=1), *COMM),
          curl(exp, t + 18 * MINUTE, "SSL certificate problem: certificate is not yet valid")]
    d = Dice(c.name)
    lines = exp.log(d, t - 5 * MINUTE, t + 30 * MINUTE, 18, ev)
    c.add("input/excerpt.txt", ["Expressway-C expc-turku, software X14.3.3, taken today 2024-11-28 from Status > Logs > Event log", ""] + lines)
    c.expect("expc-turku", top="exp-clock-not-synchronised", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error"], must_not=["exp-root-ca-cscwe09378", "exp-tls-interception", "exp-direct-no-path", "clock-skew"])
    c.at("exp-clock-not-synchronised", "excerpt.txt", "25002")
    c.at("exp-selfsigned-in-chain", "excerpt.txt", "not yet valid")


@case("fresh-exp-registration-over-only", split="held-out")
def _(c):
    c.story = "A few lines of an event log without version: alarm 30041, nothing that says why."
    c.sources = [("30041", "P5"), ("state alone", "part F")]
    c.made = "all lines."
    c.add("input/eventlog.txt", told('''
2024-04-22T06:00:14.918+00:00 tvcs: Event="Registration Accepted" Service="SIP" Src-ip="10.12.8.44" Src-port="27011" Protocol="TLS" AOR="huddle-2@meet.oy.example" Contact="sip:huddle-2@10.12.8.44:27011;transport=tls" Duration="60" Level="INFO" UTCTime="2024-04-22 06:00:14.918"
2024-04-22T06:01:40.002+00:00 httpd[4419]: web: Event="Admin Session Start" Service="HTTPS" Src-ip="10.12.1.9" Src-port="60112" User="admin" Detail="Administrator session started" Level="1" UTCTime="2024-04-22 06:01:40"
2024-04-22T06:15:00.377+00:00 alarm: Level="ERROR" Event="Alarm Raised" Id="30041" UUID="48e1a95c-0d36-4b7f-a8c2-f90e5d21b673" Severity="error" Detail="Smart license registration expired: The registration of this product instance has expired." UTCTime="2024-04-22 06:15:00.377"
2024-04-22T06:15:02.000+00:00 tvcs: Event="Call Connected" Service="SIP" Src-ip="10.12.8.44" Dst-ip="10.12.8.45" Protocol="TLS" Call-serial-number="3fe0" Level="1" UTCTime="2024-04-22 06:15:02.000"
2024-04-22T06:20:00.377+00:00 tvcs: Event="Registration Refresh Accepted" Service="SIP" AOR="huddle-2@meet.oy.example" Level="2" UTCTime="2024-04-22 06:20:00.377"
'''))
    c.expect("*", top="exp-registration-expired", must_not=["exp-clock-not-synchronised", "exp-root-ca-cscwe09378", "exp-direct-no-path", "exp-smart-license-comm-error", "sl-registration-expired"])
    c.at("exp-registration-expired", "eventlog.txt", "30041")


@case("fresh-exp-registration-over-and-ntp", split="held-out")
def _(c):
    c.story = "The same lines, and before them the clock was not validated and NTP failed."
    c.sources = [("30041: verify the clock", "P5"), ("25002, 25020 explain it", "signatures, exp-clock-not-synchronised")]
    c.made = "all lines."
    c.add("input/eventlog.txt", told('''
2024-04-20T02:12:31.640+00:00 ntpmon: Level="WARN" Event="Alarm Raised" Id="25020" UUID="7ac0d4e1-20e5-4a51-8c7e-3f19b06a77d0" Severity="warning" Detail="NTP client failure: The system is unable to run the NTP client" UTCTime="2024-04-20 02:12:31.640"
2024-04-20T02:13:31.640+00:00 ntpmon: Level="WARN" Event="Alarm Raised" Id="25002" UUID="a03d5c11-20ef-4f8b-8c7e-1b6f90d24e55" Severity="warning" Detail="Date and time not validated: The system is unable to obtain the correct time and date from an NTP server" UTCTime="2024-04-20 02:13:31.640"
2024-04-22T06:00:14.918+00:00 tvcs: Event="Registration Accepted" Service="SIP" Src-ip="10.12.8.44" Src-port="27011" Protocol="TLS" AOR="huddle-2@meet.oy.example" Contact="sip:huddle-2@10.12.8.44:27011;transport=tls" Duration="60" Level="INFO" UTCTime="2024-04-22 06:00:14.918"
2024-04-22T06:15:00.377+00:00 alarm: Level="ERROR" Event="Alarm Raised" Id="30041" UUID="48e1a95c-0d36-4b7f-a8c2-f90e5d21b673" Severity="error" Detail="Smart license registration expired: The registration of this product instance has expired." UTCTime="2024-04-22 06:15:00.377"
2024-04-22T06:20:00.377+00:00 tvcs: Event="Registration Refresh Accepted" Service="SIP" AOR="huddle-2@meet.oy.example" Level="2" UTCTime="2024-04-22 06:20:00.377"
'''))
    c.expect("*", top="exp-clock-not-synchronised", must=["exp-registration-expired"], must_not=["exp-root-ca-cscwe09378", "exp-direct-no-path", "sl-registration-expired", "clock-skew"])
    c.at("exp-clock-not-synchronised", "eventlog.txt", "25002")
    c.at("exp-registration-expired", "eventlog.txt", "30041")


@case("fresh-exp-third-peer-forgotten", split="held-out")
def _(c):
    c.story = "A cluster of three; the token was entered on two of them. Three archives in one zip."
    c.sources = [("each node needs its own token", "S0, S1"), ("registration is per node", "P4"), ("30035", "P5")]
    c.made = "names, times, everyday lines."
    peers = ["10.97.2.11", "10.97.2.12", "10.97.2.13"]
    members, now = [], when("2024-10-14 09:00:00")
    for n, address in enumerate(peers, 1):
        exp = Expressway(f"expc-nantes-{n}", "X14.3.5", f"0B60120{n}", address, peers=peers)
        d = Dice(c.name + address)
        alone = n == 3
        planted = [alarm(exp, when("2024-10-14 08:20:00.100"), *EVAL)] if alone else [agent(exp, when("2024-10-14 08:31:10.000"), "INFO", "usage report acknowledged")]
        status = smart_license(eval_left="29 days, 23 hours, 50 minutes, 1 seconds") if alone else smart_license(REGISTERED, "AUTHORIZED on Oct 01 2024 09:31:10 UTC", last=TIMES)
        name, inner = exp.archive(c, "2024-10-14_09:00:00", exp.log(d, when("2024-10-14 08:00:00"), now, 30, planted), exp.xconf("Direct"), xstatus(exp, now, status, [("30035", EVAL[1], "warning")] if alone else []))
        members.append((name, tar_gz_of(inner)))
    c.add_zip("input/nantes.zip", members)
    c.expect("expc-nantes-3", top="exp-node-without-token", must=["exp-eval-mode"], must_not=["exp-root-ca-cscwe09378", "exp-direct-no-path", "exp-slr-node-without-licences", "exp-upgrade-starts-evaluation"])
    for n in (1, 2):
        c.expect(f"expc-nantes-{n}", may=["exp-node-without-token"], must_not=["exp-eval-mode", "exp-smart-license-comm-error"])
    c.at("exp-eval-mode", "xstat_dump_expc-nantes-3_2024-10-14_09_00_00.txt", "EVAL MODE")


def rejected(c, reason, alarm_line):
    out = []
    for n in range(9):
        t = when("2023-12-05 07:10:00.110") + n * 4 * MINUTE
        if n in (3, 4, 6):
            out += alarm_line(t) if n == 3 else []
            out.append(f'{t:%Y-%m-%dT%H:%M:%S}.830+00:00 tvcs: Event="Registration Rejected" Reason="{reason}" Service="SIP" Src-ip="10.99.4.{n + 20}" Src-port="2701{n}" Protocol="TLS" AOR="soft{n}@vc.arlon.example" Contact="sip:soft{n}@10.99.4.{n + 20}:2701{n}" Duration="60" Level="INFO" UTCTime="{t:%Y-%m-%d %H:%M:%S}.830"')
        else:
            out.append(f'{t:%Y-%m-%dT%H:%M:%S}.100+00:00 tvcs: Event="Registration Accepted" Service="SIP" Src-ip="10.99.4.{n + 20}" Src-port="2701{n}" Protocol="TLS" AOR="room{n}@vc.arlon.example" Contact="sip:room{n}@10.99.4.{n + 20}:2701{n}" Duration="60" Level="INFO" UTCTime="{t:%Y-%m-%d %H:%M:%S}.100"')
    c.add("input/registrations.txt", out, bom=b"\xff\xfe", encoding="utf-16-le", eol="\r\n")


@case("fresh-exp-desktop-limit", split="held-out")
def _(c):
    c.story = "Desktops are refused with `License limit exceeded`, alarm 30031 in the same second. UTF-16 text from a Windows editor, no version."
    c.sources = [("both lines together", "S0, S1"), ("30031", "P5")]
    c.made = "all lines."
    rejected(c, "License limit exceeded", lambda t: [f'{t:%Y-%m-%dT%H:%M:%S}.820+00:00 licensemanager: Level="WARNING" Event="Alarm Raised" Id="30031" UUID="e06c6a2c-0b31-4f8e-9d0c-5b9f2ac1d377" Severity="warning" Detail="Desktop system license limit reached: A desktop system registration failed because there were no available desktop system licenses. You are licensed for 25 concurrent desktop system registrations." UTCTime="{t:%Y-%m-%d %H:%M:%S}.820"'])
    c.expect("*", top="exp-license-limit-reached", must_not=["exp-out-of-compliance", "exp-encrypted-session-cap", "exp-smart-license-comm-error", "exp-eval-expired"])
    c.at("exp-license-limit-reached", "registrations.txt", "License limit exceeded")


@case("fresh-exp-rejected-by-policy", split="held-out", healthy=True)
def _(c):
    c.story = "The same registrations refused, with another reason: `Not permitted by policy`. Licensing has no part in it."
    c.sources = [("another Reason rules it out", "signatures, exp-license-limit-reached")]
    c.made = "all lines."
    rejected(c, "Not permitted by policy", lambda t: [])
    c.expect("*", must_not=["exp-license-limit-reached", "exp-out-of-compliance", "exp-eval-expired", "exp-encrypted-session-cap"])


@case("fresh-exp-upgraded-from-12-5", split="held-out")
def _(c):
    c.story = "An option-key system went from X12.5.9 to X14.2.6 at the weekend; Smart Licensing is on and the evaluation runs. Nobody has configured it yet."
    c.sources = [("upgrade switches it on, 90 days", "S0, S1"), ("Smart only", "P4, P7, P8"), ("X14.2.6 is fixed", "versions.md")]
    c.made = "names, times, wording of the upgrade lines."
    exp = Expressway("vcs-linz", "X14.2.6", "0A550C01", "10.101.1.20")
    d, now = Dice(c.name), when("2023-11-06 09:00:00")
    t0 = when("2023-11-04 22:10:00.000")
    planted = [(t0, exp.line(t0, "upgrade", f'Event="System Upgrade" Detail="Upgrading system from X12.5.9 to X14.2.6" Level="1" UTCTime="{exp.utc(t0)}"')),
               (t0 + 14 * MINUTE, exp.line(t0 + 14 * MINUTE, "supervisor", f'Event="System Start" Detail="System software X14.2.6 started, previous release X12.5.9" Level="1" UTCTime="{exp.utc(t0 + 14 * MINUTE)}"')),
               alarm(exp, t0 + 20 * MINUTE, "30035", EVAL[1], "The system is operating in Evaluation Mode that will expire in 90 days")]
    pack(c, exp, "2023-11-06_09/00/00".replace("/", "_"), exp.log(d, t0 - HOUR, now, 70, planted), exp.xconf("Direct"), xstatus(exp, now, smart_license(eval_left="88 days, 13 hours, 2 minutes, 5 seconds"), [("30035", EVAL[1], "warning")], uptime=125000))
    c.expect("vcs-linz", must=["exp-eval-mode", "exp-upgrade-starts-evaluation"], must_not=["exp-root-ca-cscwe09378", "exp-direct-no-path", "exp-eval-expired", "exp-node-without-token", "sl-evaluation"])
    c.at("exp-eval-mode", "xstat_dump_vcs-linz_2023-11-06_09_00_00.txt", "EVAL MODE")


@case("fresh-exp-token-in-ticket", split="held-out")
def _(c):
    c.story = "A ticket with the registration page of X15.0.1 and one log line: the token is not valid. Curly quotes."
    c.sources = [("Registration Failed", "P4"), ("text of the token", "S4, P4")]
    c.made = "all lines."
    c.add("input/ticket-88213.txt", told('''
Ticket 88213 / opened by: video team / 14 Nov 2024
System: Expressway-C X15.0.1 (node expc-brno-1)

We pasted the token that the licensing colleagues sent us in spring, pressed Register and get this on the
Smart licensing page:

   Registration status:   Unregistered : Registration Failed
   License authorization status:  Evaluation Mode
   Transport settings:  Direct

and in the event log

   2024-11-14T08:12:44.310+01:00 expc-brno-1 smartlicenseagent: UTCTime="2024-11-14 07:12:44,310" Module="developer.smartlicense.agent" Level="ERROR" CodeLocation="smartlicenseagent(518)" Detail="Smartlicenseagent registration refused" Reason="{“token”:[“The token ‘ZjA2NWE4YzQt’ is not valid.”]}"

Other nodes of ours registered fine through the same firewall last month.
'''))
    c.expect("expc-brno-1", top="exp-token-invalid-or-expired", may=["exp-eval-mode", "token-not-valid", "sl-registration-failed"], must_not=["exp-direct-no-path", "exp-root-ca-cscwe09378", "exp-tls-interception", "slp-trust-not-established", "exp-smart-license-comm-error"])
    c.at("exp-token-invalid-or-expired", "ticket-88213.txt", "Registration Failed")


@case("fresh-exp-new-certificate-and-all-well", split="held-out", healthy=True)
def _(c):
    c.story = "A question, no fault: will the new server certificate without client authentication harm licensing? The node is registered and authorized; the alarms are about hardware and log levels."
    c.sources = [("clientAuth is not needed", "P20"), ("10005 and 25019 are none of licensing", "S0, S1, P5")]
    c.made = "all lines."
    exp = Expressway("expe-trieste", "X15.2.1", "0E00A1B2", "10.103.6.6", role="edge")
    d, now = Dice(c.name), when("2024-10-21 12:00:00")
    log = exp.log(d, when("2024-10-21 11:00:00"), now, 60, [agent(exp, when("2024-10-21 11:05:00.000"), "INFO", "usage report acknowledged"), alarm(exp, when("2024-10-21 11:00:30.000"), "25019", "Verbose log levels configured", "One or more modules of the Support Log are set to a level of Debug or Trace"),
                                                                  alarm(exp, when("2024-10-21 11:00:10.000"), "10005", "Unsuitable hardware warning", "Your current hardware does not meet supported VM configuration requirements for this version of Expressway")])
    note = mail("Giulia Bassi <g.bassi@trieste.example>", "Mon, 21 Oct 2024 14:10:00 +0200", "server certificate without Client Authentication", ["Hello,", "", "our CA no longer issues certificates with the Client Authentication purpose. We replaced the server certificate", "of expe-trieste on Friday. Does Smart Licensing still renew? Diagnostic log attached.", "", "Giulia"])
    name, members = exp.archive(c, "2024-10-21_12:00:00", log, exp.xconf("Direct"), xstatus(exp, now, smart_license(REGISTERED, "AUTHORIZED on Oct 01 2024 09:31:10 UTC", last=TIMES), [("10005", "Unsuitable hardware warning", "warning"), ("25019", "Verbose log levels configured", "warning")]))
    c.add_tar_gz("input/trieste.tar.gz", [("mail.txt", c.text("mail.txt", note)), (name, tar_gz_of(members))])
    c.expect("expe-trieste", must=["exp-unsuitable-hardware-alarm", "exp-verbose-log-levels-alarm"], may=["exp-client-eku-not-licensing"], must_not=["exp-selfsigned-in-chain", "exp-tls-interception", "exp-smart-license-comm-error", "tls-client-cert-rejected"])
    c.at("exp-unsuitable-hardware-alarm", "loggingsnapshot_expe-trieste_2024-10-21_12_00_00.txt", "10005")


@case("fresh-exp-reservation-asks-on-14-0")
def _(c):
    c.story = "A console log of X14.0.9: reservation commands, all refused. Reservation came with X14.2. Transport is On-Prem, so the old root does not matter here."
    c.sources = [("SLR from X14.2", "S0, S1, P8"), ("tokens only before", "S0")]
    c.made = "the console log."
    c.add("input/putty-expc-vaduz.log", told('''
=~=~=~=~=~=~=~=~=~=~=~= PuTTY log 2023.08.17 10:02:11 =~=~=~=~=~=~=~=~=~=~=~=
login as: admin
admin@expc-vaduz's password:
Last login: Wed Aug 16 16:40:02 CEST 2023 from 10.104.0.8

TANDBERG VCS Release X14.0.9
SW Release Date: 2022-08-31, build oak_v14.0.9_rc_1

OK

xstatus SystemUnit
*s SystemUnit: /
  Product: "TANDBERG VCS"
  Uptime: 7211900
  Software:
    Version: "X14.0.9"
    Build: "oak_v14.0.9_rc_1"
    Name: "s42700"
  Hardware:
    SerialNumber: "0A1D33F0"
*s/end

OK

xconfiguration License Smart
*c xConfiguration License Smart LicensingEnable: On
*c xConfiguration License Smart TransportType: OnPrem
*c xConfiguration License Smart Url: "https://ssm.vaduz.example/SmartTransport"

OK

xconfiguration License Smart ReservationEnable: On

ERROR: unknown configuration

xcommand License Smart Reservation Request

ERROR: unrecognised command

xcommand license smart reservation request

ERROR: unrecognised command
'''), eol="\r\n")
    c.expect("expc-vaduz", top="exp-slr-unsupported-release", may=["exp-slr-with-onprem-account"], must_not=["exp-root-ca-cscwe09378", "exp-slr-auth-code-not-quoted", "exp-onprem-url-suffix-missing", "exp-smart-license-comm-error"])
    c.at("exp-slr-unsupported-release", "putty-expc-vaduz.log", "Reservation Request")


@case("fresh-exp-renewals-fail-no-reason", split="held-out")
def _(c):
    c.story = "Only alarms: 30045 and 30046 in a relay's file. Nothing about the path, no version."
    c.sources = [("30045, 30046", "P5"), ("state or symptom alone", "part F")]
    c.made = "all lines."
    exp = Expressway("expe-malmo", "X14.3.1", "0", "10.105.0.4")
    d, now = Dice(c.name), when("2024-03-14 12:00:00")
    lines = exp.log(d, when("2024-03-14 10:00:00"), now, 45, [alarm(exp, when("2024-03-14 10:31:00.700"), "30045", "Smart license renew registration failed", "The attempt to renew the registration failed"), alarm(exp, when("2024-03-14 11:31:00.700"), "30046", "Smart license registration expiring soon", "The registration will expire in 7 days")])
    c.add_gz("input/expe-malmo.messages.1.gz", c.text("expe-malmo.messages.1.gz", ["<134>" + x for x in lines]))
    c.expect("expe-malmo", top="exp-auth-renew-failed", must_not=["exp-root-ca-cscwe09378", "exp-registration-expired", "exp-auth-expired", "exp-direct-no-path", "exp-smart-license-comm-error", "exp-transport-changed-while-registered"])
    c.at("exp-auth-renew-failed", "expe-malmo.messages.1.gz", "30045")


def abort(c, program):
    c.sources = [("both texts together", "S0, S1"), ("15019 names the program", "P18")]
    c.made = "all lines."
    c.add("input/incident.txt", told(f'''
Status > Logs > Event Log    expc-vannes    Software version: X14.2.2 (On-Prem)

2023-06-14T23:10:02.500+02:00 expc-vannes tvcs: Event="Call Disconnected" Service="SIP" Src-ip="10.109.3.9" Dst-ip="10.109.3.44" Protocol="TLS" Level="1" UTCTime="2023-06-14 21:10:02.500"
2023-06-14T23:12:40.101+02:00 expc-vannes supervisor: Level="ERROR" Event="Alarm Raised" Id="15019" UUID="1a18bfa6-52ab-41b8-8b4e-4ad5dd8c7d40" Severity="error" Detail="Application failed: Unexpected software error was detected in {program}: SIGABRT, Aborted" UTCTime="2023-06-14 21:12:40,101"
2023-06-14T23:12:41.000+02:00 expc-vannes crashreporter: UTCTime="2023-06-14 21:12:41,000" Module="developer.crashreporter" Level="INFO" Detail="Incident report written" Process="{program}" Signal="6"
2023-06-14T23:20:00.377+02:00 expc-vannes tvcs: Event="Registration Refresh Accepted" Service="SIP" AOR="salle-4@vannes.example" Level="2" UTCTime="2023-06-14 21:20:00.377"
'''))


@case("fresh-exp-smartlicenseget-abort", split="held-out")
def _(c):
    c.story = "An excerpt of the event log: smartlicenseget aborted. The node uses On-Prem."
    abort(c, "smartlicenseget")
    c.expect("expc-vannes", top="exp-smartlicenseget-sigabrt", must_not=["exp-root-ca-cscwe09378", "exp-smart-license-comm-error", "exp-tls-interception"])
    c.at("exp-smartlicenseget-sigabrt", "incident.txt", "detected in smartlicenseget")


@case("fresh-exp-provisioning-abort", split="held-out", healthy=True)
def _(c):
    c.story = "The same excerpt with another program in the alarm."
    abort(c, "provisioningd")
    c.expect("expc-vannes", must_not=["exp-smartlicenseget-sigabrt", "exp-root-ca-cscwe09378", "exp-smart-license-comm-error"])


@case("fresh-exp-cap-near", split="held-out")
def _(c):
    c.story = "Alarm 30048, then 30047, on the morning of an all-hands meeting: the export cap on encrypted sessions. More licences would not help."
    c.sources = [("30047, 30048", "P5"), ("cap of X14.2", "P7, P8")]
    c.made = "names, times, everyday lines."
    exp = Expressway("expe-vigo", "X14.3.2", "0C44D0A1", "172.24.3.3", role="edge", offset="+01:00")
    d, now = Dice(c.name), when("2024-01-25 10:00:00")
    lines = exp.log(d, when("2024-01-25 08:00:00"), now, 50, [alarm(exp, when("2024-01-25 08:41:00.100"), "30048", "Capacity warning", "The system is approaching its licensed limit of encrypted signaling sessions due to the Export Control Classification"), alarm(exp, when("2024-01-25 09:02:00.100"), "30047", "Capacity warning", "The system has reached its licensed limit of 2500 encrypted signaling sessions due to the Export Control Classification")])
    pack(c, exp, "2024-01-25_10:00:00", lines, exp.xconf("Direct"), xstatus(exp, now, smart_license(("Jan 11 2023 08:00:09 UTC", "SUCCEEDED on Jul 10 2023 08:00:11 UTC", "Jan 06 2024 08:00:11 UTC", "Jul 10 2024 07:55:10 UTC"), "AUTHORIZED on Jan 09 2024 09:31:10 UTC", last=("SUCCEEDED on Jan 09 2024 09:31:10 UTC", "Feb 08 2024 09:31:10 UTC", "Apr 08 2024 09:26:01 UTC")), [("30047", "Capacity warning", "warning")]))
    c.expect("expe-vigo", top="exp-encrypted-session-cap", must_not=["exp-license-limit-reached", "exp-out-of-compliance", "exp-root-ca-cscwe09378", "exp-smart-license-comm-error"])
    c.at("exp-encrypted-session-cap", "loggingsnapshot_expe-vigo_2024-01-25_10_00_00.txt", "30047")
