"""What little some cases hold: one file, one page, a cut output, a refused command."""
from case import case
from cases.onprem_cslu import CRL, EMPTY
from cases.slp_environment import waiting
from cases.slp_parts import Site, every
from iosxe_log import CSLU, comm_failed, wrapped


@case("crl-messages-and-no-year", covers=[169])
def _(c):
    c.story = "Nothing but some screens of a terminal of 80 columns: messages cut inside words, no year, no release, no configuration."
    c.sources = [("message", "S3"), ("terminals cut inside words", "clarification 10")]
    c.made = "everyday messages, times."
    s = Site(c, "wlc-oporto-3", "C9800-40-K9", "17.6.4", "2022-09-14 10:30:11.402", "JST", kind="wlc", planted=every("2022-09-12 02:11:00", 8, 7, CRL))
    c.add("input/screen.txt", wrapped(s.log))
    c.expect("*", top="slp-onprem-crl-fetch-fail", must_not=["slp-onprem-too-old", "slp-path-blocked", "slp-onprem-wrong-transport"])


@case("cslu-500-one-screen", covers=[230])
def _(c):
    c.story = "One screen of a log: CSLU answers with errors of its own. The right edge is cut at 152 columns; everything else is unknown."
    c.sources = [("faults of CSLU and On-Prem are a class of their own", "S4"), ("form of the reason", "P14")]
    c.made = "everyday messages, times."
    s = Site(c, "acc-vigo-1", "C9200L-48P-4G", "17.9.4", "2024-01-22 16:12:33.220", "CET", noise=14, planted=every("2024-01-20 04:00:00", 8, 7, comm_failed("HTTP Server Error 502:Bad Gateway", CSLU)))
    c.add("input/log.txt", [x[:152] for x in s.log])
    c.expect("*", top="slp-onprem-or-cslu-defect", must_not=["slp-cslu-unreachable", "slp-path-blocked", "slp-cslu-default-not-configured"])


@case("virtual-controller-of-unknown-release")
def _(c):
    c.story = "The licence output of a virtual controller without acknowledgement; show version was refused. Whether the acknowledgement is mandatory depends on the release, so it stays a question."
    c.sources = [("mandatory from 17.7.1", "S3")]
    c.made = "names, times."
    s = Site(c, "wlc-virt-3", "C9800-CL-K9", "17.9.4", "2023-11-08 10:00:12.400", kind="wlc")
    waiting(s, trust=None)
    refused = ["% Authorization failed.", ""]
    c.add("input/wlc-virt-3.log", s.session(("show version", refused), s.all(), version=False))
    c.expect("wlc-virt-3", may=["slp-trust-not-established", "c9800cl-ack-mandatory"], must_not=["slp-report-overdue", "slp-path-blocked"])


@case("register-and-version-refused", covers=[149])
def _(c):
    c.story = "Somebody enters the registration command; show version was refused, but the status shows which kind of licensing the switch has."
    c.sources = [("trust instead of registration", "S3")]
    c.made = "names, times."
    s = Site(c, "acc-brno-3", "C9300-24P", "17.6.3", "2022-06-01 15:20:12.100", "CEST")
    waiting(s)
    c.add("input/acc-brno-3.log", s.session(("show version", ["Command authorization failed.", ""]), ("license smart register idtoken NjQ0ZGVhZTktMmU4LTQ5", ["% Invalid input detected at '^' marker.", ""]), s.status(), version=False))
    c.expect("acc-brno-3", top="slp-legacy-register-command", may=["slp-trust-not-established", "slp-no-evaluation-mode"], must_not=["sl-registration-failed", "sl-evaluation"])


@case("factory-reset-in-a-note", covers=[255])
def _(c):
    c.story = "A note in UTF-16 with the last lines of a session: the warning of the factory reset, and nothing after it."
    c.sources = [("warning text", "S3")]
    c.made = "the other lines."
    c.add("input/note.txt", ["Change 5512, step 3", "", "WLC-1#license smart factory reset", '%Warning: reload required after "license smart factory reset" command', "", "WLC-1#wr", "Building configuration...", "[OK]", "WLC-1#"],
          encoding="utf-16-le", eol="\r\n", bom=b"\xff\xfe")
    c.expect("*", top="slp-factory-reset-needs-reload", must_not=["slp-write-erase-clears-ack"])


@case("onprem-status-cut-short")
def _(c):
    c.story = "The status of a switch, copied down to the Transport block only, and its log: transport smart with the address of On-Prem."
    c.sources = [("cslu and the URL of the account are needed", "S3, S4"), ("message", "P13")]
    c.made = "names, times, everyday messages."
    s = Site(c, "acc-porto-24", "C9300-48U", "17.6.5", "2023-03-08 11:35:12.900", "WET", planted=every("2023-03-05 03:20:00", 12, 6, EMPTY))
    lic = waiting(s, url="https://10.40.9.60/SmartTransport")
    status = lic.status()
    at = next(n for n, x in enumerate(status) if x.startswith("  URL:"))
    c.add("input/acc-porto-24.txt", s.session(s.logging(), clock=False, version=False)[:-1] + ["acc-porto-24#show license status"] + status[:at + 1])
    c.expect("acc-porto-24", top="slp-onprem-wrong-transport", may=["slp-trust-not-established"], must_not=["slp-path-blocked", "slp-cslu-unreachable", "dns-name-unresolved"])
