"""Expressway: cases kept apart from tuning."""
from datetime import timedelta

from archive import tar_gz_of
from capture import Capture, Tcp, chatter, micros, pem
from case import case
from cases.unseen_parts import COMM, DAY, EVAL, HOUR, MINUTE, agent, alarm, curl, curly, mail, quoted, xstatus
from dice import Dice
from expressway import Expressway, smart_license
from iosxe_log import when

GOOD = ("Jun 12 2023 10:10:24 UTC", "SUCCEEDED on Dec 09 2023 10:10:30 UTC", "Jun 06 2024 10:10:30 UTC", "Dec 09 2024 10:05:11 UTC")


def pack(c, exp, stamp, log, xconf=None, xstat=None, folder="input", **more):
    name, members = exp.archive(c, stamp, log, xconf, xstat, **more)
    c.add_tar_gz(f"{folder}/{name}", members)
    return members


@case("unseen-exp-eval-expired-then-cluster")
def _(c):
    c.story = "Evaluation ran out on 3 May. On 6 May an administrator removed a peer from the cluster; since then the cluster is in an inconsistent state (20024) and a peer cannot be reached (20003)."
    c.sources = [("damage after a cluster change in this state", "S0, S1"), ("numbers of the alarms", "P5"), ("EVAL EXPIRED", "inferred from S0, S1")]
    c.made = "names, times, everyday lines."
    exp = Expressway("vcsc-north", "X14.2.7", "0B1C77F0", "10.61.9.21", peers=["10.61.9.21", "10.61.9.22"])
    d, now = Dice(c.name), when("2024-05-07 08:00:00")
    expired, change = when("2024-05-03 02:11:09.500"), when("2024-05-06 14:22:31.040")
    planted = [alarm(exp, expired, "30038", "Smart license no provision Eval expired", "The evaluation period has expired and the system cannot provision licenses", "critical"),
               (change, exp.line(change, "httpd[9120]", f'web: Event="System Configuration Changed" Detail="configuration/alternates/peer/3/address - changed from: \'10.61.9.23\' to: \'\'" Src-ip="10.61.3.7" Src-port="53155" User="admin" Level="1" UTCTime="{exp.utc(change)[:19]}"')),
               alarm(exp, change + 2 * MINUTE, "20003", "Invalid cluster configuration", "The cluster configuration is invalid", "error"),
               alarm(exp, change + 4 * MINUTE, "20024", "Cluster is in inconsistent state", "The cluster database could not be synchronised between the peers", "error")]
    status = ["", "Smart Licensing is ENABLED", "", "Registration:", "Status: UNREGISTERED", "Export-Controlled Functionality: NOT ALLOWED", "", "License Authorization: ", "Status: EVAL EXPIRED on May 03 2024 02:11:09 UTC", ""]
    pack(c, exp, "2024-05-07_08:00:00", exp.log(d, when("2024-05-03"), now, 90, planted), exp.xconf("Direct"),
         xstatus(exp, now, status, [("30038", "Smart license no provision Eval expired", "critical"), ("20003", "Invalid cluster configuration", "error"), ("20024", "Cluster is in inconsistent state", "error")]))
    c.expect("vcsc-north", top="exp-eval-expired-cluster-change", must=["exp-eval-expired"], may=["exp-node-without-token", "exp-eval-mode"],
             must_not=["exp-root-ca-cscwe09378", "exp-smart-license-comm-error", "sl-evaluation-expired", "exp-slr-cluster-alarms-first"])
    c.at("exp-eval-expired", "loggingsnapshot_vcsc-north_2024-05-07_08_00_00.txt", "30038")


@case("unseen-exp-eval-expired-cluster-untouched")
def _(c):
    c.story = "The same expiry on another cluster, which nobody has touched since: the state stands alone, the cluster fault is only a danger."
    c.sources = [("EVAL EXPIRED, alarm 30038", "P5, inferred from S0, S1"), ("warning without damage has lower confidence", "S0, S1")]
    c.made = "names, times, everyday lines."
    exp = Expressway("vcsc-south", "X14.2.7", "0B1C77F9", "10.62.9.21", peers=["10.62.9.21", "10.62.9.22"])
    d, now = Dice(c.name), when("2024-05-07 08:00:00")
    expired = when("2024-05-03 02:11:09.500")
    planted = [alarm(exp, expired, "30038", "Smart license no provision Eval expired", "The evaluation period has expired and the system cannot provision licenses", "critical")]
    status = ["", "Smart Licensing is ENABLED", "", "Registration:", "Status: UNREGISTERED", "Export-Controlled Functionality: NOT ALLOWED", "", "License Authorization: ", "Status: EVAL EXPIRED on May 03 2024 02:11:09 UTC", ""]
    pack(c, exp, "2024-05-07_08:00:00", exp.log(d, when("2024-05-03"), now, 90, planted), exp.xconf("Direct"), xstatus(exp, now, status, [("30038", "Smart license no provision Eval expired", "critical")]))
    c.expect("vcsc-south", top="exp-eval-expired", may=["exp-eval-expired-cluster-change", "exp-node-without-token", "exp-eval-mode"], must_not=["exp-root-ca-cscwe09378", "exp-smart-license-comm-error", "sl-evaluation-expired"])
    c.at("exp-eval-expired", "xstat_dump_vcsc-south_2024-05-07_08_00_00.txt", "EVAL EXPIRED")


def same_text(c, host, version, serial):
    exp = Expressway(host, version, serial, "10.20.47.12")
    d, now = Dice(c.name), when("2023-09-19 07:30:00")
    tries = [when("2023-09-19 06:41:12.410"), when("2023-09-19 06:56:13.002"), when("2023-09-19 07:11:13.518")]
    text = "self signed certificate in certificate chain"
    planted = [curl(exp, t, "SSL certificate problem: " + text) for t in tries] + [alarm(exp, tries[0] + timedelta(seconds=2), *COMM)]
    pack(c, exp, "2023-09-19_07:30:00", exp.log(d, when("2023-09-19 06:30:00"), now, 120, planted), exp.xconf("Direct"),
         xstatus(exp, now, smart_license(("Oct 02 2022 09:12:24 UTC", "SUCCEEDED on Mar 31 2023 09:12:30 UTC" if version == "X14.0.11" else "None", "Sep 27 2023 09:12:30 UTC", "Oct 02 2023 09:07:11 UTC")), [("30042", COMM[1], "error")]))
    return f"loggingsnapshot_{host}_2023-09-19_07_30_00.txt"


@case("unseen-exp-x14-0-10-chain")
def _(c):
    c.story = "X14.0.10, the last release of its train without the new root; transport Direct, `self signed certificate in certificate chain` in September 2023. No capture."
    c.sources = [("X14.0.10 is affected", "S0, S1"), ("text", "S0, S1, P19"), ("alarm 30042", "S0, S1, P5")]
    c.made = "all values."
    file = same_text(c, "exp-c-101", "X14.0.10", "0A42C900")
    c.expect("exp-c-101", top="exp-root-ca-cscwe09378", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error"], must_not=["exp-tls-interception", "exp-direct-no-path", "exp-clock-not-synchronised"])
    c.at("exp-smart-license-comm-error", file, "30042")


@case("unseen-exp-x14-0-11-chain")
def _(c):
    c.story = "The same log one release later: X14.0.11 has the new root, so the refused certificate is not Cisco's."
    c.sources = [("fixed in X14.0.11", "S0, S1"), ("the same text on a fixed release", "S0, S1")]
    c.made = "all values."
    file = same_text(c, "exp-c-102", "X14.0.11", "0A42C901")
    c.expect("exp-c-102", top="exp-tls-interception", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error"], must_not=["exp-root-ca-cscwe09378", "slp-tls-interception"])
    c.at("exp-selfsigned-in-chain", file, "self signed certificate")


@case("unseen-exp-affected-and-foreign-issuer")
def _(c):
    c.story = ("X14.2.2 does not know the new root, and on top of it somebody replaces the certificate: the leaf for smartreceiver.cisco.com was made by a decrypting firewall. The foreign issuer comes first; after it is cured the old root will still stand in the way.")
    c.sources = [("affected release and foreign issuer: interception first, the defect second", "part F"), ("judge by issuer", "S0, S1")]
    c.made = "names; TLS recorded with OpenSSL on both ends."
    exp = Expressway("exp-c-103", "X14.2.2", "0A42C903", "10.20.47.13")
    d, now = Dice(c.name), when("2023-08-22 13:00:00")
    t = when("2023-08-22 12:40:10.300")
    planted = [curl(exp, t, "SSL certificate problem: self signed certificate in certificate chain"), alarm(exp, t + timedelta(seconds=1), *COMM)]
    cap = Capture(c.name)
    chatter(cap, micros(t) - 300000000, 600, [exp.address, "10.20.47.1", "10.20.47.90"], "10.20.5.11", 60)
    cap.lookup(micros(t) - 400000, exp.address, "10.20.5.11", "smartreceiver.cisco.com", ["192.133.220.90"])
    Tcp(cap, micros(t) - 300000, exp.address, 35218, "192.133.220.90", 443, mss=1420, label="flow").open().play("ssl-decrypt-unknown-ca-client").close()
    pack(c, exp, "2023-08-22_13:00:00", exp.log(d, when("2023-08-22 12:30:00"), now, 90, planted), exp.xconf("Direct"), xstatus(exp, now, smart_license(GOOD), [("30042", COMM[1], "error")]), captures=[cap.pcap()])
    file = "eth0_diagnostic_logging_tcpdump00_exp-c-103_2023-08-22_13_00_00.pcap"
    c.packet(file, cap.number("flow-c2"), "fatal Unknown CA from the Expressway")
    c.expect("exp-c-103", top="exp-tls-interception", must=["tls-unknown-ca-from-device", "exp-selfsigned-in-chain", "exp-smart-license-comm-error"], may=["exp-root-ca-cscwe09378"], must_not=["tls-unknown-ca-from-server", "slp-tls-interception"])
    c.at("tls-unknown-ca-from-device", file, packet=cap.number("flow-c2"))


@case("unseen-exp-japanese-mail")
def _(c):
    c.story = "A user copies the page of an X14.1.3 system into a mail, in Japanese. X14.1 has no fix of its own."
    c.sources = [("translated sentences", "S0, formats trap 2"), ("all of X14.1 is affected", "S0, S1")]
    c.made = "mail, names; the date of the mail."
    body = ["お世話になっております。Expressway-C (exp-kyushu, X14.1.3) のスマートライセンス登録に失敗します。", "転送設定: 直接 (Direct)。", "", "[スマートライセンス ページ]", "登録ステータス: 登録解除 (登録に失敗)",
            "失敗の理由: SSL証明書の問題：証明書チェーンの自己署名証明書", "", "[アラーム] スマートライセンス通信エラー", "", "xstatus SystemUnit の結果:", "*s SystemUnit: /", '  Product: "TANDBERG VCS"', "  Software:", '    Version: "X14.1.3"', '    Name: "s42700"',
            "  Hardware:", '    SerialNumber: "0C5511AE"', "*s/end", "", "イベントログ:",
            '2023-05-24T09:12:40.118+09:00 exp-kyushu smartlicenseagent: UTCTime="2023-05-24 00:12:40,118" Module="developer.smartlicense.agent" Level="WARN" Detail="Smartlicenseagent registration attempt failed" Url="https://smartreceiver.cisco.com/licservice/license"',
            '2023-05-24T09:12:41.300+09:00 exp-kyushu alarm: Level="ERROR" Event="Alarm Raised" Id="30042" UUID="3f4a1bd0-1c22-4c71-95ce-7de2b6a0c411" Severity="error" Detail="スマートライセンス通信エラー" UTCTime="2023-05-24 00:12:41,300"',
            "", "よろしくお願いいたします。"] + ["", "-- ", "情報システム部 通信基盤課", "内線 4417"] + [f"{n}行目は定型の注意文です。本メールの内容は宛先の方のみを対象としています。" for n in range(1, 30)]
    c.add("input/mail.txt", mail("kikuchi@corp.example", "Wed, 24 May 2023 10:02:11 +0900", "Smart Licensing 登録エラー", body))
    c.expect("exp-kyushu", top="exp-root-ca-cscwe09378", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error"], may=["exp-token-invalid-or-expired"], must_not=["exp-tls-interception", "slp-tls-interception"])
    c.at("exp-selfsigned-in-chain", "mail.txt", "自己署名証明書")


@case("unseen-exp-direct-without-internet")
def _(c):
    c.story = "X15.0.1 behind a firewall without a rule for it: Direct transport, connections to smartreceiver.cisco.com time out since December. In March the authorization expired (30039)."
    c.sources = [("libcurl texts", "P19"), ("Direct needs HTTPS to the internet", "S0, S1"), ("30039 after 90 days without contact", "P4, P5"), ("communication cause above expired state", "part F")]
    c.made = "all values."
    exp = Expressway("expc-plant2", "X15.0.1", "0F00A102", "10.90.40.5", offset="+01:00")
    d, now = Dice(c.name), when("2024-03-20 09:00:00")
    tries = [when("2024-03-18 08:14:20.100") + n * 6 * HOUR for n in range(8)]
    planted = [curl(exp, t, "Failed to connect to smartreceiver.cisco.com port 443 after 130113 ms: Connection timed out") for t in tries]
    planted += [alarm(exp, when("2024-03-18 08:14:22"), *COMM), alarm(exp, when("2024-03-19 02:30:00.010"), "30039", "Smart license in overage authorization expired", "The authorization has expired, licenses are still being provisioned", "alert")]
    status = smart_license(("Jun 12 2023 10:10:24 UTC", "SUCCEEDED on Dec 09 2023 10:10:30 UTC", "Jun 06 2024 10:10:30 UTC", "Dec 09 2024 10:05:11 UTC"), "AUTHORIZATION EXPIRED on Mar 19 2024 02:30:00 UTC",
                           last=("FAILED on Mar 20 2024 02:15:13 UTC", "Mar 20 2024 03:15:13 UTC", "Mar 19 2024 02:25:40 UTC"), failure="Failed to connect to smartreceiver.cisco.com port 443 after 130113 ms: Connection timed out")
    pack(c, exp, "2024-03-20_10:00:00", exp.log(d, when("2024-03-18"), now, 110, planted), exp.xconf("Direct"), xstatus(exp, now, status, [("30042", COMM[1], "error"), ("30039", "Smart license in overage authorization expired", "alert")]))
    c.expect("expc-plant2", top="exp-direct-no-path", must=["exp-smart-license-comm-error", "exp-auth-expired"], may=["exp-http-timeout-retry", "exp-auth-renew-failed", "tcp-syn-no-answer"],
             must_not=["exp-root-ca-cscwe09378", "exp-tls-interception", "exp-eval-mode", "sl-authorization-expired"])
    c.at("exp-auth-expired", "loggingsnapshot_expc-plant2_2024-03-20_10_00_00.txt", "30039")


@case("unseen-exp-proxy-407")
def _(c):
    c.story = "Transport through a proxy whose password was changed: CONNECT is answered with 407."
    c.sources = [("libcurl text", "P19"), ("proxy settings take user and password", "P4")]
    c.made = "all values."
    exp = Expressway("expc-seoul", "X14.3.4", "0E77B001", "10.82.40.5", offset="+09:00")
    d, now = Dice(c.name), when("2024-06-11 05:00:00")
    tries = [when("2024-06-11 04:05:20.100") + n * 15 * MINUTE for n in range(4)]
    planted = [curl(exp, t, "CONNECT tunnel failed, response 407") for t in tries] + [alarm(exp, tries[0] + timedelta(seconds=1), *COMM)]
    status = smart_license(("Jun 12 2023 10:10:24 UTC", "SUCCEEDED on Jun 09 2024 10:10:30 UTC", "Dec 06 2024 10:10:30 UTC", "Jun 09 2025 10:05:11 UTC"), "AUTHORIZED on Jun 02 2024 06:31:02 UTC",
                           last=("FAILED on Jun 11 2024 04:50:21 UTC", "Jun 12 2024 03:50:21 UTC", "Aug 31 2024 06:25:40 UTC"), failure="CONNECT tunnel failed, response 407")
    pack(c, exp, "2024-06-11_14:00:00", exp.log(d, when("2024-06-11 04:00:00"), now, 100, planted), exp.xconf("Proxy", proxy=("proxy.corp.example", "8080")), xstatus(exp, now, status, [("30042", COMM[1], "error")]))
    c.expect("expc-seoul", top="exp-proxy-authentication-failed", must=["exp-smart-license-comm-error"], may=["proxy-connect-refused", "exp-auth-renew-failed"], must_not=["exp-direct-no-path", "exp-tls-interception", "exp-root-ca-cscwe09378", "slp-proxy-auth-unsupported"])
    c.at("exp-proxy-authentication-failed", "loggingsnapshot_expc-seoul_2024-06-11_14_00_00.txt", "response 407")


@case("unseen-exp-onprem-by-address")
def _(c):
    c.story = "On-Prem is addressed by its IP address; its certificate carries the name only. The path in the URL is right."
    c.sources = [("libcurl text", "P19"), ("use the name that On-Prem shows", "P11"), ("relations", "clarification 9")]
    c.made = "all values."
    exp = Expressway("expc-lima", "X14.2.5", "0C0D2200", "10.91.40.5", offset="-05:00")
    d, now = Dice(c.name), when("2023-10-04 16:00:00")
    url = "https://10.91.7.81/SmartTransport"
    tries = [when("2023-10-04 15:05:20.100") + n * 15 * MINUTE for n in range(4)]
    planted = [curl(exp, t, "SSL: no alternative certificate subject name matches target host name '10.91.7.81'", url) for t in tries] + [alarm(exp, tries[0] + timedelta(seconds=1), *COMM)]
    pack(c, exp, "2023-10-04_11:00:00", exp.log(d, when("2023-10-04 15:00:00"), now, 90, planted), exp.xconf("Cssm", url), xstatus(exp, now, smart_license(authorization="No Licenses in Use", transport=("Smart", url)), [("30042", COMM[1], "error")]))
    c.expect("expc-lima", top="exp-onprem-certificate-mismatch", must=["exp-smart-license-comm-error"], may=["exp-selfsigned-in-chain"], must_not=["exp-onprem-url-suffix-missing", "exp-tls-interception", "exp-root-ca-cscwe09378", "exp-direct-no-path"])
    c.at("exp-onprem-certificate-mismatch", "loggingsnapshot_expc-lima_2023-10-04_11_00_00.txt", "no alternative certificate")


@case("unseen-exp-clock-lost")
def _(c):
    c.story = "After a move of the virtual machine the clock stands in January 2016 and no NTP server answers. Every certificate is `not yet valid`, also the licensing server's."
    c.sources = [("alarms of the clock", "P5"), ("text of the refusal", "P19"), ("a wrong clock explains it", "P5, part A")]
    c.made = "all values; all times of the log are wrong by design."
    exp = Expressway("expe-oslo", "X14.3.3", "0E0B7A31", "192.0.2.88", role="edge")
    d, now = Dice(c.name), when("2016-01-01 01:00:00")
    tries = [when("2016-01-01 00:20:20.100"), when("2016-01-01 00:35:21.700"), when("2016-01-01 00:50:20.900")]
    planted = [curl(exp, t, "SSL certificate problem: certificate is not yet valid") for t in tries] + [alarm(exp, tries[0] + timedelta(seconds=1), *COMM)]
    planted += [alarm(exp, when("2016-01-01 00:06:00.100"), "25021", "NTP server not available", "The system is unable to contact an NTP server", "warning"),
                alarm(exp, when("2016-01-01 00:06:10.100"), "25002", "Date and time not validated", "The system is unable to obtain the correct time and date from an NTP server", "warning")]
    pack(c, exp, "2016-01-01_01:00:00", exp.log(d, when("2016-01-01 00:05:00"), now, 80, planted), exp.xconf("Direct"),
         xstatus(exp, now, smart_license(authorization="No Licenses in Use"), [("30042", COMM[1], "error"), ("25021", "NTP server not available", "warning"), ("25002", "Date and time not validated", "warning")]))
    c.expect("expe-oslo", top="exp-clock-not-synchronised", must=["exp-selfsigned-in-chain", "exp-smart-license-comm-error"], may=["clock-skew"], must_not=["exp-root-ca-cscwe09378", "exp-tls-interception"])
    c.at("exp-clock-not-synchronised", "loggingsnapshot_expe-oslo_2016-01-01_01_00_00.txt", "Date and time not validated")


@case("unseen-exp-token-spent")
def _(c):
    c.story = "Registration is refused with a clear answer: the token is not valid. The path to CSSM works, so no alarm 30042."
    c.sources = [("`Unregistered : Registration Failed`", "P4"), ("text about the token", "S4, part A")]
    c.made = "all values."
    exp = Expressway("expc-graz", "X14.3.2", "0D1F3333", "10.92.40.5")
    d, now = Dice(c.name), when("2024-02-06 10:00:00")
    t = when("2024-02-06 09:44:02.771")
    planted = [agent(exp, t, "ERROR", "registration failed", extra=" Reason=\"{'token':['The token 'ZTA1NGYzMGEt' is not valid.']}\"")]
    page = ["Smart licensing", "", "Registration status: Unregistered : Registration Failed", "License authorization status: Evaluation Mode", "Transport settings: Direct", "Last registration attempt: Feb 06 2024 09:44:02 UTC",
            "Failure reason: The token 'ZTA1NGYzMGEt' is not valid."]
    c.add("input/smart_licensing_page.txt", page)
    name, members = exp.archive(c, "2024-02-06_10:00:00", exp.log(d, when("2024-02-06 09:20:00"), now, 90, planted), exp.xconf("Direct"), xstatus(exp, now, smart_license(eval_left="77 days, 2 hours, 11 minutes, 3 seconds")))
    c.add_tar_gz(f"input/{name}", members)
    c.expect("expc-graz", top="exp-token-invalid-or-expired", must=["exp-eval-mode"], may=["token-not-valid", "sl-registration-failed", "exp-node-without-token"], must_not=["exp-smart-license-comm-error", "exp-root-ca-cscwe09378", "exp-direct-no-path", "sl-evaluation"])
    c.at("exp-token-invalid-or-expired", f"loggingsnapshot_expc-graz_2024-02-06_10_00_00.txt", "is not valid")


@case("unseen-exp-cluster-peer-unlicensed", input="upload.zip")
def _(c):
    c.story = "Archives of both peers of one cluster, each a tar.gz in a zip. The primary was registered in June 2023; nobody used a token on the peer, which counts its last 12 days."
    c.sources = [("every node needs its own token", "S0, S1"), ("a cause stands above the state it explains", "part F")]
    c.made = "values."
    members = []
    for host, address, left in (("edge-a", "192.0.2.141", None), ("edge-b", "192.0.2.142", "12 days, 20 hours, 1 minutes, 55 seconds")):
        exp = Expressway(host, "X14.3.0", f"0E41{host[-1].upper()}7C2", address, role="edge", peers=["192.0.2.141", "192.0.2.142"])
        d, now = Dice(c.name + host), when("2024-01-15 17:00:00")
        t = when("2024-01-15 16:31:00.400")
        if left:
            planted, status, raised = [alarm(exp, t, "30035", "Smart license in Eval", "The system is operating in Evaluation Mode that will expire in 30 days")], smart_license(eval_left=left), [("30035", EVAL[1], "warning")]
        else:
            planted, raised = [agent(exp, t, "INFO", "usage report acknowledged")], []
            status = smart_license(GOOD, "AUTHORIZED on Jan 10 2024 08:20:02 UTC", last=("SUCCEEDED on Jan 10 2024 08:20:02 UTC", "Feb 09 2024 08:20:02 UTC", "Apr 09 2024 08:14:40 UTC"))
        name, inner = exp.archive(c, "2024-01-15_17:00:00", exp.log(d, when("2024-01-15 16:00:00"), now, 70, planted), exp.xconf("Direct"), xstatus(exp, now, status, raised))
        members.append((f"cluster/{name}", tar_gz_of(inner)))
    c.add_zip("upload.zip", members)
    c.expect("edge-a", may=["exp-node-without-token"], must_not=["exp-eval-mode", "exp-root-ca-cscwe09378", "exp-smart-license-comm-error"])
    c.expect("edge-b", top="exp-node-without-token", must=["exp-eval-mode"], must_not=["exp-root-ca-cscwe09378", "exp-smart-license-comm-error", "sl-evaluation"])
    c.at("exp-eval-mode", "xstat_dump_edge-b_2024-01-15_17_00_00.txt", "EVAL MODE")


@case("unseen-exp-transport-switched")
def _(c):
    c.story = "While registered with CSSM someone changed the transport to On-Prem without deregistering. Within minutes communication and renewal fail."
    c.sources = [("deregister first", "P4"), ("relations", "clarification 9"), ("alarms", "P5")]
    c.made = "all values; the form of the audit line follows P18."
    exp = Expressway("expc-turin", "X14.2.6", "0C90FA11", "10.93.40.5")
    d, now = Dice(c.name), when("2023-11-30 12:00:00")
    t = when("2023-11-30 09:20:44.208")
    url = "https://ssm.corp.example/SmartTransport"
    planted = [(t, exp.line(t, "httpd[20551]", f'web: Event="System Configuration Changed" Detail="configuration/license/smart/transport_type - changed from: \'Direct\' to: \'Cssm\'" Src-ip="10.93.2.8" Src-port="50100" User="admin" Level="1" UTCTime="{exp.utc(t)[:19]}"')),
               (t + timedelta(milliseconds=3), exp.line(t, "httpd[20551]", f'web: Event="System Configuration Changed" Detail="configuration/license/smart/url - changed from: \'\' to: \'{url}\'" Src-ip="10.93.2.8" Src-port="50100" User="admin" Level="1" UTCTime="{exp.utc(t)[:19]}"')),
               agent(exp, t - HOUR, "INFO", "state is REGISTERED, AUTHORIZED"),
               agent(exp, t + MINUTE, "WARN", "authorization renewal refused by server", extra=' Reason="Product instance not found"'),
               alarm(exp, t + 2 * MINUTE, *COMM), alarm(exp, t + 2 * MINUTE + timedelta(seconds=1), "30044", "Smart license renew auth failed", "The attempt to renew the authorization failed")]
    status = smart_license(GOOD, "AUTHORIZED on Nov 20 2023 06:31:02 UTC", transport=("Smart", url), last=("FAILED on Nov 30 2023 09:21:44 UTC", "Nov 30 2023 09:36:44 UTC", "Feb 18 2024 06:25:40 UTC"))
    pack(c, exp, "2023-11-30_12:00:00", exp.log(d, when("2023-11-30 08:00:00"), now, 100, planted), exp.xconf("Cssm", url), xstatus(exp, now, status, [("30042", COMM[1], "error"), ("30044", "Smart license renew auth failed", "warning")]))
    c.expect("expc-turin", top="exp-transport-changed-while-registered", must=["exp-smart-license-comm-error", "exp-auth-renew-failed"], must_not=["exp-root-ca-cscwe09378", "exp-onprem-url-suffix-missing", "exp-direct-no-path", "exp-after-factory-reset-offline"])
    c.at("exp-transport-changed-while-registered", "loggingsnapshot_expc-turin_2023-11-30_12_00_00.txt", "transport_type - changed")
