"""Expressway: states of the licence, upgrades and option keys, and what only looks like a fault."""
from datetime import timedelta

from case import case
from dice import Dice
from expressway import Expressway, smart_license
from iosxe_log import when

from cases.expressways import bundle
from cases.expressway_clusters import TOKEN, token_status


def upgraded(exp, t, old, new):
    package = new[1:].replace(".", "_")
    return [(t, exp.line(t, "packaged", f'Event="System Upgrade" Detail="Installed s42700x{package}.tar.gz, previous version {old}" Level="1" UTCTime="{exp.utc(t)}"'))]


def shortage(now, state="OUT OF COMPLIANCE"):
    ok = now - timedelta(hours=2)
    return smart_license(TOKEN, f"{state} on {ok:%b %d %Y %H:%M:%S} UTC", last=(f"SUCCEEDED on {ok:%b %d %Y %H:%M:%S} UTC", f"{ok + timedelta(hours=12):%b %d %Y %H:%M:%S} UTC", f"{ok + timedelta(days=90):%b %d %Y %H:%M:%S} UTC"))


@case("exp-authorization-enforced")
def _(c):
    c.story = "Nothing but the alarms page, pasted: the authorization expired and is enforced (30040). Why, nobody can tell from it."
    c.sources = [("alarm 30040", "public P5")]
    c.made = "the rest of the page."
    c.add("input/alarms.txt", ["Expressway-C exp-c-n1, Status > Alarms", "", "Alarm | Severity | State | Raised", "Smart license no provision authorization expired | Critical | Raised | 2024-02-01 08:00:12",
                               "Unsuitable hardware warning | Warning | Raised | 2023-11-09 10:41:00"])
    c.expect("*", top="exp-auth-expired", may=["exp-unsuitable-hardware-alarm"], must_not=["exp-registration-expired", "exp-eval-expired", "exp-root-ca-cscwe09378", "exp-out-of-compliance"])
    c.at("exp-auth-expired", "alarms.txt", "authorization expired")


@case("exp-account-short")
def _(c):
    c.story = "CSSM answers and says that more is in use than the virtual account holds (30036). The node has used Smart Licensing for years. Differs from exp-account-without-converted-licences, which was migrated the day before."
    c.sources = [("alarm 30036", "public P5"), ("Out-of-compliance", "public P4")]
    c.made = "all values."
    exp = Expressway("exp-c-n2", "X14.3.2", "0E900002", "10.20.73.22")
    d, now = Dice(c.name), when("2024-02-05 10:00:00")
    t = now - timedelta(minutes=44)
    bundle(c, exp, "2024-02-05_10:00:00", exp.log(d, now - timedelta(hours=1), now, 60, [(t, exp.alarm(t, "30036"))]), exp.xconf("Direct"), exp.xstat(now, d, shortage(now), [("30036", "")]))
    c.expect("exp-c-n2", top="exp-out-of-compliance", must_not=["exp-pak-not-in-smart-account", "exp-license-limit-reached", "exp-smart-license-comm-error", "sl-out-of-compliance"])
    c.at("exp-out-of-compliance", "xstat_dump_exp-c-n2_2024-02-05_10_00_00.txt", "OUT OF COMPLIANCE")


@case("exp-account-without-converted-licences", covers=[17, 18, 20, 64])
def _(c):
    c.story = "Upgraded from option keys yesterday and registered with On-Prem; the licences were never converted, so the account is empty and everything in use is missing."
    c.sources = [("convert PAKs and licences", "seeds S0, S1"), ("enough licences in the virtual account", "seeds S0, S1")]
    c.made = "all values."
    exp = Expressway("exp-c-n3", "X14.2.6", "0E900003", "10.20.73.23")
    d, now = Dice(c.name), when("2024-02-06 10:00:00")
    t = now - timedelta(minutes=44)
    planted = upgraded(exp, now - timedelta(hours=22), "X14.0.5", "X14.2.6") + [(t, exp.alarm(t, "30036"))]
    bundle(c, exp, "2024-02-06_10:00:00", exp.log(d, now - timedelta(hours=23), now, 60, planted), exp.xconf("Direct", options=("116341B00-1-86A01D44", "116341G00-1-20C1EE05")), exp.xstat(now, d, shortage(now), [("30036", "")]))
    c.expect("exp-c-n3", top="exp-pak-not-in-smart-account", must=["exp-out-of-compliance"], may=["exp-upgrade-starts-evaluation"], must_not=["exp-option-keys-without-smart-equivalent", "exp-smart-license-comm-error", "exp-eval-mode"])


@case("exp-encrypted-sessions-at-cap")
def _(c):
    c.story = "2500 encrypted sessions: alarm 30047. Registrations go on to be accepted, no licence is missing. Differs from exp-license-limit in the alarm's number."
    c.sources = [("alarm 30047", "public P5"), ("cap", "public P7, P8")]
    c.made = "all values."
    exp = Expressway("exp-e-n4", "X14.2.7", "0E900004", "192.0.2.94", role="edge")
    d, now = Dice(c.name), when("2024-02-07 10:00:00")
    t = now - timedelta(minutes=24)
    bundle(c, exp, "2024-02-07_10:00:00", exp.log(d, now - timedelta(hours=1), now, 70, [(t, exp.alarm(t, "30047"))]), exp.xconf("Direct"), exp.xstat(now, d, token_status(now), [("30047", "")]))
    c.expect("exp-e-n4", top="exp-encrypted-session-cap", must_not=["exp-license-limit-reached", "exp-out-of-compliance", "exp-eval-mode"])
    c.at("exp-encrypted-session-cap", "loggingsnapshot_exp-e-n4_2024-02-07_10_00_00.txt", 'Id="30047"')


@case("exp-registration-ended-wrong-clock")
def _(c):
    c.story = "The registration ended (30041) half a year early: date and time were never validated on this machine (25002)."
    c.sources = [("alarms 30041, 25002 and their advice", "public P5")]
    c.made = "all values."
    exp = Expressway("exp-c-n5", "X14.2.7", "0E900005", "10.20.73.25")
    d, now = Dice(c.name), when("2024-12-11 10:00:00")
    a, b = now - timedelta(minutes=55), now - timedelta(minutes=20)
    bundle(c, exp, "2024-12-11_10:00:00", exp.log(d, now - timedelta(hours=1), now, 60, [(a, exp.alarm(a, "25002")), (b, exp.alarm(b, "30041"))]), exp.xconf("Direct"),
           exp.xstat(now, d, smart_license(unregistered="UNREGISTERED - REGISTRATION EXPIRED"), [("25002", ""), ("30041", "")]))
    c.expect("exp-c-n5", top="exp-clock-not-synchronised", must=["exp-registration-expired"], must_not=["exp-token-invalid-or-expired", "exp-auth-expired", "exp-root-ca-cscwe09378"])


@case("exp-upgraded-and-registered", healthy=True, covers=[62, 65])
def _(c):
    c.story = "Upgraded from X14.0.5 to X14.2.6 last month, evaluation for a day (30035 raised and lowered), then registered: healthy. Pairs with exp-upgrade-eval-mode."
    c.sources = [("upgrade starts 90 days, registering stops them", "seeds S0, S1")]
    c.made = "all values."
    exp = Expressway("exp-c-n6", "X14.2.6", "0E900006", "10.20.73.26")
    d, now = Dice(c.name), when("2024-02-08 10:00:00")
    up = when("2024-01-12 20:00:00")
    planted = upgraded(exp, up, "X14.0.5", "X14.2.6") + [(up + timedelta(minutes=6), exp.alarm(up + timedelta(minutes=6), "30035")), (up + timedelta(hours=15), exp.alarm(up + timedelta(hours=15), "30035", event="Lowered"))]
    bundle(c, exp, "2024-02-08_10:00:00", exp.log(d, up - timedelta(minutes=5), now, 60, planted), exp.xconf("Direct", options=("116341B00-1-86A01D44",)), exp.xstat(now, d, token_status(now)))
    c.expect("exp-c-n6", must_not=["exp-eval-mode", "exp-upgrade-starts-evaluation", "exp-pak-not-in-smart-account", "exp-node-without-token", "exp-root-ca-cscwe09378"])


@case("exp-evaluation-nearly-over", covers=[75, 76, 78, 81])
def _(c):
    c.story = "Six days of evaluation are left, everything works still. Only the licence part of xstatus was sent."
    c.sources = [("block of xstatus", "seeds S0, S1")]
    c.made = "all values."
    c.add("input/xstatus_license.txt", ["xstatus // license", "*s Show: /", "License:", "All: "] + smart_license(eval_left="6 days, 3 hours, 14 minutes, 34 seconds"), eol="\r\n")
    c.expect("*", top="exp-eval-mode", must_not=["sl-evaluation", "exp-eval-expired", "exp-root-ca-cscwe09378", "exp-node-without-token"])
    c.at("exp-eval-mode", "xstatus_license.txt", "EVAL MODE")


@case("exp-hsm-key-before-upgrade", covers=[11, 12, 13, 14, 15])
def _(c):
    c.story = "X14.0.7 with an HSM key, and the change ticket plans X14.2.6: the feature would be lost. Nothing has failed yet. The keys of exp-upgraded-and-registered have a counterpart, this one has none."
    c.sources = [("keys without counterpart", "seed S1 (S0 says it the wrong way round)")]
    c.made = "all values."
    exp = Expressway("exp-c-n7", "X14.0.7", "0E900007", "10.20.73.27")
    d, now = Dice(c.name), when("2022-11-08 10:00:00")
    c.add("input/xconf_dump_exp-c-n7_2022-11-08_10_00_00.txt", exp.xconf("Direct", mode="Off", options=("116341B00-1-86A01D44", "116341H00-1-9C41D0A2")))
    c.add("input/xstat_dump_exp-c-n7_2022-11-08_10_00_00.txt", exp.xstat(now, d, ["Smart Licensing Status", "======================", "", "Smart Licensing is DISABLED", ""]))
    c.add("input/change-4711.txt", ["Change 4711", "Upgrade both Expressway-C nodes from X14.0.7 to X14.2.6 on Saturday.", "Rollback: snapshot."])
    c.expect("exp-c-n7", top="exp-option-keys-without-smart-equivalent", may=["exp-smart-licensing-not-enabled"], must_not=["exp-root-ca-cscwe09378", "exp-upgrade-starts-evaluation", "exp-eval-mode"])


@case("exp-smart-licensing-off-x14-0", healthy=True, covers=[2, 30])
def _(c):
    c.story = "X14.0.6 on option keys, asked why there is no licensing status: Smart Licensing is off until switched on by hand. Affected by CSCwe09378 only if it were on."
    c.sources = [("to be switched on by hand before X14.1", "seeds S0, S1")]
    c.made = "all values."
    exp = Expressway("exp-c-n8", "X14.0.6", "0E900008", "10.20.73.28")
    d, now = Dice(c.name), when("2023-11-08 10:00:00")
    bundle(c, exp, "2023-11-08_10:00:00", exp.log(d, now - timedelta(hours=1), now, 60), exp.xconf("Direct", mode="Off", options=("116341B00-1-86A01D44",)), exp.xstat(now, d, ["Smart Licensing Status", "======================", "", "Smart Licensing is DISABLED", ""]))
    c.expect("exp-c-n8", must=["exp-smart-licensing-not-enabled"], must_not=["exp-root-ca-cscwe09378", "exp-eval-mode", "exp-direct-no-path", "exp-option-keys-without-smart-equivalent"])


@case("exp-factory-reset-kept-licensing", healthy=True)
def _(c):
    c.story = "A factory reset that kept the licensing settings: 30042 and 30044 come before DNS is set, and go afterwards. Expected."
    c.sources = [("both alarms after a reset", "public P4")]
    c.made = "all values and the line of the reset."
    exp = Expressway("exp-c-n9", "X14.3.4", "0E900009", "10.20.73.29")
    d, now = Dice(c.name), when("2024-04-30 12:00:00")
    t = now - timedelta(minutes=50)
    planted = [(t, exp.line(t, "factory-reset", f'Level="WARN" Event="System Reset" Detail="Factory reset, options: Keep smart licensing settings" UTCTime="{exp.utc(t)}"'))]
    for m, event in ((12, "Raised"), (33, "Lowered")):
        u = t + timedelta(minutes=m)
        planted += [(u, exp.alarm(u, "30042", event=event)), (u + timedelta(seconds=1), exp.alarm(u + timedelta(seconds=1), "30044", event=event))]
    bundle(c, exp, "2024-04-30_12:00:00", exp.log(d, now - timedelta(hours=1), now, 50, planted), exp.xconf("Direct"), exp.xstat(now, d, token_status(now, now - timedelta(minutes=16))))
    c.expect("exp-c-n9", must=["exp-after-factory-reset-offline"], may=["exp-smart-license-comm-error", "exp-auth-renew-failed"], must_not=["exp-direct-no-path", "exp-root-ca-cscwe09378", "exp-auth-expired"])


@case("exp-restored-on-new-machine", input="input.zip")
def _(c):
    c.story = "The old machine failed; its backup was restored on a new one with the same name. The bundles of February and May have different serial numbers, and the new node is not registered."
    c.sources = [("restore on a different system", "public P4")]
    c.made = "all values."
    from archive import tar_gz_of
    members = []
    for serial, now, status, planted in (("0E9000A1", when("2024-02-14 09:00:00"), None, []), ("0F1B77C2", when("2024-05-14 09:00:00"), smart_license(eval_left="89 days, 20 hours, 1 minutes, 2 seconds"), ["restore"])):
        exp = Expressway("exp-c-o1", "X14.3.4", serial, "10.20.73.31")
        d = Dice(c.name + serial)
        t = now - timedelta(hours=4)
        lines = [(t, exp.line(t, "backup", f'Event="System Restore" Detail="System restored from backup" Level="1" UTCTime="{exp.utc(t)}"'))] if planted else []
        name, inner = exp.archive(c, f"{now:%Y-%m-%d_%H:%M:%S}", exp.log(d, now - timedelta(hours=5), now, 40, lines), exp.xconf("Direct"), exp.xstat(now, d, status or token_status(now)))
        members.append((name, tar_gz_of(inner)))
    c.add_zip("input.zip", members)
    c.expect("exp-c-o1", top="exp-eval-mode", must=["exp-restored-on-other-system"], must_not=["exp-root-ca-cscwe09378", "exp-node-without-token", "exp-transport-changed-while-registered"])


@case("exp-x15-alarms-of-other-kinds", healthy=True, covers=[67])
def _(c):
    c.story = "X15.2.1, registered and authorized. Alarms of hardware (10005), log levels (25019) and cluster TLS (40049) stand in the log: none concerns licensing."
    c.sources = [("alarms not of licensing", "seeds S0, S1, public P5, P6, P7")]
    c.made = "all values."
    exp = Expressway("exp-c-o2", "X15.2.1", "0E9000A2", "10.20.73.32", offset="-05:00")
    d, now = Dice(c.name), when("2025-01-20 15:00:00")
    planted = [(now - timedelta(minutes=m), exp.alarm(now - timedelta(minutes=m), n)) for m, n in ((58, "25019"), (40, "10005"), (12, "40049"))]
    bundle(c, exp, "2025-01-20_10:00:00", exp.log(d, now - timedelta(hours=1), now, 60, planted), exp.xconf("Direct"), exp.xstat(now, d, token_status(now), [("25019", ""), ("10005", ""), ("40049", "")]), separator="/")
    c.expect("exp-c-o2", must=["exp-unsuitable-hardware-alarm", "exp-verbose-log-levels-alarm"], must_not=["exp-license-limit-reached", "exp-smart-license-comm-error", "exp-eval-mode"])


@case("exp-mra-only", healthy=True, covers=[16])
def _(c):
    c.story = "An edge that serves Mobile and Remote Access only, asked why no licence is in use: none is needed."
    c.sources = [("MRA needs no licence", "seeds S0, S1")]
    c.made = "all values."
    exp = Expressway("exp-e-o3", "X14.3.4", "0E9000A3", "192.0.2.95", role="edge")
    d, now = Dice(c.name), when("2024-05-06 10:00:00")
    planted = [(now - timedelta(minutes=m), exp.module(now - timedelta(minutes=m), "edgeconfigprovisioning", "network.http.edgeconfigprovisioning", "INFO", f'Detail="Get edge config" User="u{m}" Domain="{exp.domain}"')) for m in (51, 40, 22, 9)]
    bundle(c, exp, "2024-05-06_10:00:00", exp.log(d, now - timedelta(hours=1), now, 60, planted), exp.xconf("Direct"), exp.xstat(now, d, smart_license(TOKEN, "No Licenses in Use")))
    c.expect("exp-e-o3", must=["exp-mra-needs-no-licence"], must_not=["exp-pak-not-in-smart-account", "exp-license-limit-reached", "exp-eval-mode"])


@case("exp-renamed-node", healthy=True, covers=[25])
def _(c):
    c.story = "The host name was changed while the node was registered; CSSM goes on to show the old one until the registration is renewed."
    c.sources = [("Renew registration now after a change of the name", "public P4")]
    c.made = "all values."
    exp = Expressway("exp-c-o4", "X14.3.4", "0E9000A4", "10.20.73.34")
    d, now = Dice(c.name), when("2024-05-07 10:00:00")
    t = now - timedelta(minutes=36)
    line = exp.line(t, "httpd[9100]", f'web: Event="System Configuration Changed" Detail="configuration/ip/dns/hostname - changed from: \'exp-c-old\' to: \'exp-c-o4\'" Src-ip="10.20.73.90" Src-port="50110" User="admin" Level="1" UTCTime="{exp.utc(t)[:19]}"')
    bundle(c, exp, "2024-05-07_10:00:00", exp.log(d, now - timedelta(hours=1), now, 50, [(t, line)]), exp.xconf("Direct"), exp.xstat(now, d, token_status(now)))
    c.expect("exp-c-o4", must=["exp-instance-name-and-privacy"], must_not=["exp-transport-changed-while-registered", "exp-eval-mode", "exp-restored-on-other-system"])


@case("exp-usage-forced-again-and-again", healthy=True, covers=[39, 40])
def _(c):
    c.story = "Somebody presses Update usage details every few minutes to see CSSM change; usage goes out every six hours anyway."
    c.sources = [("interval and cost", "seeds S0, S1, public P4")]
    c.made = "all values and the line of the request."
    exp = Expressway("exp-c-o5", "X14.2.7", "0E9000A5", "10.20.73.35")
    d, now = Dice(c.name), when("2024-05-08 10:00:00")
    planted = [(now - timedelta(minutes=m), exp.line(now - timedelta(minutes=m), "httpd[9100]", f'web: Event="Smart Licensing" Detail="Update usage details requested" Src-ip="10.20.73.90" User="admin" Level="1" UTCTime="{exp.utc(now - timedelta(minutes=m))[:19]}"')) for m in (41, 37, 30, 22)]
    bundle(c, exp, "2024-05-08_10:00:00", exp.log(d, now - timedelta(hours=1), now, 50, planted), exp.xconf("Direct"), exp.xstat(now, d, token_status(now)))
    c.expect("exp-c-o5", must=["exp-usage-update-interval"], must_not=["exp-license-limit-reached", "exp-out-of-compliance"])


@case("exp-way-back-to-option-keys", healthy=True, covers=[37])
def _(c):
    c.story = "A session in which Smart Licensing is to be switched off again on a registered X14.0.11: refused, it cannot be undone."
    c.sources = [("no way back without a factory reset", "seeds S0, S1, public P4")]
    c.made = "values and the answer of the command line."
    exp = Expressway("exp-c-o6", "X14.0.11", "0E9000A6", "10.20.73.36")
    d, now = Dice(c.name), when("2024-05-09 10:00:00")
    c.add("input/exp-c-o6_cli.log", ["xconfiguration license smart", "*c xConfiguration License Smart LicensingEnable: On", "OK", "xConfiguration License Smart LicensingEnable: Off", 'ERROR: "This setting cannot be changed"', "OK",
                                     'xcommand OptionKeyAdd Key: "116341B00-1-86A01D44"', "OK"])
    c.add("input/xstat_dump_exp-c-o6_2024-05-09_10_00_00.txt", exp.xstat(now, d, token_status(now)))
    c.expect("exp-c-o6", must=["exp-smart-irreversible"], must_not=["exp-smart-licensing-not-enabled", "exp-option-keys-without-smart-equivalent", "exp-root-ca-cscwe09378", "exp-slr-auth-code-not-quoted"])


@case("exp-japanese-mail", covers=[8, 63])
def _(c):
    c.story = "A mail in Japanese with the translated error of the page and the release in words; nothing else. X14.0.9 in March 2023."
    c.sources = [("translated error", "seed S0"), ("releases", "seeds S0, S1")]
    c.made = "the words around it."
    c.add("input/mail.txt", ["件名: スマートライセンス登録エラー", "日付: 2023-03-14T09:12:00+09:00", "", "登録ボタンを押すと次のエラーになります。", "SSL証明書の問題：証明書チェーンの自己署名証明書", "", "Expressway-C version X14.0.9", "転送設定: 直接"], eol="\r\n", encoding="utf-8", bom=b"\xef\xbb\xbf")
    c.expect("*", must=["exp-selfsigned-in-chain", "exp-root-ca-cscwe09378"], must_not=["exp-direct-no-path", "exp-token-invalid-or-expired"])
    c.at("exp-selfsigned-in-chain", "mail.txt", "自己署名証明書")


@case("exp-fragment-of-a-line", covers=[87])
def _(c):
    c.story = "One fragment of an event line out of a chat, UTF-16, cut at its end. It tells that there is no communication and not why."
    c.sources = [("text", "seeds S0, S1")]
    c.made = "nothing else."
    c.add("input/chat.txt", ['Detail="Smart license communication error: The system failed to communicate with cloud-ba'], encoding="utf-16-le", bom=b"\xff\xfe", eol="\r\n")
    c.expect("*", top="exp-smart-license-comm-error", must_not=["exp-root-ca-cscwe09378", "exp-direct-no-path", "exp-tls-interception"])


@case("exp-evaluation-over-rooms-refused", covers=[66, 69])
def _(c):
    c.story = "The evaluation ended at noon; since then every room is refused. The refusals are an effect: nobody has bought too few licences. Differs from exp-license-limit in alarm 30038."
    c.sources = [("unauthorised after the evaluation", "public P4"), ("refusal", "seeds S0, S1"), ("alarm 30038", "public P5")]
    c.made = "all values."
    exp = Expressway("exp-c-o7", "X14.2.6", "0E9000A7", "10.20.73.37")
    d, now = Dice(c.name), when("2024-05-10 14:00:00")
    over = when("2024-05-10 12:00:03")
    planted = [(over, exp.alarm(over, "30038"))]
    for m in (9, 31, 70):
        t = over + timedelta(minutes=m)
        planted.append((t, exp.line(t, "tvcs", f'Event="Registration Rejected" Reason="License limit exceeded" Service="SIP" Src-ip="10.20.73.{140 + m}" Src-port="27733" Protocol="TLS" AOR="roomkit-{m}@{exp.domain}" Duration="60" Level="INFO" UTCTime="{exp.utc(t)}"')))
    bundle(c, exp, "2024-05-10_14:00:00", exp.log(d, now - timedelta(hours=3), now, 60, planted), exp.xconf("Direct"), exp.xstat(now, d, smart_license(expired="May 10 2024 12:00:03 UTC"), [("30038", "")]))
    c.expect("exp-c-o7", must=["exp-eval-expired", "exp-license-limit-reached"], must_not=["exp-eval-mode", "exp-eval-expired-cluster-change", "exp-root-ca-cscwe09378", "exp-out-of-compliance"])
    c.at("exp-eval-expired", "loggingsnapshot_exp-c-o7_2024-05-10_14_00_00.txt", 'Id="30038"')


@case("exp-two-findings-independent")
def _(c):
    c.story = "Alarm 30042 and alarm 30028 on one node: no path to CSSM since the morning, and too few room licences since weeks. Two findings, neither causes the other."
    c.sources = [("two independent findings", "catalogue, part F")]
    c.made = "all values."
    exp = Expressway("exp-c-o8", "X14.3.4", "0E9000A8", "10.20.73.38")
    d, now = Dice(c.name), when("2024-05-13 10:00:00")
    planted = []
    for m in (55, 35):
        t = now - timedelta(minutes=m)
        planted += [(t, x) for x in exp.curl_failed(t, "Failed to connect to smartreceiver.cisco.com port 443: Connection timed out")]
    t = now - timedelta(minutes=54)
    planted += [(t, exp.alarm(t, "30042"))]
    t = now - timedelta(minutes=30)
    planted += [(t, exp.line(t, "tvcs", f'Event="Registration Rejected" Reason="License limit exceeded" Service="SIP" Src-ip="10.20.73.140" Src-port="27733" Protocol="TLS" AOR="roomkit-1@{exp.domain}" Duration="60" Level="INFO" UTCTime="{exp.utc(t)}"')),
                (t + timedelta(milliseconds=1), exp.alarm(t + timedelta(milliseconds=1), "30028", 12, process="licensemanager"))]
    bundle(c, exp, "2024-05-13_10:00:00", exp.log(d, now - timedelta(hours=1), now, 60, planted), exp.xconf("Direct"), exp.xstat(now, d, token_status(now, now - timedelta(days=2)), [("30042", ""), ("30028", 12)]))
    c.expect("exp-c-o8", must=["exp-direct-no-path", "exp-license-limit-reached", "exp-smart-license-comm-error"], must_not=["exp-eval-expired", "exp-out-of-compliance", "exp-root-ca-cscwe09378"])


@case("exp-alarms-lowered-in-the-list", healthy=True)
def _(c):
    c.story = "Registered and in order. The alarm list of the status still holds the alarms of last week, as lowered. Differs from exp-account-short in the state of the alarm."
    c.sources = [("an alarm that is lowered is over", "catalogue, Part F"), ("alarms 30036, 30042", "public P5")]
    c.made = "all values."
    exp = Expressway("exp-c-n9", "X14.3.4", "0E900009", "10.20.73.29")
    d, now = Dice(c.name), when("2024-02-12 10:00:00")
    status = [line.replace('"Raised"', '"Lowered"') for line in exp.xstat(now, d, token_status(now), [("30036", ""), ("30042", "")])]
    bundle(c, exp, "2024-02-12_10:00:00", exp.log(d, now - timedelta(hours=1), now, 60, []), exp.xconf("Direct"), status)
    c.expect("exp-c-n9", must_not=["exp-smart-license-comm-error", "exp-out-of-compliance", "exp-root-ca-cscwe09378", "exp-tls-interception"])
