"""Short sessions, mostly in pairs: what is open now, what is only the factory's setting, where the address of a server stands, whose message it is."""
from case import case

NO_DETAIL = "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : No detail given"
RESTORED = "%SMART_LIC-5-COMM_RESTORED: Communications with Cisco Smart Software Manager (CSSM) restored"
CSLU_UNRESOLVED = "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart License Utility (CSLU) : Unable to resolve server hostname/domain name"
CSSM_UNRESOLVED = "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name"


def version(short, long, product):
    return [f"Cisco IOS XE Software, Version {long}", f"Cisco IOS Software, Version {short}, RELEASE SOFTWARE (fc2)", f"cisco {product} processor with 1331521K/6147K bytes of memory."]


def session(host, *commands):
    return [line for command, lines in commands for line in [f"{host}#{command}", *lines]] + [f"{host}#"]


def statistics(hello, usage):
    return ["Smart Licensing Using Policy:", "  Status: ENABLED", "", "Transport:", "  Type: Smart", "  URL: https://smartreceiver.cisco.com/licservice/license", "",
            "Trust Code Installed: Jan 09 08:30:12 2024 UTC", "", "Communication Statistics:", "=======================", "Usage Reporting:",
            "  Attempts: Total=40, Success=40, Fail=0  Ongoing Failure: Overall=0 Communication=0", f"  Last Response: OK on {usage}", "    Failure Reason: <none>", "Hello Message:",
            "  Attempts: Total=5, Success=0, Fail=5  Ongoing Failure: Overall=5 Communication=5", f"  Last Response: NO REPLY on {hello}", "    Failure Reason: <none>", ""]


@case("old-silence-newer-answer", healthy=True)
def _(c):
    c.story = "The statistics count five hello messages without an answer, the last in January; usage reports are answered with OK in April."
    c.sources = [("statistics", "seed S4"), ("a later OK ends an older failure", "catalogue, part F")]
    c.made = "all values."
    c.add("input/sw-arles-1.log", session("sw-arles-1", ("show license tech support", statistics("Jan 11 19:20:01 2024 UTC", "Apr 22 03:10:44 2024 UTC"))))
    c.expect("sw-arles-1", must=["slp-trust-established"], must_not=["slp-path-blocked"])


@case("newer-silence-older-answer")
def _(c):
    c.story = "Twin of old-silence-newer-answer with the dates exchanged: the hello messages go unanswered now."
    c.sources = [("statistics", "seed S4")]
    c.made = "all values."
    c.add("input/sw-arles-2.log", session("sw-arles-2", ("show license tech support", statistics("Apr 22 03:10:44 2024 UTC", "Jan 11 19:20:01 2024 UTC"))))
    c.expect("sw-arles-2", top="slp-path-blocked", must=["slp-path-blocked", "slp-trust-established"])


@case("fails-recovers-fails-again")
def _(c):
    c.story = "Communication fails, comes back, and two days later fails again; the log ends there. One pair is noise, the failure that is open is the finding."
    c.sources = [("messages", "seed S3, S4")]
    c.made = "hosts and times."
    c.add("input/sw-lund-6.log", session("sw-lund-6", ("show logging", [f"Mar 12 2024 09:23:30.701: {NO_DETAIL}", f"Mar 13 2024 10:11:05.133: {RESTORED}", f"Mar 15 2024 02:40:18.940: {NO_DETAIL}"])))
    c.expect("sw-lund-6", top="slp-path-blocked", must=["slp-path-blocked", "comm-fail-restore-pairs"], must_not=["comm-unstable-path"])


CALL_HOME = ["Current call home settings:", "    call home feature : disable", "    call home message's from address: Not yet set up", "    contact person's email address: sch-smart-licensing@cisco.com",
             "    Smart licensing messages: enabled", "    Profile: CiscoTAC-1 (status: INACTIVE)", ""]


@case("call-home-of-the-factory", healthy=True)
def _(c):
    c.story = "The settings of Call Home as they leave the factory, and nothing that says that licensing goes that way. The default transport is another one."
    c.sources = [("layout", "public P14"), ("the feature counts with transport Call Home", "public P14, P23")]
    c.made = "hosts."
    c.add("input/sw-bergamo-2.log", session("sw-bergamo-2", ("show call-home", CALL_HOME)))
    c.expect("sw-bergamo-2", must_not=["callhome-profile-not-reporting", "nxos-callhome-not-enabled"])


@case("call-home-off-and-needed")
def _(c):
    c.story = "Twin of call-home-of-the-factory: the licensing transport is Call Home."
    c.sources = [("layout", "public P14"), ("the feature counts with transport Call Home", "public P14, P23")]
    c.made = "hosts."
    c.add("input/sw-bergamo-3.log", session("sw-bergamo-3", ("show license status", ["Smart Licensing Using Policy:", "  Status: ENABLED", "", "Transport:", "  Type: Callhome", ""]), ("show call-home", CALL_HOME)))
    c.expect("sw-bergamo-3", top="callhome-profile-not-reporting", must=["callhome-profile-not-reporting"], must_not=["nxos-callhome-not-enabled"])
    c.at("callhome-profile-not-reporting", "sw-bergamo-3.log", "call home feature")


@case("cslu-address-in-the-configuration")
def _(c):
    c.story = "The configuration names a CSLU by a name that is not resolved; no output of the licence status is there. Twin of the default, which has no address at all."
    c.sources = [("message and configuration", "seed S4")]
    c.made = "hosts and times."
    c.add("input/sw-narvik-1.log", session("sw-narvik-1", ("show running-config | include license", ["license boot level network-advantage addon dna-advantage", "license smart url cslu http://cslu-nord:8182/cslu/v1/pi", "license smart transport cslu"]),
                                          ("show logging", [f"Mar 12 2024 09:23:30.701: {CSLU_UNRESOLVED}"])))
    c.expect("sw-narvik-1", top="slp-cslu-unreachable", must=["slp-cslu-unreachable"], must_not=["slp-cslu-default-not-configured", "dns-name-unresolved"])


@case("cslu-before-cssm-is-configured")
def _(c):
    c.story = "A switch looks for a CSLU, is configured for CSSM, and then cannot resolve that name: the first failure belongs to the time before."
    c.sources = [("messages", "seed S4"), ("a failure of the time before configuration is past", "catalogue, part F")]
    c.made = "hosts and times."
    c.add("input/sw-narvik-2.log", session("sw-narvik-2", ("show logging", [f"Mar 12 2024 09:23:30.701: {CSLU_UNRESOLVED}", "Mar 12 2024 11:02:10.118: %SYS-5-CONFIG_I: Configured from console by ops1 on vty0 (10.61.0.9)", f"Mar 12 2024 11:20:31.440: {CSSM_UNRESOLVED}"])))
    c.expect("sw-narvik-2", top="dns-name-unresolved", must=["dns-name-unresolved"], may=["slp-cslu-default-not-configured"])


@case("libcurl-words-of-a-switch")
def _(c):
    c.story = "A message of IOS XE with libcurl's words for an untrusted chain. An Expressway writes the same words, but never with this mnemonic."
    c.sources = [("mnemonic", "seed S4"), ("words of libcurl", "public P19")]
    c.made = "hosts and times."
    c.add("input/messages.log", ["Mar 12 2024 09:23:30.701: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : SSL certificate problem: unable to get local issuer certificate"])
    c.expect("*", must=["tls-unknown-ca-from-device"], may=["slp-tls-interception"], must_not=["exp-selfsigned-in-chain", "exp-root-ca-cscwe09378", "exp-tls-interception"])


@case("smart-transport-and-the-old-root")
def _(c):
    c.story = "A controller on 17.3.3 with smart transport: acknowledgements until January 2023, failures since February. The release does not know the root that the server uses since the 26th of January."
    c.sources = [("releases and dates", "seed S4, public P1"), ("which goes first", "catalogue, part F")]
    c.made = "hosts and times."
    c.add("input/wlc-izmir-1.log", session("wlc-izmir-1", ("show version", version("17.3.3", "17.03.03", "C9800-40-K9 (1GL)")),
        ("show license status", ["Smart Licensing Using Policy:", "  Status: ENABLED", "", "Transport:", "  Type: Smart", "  URL: https://smartreceiver.cisco.com/licservice/license", "", "Usage Reporting:",
                                 "  Last ACK received: Jan 09 2023 04:00:10 UTC", "", "Trust Code Installed: May 04 2022 10:00:00 UTC"]),
        ("show logging", [f"Feb 14 2023 09:23:30.701: {NO_DETAIL}", f"Feb 15 2023 09:23:31.204: {NO_DETAIL}"])))
    c.expect("wlc-izmir-1", top="iosxe-quovadis-fn72323", must=["iosxe-quovadis-fn72323"], may=["slp-path-blocked", "slp-trust-not-established"], must_not=["dns-name-unresolved"])


@case("trustpoint-that-is-not-there")
def _(c):
    c.story = "The HTTP client of a controller names a trustpoint that the list of trustpoints does not have; the messages give no reason."
    c.sources = [("trustpoints", "seed S3")]
    c.made = "hosts and times."
    c.add("input/wlc-izmir-2.log", session("wlc-izmir-2", ("show version", version("17.9.4", "17.09.04", "C9800-L-F-K9 (KATAR)")),
        ("show running-config | include ip http client", ["ip http client source-interface Vlan44", "ip http client secure-trustpoint TP-2019"]),
        ("show crypto pki trustpoints", ["Trustpoint SLA-TrustPoint:", "    Subject Name:", "    cn=Cisco Licensing Root CA", "Trustpoint CISCO_IDEVID_SUDI:", "    Subject Name:", "    o=Cisco"]),
        ("show logging", [f"Feb 14 2024 09:23:30.701: {NO_DETAIL}"])))
    c.expect("wlc-izmir-2", top="tls-client-cert-rejected", must=["tls-client-cert-rejected"], may=["slp-path-blocked"])


@case("no-name-server-and-a-later-stage")
def _(c):
    c.story = "The configuration has no name server, and the failure is one of a later stage than the name: nobody says that a name was not resolved."
    c.sources = [("message", "seed S3"), ("what the reason means", "catalogue")]
    c.made = "hosts and times."
    c.add("input/sw-zug-1.log", session("sw-zug-1", ("show running-config", ["Building configuration...", "", "version 17.9", "hostname sw-zug-1", "ip host smartreceiver 10.9.9.9", "ip http client source-interface Vlan10",
        "license smart transport smart", "license smart url default", "end", ""]), ("show logging", [f"Feb 14 2024 09:23:30.701: {NO_DETAIL}"])))
    c.expect("sw-zug-1", top="slp-path-blocked", must=["slp-path-blocked"], must_not=["dns-name-unresolved"])


@case("name-servers-in-the-management-vrf")
def _(c):
    c.story = "All name servers stand in the management VRF, the source interface of the HTTP client in no VRF; the licensing name is not resolved."
    c.sources = [("message", "seed S4"), ("commands need the VRF too", "seed S4")]
    c.made = "hosts and times."
    c.add("input/sw-zug-2.log", session("sw-zug-2", ("show running-config", ["Building configuration...", "", "version 17.9", "hostname sw-zug-2", "vrf definition Mgmt-vrf", " address-family ipv4", " exit-address-family",
        "interface Vlan100", " ip address 10.61.100.2 255.255.255.0", "ip name-server vrf Mgmt-vrf 10.61.0.53", "ip http client source-interface Vlan100", "license smart transport smart", "license smart url default", "end", ""]),
        ("show logging", [f"Feb 14 2024 09:23:30.701: {CSSM_UNRESOLVED}"])))
    c.expect("sw-zug-2", top="slp-vrf-mismatch", must=["slp-vrf-mismatch", "dns-name-unresolved"])
