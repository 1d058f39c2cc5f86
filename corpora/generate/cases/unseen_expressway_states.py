"""Expressway: states, reservation, expected alarms; kept apart from tuning."""
from datetime import timedelta

from archive import gz_of, tar_gz_of, zip_of
from case import case
from cases.unseen_expressway import GOOD, pack
from cases.unseen_parts import COMM, DAY, EVAL, HOUR, MINUTE, agent, alarm, curl, curly, mail, quoted, xstatus
from dice import Dice
from expressway import Expressway, smart_license
from iosxe_log import when, wrapped


@case("unseen-exp-overage")
def _(c):
    c.story = "Two more rooms than licences: CSSM answers out of compliance (30036, later 30037). The contact itself succeeds."
    c.sources = [("alarms 30036, 30037", "P5"), ("they come from the answer of CSSM, so communication works", "P5, part A")]
    c.made = "all values."
    exp = Expressway("expc-cork", "X14.3.1", "0D1F7777", "10.94.40.5")
    d, now = Dice(c.name), when("2024-01-09 12:00:00")
    planted = [alarm(exp, when("2024-01-06 06:12:01.100"), "30036", "Smart license in overage out of compliance", "The system is using more licenses than are available in the virtual account", "alert"),
               alarm(exp, when("2024-01-08 06:12:01.300"), "30037", "Smart license no provision out of compliance", "No further licenses can be provisioned", "critical"),
               agent(exp, when("2024-01-08 06:12:01"), "INFO", "entitlement response: OUT OF COMPLIANCE")]
    status = smart_license(GOOD, "OUT OF COMPLIANCE on Jan 08 2024 06:12:01 UTC", last=("SUCCEEDED on Jan 09 2024 00:12:01 UTC", "Jan 09 2024 12:12:01 UTC", "Apr 08 2024 00:06:40 UTC"))
    pack(c, exp, "2024-01-09_12:00:00", exp.log(d, when("2024-01-05"), now, 100, planted), exp.xconf("Direct"),
         xstatus(exp, now, status, [("30036", "Smart license in overage out of compliance", "alert"), ("30037", "Smart license no provision out of compliance", "critical")]))
    c.expect("expc-cork", top="exp-out-of-compliance", may=["exp-pak-not-in-smart-account"], must_not=["exp-smart-license-comm-error", "exp-license-limit-reached", "exp-auth-expired", "sl-out-of-compliance", "exp-root-ca-cscwe09378"])
    c.at("exp-out-of-compliance", "loggingsnapshot_expc-cork_2024-01-09_12_00_00.txt", "30036")


@case("unseen-exp-option-keys-only", healthy=True)
def _(c):
    c.story = "X14.0.4 with option keys; Smart Licensing is off, as it is by default in that train. An affected release means nothing here."
    c.sources = [("off by default up to X14.0.x", "S0, S1"), ("the root defect is ruled out where Smart Licensing is not enabled", "clarification 5")]
    c.made = "all values; element names of the dump are unverified."
    exp = Expressway("vcs-bern", "X14.0.4", "03B77A10", "10.95.40.5")
    d, now = Dice(c.name), when("2023-06-02 12:00:00")
    planted = []
    for n in range(6):
        t = when("2023-06-02 11:05:00") + n * 9 * MINUTE
        planted += [(t, x) for x in exp.sip_trust_error(d, t)]
    pack(c, exp, "2023-06-02_12:00:00", exp.log(d, when("2023-06-02 11:00:00"), now, 80, planted), exp.xconf("Direct", mode="Off"),
         xstatus(exp, now, keys=(("116341W00-1-9A81F2C4", "Traversal Server"), ("116341Y25-1-0FA3D611", "25 Non-traversal calls"))))
    c.expect("vcs-bern", must=["exp-smart-licensing-not-enabled"], must_not=["exp-root-ca-cscwe09378", "exp-selfsigned-in-chain", "exp-tls-interception", "exp-eval-mode", "exp-option-keys-without-smart-equivalent"])


@case("unseen-exp-hsm-key-upgraded")
def _(c):
    c.story = "A system with the HSM option key (116341H00) was upgraded from X14.0.8 to X14.2.5. The key has no equivalent under Smart Licensing, which switched itself on."
    c.sources = [("keys that bar the way past X14.0.x", "S1"), ("upgrade starts the 90 days", "S0, S1")]
    c.made = "all values."
    exp = Expressway("vcs-basel", "X14.2.5", "03B77A55", "10.95.41.5")
    d, now = Dice(c.name), when("2023-07-12 12:00:00")
    t = when("2023-07-09 20:03:11.204")
    planted = [(t, exp.line(t, "packaged", f'Event="System Upgrade" Detail="Installed s42700x14_2_5.tar.gz, previous version X14.0.8" Level="1" UTCTime="{exp.utc(t)}"')),
               alarm(exp, t + 6 * MINUTE, *EVAL)]
    pack(c, exp, "2023-07-12_12:00:00", exp.log(d, when("2023-07-09 19:50:00"), now, 90, planted), exp.xconf("Direct"),
         xstatus(exp, now, smart_license(eval_left="87 days, 7 hours, 48 minutes, 2 seconds"), [("30035", EVAL[1], "warning")], keys=(("116341H00-1-77C0D1AA", "Hardware Security Module"),)))
    c.expect("vcs-basel", top="exp-option-keys-without-smart-equivalent", must=["exp-eval-mode", "exp-upgrade-starts-evaluation"], must_not=["exp-root-ca-cscwe09378", "exp-smart-license-comm-error"])
    c.at("exp-option-keys-without-smart-equivalent", "xstat_dump_vcs-basel_2023-07-12_12_00_00.txt", "116341H00")


@case("unseen-exp-upgrade-graces")
def _(c):
    c.story = "The upgrade alone, without such a key: X14.0.7 to X14.2.7, 84 days left, nothing else wrong."
    c.sources = [("upgrade starts the 90 days", "S0, S1"), ("block EVAL MODE", "S0, S1")]
    c.made = "all values."
    exp = Expressway("vcs-chur", "X14.2.7", "03B77A56", "10.95.42.5")
    d, now = Dice(c.name), when("2023-10-12 12:00:00")
    t = when("2023-10-06 20:03:11.204")
    planted = [(t, exp.line(t, "packaged", f'Event="System Upgrade" Detail="Installed s42700x14_2_7.tar.gz, previous version X14.0.7" Level="1" UTCTime="{exp.utc(t)}"')), alarm(exp, t + 6 * MINUTE, *EVAL)]
    pack(c, exp, "2023-10-12_12:00:00", exp.log(d, when("2023-10-06 19:50:00"), now, 80, planted), exp.xconf("Direct"), xstatus(exp, now, smart_license(eval_left="84 days, 7 hours, 48 minutes, 2 seconds"), [("30035", EVAL[1], "warning")]))
    c.expect("vcs-chur", top="exp-eval-mode", must=["exp-upgrade-starts-evaluation"], must_not=["exp-root-ca-cscwe09378", "exp-option-keys-without-smart-equivalent", "exp-eval-expired", "exp-direct-no-path", "sl-evaluation"])


@case("unseen-exp-slr-on-14-0")
def _(c):
    c.story = "An administrator tries reservation commands on X14.0.9, which has no reservation."
    c.sources = [("SLR came with X14.2", "S0, S1, P8"), ("token is the only way on that train", "S0")]
    c.made = "the terminal log; the reply of the shell is ours."
    out = ["login as: admin", "admin@10.96.40.5's password:", "", "TANDBERG VCS Release X14.0.9", "SW Release Date: 2022-07-21", "", "", "OK", "", "xstatus SystemUnit", "*s SystemUnit: /", '  Product: "TANDBERG VCS"', "  Software:", '    Version: "X14.0.9"',
           '    Name: "s42700"', "  Hardware:", '    SerialNumber: "0A42CB13"', "*s/end", "", "OK", "", "xConfiguration SystemUnit Name", '*c xConfiguration SystemUnit Name: "expc-riga"', "", "OK", "",
           "xconfiguration License Smart ReservationEnable: On", "", "ERROR: unknown configuration", "", "xcommand License Smart Reservation Request", "", "ERROR: unrecognised command", "", "xcommand License Smart Reservaton Request", "", "ERROR: unrecognised command", "",
           "xConfiguration License Smart", "*c xConfiguration License Smart LicensingEnable: On", "*c xConfiguration License Smart TransportType: Direct", '*c xConfiguration License Smart Url: ""', "", "OK", ""]
    exp = Expressway("expc-riga", "X14.0.9", "0A42CB13", "10.96.40.5")
    out += ["eventlog 40", ""] + exp.log(Dice(c.name), when("2022-11-02 09:00:00"), when("2022-11-02 10:00:00"), 40)
    c.add("input/expc-riga-ssh.log", out, eol="\r\n")
    c.expect("expc-riga", top="exp-slr-unsupported-release", may=["exp-eval-mode"], must_not=["exp-root-ca-cscwe09378", "exp-slr-auth-code-not-quoted", "exp-slr-update-confirmation-pending", "exp-slr-with-onprem-account"])
    c.at("exp-slr-unsupported-release", "expc-riga-ssh.log", "Reservation Request")


@case("unseen-exp-slr-with-onprem")
def _(c):
    c.story = "Reservation is switched on while the transport still points at SSM On-Prem; the button License Reservation is missing in the virtual account."
    c.sources = [("SLR cannot be used with On-Prem nor in its virtual account", "S0, S1")]
    c.made = "all values."
    exp = Expressway("expc-kiel", "X14.3.1", "0D1F8821", "10.96.41.5")
    d, now = Dice(c.name), when("2023-10-10 12:00:00")
    url = "https://ssm-onprem.corp.example/SmartTransport"
    conf = [x.replace("ReservationEnable: Off", "ReservationEnable: On") for x in exp.xconf("Cssm", url)]
    c.add("input/note.txt", ["Reservation requested on expc-kiel, but in our virtual account (the one that is attached to the satellite) there is no button 'License Reservation'."])
    name, members = exp.archive(c, "2023-10-10_12:00:00", exp.log(d, when("2023-10-10 11:00:00"), now, 80), conf, xstatus(exp, now, smart_license(authorization="No Licenses in Use", transport=("Smart", url))))
    c.add_tar_gz(f"input/{name}", members)
    c.expect("expc-kiel", top="exp-slr-with-onprem-account", must_not=["exp-onprem-url-suffix-missing", "exp-root-ca-cscwe09378", "exp-slr-unsupported-release", "exp-smart-license-comm-error"])
    c.at("exp-slr-with-onprem-account", "xconf_dump_expc-kiel_2023-10-10_12_00_00.txt", "ReservationEnable: On")


def shell(host, version, serial, *steps):
    out = ["Last login: Thu Mar 14 08:11:02 2024 from 10.97.2.8", f"TANDBERG VCS Release {version}", "", "OK", "", "xstatus SystemUnit", "*s SystemUnit: /", '  Product: "TANDBERG VCS"', "  Software:", f'    Version: "{version}"', '    Name: "s42700"', "  Hardware:",
           f'    SerialNumber: "{serial}"', "*s/end", "", "OK", "", "xConfiguration SystemUnit Name", f'*c xConfiguration SystemUnit Name: "{host}"', "", "OK", ""]
    for command, reply in steps:
        out += [command, ""] + reply + ["", "OK" if reply and "ERROR" not in reply[0] else "", ""]
    return out


CODE = ("<specificPLR><authorizationCode><flag>A</flag><version>C</version><piid>5a1f0c3e-77aa-4d1d-9a1c-3d1b9b2f7e01</piid><timestamp>1710403922118</timestamp><entitlements><entitlement><tag>regid.2016-06.com.cisco.EXPRMS,1.0</tag>"
        "<count>20</count></entitlement></entitlements></authorizationCode><signature>MEUCIQDk0Zt1A</signature></specificPLR>")


@case("unseen-exp-slr-code-bare")
def _(c):
    c.story = "The authorization code was pasted without quotes; the shell takes it apart and installs nothing."
    c.sources = [("code must stand in double quotes", "S1, P4")]
    c.made = "terminal log, code."
    out = shell("expc-gdynia", "X14.3.4", "0E77B113", ("xconfiguration license smart reservationEnable: on", ["*c xConfiguration License Smart ReservationEnable: On"]), ("xcommand license smart reservation request", ["Request code: CB-ZExpressway:0E77B113-AK9n5Chuo-6A"]),
                ("xcommand License Smart Reservation Install " + CODE, ["ERROR: Missing or invalid parameter"]), ("xcommand License Smart Reservation Install " + CODE, ["ERROR: Missing or invalid parameter"]))
    exp = Expressway("expc-gdynia", "X14.3.4", "0E77B113")
    out += ["eventlog 30", ""] + exp.log(Dice(c.name), when("2024-03-14 07:00:00"), when("2024-03-14 08:30:00"), 30)
    c.add("input/terminal.txt", wrapped(out, 160))
    c.expect("expc-gdynia", top="exp-slr-auth-code-not-quoted", must_not=["exp-slr-unsupported-release", "exp-slr-update-confirmation-pending", "exp-slr-return-code-lost", "exp-root-ca-cscwe09378"])
    c.at("exp-slr-auth-code-not-quoted", "terminal.txt", "Reservation Install <")


@case("unseen-exp-slr-update-open")
def _(c):
    c.story = "Ten room licences were added to an existing reservation. The node took the new code and printed the confirmation code; CSSM still shows the old amount, in transit."
    c.sources = [("an update ends only with the confirmation code", "S0, S1"), ("text", "S0, S1, P4"), ("first installation needs none", "S1")]
    c.made = "terminal log, codes, the table."
    out = shell("expc-varna", "X14.2.7", "0B1C8899", ("xstatus License", ["License:", "Reservation: installed", "Reservation status: SPECIFIC INSTALLED on Nov 02 2023 09:11:40 UTC", "Reservation authorization code: installed", "A-FLEX-EXP-ROOM: 10"]),
                ('xcommand license Smart reservation install "' + CODE.replace("20</count>", "30</count>") + '"', ["Authorization code installed.", "Please enter the confirmation code to CSSM account: 71c0de4b"]))
    out += ["", "Product Instances (copied from CSSM on 2024-03-15)", "Name                                         Product Type  Last Contact                           Alerts", "UDI_PID:Expressway; UDI_SN:0B1C8899; UDI_VID:1.0;   EXPY   2023-Nov-02 09:12:10 (Reserved Licenses)   License update in transit, waiting for confirmation"]
    out += ["", "xConfiguration", ""] + Expressway("expc-varna", "X14.2.7", "0B1C8899", "10.97.40.5").xconf("Direct")
    c.add("input/reservation-update.txt", wrapped(out, 132))
    c.expect("expc-varna", top="exp-slr-update-confirmation-pending", must_not=["exp-slr-auth-code-not-quoted", "exp-slr-return-code-lost", "exp-slr-unsupported-release", "exp-eval-mode"])
    c.at("exp-slr-update-confirmation-pending", "reservation-update.txt", "Please enter the confirmation code")


@case("unseen-exp-slr-returned")
def _(c):
    c.story = "The reservation was returned on the node; the return code was not entered in CSSM, which still lists the instance as reserved."
    c.sources = [("text and what to do when the code is lost", "S0, S1")]
    c.made = "terminal log, codes, the table, the mail."
    out = shell("expe-split", "X14.2.5", "0C20F001", ("xcommand License Smart Reservation Return", ["Enter the following return code into the CSSM:", "CB7BMR-eVvM4B-aqvnR9-3GTuXz-o1Ki5A-6Fc"]), ("xstatus License", ["License:", "Reservation: not installed", "Registration: UNREGISTERED"]))
    body = ["we moved to another virtual account and returned the reservation on the edge node (output below). The window is closed, nobody noted the code.", "In CSSM the node is still there:", "",
            "UDI_PID:Expressway; UDI_SN:0C20F001; UDI_VID:1.0;    EXPY    2023-Sep-27 17:25:24    (Reserved Licenses)", ""] + quoted(out + ["xConfiguration", ""] + Expressway("expe-split", "X14.2.5", "0C20F001", "192.0.2.55").xconf("Direct"))
    c.add("input/mail-0412.txt", mail("v.horvat@corp.example", "Fri, 12 Apr 2024 08:40:00 +0200", "return code?", body))
    c.expect("expe-split", top="exp-slr-return-code-lost", may=["exp-slr-update-confirmation-pending"], must_not=["exp-slr-auth-code-not-quoted", "exp-slr-unsupported-release", "exp-root-ca-cscwe09378"])
    c.at("exp-slr-return-code-lost", "mail-0412.txt", "Enter the following return code")


@case("unseen-exp-slr-on-sick-cluster")
def _(c):
    c.story = "Reservation commands on a peer while the cluster has an active communication alarm (20005)."
    c.sources = [("free of cluster alarms before SLR", "S0, S1"), ("20xxx are cluster alarms", "P5")]
    c.made = "all values."
    exp = Expressway("expc-faro", "X14.3.3", "0E0B9911", "10.98.40.5", peers=["10.98.40.5", "10.98.40.6"])
    d, now = Dice(c.name), when("2024-02-21 16:00:00")
    t = when("2024-02-21 15:10:00.200")
    planted = [alarm(exp, when("2024-02-21 08:01:00.500"), "20005", "Cluster database communication failure", "The database is unable to replicate with one or more of the cluster peers", "error"),
               (t, exp.line(t, "xcommand", f'Event="Command Executed" Detail="xcommand License Smart Reservation Request" User="admin" Level="1" UTCTime="{exp.utc(t)}"')),
               (t + 4 * MINUTE, exp.line(t + 4 * MINUTE, "xcommand", f'Event="Command Executed" Detail="xcommand License Smart Reservation Request" User="admin" Level="1" UTCTime="{exp.utc(t + 4 * MINUTE)}"'))]
    conf = [x.replace("ReservationEnable: Off", "ReservationEnable: On") for x in exp.xconf("Direct")]
    pack(c, exp, "2024-02-21_16:00:00", exp.log(d, when("2024-02-21 08:00:00"), now, 80, planted), conf, xstatus(exp, now, (), [("20005", "Cluster database communication failure", "error")]))
    c.expect("expc-faro", top="exp-slr-cluster-alarms-first", must_not=["exp-eval-expired-cluster-change", "exp-slr-unsupported-release", "exp-slr-with-onprem-account", "exp-root-ca-cscwe09378"])
    c.at("exp-slr-cluster-alarms-first", "loggingsnapshot_expc-faro_2024-02-21_16_00_00.txt", "20005")


@case("unseen-exp-2500-sessions")
def _(c):
    c.story = "An edge in the home office season: the export cap of 2500 encrypted signalling sessions is reached. More licences would not help."
    c.sources = [("alarms 30047 and 30048", "P5"), ("cap from X14.2", "P7, P8")]
    c.made = "all values."
    exp = Expressway("expe-big", "X14.2.1", "0B0F1100", "192.0.2.10", role="edge")
    d, now = Dice(c.name), when("2022-12-05 10:00:00")
    planted = [alarm(exp, when("2022-12-05 08:31:00.100"), "30048", "Capacity warning", "The number of encrypted signaling sessions is approaching the licensed limit (2500)", "warning"),
               alarm(exp, when("2022-12-05 09:02:10.400"), "30047", "Capacity warning", "The licensed limit of 2500 encrypted signaling sessions has been reached due to the Export Control Classification", "error")]
    status = smart_license(("Jun 12 2022 10:10:24 UTC", "None", "Dec 09 2022 10:10:30 UTC", "Jun 12 2023 10:05:11 UTC"), "AUTHORIZED on Dec 02 2022 06:31:02 UTC", last=("SUCCEEDED on Dec 02 2022 06:31:02 UTC", "Jan 01 2023 06:31:02 UTC", "Mar 02 2023 06:25:40 UTC"))
    log = exp.log(d, when("2022-12-05 08:00:00"), now, 90, planted)
    # An older habit: the text of the log in a gz inside a zip, without the rest of the archive.
    c.add_zip("input/from-customer.zip", [("edge/messages.gz", gz_of(c.text("messages.gz", log))), ("edge/xstatus.txt", c.text("xstatus.txt", xstatus(exp, now, status, [("30047", "Capacity warning", "error")])))])
    c.expect("expe-big", top="exp-encrypted-session-cap", must_not=["exp-license-limit-reached", "exp-out-of-compliance", "exp-root-ca-cscwe09378", "exp-smart-license-comm-error"])
    c.at("exp-encrypted-session-cap", "messages.gz", "30047")


@case("unseen-exp-reset-kept-licence")
def _(c):
    c.story = "Right after a factory reset that kept Smart Licensing, before DNS is configured: alarms 30042 and 30044 together."
    c.sources = [("both alarms are expected then and clear with DNS", "P4")]
    c.made = "all values; the wording of the reset line."
    exp = Expressway("expc-new", "X14.3.4", "0E77C001", "10.99.40.5")
    d, now = Dice(c.name), when("2024-05-14 11:00:00")
    t = when("2024-05-14 10:31:00.100")
    planted = [(t, exp.line(t, "factory-reset", f'Event="System Reset" Detail="Factory reset completed, options: Keep smart licensing settings" Level="1" UTCTime="{exp.utc(t)}"')),
               alarm(exp, t + 4 * MINUTE, *COMM), alarm(exp, t + 4 * MINUTE + timedelta(seconds=2), "30044", "Smart license renew auth failed", "The attempt to renew the authorization failed")]
    pack(c, exp, "2024-05-14_11:00:00", exp.log(d, t, now, 60, planted), exp.xconf("Direct", dns=()), xstatus(exp, now, smart_license(GOOD), [("30042", COMM[1], "error"), ("30044", "Smart license renew auth failed", "warning")], uptime=1740))
    c.expect("expc-new", must=["exp-after-factory-reset-offline"], may=["exp-smart-license-comm-error", "exp-auth-renew-failed", "exp-direct-no-path"], must_not=["exp-root-ca-cscwe09378", "exp-transport-changed-while-registered", "exp-tls-interception"])
    c.at("exp-after-factory-reset-offline", "loggingsnapshot_expc-new_2024-05-14_11_00_00.txt", "Keep smart licensing settings")


@case("unseen-exp-limit-read-by-scanner")
def _(c):
    c.story = "Event log lines that a scanner read from a printed page: `tics:` for tvcs, `slo:` for sip, `UID` for UUID, and the paper's width cuts every line. Registrations are refused for want of room licences."
    c.sources = [("both lines and the reading errors", "S0, S1")]
    c.made = "names, addresses, times."
    out = ["Event log, page 1 of 1 (scan)", ""]
    for n, minute in enumerate((6, 9, 14, 22, 31, 40)):
        s = f"2023-09-29T15:{minute:02d}:54.8{n}0+00:00"
        out += [f'{s} licensemanager: Level="WARNING" Event="Alarm Raised" Id="30028" UID="5f3a01bc-9d2e-11e4-8f20-0050568e7a1{n}" Severity="warning" Detail="Room system license limit reached. A TelePresence room system registration failed because there were no available room system licenses. You are licensed for 2 concurrent TelePresence room system registrations." UTCTime="2023-09-29 15:{minute:02d}:54.829"',
                f'{s} tics: Event="Registration Rejected" Reason="License limit exceeded" Service="SIP" Src-ip="10.63.7.{20 + n}" Src-port="2{5100 + n}" Protocol="TLS" AOR="board-{n + 2}@video.corp.example" Contact="slo:board-{n + 2}@10.63.7.{20 + n}" Duration="60" Level="INFO" UTCTime="2023-09-29 15:{minute:02d}:54.830"',
                f'2023-09-29T15:{minute + 1:02d}:10.110+00:00 tics: Event="Registration Accepted" Service="SIP" Src-ip="10.63.8.{n + 4}" Src-port="26011" Protocol="TLS" AOR="desk-{410 + n}@video.corp.example" Duration="60" Level="INFO" UTCTime="2023-09-29 15:{minute + 1:02d}:10.110"']
    c.add("input/scan-0001.txt", wrapped(out, 120))
    c.expect("*", top="exp-license-limit-reached", must_not=["exp-smart-license-comm-error", "exp-out-of-compliance", "exp-encrypted-session-cap", "exp-root-ca-cscwe09378"])
    c.at("exp-license-limit-reached", "scan-0001.txt", "30028")


@case("unseen-exp-registration-ran-out")
def _(c):
    c.story = "Alarm 30041 after a year on the shelf. The case is the alarm page and the licence block, no log: nothing tells why."
    c.sources = [("30041 and `Unregistered : Registration Expired`", "P4, P5"), ("state only: the state comes first", "part F")]
    c.made = "all values."
    exp = Expressway("expc-depot", "X14.2.6", "0C90FB77", "10.99.41.5")
    now = when("2024-09-02 09:00:00")
    page = ["Smart licensing", "Registration status: Unregistered : Registration Expired", "License authorization status: No Licenses in Use", "Transport settings: Cisco Smart Software Manager (Direct)", ""]
    status = ["", "Smart Licensing is ENABLED", "", "Registration:", "Status: UNREGISTERED - REGISTRATION EXPIRED", "Export-Controlled Functionality: NOT ALLOWED", "Initial Registration: SUCCEEDED on Aug 14 2023 10:10:24 UTC", "Registration Expires: Aug 13 2024 10:05:11 UTC", "", "License Authorization: ", "Status: No Licenses in Use", ""]
    c.add("input/pages.txt", ["xConfiguration SystemUnit Name", '*c xConfiguration SystemUnit Name: "expc-depot"', ""] + page + xstatus(exp, now, status, [("30041", "Smart license registration expired", "critical")], uptime=5120) + exp.xconf("Direct"))
    c.expect("expc-depot", top="exp-registration-expired", must_not=["exp-root-ca-cscwe09378", "exp-tls-interception", "exp-token-invalid-or-expired", "sl-registration-expired", "exp-smart-license-comm-error"])
    c.at("exp-registration-expired", "pages.txt", "30041")


@case("unseen-exp-retry-page")
def _(c):
    c.story = "Only the text of the licensing page: registration in progress, `HTTP Server Error 200: Operation timed out`."
    c.sources = [("text of the page; the agent tries every 15 minutes", "P4")]
    c.made = "the words around the quoted text."
    out = ["Cisco Expressway-C", "Status > Overview    Version: X14.3.2", "", "Maintenance > Smart licensing", "", "Smart licensing mode: On", "Registration status: Unregistered - Registration pending",
           "The last attempt to renew smart software licensing registration is in progress because of the following reason: HTTP Server Error 200: Operation timed out", "License authorization status: Evaluation Mode", "Evaluation period remaining: 81 days", "", "Refresh the page after each try.", "", "Status > System > Resource usage"] + [f"Registrations peer {n}: current 0, maximum 0; calls current 0, maximum 0; last updated 1{n % 10}:0{n % 6}" for n in range(30)]
    c.add("input/page.txt", curly("\n".join(out)).split("\n"), bom=b"\xef\xbb\xbf")
    c.expect("*", top="exp-http-timeout-retry", may=["exp-direct-no-path", "exp-eval-mode", "exp-smart-license-comm-error", "tcp-syn-no-answer"], must_not=["exp-root-ca-cscwe09378", "exp-tls-interception", "exp-token-invalid-or-expired", "slp-path-blocked"])
    c.at("exp-http-timeout-retry", "page.txt", "Operation timed out")


@case("unseen-exp-alarm-lowered", healthy=True)
def _(c):
    c.story = "Alarm 30042 was up for forty minutes during a change on the firewall and lowered itself. Registered, authorized, last contact good; the other two alarms belong to hardware and to the debug log."
    c.sources = [("lowered alarm ends it", "inferred"), ("last attempt succeeded: the failure is resolved", "part F"), ("10005 and 25019 are unrelated", "S0, S1, P5, P6")]
    c.made = "all values."
    exp = Expressway("expe-lyon", "X14.3.3", "0E0BCC20", "192.0.2.119", role="edge", offset="+02:00")
    d, now = Dice(c.name), when("2024-06-20 09:00:00")
    planted = [curl(exp, when("2024-06-20 07:02:10.120"), "Failed to connect to smartreceiver.cisco.com port 443 after 21013 ms: Connection refused"), alarm(exp, when("2024-06-20 07:02:11.120"), *COMM), alarm(exp, when("2024-06-20 07:42:40.120"), *COMM, event="Lowered"),
               agent(exp, when("2024-06-20 07:42:39"), "INFO", "communication restored, authorization renewed"),
               alarm(exp, when("2024-06-20 06:58:11"), "10005", "Unsuitable hardware warning", "Your current hardware does not meet supported VM configuration requirements for this version of Expressway"),
               alarm(exp, when("2024-06-20 06:59:11"), "25019", "Verbose log levels configured", "One or more modules of the Network Log or Support Log are set to a level of Debug or Trace")]
    status = smart_license(("Jun 12 2023 10:10:24 UTC", "SUCCEEDED on Jun 06 2024 10:10:30 UTC", "Dec 03 2024 10:10:30 UTC", "Jun 06 2025 10:05:11 UTC"), "AUTHORIZED on Jun 20 2024 07:42:38 UTC", last=("SUCCEEDED on Jun 20 2024 07:42:38 UTC", "Jul 20 2024 07:42:38 UTC", "Sep 18 2024 07:36:40 UTC"))
    pack(c, exp, "2024-06-20_11:00:00", exp.log(d, when("2024-06-20 06:55:00"), now, 100, planted), exp.xconf("Direct"), xstatus(exp, now, status, [("10005", "Unsuitable hardware warning", "warning"), ("25019", "Verbose log levels configured", "warning")]))
    c.expect("expe-lyon", must=["exp-unsuitable-hardware-alarm", "exp-verbose-log-levels-alarm"], may=["exp-smart-license-comm-error"], must_not=["exp-direct-no-path", "exp-root-ca-cscwe09378", "exp-tls-interception", "exp-eval-mode"])


@case("unseen-exp-onprem-no-suffix")
def _(c):
    c.story = "On-Prem is addressed by its right name, but the path is missing: the server answers 404."
    c.sources = [("URL must end in /SmartTransport", "S0, S1, P4"), ("On-Prem is not affected by the root change", "S0, S1")]
    c.made = "all values."
    exp = Expressway("expc-quito", "X14.2.3", "0C0D2207", "10.91.41.5", offset="-05:00")
    d, now = Dice(c.name), when("2023-10-04 16:00:00")
    url = "https://ssm.corp.example/"
    t = when("2023-10-04 15:05:20.100")
    planted = [curl(exp, t, "The requested URL returned error: 404", url), alarm(exp, t + timedelta(seconds=1), *COMM)]
    pack(c, exp, "2023-10-04_11:00:00", exp.log(d, when("2023-10-04 15:00:00"), now, 60, planted), exp.xconf("Cssm", url), xstatus(exp, now, smart_license(authorization="No Licenses in Use", transport=("Smart", url)), [("30042", COMM[1], "error")]))
    c.expect("expc-quito", top="exp-onprem-url-suffix-missing", must=["exp-smart-license-comm-error"], must_not=["exp-root-ca-cscwe09378", "exp-onprem-certificate-mismatch", "exp-tls-interception", "exp-direct-no-path"])
    c.at("exp-smart-license-comm-error", "loggingsnapshot_expc-quito_2023-10-04_11_00_00.txt", "30042")


@case("unseen-exp-get-aborts")
def _(c):
    c.story = "smartlicenseget died three times this week; the alarm names it, in the spelling of the published page. Licences are authorized."
    c.sources = [("both texts, CSCwh22349", "S0, S1"), ("alarm 15019", "P18")]
    c.made = "values; the frame of the line."
    exp = Expressway("expc-sintra", "X14.3.2", "0D1F9A01", "10.91.42.5")
    d, now = Dice(c.name), when("2023-11-09 09:00:00")
    planted = [alarm(exp, when("2023-11-06 02:11:40.510") + n * 25 * HOUR, "15019", "Application failed", "Unexpected software error was detected in smartlicenseget: sigabrt, Aborted", "error", process="supervisor") for n in range(3)]
    status = smart_license(GOOD, "AUTHORIZED on Nov 08 2023 05:30:00 UTC", last=("SUCCEEDED on Nov 08 2023 05:30:00 UTC", "Dec 08 2023 05:30:00 UTC", "Feb 06 2024 05:24:40 UTC"))
    pack(c, exp, "2023-11-09_09:00:00", exp.log(d, when("2023-11-06"), now, 60, planted), exp.xconf("Direct"), xstatus(exp, now, status, [("15019", "Application failed", "error")]))
    c.expect("expc-sintra", top="exp-smartlicenseget-sigabrt", must_not=["exp-smart-license-comm-error", "exp-root-ca-cscwe09378", "exp-eval-mode"])
    c.at("exp-smartlicenseget-sigabrt", "loggingsnapshot_expc-sintra_2023-11-09_09_00_00.txt", "smartlicenseget")
