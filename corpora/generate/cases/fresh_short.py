"""Short excerpts of many kinds: a second set of cases kept apart from tuning."""
from capture import Capture, chatter, micros
from case import case
from cases.fresh_iosxe import told
from cases.fresh_nexus import HTTP_FAILED, failing, nexus
from cases.unseen_parts import DAY, HOUR, MINUTE, mail, prompt, spread
from iosxe_log import when
from nxos import licmgr_failed


@case("fresh-exp-peer-removed-too-late", split="held-out")
def _(c):
    c.story = "Alarms of one cluster node: evaluation expired on 1 July, a peer was taken out on 4 July, the cluster is inconsistent since."
    c.sources = [("damage after a change in this state", "S0, S1"), ("numbers", "P5")]
    c.made = "all lines."
    c.add("input/alarms-vcsc-gent-1.txt", told('''
2024-07-01T02:00:11.512+02:00 vcsc-gent-1 alarm: Level="ERROR" Event="Alarm Raised" Id="30038" UUID="6a5f0c82-1e94-4d73-a2b8-0c7d93e6f541" Severity="critical" Detail="Smart license no provision Eval expired: The evaluation period has expired" UTCTime="2024-07-01 00:00:11,512"
2024-07-01T08:12:40.118+02:00 vcsc-gent-1 tvcs: Event="Registration Rejected" Reason="License limit exceeded" Service="SIP" Src-ip="10.110.4.9" Src-port="27118" Protocol="TLS" AOR="hub-2@gent.example" Contact="sip:hub-2@10.110.4.9:27118" Duration="60" Level="INFO" UTCTime="2024-07-01 06:12:40,118"
2024-07-04T10:30:02.000+02:00 vcsc-gent-1 httpd[8112]: web: Event="System Configuration Changed" Detail="configuration/alternates/peer/2/address - changed from: '10.110.1.12' to: ''" Src-ip="10.110.9.3" User="admin" Level="1" UTCTime="2024-07-04 08:30:02"
2024-07-04T10:34:50.330+02:00 vcsc-gent-1 alarm: Level="ERROR" Event="Alarm Raised" Id="20024" UUID="5b0d1f9a-77c2-4e0e-a5f3-90b1c4d2e863" Severity="error" Detail="Cluster is in inconsistent state: The cluster database differs between the peers" UTCTime="2024-07-04 08:34:50,330"
'''))
    c.expect("vcsc-gent-1", top="exp-eval-expired-cluster-change", must=["exp-eval-expired"], may=["exp-license-limit-reached", "exp-node-without-token", "exp-eval-mode"], must_not=["exp-root-ca-cscwe09378", "exp-smart-license-comm-error", "exp-slr-cluster-alarms-first"])
    c.at("exp-eval-expired", "alarms-vcsc-gent-1.txt", "30038")


@case("fresh-exp-transport-moved", split="held-out")
def _(c):
    c.story = "A registered node was pointed from the cloud to On-Prem without deregistering; the next renewal failed."
    c.sources = [("deregister first", "P4"), ("explains 30042 and 30044", "clarification 9")]
    c.made = "all lines."
    c.add("input/excerpt-expc-bath.txt", told('''
expc-bath  X14.3.4
2024-08-20T08:58:11.000+01:00 expc-bath smartlicenseagent: UTCTime="2024-08-20 07:58:11,000" Module="developer.smartlicense.agent" Level="INFO" CodeLocation="smartlicenseagent(640)" Detail="Smartlicenseagent state" Registration="REGISTERED" Authorization="AUTHORIZED"
2024-08-20T09:10:31.000+01:00 expc-bath httpd[3310]: web: Event="System Configuration Changed" Detail="configuration/license/smart/transporttype - changed from: 'Direct' to: 'OnPrem'" Src-ip="10.111.9.3" User="admin" Level="1" UTCTime="2024-08-20 08:10:31"
2024-08-20T09:10:31.020+01:00 expc-bath httpd[3310]: web: Event="System Configuration Changed" Detail="configuration/license/smart/url - changed from: '' to: 'https://ssm.bath.example/SmartTransport'" Src-ip="10.111.9.3" User="admin" Level="1" UTCTime="2024-08-20 08:10:31"
2024-08-20T09:31:12.400+01:00 expc-bath alarm: Level="ERROR" Event="Alarm Raised" Id="30042" UUID="7e8d3f04-2c55-4a6b-9d27-5f0ce0b6a512" Severity="error" Detail="Smart license communication error: The system failed to communicate with cloud-based Cisco Smart Software Manager or Cisco Smart Software Manager On-Prem" UTCTime="2024-08-20 08:31:12,400"
2024-08-20T09:31:12.900+01:00 expc-bath alarm: Level="WARN" Event="Alarm Raised" Id="30044" UUID="d94b2a6e-51f7-4d39-b0d8-e1a7c36f0247" Severity="warning" Detail="Smart license renew auth failed: The attempt to renew the Smart Licensing authorization failed" UTCTime="2024-08-20 08:31:12,900"
'''))
    c.expect("expc-bath", top="exp-transport-changed-while-registered", must=["exp-smart-license-comm-error", "exp-auth-renew-failed"], must_not=["exp-root-ca-cscwe09378", "exp-onprem-url-suffix-missing", "exp-direct-no-path", "exp-after-factory-reset-offline"])
    c.at("exp-auth-renew-failed", "excerpt-expc-bath.txt", "30044")
    c.at("exp-smart-license-comm-error", "excerpt-expc-bath.txt", "30042")


@case("fresh-exp-proxy-password-changed", split="held-out")
def _(c):
    c.story = "X14.3.2 through a proxy, log only: CONNECT is answered with 407 since the password of the service account changed."
    c.sources = [("text", "P19"), ("user and password are possible on Expressway", "P4")]
    c.made = "all lines."
    c.add("input/expc-jena.log", ["2024-01-17T0%d:%02d:12.%03d+01:00 expc-jena smartlicenseagent: UTCTime=\"2024-01-17 0%d:%02d:12,%03d\" Module=\"developer.smartlicense.curl\" Level=\"ERROR\" CodeLocation=\"smartlicensecurl(214)\" Detail=\"Smartlicenseagent request failed\" Url=\"https://smartreceiver.cisco.com/licservice/license\" Reason=\"CONNECT tunnel failed, response 407\"" % (7 + n // 4, n % 4 * 15, 100 + n, 6 + n // 4, n % 4 * 15, 100 + n) for n in range(8)] + told('''
2024-01-17T09:01:10.000+01:00 expc-jena alarm: Level="ERROR" Event="Alarm Raised" Id="30042" UUID="7e8d3f04-2c55-4a6b-9d27-5f0ce0b6a512" Severity="error" Detail="Smart license communication error: The system failed to communicate with cloud-based Cisco Smart Software Manager or Cisco Smart Software Manager On-Prem" UTCTime="2024-01-17 08:01:10,000"
2024-01-17T09:02:10.000+01:00 expc-jena httpd[100]: web: Event="System Information" Detail="Software version X14.3.2" Level="1" UTCTime="2024-01-17 08:02:10"
'''))
    c.expect("expc-jena", top="exp-proxy-authentication-failed", must=["exp-smart-license-comm-error"], may=["proxy-connect-refused"], must_not=["exp-root-ca-cscwe09378", "exp-direct-no-path", "slp-proxy-auth-unsupported", "exp-tls-interception"])
    c.at("exp-proxy-authentication-failed", "expc-jena.log", "response 407")


@case("fresh-exp-nothing-more-to-give", split="held-out")
def _(c):
    c.story = "The Smart licensing page says Out-of-compliance, alarm 30037 is up; the contact with CSSM works."
    c.sources = [("30037 and the page", "P5, P4")]
    c.made = "all lines."
    c.add("input/page.txt", told('''
expc-faro   Maintenance > Smart licensing

Registration status:            Registered (May 12 2024)
License authorization status:   Out-of-compliance (Jun 03 2024)
Transport settings:             Direct

License                         Count     Status
Telepresence Room License       31        Out of compliance
Rich Media Session License      10        In compliance

2024-06-03T05:00:00.120+01:00 expc-faro alarm: Level="ERROR" Event="Alarm Raised" Id="30037" UUID="0ad3c9e1-6c15-4e0b-9f36-2f0d8bb1c5e4" Severity="critical" Detail="Smart license no provision out of compliance: No further licenses can be provisioned" UTCTime="2024-06-03 04:00:00,120"
'''), eol="\r\n")
    c.expect("expc-faro", top="exp-out-of-compliance", may=["exp-pak-not-in-smart-account"], must_not=["exp-license-limit-reached", "exp-smart-license-comm-error", "exp-auth-expired", "exp-root-ca-cscwe09378", "sl-out-of-compliance"])
    c.at("exp-out-of-compliance", "page.txt", "30037")


SLR = '''
login as: admin
TANDBERG VCS Release X14.2.7
OK

xstatus SystemUnit Name
*s SystemUnit Name: "%s"
'''


@case("fresh-exp-return-code-not-kept")
def _(c):
    c.story = "A reservation was returned on the node, the window was closed, and CSSM still lists the instance as reserved."
    c.sources = [("return and its code", "S0, S1")]
    c.made = "console and note."
    c.add("input/expe-ostia.log", told(SLR % "expe-ostia") + told('''
xcommand License Smart Reservation return

Enter the following return code into the CSSM:
CAuS2b-rVqVAe-hW3bMz-xvKEoi-8mzAqU-Wr3

OK

note of 2024-02-12: nobody wrote the code down, CSSM > Product Instances still shows
UDI_PID:Expressway; UDI_SN:0B60C9D0; UDI_VID:1.0;  (Reserved Licenses)  last contact 2023-Aug-02 11:20:31
'''))
    c.expect("expe-ostia", top="exp-slr-return-code-lost", may=["exp-instance-name-and-privacy", "rma-stale-instance"], must_not=["exp-slr-update-confirmation-pending", "exp-slr-unsupported-release", "exp-slr-auth-code-not-quoted", "exp-root-ca-cscwe09378"])
    c.at("exp-slr-return-code-lost", "expe-ostia.log", "Enter the following return code")


@case("fresh-exp-reservation-half-updated")
def _(c):
    c.story = "More licences were reserved and the new code was installed; the confirmation code never reached CSSM, which shows the change `in transit`."
    c.sources = [("an update needs the confirmation code", "S0, S1, P4"), ("the first installation does not", "S1, clarification 18")]
    c.made = "console and note."
    c.add("input/expc-lodi.log", told(SLR % "expc-lodi") + told('''
xstatus License
License reservation is ENABLED
Registration: Status: REGISTERED - SPECIFIC LICENSE RESERVATION

xcommand License Smart Reservation Install "<specificPLR><authorizationCode><flag>A</flag><version>C</version><piid>bd2d0d1e-0a8f-4c0c-8a7f-1f3c8f0e2b11</piid></authorizationCode></specificPLR>"

Authorization code installed.
Please enter the confirmation code to CSSM account: 5d02b7e9

OK

note: third update of the reservation (Update Reserved Licenses, 20 to 30 rooms). CSSM shows "in transit" since Tuesday.
'''))
    c.expect("expc-lodi", top="exp-slr-update-confirmation-pending", must_not=["exp-slr-return-code-lost", "exp-slr-auth-code-not-quoted", "exp-slr-unsupported-release", "exp-root-ca-cscwe09378"])
    c.at("exp-slr-update-confirmation-pending", "expc-lodi.log", "confirmation code to CSSM")


@case("fresh-sw-smart-towards-onprem", split="held-out")
def _(c):
    c.story = "Transport smart with the URL of the customer's On-Prem: an empty response comes back."
    c.sources = [("use transport cslu with the URL from On-Prem", "S3, S4, P13"), ("text", "P13")]
    c.made = "host, times."
    c.add("input/acc-merle-2.txt", told('''
acc-merle-2#show version | include IOS XE
Cisco IOS XE Software, Version 17.06.06a
acc-merle-2#show logging | include SMART_LIC
Oct  8 04:11:20.118: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Received empty response from server
Oct  8 12:11:24.602: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Received empty response from server
Oct  8 20:11:29.077: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Received empty response from server
acc-merle-2#show license status | begin Transport
Transport:
  Type: Smart
  URL: https://ssm-op.merle.example/SmartTransport
  Proxy:
    Not Configured
  VRF: <empty>
acc-merle-2#
'''))
    c.expect("acc-merle-2", top="slp-onprem-wrong-transport", may=["slp-trust-not-established"], must_not=["slp-path-blocked", "dns-name-unresolved", "slp-onprem-too-old", "iosxe-quovadis-fn72323", "slp-cslu-unreachable"])
    c.at("slp-onprem-wrong-transport", "acc-merle-2.txt", "Received empty response")


@case("fresh-stack-typed-local", split="held-out")
def _(c):
    c.story = "Three units; `local` was typed, and only the active one has a trust code."
    c.sources = [("`all` for stacks", "S3, S4"), ("the command line decides", "clarification 7")]
    c.made = "host, serial numbers."
    c.add("input/stk-swift.txt", told('''
stk-swift#show version | include IOS XE
Cisco IOS XE Software, Version 17.09.04a
stk-swift#license smart trust idtoken MDJmNzY2YTktYz local force
stk-swift#show license status | begin Trust Code
Trust Code Installed:
  Active: PID:C9300-24T,SN:FOC2607SWF1
    INSTALLED on Jul 02 2024 09:14:10 UTC

stk-swift#show license udi
UDI: PID:C9300-24T,SN:FOC2607SWF1

HA UDI List:
    Active:PID:C9300-24T,SN:FOC2607SWF1
    Standby:PID:C9300-24T,SN:FOC2607SWF2
    Member:PID:C9300-24T,SN:FOC2607SWF3

stk-swift#
'''))
    c.expect("stk-swift", top="slp-trust-keyword-local-on-stack", may=["token-uses-too-few", "slp-trust-not-established", "slp-trust-established"], must_not=["token-not-valid", "slp-path-blocked", "slp-instance-unknown-to-cssm"])
    c.at("slp-trust-keyword-local-on-stack", "stk-swift.txt", "local force")


def classic(c, host, registration, authorization, fact):
    c.sources = [fact, ("state without cause", "part F")]
    c.made = "host, times."
    c.add(f"input/{host}.txt", [f"{host}#show clock", "10:00:00.120 UTC Wed Aug 11 2021", f"{host}#show version | include IOS XE", "Cisco IOS XE Software, Version 16.12.05", f"{host}#show license status", "Smart Licensing is ENABLED", "", "Registration:"] + registration + ["", "License Authorization: "] + authorization + ["", f"{host}#"])


@case("fresh-router-too-many-in-use", split="held-out")
def _(c):
    c.story = "A classic router, registered, talking with CSSM, out of compliance."
    classic(c, "br-finch-1", ["  Status: REGISTERED", "  Smart Account: finch.example", "  Virtual Account: Branches", "  Initial Registration: SUCCEEDED on Mar 03 09:00:10 2021 UTC", "  Registration Expires: Mar 03 08:55:00 2022 UTC"],
            ["  Status: OUT OF COMPLIANCE on Aug 02 09:00:11 2021 UTC", "  Last Communication Attempt: SUCCEEDED on Aug 11 09:00:11 2021 UTC", "  Next Communication Attempt: Aug 11 21:00:11 2021 UTC", "  Communication Deadline: Nov 09 08:55:00 2021 UTC"], ("OUT OF COMPLIANCE", "S2, P24"))
    c.expect("br-finch-1", top="sl-out-of-compliance", must_not=["iosxe-quovadis-fn72323", "sl-authorization-expired", "slp-path-blocked", "callhome-send-failed", "sl-healthy"])
    c.at("sl-out-of-compliance", "br-finch-1.txt", "OUT OF COMPLIANCE")


@case("fresh-router-registration-ran-out", split="held-out")
def _(c):
    c.story = "Its neighbour had no contact for a year: the registration ended and the rest of the evaluation runs."
    classic(c, "br-finch-2", ["  Status: UNREGISTERED - REGISTRATION EXPIRED", "  Export-Controlled Functionality: NOT ALLOWED"], ["  Status: EVAL MODE", "  Evaluation Period Remaining: 61 days, 2 hours, 10 minutes, 4 seconds"], ("a year without contact", "S2"))
    c.expect("br-finch-2", top="sl-registration-expired", may=["sl-evaluation"], must_not=["iosxe-quovadis-fn72323", "sl-authorization-expired", "sl-registration-failed", "sl-evaluation-expired", "slp-path-blocked", "exp-registration-expired"])
    c.at("sl-registration-expired", "br-finch-2.txt", "REGISTRATION EXPIRED")


@case("fresh-nexus-gateway-path", split="held-out")
def _(c):
    c.story = "Call Home to On-Prem with `/SmartTransport`, the path of other products."
    c.sources = [("path of the transport gateway", "P21, S2")]
    c.made = "host, times."
    d, n = nexus(c, "leaf-gori-5", version="9.3(8)")
    now = when("2023-03-22 10:22:33")
    c.add("input/leaf-gori-5.txt", prompt("leaf-gori-5# ", ("show version", n.show_version()), ("show run callhome", n.run_callhome(now, vrf=None, url="https://ssm-op.gori.example/SmartTransport")), ("show license status", failing(n, now))))
    c.expect("leaf-gori-5", top="nxos-onprem-url-wrong", must=["callhome-send-failed", "sl-registration-failed"], may=["sl-evaluation", "nxos-comm-failed"], must_not=["nxos-callhome-plain-http", "nxos-quovadis-fn72115", "nxos-callhome-not-enabled", "nxos-vrf-mismatch", "exp-onprem-url-suffix-missing"])
    c.at("nxos-onprem-url-wrong", "leaf-gori-5.txt", "/SmartTransport")


def names(c, answer):
    start = micros(when("2024-06-11 07:00:00.500"))
    cap = Capture(c.name)
    chatter(cap, start - 2000000, 40, ["10.112.0.9", "10.112.0.21"], "10.112.0.53", 10)
    for n in range(4):
        if answer:
            cap.lookup(start + n * 5000000, "10.112.0.9", "10.112.0.53", "smartreceiver.cisco.com", rcode=3, delay=900, mark=f"q{n}")
        else:
            cap.dns_query(start + n * 5000000, "10.112.0.9", "10.112.0.54", 700 + n, "smartreceiver.cisco.com", mark=f"q{n}")
    c.put("input/uplink.pcap", cap.pcap())
    return cap


@case("fresh-cap-name-denied", split="held-out")
def _(c):
    c.story = "The resolver says four times that smartreceiver.cisco.com does not exist."
    c.sources = [("rcode 3", "part E")]
    c.made = "the whole capture."
    cap = names(c, True)
    c.packet("uplink.pcap", cap.number("q0"), "NXDOMAIN")
    c.expect("*", top="dns-no-such-name", may=["dns-name-unresolved"], must_not=["dns-no-answer", "slp-cslu-default-not-configured", "tcp-syn-no-answer", "capture-has-no-licensing-traffic"])
    c.at("dns-no-such-name", "uplink.pcap", packet=cap.number("q0"))


@case("fresh-cap-name-unheard", split="held-out")
def _(c):
    c.story = "The same questions go to another resolver, which stays silent; the own one answers its neighbours."
    c.sources = [("two or more queries, no response", "part E")]
    c.made = "the whole capture."
    cap = names(c, False)
    c.packet("uplink.pcap", cap.number("q0"), "first unanswered query")
    c.expect("*", top="dns-no-answer", may=["dns-name-unresolved"], must_not=["dns-no-such-name", "tcp-syn-no-answer", "capture-has-no-licensing-traffic"])
