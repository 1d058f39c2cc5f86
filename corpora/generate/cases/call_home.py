"""Call Home on IOS-XE: ERR 205, 207 and 218, and the root store defect with what it is told apart from."""
from datetime import timedelta

from case import case
from dice import Dice
from iosxe_license import License, classic_status
from iosxe_log import (CALL_HOME_HTTP, DDCE, Plant, auth_renew_failed, device_lines, mixed, relay3164, sl_message_failed, show_logging, when, wrapped, comm_failed,
                       comm_restored)
from iosxe_show import Box, trustpool
from showtech import show_tech

CALLHOME = ("license smart transport callhome", "license smart url " + DDCE)


def failures(code, days, hours=(2, 10, 18)):
    """Both messages, as they come together, on each of the days."""
    out = []
    for day in days:
        for hour in hours:
            t = when(day) + timedelta(hours=hour, minutes=(hour * 7 + int(day[-2:]) * 3) % 60)
            out += [(t, sl_message_failed(code)), (t + timedelta(seconds=1), CALL_HOME_HTTP)]
    return out


@case("cat9300-quovadis-err-205")
def _(c):
    c.story = ("A Catalyst 9300 on 17.3.3 reports through Call Home. On 5 February 2022 tools.cisco.com changed to a certificate below IdenTrust Commercial Root CA 1, which this release "
               "does not carry; since then every attempt ends with ERR 205.")
    c.sources = [("message texts, affected release 17.3.3", "seed S4, public P1"), ("date of the server's change", "public P1"), ("layout of the license and certificate sections", "public P14")]
    c.made = "host names, addresses, everyday log lines, counters."
    d = Dice(c.name)
    box = Box("acc-osaka-12", "C9300-48P", d.serial("FCW"), "17.3.3", zone="JST")
    plant = Plant(d, "10.31", ports=48)
    now = when("2022-03-14 09:41:27.310")
    log = device_lines(mixed(plant, when("2022-03-06"), now, 260, failures(205, ["2022-03-07", "2022-03-08", "2022-03-10", "2022-03-12", "2022-03-13"])), zone="JST")
    lic = License(box, "callhome", account=("corp.example", "JP-Access", when("2022-01-28 03:10:44")), ack=when("2022-01-28 03:15:09"), deadline=when("2022-04-28 03:15:09"),
                  pushed=when("2022-01-28 03:10:12"), next_push=when("2022-03-14 11:10:12"), trust=when("2021-08-17 10:22:51"), rum=(44, 0, 38, 0, 6, 2))
    stats = {"Usage Reporting": (31, 24, 7, 7, 7, "NO REPLY", when("2022-03-13 18:46:02"), "<none>", when("2022-01-28 03:10:12"), when("2022-03-13 18:46:02"))}
    c.add("input/acc-osaka-12_show_tech.txt", show_tech(box, plant, now, log, lic, kinds=stats, running=dict(smart=CALLHOME), trustpool=trustpool(None)))
    c.expect("acc-osaka-12", top="iosxe-quovadis-fn72323", must=["callhome-send-failed", "callhome-err-205-aborted"],
             must_not=["slp-path-blocked", "callhome-err-207-timeout", "dns-name-unresolved"])
    c.at("iosxe-quovadis-fn72323", "acc-osaka-12_show_tech.txt", "ERR 205")


@case("isr4331-classic-quovadis")
def _(c):
    c.story = ("A branch router with classic Smart Licensing on 16.12.4. Renewal fails since the server changed its root in February 2022; 90 days later the authorization ran out.")
    c.sources = [("messages AUTH_RENEW_FAILED, COMM_FAILED, ERR 205", "seed S4, public P1"), ("state AUTHORIZATION EXPIRED after 90 days without contact", "seed S2, public P1"),
                 ("classic license block", "public P14")]
    c.made = "names, times, BGP and OSPF noise."
    d = Dice(c.name)
    box = Box("rtr-br-lyon-1", "ISR4331/K9", d.serial("FDO"), "16.12.4", zone="CEST", slp=False)
    plant = Plant(d, "10.77", ports=4, kind="router")
    now = when("2022-06-21 14:05:33.091")
    bad = failures(205, ["2022-06-18", "2022-06-19", "2022-06-20", "2022-06-21"], hours=(1, 7, 13))
    bad += [(t + timedelta(seconds=2), auth_renew_failed(box.udi())) for t, b in bad if "COMM_FAILED" in b]
    log = device_lines(mixed(plant, when("2022-06-17"), now, 140, bad), zone="CEST", seq=4410)
    status = classic_status("CEST", registered=when("2021-09-02 11:20:31"), renewal=("FAILED", when("2022-03-01 11:20:40")), next_renewal=when("2022-06-21 14:20:40"), expires=when("2022-09-02 11:15:12"),
                            authorization=("AUTHORIZATION EXPIRED", when("2022-05-03 08:11:30")), last=("FAILED", when("2022-06-21 13:11:02")), next_try=when("2022-06-21 14:11:02"),
                            deadline=when("2022-05-03 08:11:30"), reason="Fail to send out Call Home HTTP message.", renewal_reason="Fail to send out Call Home HTTP message.")
    c.add("input/rtr-br-lyon-1-tech.txt", show_tech(box, plant, now, log, classic=status, version_status="REGISTERED/AUTHORIZATION EXPIRED", interfaces=3, macs=5,
                                                  running=dict(smart=("license smart enable",), http_source="GigabitEthernet0/0/0", ports=2), trustpool=trustpool(None)))
    c.expect("rtr-br-lyon-1", top="iosxe-quovadis-fn72323", must=["sl-authorization-expired", "callhome-send-failed", "callhome-err-205-aborted"], must_not=["callhome-err-207-timeout"])
    c.at("sl-authorization-expired", "rtr-br-lyon-1-tech.txt", "Status: AUTHORIZATION EXPIRED")


@case("cat9500-fixed-release-err-205")
def _(c):
    c.story = ("The same messages as in the root store defect, on 17.3.5, which has the new root. The release rules the defect out; ERR 205 stays a symptom whose cause the case does not show.")
    c.sources = [("ERR 205 text", "seed S4"), ("17.3.4 and later are fixed", "seed S4, public P1"), ("what to say then", "catalogue, clarification 17")]
    c.made = "everything but the texts."
    d = Dice(c.name)
    box = Box("core-ham-2", "C9500-24Y4C", d.serial("CAT"), "17.3.5", zone="CET")
    plant = Plant(d, "10.12", ports=12)
    now = when("2023-02-09 07:50:02.774")
    log = device_lines(mixed(plant, when("2023-02-03"), now, 180, failures(205, ["2023-02-04", "2023-02-06", "2023-02-08"])), zone="CET")
    lic = License(box, "callhome", account=("corp.example", "EU-Core", when("2022-12-30 08:00:19")), ack=when("2022-12-30 08:05:02"), deadline=when("2023-03-30 08:05:02"),
                  pushed=when("2022-12-30 08:00:01"), next_push=when("2023-02-09 10:00:01"), trust=when("2022-06-02 10:22:51"))
    c.add("input/core-ham-2.txt", show_tech(box, plant, now, log, lic, tech=False, running=dict(smart=CALLHOME), trustpool=trustpool("Built-In")))
    c.expect("core-ham-2", top="callhome-err-205-aborted", must=["callhome-send-failed"], may=["slp-tls-interception"], must_not=["iosxe-quovadis-fn72323"])


@case("cat9300-before-server-change")
def _(c):
    c.story = ("An affected release (17.3.3) with ERR 207, but in November 2021: the server still had its old certificate, so the root store cannot be the reason. "
               "The HTTP client's source interface is configured; the connections simply time out.")
    c.sources = [("ERR 207 text", "seed S4"), ("tools.cisco.com changed on 2022-02-05", "public P1")]
    c.made = "everything but the texts."
    d = Dice(c.name)
    box = Box("acc-lyon-31", "C9300-24UX", d.serial("FCW"), "17.3.3", zone="CET")
    plant = Plant(d, "10.77")
    now = when("2021-11-23 16:20:11.402")
    log = device_lines(mixed(plant, when("2021-11-17"), now, 200, failures(207, ["2021-11-18", "2021-11-20", "2021-11-22"])), zone="CET")
    lic = License(box, "callhome", account=("corp.example", "EU-Access", when("2021-10-11 08:00:19")), ack=when("2021-10-11 08:05:02"), deadline=when("2022-01-09 08:05:02"),
                  pushed=when("2021-10-11 08:00:01"), next_push=when("2021-11-23 18:00:01"), trust=when("2021-07-12 10:22:51"))
    c.add("input/acc-lyon-31.txt", show_tech(box, plant, now, log, lic, tech=False, running=dict(smart=CALLHOME), trustpool=trustpool(None)))
    c.expect("acc-lyon-31", top="callhome-err-207-timeout", must=["callhome-send-failed"], may=["slp-path-blocked"], must_not=["iosxe-quovadis-fn72323", "slp-http-client-not-configured"])


@case("two-switches-17-5-1", input="input.zip")
def _(c):
    c.story = ("Two switches, one release, the same messages. 17.5.1 is fixed on a Catalyst 9300; on an IE-3300 it is not, because that family has its own notice (fixed from 17.6.1).")
    c.sources = [("row of IE3x00 and ESS3x00", "public P17"), ("general row", "public P1, seed S4"), ("texts", "seed S4")]
    c.made = "everything but the texts and releases."
    members = []
    for host, pid, plant_code in (("ie-plant-04", "IE-3300-8T2S", "FOC"), ("acc-plant-09", "C9300-24T", "FCW")):
        d = Dice(c.name + host)
        box = Box(host, pid, d.serial(plant_code), "17.5.1", zone="CEST")
        plant = Plant(d, "10.88", ports=8)
        now = when("2022-06-30 11:15:00.250")
        log = device_lines(mixed(plant, when("2022-06-26"), now, 110, failures(205, ["2022-06-27", "2022-06-28", "2022-06-29"], hours=(4, 16))), zone="CEST")
        lic = License(box, "callhome", account=("corp.example", "Plant", when("2022-01-20 08:00:19")), ack=when("2022-01-20 08:05:02"), deadline=when("2022-07-19 08:05:02"),
                      pushed=when("2022-01-20 08:00:01"), next_push=when("2022-06-30 14:00:01"), trust=when("2021-12-02 10:22:51"))
        members.append((f"{host}/show_tech.log", c.text(f"{host}.log", show_tech(box, plant, now, log, lic, tech=False, interfaces=4, macs=10, running=dict(smart=CALLHOME, ports=4)))))
    c.add_zip("input.zip", members)
    c.expect("ie-plant-04", top="iosxe-quovadis-fn72323", must=["callhome-send-failed", "callhome-err-205-aborted"])
    c.expect("acc-plant-09", top="callhome-err-205-aborted", must=["callhome-send-failed"], may=["slp-tls-interception"], must_not=["iosxe-quovadis-fn72323"])


@case("cat9300-no-http-source-interface")
def _(c):
    c.story = ("ERR 207 on a fixed release. The running configuration, which is in the case, has no `ip http client source-interface`, so the requests leave by an address that has no way out.")
    c.sources = [("ERR 207 and its cure", "seed S4"), ("a missing source interface counts beside a failure", "catalogue, clarification 2")]
    c.made = "everything but the texts."
    d = Dice(c.name)
    box = Box("acc-kyoto-05", "C9300L-48P-4X", d.serial("FOC"), "17.6.4", zone="JST")
    plant = Plant(d, "10.31", ports=48)
    now = when("2023-06-05 10:02:41.118")
    log = device_lines(mixed(plant, when("2023-06-01"), now, 160, failures(207, ["2023-06-02", "2023-06-03", "2023-06-04"])), zone="JST", seq=880)
    lic = License(box, "callhome", account=None, ack=None, deadline=when("2023-08-21 09:00:00"), pushed=None, next_push=when("2023-06-05 12:00:00"))
    c.add("input/acc-kyoto-05_tech.txt", show_tech(box, plant, now, log, lic, tech=False, running=dict(smart=CALLHOME, http_source=None)))
    c.expect("acc-kyoto-05", top="slp-http-client-not-configured", must=["callhome-err-207-timeout", "callhome-send-failed"], may=["slp-trust-not-established", "slp-path-blocked"],
             must_not=["iosxe-quovadis-fn72323", "dns-name-unresolved"])


@case("crlf-session-err-218")
def _(c):
    c.story = ("A console session saved on Windows (CR LF), 80 columns wide, so that the long messages are cut in the middle of words. Name resolution fails (ERR 218): no name server is configured.")
    c.sources = [("ERR 218 and COMM_FAILED text", "seed S4"), ("remedy: name server", "seed S4"), ("terminals wrap inside words", "catalogue, clarification 10")]
    c.made = "session, prompts, other lines."
    d = Dice(c.name)
    box = Box("br-sw-3", "C9200L-24P-4G", d.serial("JPG"), "17.6.3", zone="JST")
    plant = Plant(d, "10.44")
    now = when("2023-04-18 13:20:55.031")
    events = mixed(plant, when("2023-04-17 09:00:00"), now, 40, failures(218, ["2023-04-17", "2023-04-18"], hours=(10, 12)))
    out = ["", "br-sw-3#sh clock"] + box.clock(now) + ["br-sw-3#sh ver"] + box.show_version(now)[:46] + ["br-sw-3#term len 0", "br-sw-3#sh run | inc name-server|domain|http client",
           "ip domain name corp.example", "ip http client source-interface Vlan100", "br-sw-3#sh run callhome", "Building configuration...", "", "service call-home", "call-home",
           " contact-email-addr sch-smart-licensing@cisco.com", ' profile "CiscoTAC-1"', "  active", "  destination transport-method http", "br-sw-3#sh logg"]
    out += show_logging(wrapped(device_lines(events, zone="JST")))
    out += ["br-sw-3#telnet tools.cisco.com 443 /ipv4", "% Bad IP address or host name", "% Unknown command or computer name, or unable to find computer address", "br-sw-3#"]
    c.add("input/br-sw-3_20230418.log", out, eol="\r\n")
    c.expect("br-sw-3", top="dns-name-unresolved", must=["callhome-send-failed"], must_not=["iosxe-quovadis-fn72323", "callhome-err-207-timeout", "slp-cslu-default-not-configured"])


@case("collector-rfc3164")
def _(c):
    c.story = ("One file of a syslog collector with five switches. One cannot resolve names, one times out, one had a single interruption, two have nothing to do with licensing.")
    c.sources = [("all licensing texts", "seed S4"), ("relay header", "public P14 and long-standing practice")]
    c.made = "collector, hosts, everyday lines; the dialect carries no year."
    d = Dice(c.name)
    start, end = when("2023-09-11"), when("2023-09-13 20:00:00")
    planted = {"acc-11": failures(218, ["2023-09-11", "2023-09-12"]), "dist-2": failures(207, ["2023-09-11", "2023-09-13"]),
               "acc-14": [(when("2023-09-12 03:12:09"), comm_failed("No detail given")), (when("2023-09-12 03:27:44"), comm_restored())], "acc-02": [], "acc-17": []}
    lines = []
    for host, bad in planted.items():
        plant, counter = Plant(Dice(c.name + host), "10.52"), d.between(2000, 90000)
        for n, (t, body) in enumerate(mixed(plant, start, end, 130, bad)):
            lines.append((t, relay3164(t, host, counter + n, body, zone="CEST", pri=False)))
    c.add("input/network-20230914.log", [x for _, x in sorted(lines)])
    c.expect("acc-11", top="dns-name-unresolved", must=["callhome-send-failed"], may=["iosxe-quovadis-fn72323"])
    c.expect("dist-2", top="callhome-err-207-timeout", must=["callhome-send-failed"], may=["iosxe-quovadis-fn72323"])
    c.expect("acc-14", must=["comm-fail-restore-pairs"], must_not=["slp-path-blocked", "comm-unstable-path"])
    c.expect("acc-02")
    c.expect("acc-17")
    c.at("dns-name-unresolved", "network-20230914.log", "ERR 218")
