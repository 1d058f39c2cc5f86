"""Who issued, who refused, and when: captures that differ in one of these, and TLS that has nothing to do with licensing."""
from archive import gz_of
from capture import Capture, Tcp, chatter, handshake, micros
from case import case
from cases.captures import CISCO, DNS, HOSTS, OWN, quiet
from cases.unseen_parts import brief_version, prompt, xstatus
from certificates import cisco_chain, foreign_chain, quovadis_chain, record, spliced
from dice import Dice
from expressway import Expressway, smart_license
from iosxe_log import when
from iosxe_show import Box
from nxos import Nexus

RECEIVER, TOOLS = "smartreceiver.cisco.com", "tools.cisco.com"
ADDRESS = {RECEIVER: CISCO[0], TOOLS: "72.163.4.38"}
REFUSED, COMPLETE, BY_SERVER, HIDDEN = "receiver-2023-unknown-ca-client", "receiver-2024-complete", "receiver-2023-unknown-ca-server", "private-issuer-tls13-refused"
FORWARD = ("O=Quay Street Credit Union, OU=Information Security, CN=TLS Forward Proxy v2, E=netsec@quaystreet.example", "2021-06-14 11:21:36", "2031-06-13 11:21:36")
ZSCALER = ("C=US, O=Zscaler Inc., OU=Zscaler Inc., CN=Zscaler Intermediate Root CA (zscalerthree.net)", "2014-12-19 00:47:49", "2042-05-06 00:47:49")
CAUSES = ["exp-root-ca-cscwe09378", "exp-tls-interception", "slp-tls-interception", "iosxe-quovadis-fn72323", "nxos-quovadis-fn72115", "tls-client-cert-rejected"]
SYMPTOMS = ["tls-unknown-ca-from-device", "tls-unknown-ca-from-server"]
PATH = ["dns-no-such-name", "dns-no-answer", "tcp-syn-no-answer", "tcp-syn-refused", "tcp-reset-after-client-hello", "proxy-connect-refused"]


def others(*ids):
    return [i for i in CAUSES + SYMPTOMS + PATH if i not in ids]


def forward(d, host=RECEIVER):
    return foreign_chain(d, FORWARD, "O=Quay Street Credit Union, CN=Quay Street Root CA", host=host)


def private(d, host=RECEIVER):
    return foreign_chain(d, "C=NO, O=Fjordbank ASA, CN=Fjordbank Utstedende CA 3", host=host)


def scene(c, at, own=OWN, count=9, **how):
    cap = Capture(c.name, **how)
    cap.home = own
    net = own.rsplit(".", 1)[0]
    chatter(cap, micros(when(at)) - 3000000, 40, [own, net + ".201", net + ".202"], DNS, count)
    return cap


def flow(cap, at, records, label, host=RECEIVER, own=OWN, port=40110, server=None, service=443, name=True, rtt=21000):
    """One conversation with a server, named by DNS before it."""
    server = server or ADDRESS.get(host, "203.0.113.60")
    if name:
        cap.lookup(micros(when(at)) - 40000, own, DNS, host, [server])
    return Tcp(cap, micros(when(at)), own, port, server, service, mss=1380, rtt=rtt, label=label).open().play(records).close()


def switch(c, host, version, at, product="C9300-24P", *more):
    now = when(at)
    box = Box(host, product, Dice(c.name + host).serial("FCW"), version, zone="UTC")
    c.add(f"input/{host}.txt", prompt(host + "#", ("show clock", box.clock(now)), ("show version", brief_version(box, now)), *more))


def bundle(c, host, version, at, captures, good=False, role="core", own="10.20.40.61"):
    """The diagnostic archive; its log says nothing of licensing, so the capture has to speak."""
    exp = Expressway(host, version, Dice(c.name).hexa(8).upper(), own, role)
    now = when(at)
    done = ("Mar 02 2022 09:12:24 UTC", "None", f"Dec 24 {now.year} 10:10:30 UTC", f"Mar 02 {now.year + 1} 09:07:11 UTC")
    status = smart_license(done, f"AUTHORIZED on {now:%b %d %Y} 01:10:30 UTC", last=(f"SUCCEEDED on {now:%b %d %Y} 01:10:30 UTC", f"{now:%b %d %Y} 23:10:30 UTC", f"Dec 30 {now.year} 09:07:02 UTC")) if good else smart_license(eval_left="41 days, 3 hours, 0 minutes, 9 seconds")
    name, members = exp.archive(c, f"{now:%Y-%m-%d_%H:%M:%S}", exp.log(Dice(c.name), now.replace(minute=0), now, 24), exp.xconf("Direct"), xstatus(exp, now, status), captures=captures)
    c.add_tar_gz(f"input/{name}", members)
    return f"{host}_{now:%Y-%m-%d_%H_%M_%S}.pcap"


def refused_at(c, id, file, cap, label="flow"):
    c.packet(file, cap.number(f"{label}-c2"), "Unknown CA from the device")
    c.at(id, file, packet=cap.number(f"{label}-c2"))


# --- the chain and the date ---------------------------------------------------------------------------------------------------


@case("judged-new-chain-early")
def _(c):
    c.story = "20 December 2022: smartreceiver.cisco.com shows the chain below IdenTrust weeks before the last old certificate ends, and a switch on 17.3.3 refuses it. What the server shows counts more than the calendar. Twin of judged-old-chain-in-its-time."
    c.sources = [("the old certificates ended on 2023-01-26; new ones were in use before", "P1, capture.md part 4"), ("Unknown CA after the real chain", "S4, P1")]
    c.made = "host, the whole capture; keys and signatures of the certificates are no real ones."
    at = "2022-12-20 08:15:00"
    switch(c, "acc-rho-1", "17.3.3", at)
    cap = scene(c, at)
    flow(cap, at, spliced(REFUSED, cisco_chain(Dice(c.name), start="2022-12-08 17:40:00", end="2023-12-08 17:39:00")), "flow")
    c.put("input/vlan100.pcap", cap.pcap())
    c.expect("acc-rho-1", top="iosxe-quovadis-fn72323", must=["tls-unknown-ca-from-device"], must_not=others("iosxe-quovadis-fn72323", "tls-unknown-ca-from-device"))
    refused_at(c, "iosxe-quovadis-fn72323", "vlan100.pcap", cap)


@case("judged-old-chain-in-its-time", healthy=True)
def _(c):
    c.story = "Twin of judged-new-chain-early: the same switch in July 2022, when smartreceiver.cisco.com still showed QuoVadis; the exchange completes. tools.cisco.com had changed in February, which does not matter here."
    c.sources = [("each host has a date of its own", "P1, S4")]
    c.made = "host, the whole capture."
    at = "2022-07-20 08:15:00"
    switch(c, "acc-rho-2", "17.3.3", at)
    cap = scene(c, at)
    flow(cap, at, spliced(COMPLETE, quovadis_chain(Dice(c.name))), "flow")
    c.put("input/vlan100.pcap", cap.pcap())
    c.expect("acc-rho-2", must=["tls-handshake-healthy"], must_not=others())


def hidden(c, host, version, at, name, **how):
    """A refusal, and a capture with 180 bytes of each packet."""
    switch(c, host, version, at)
    cap = scene(c, at)
    flow(cap, at, spliced(REFUSED, cisco_chain(Dice(c.name), name, root=True), name), "flow", host=name)
    c.put("input/short-snap.pcap", cap.pcap(snap=180, **how))
    return cap


@case("judged-cut-receiver-before-its-change")
def _(c):
    c.story = "August 2022, 17.3.3, packets cut at 180 bytes, and the switch refuses a certificate of smartreceiver.cisco.com that cannot be read. That server changed five months later, so the old root explains nothing yet: somebody else answered. Twins: judged-cut-tools-after-its-change, judged-cut-receiver-after-its-change."
    c.sources = [("dates of the two hosts", "P1"), ("no certificate visible", "signatures.md part F; capture.md part 6")]
    c.made = "host, the whole capture."
    cap = hidden(c, "acc-rho-3", "17.3.3", "2022-08-17 08:15:00", RECEIVER)
    c.expect("acc-rho-3", top="slp-tls-interception", must=["tls-unknown-ca-from-device"], must_not=others("slp-tls-interception", "tls-unknown-ca-from-device"))
    refused_at(c, "tls-unknown-ca-from-device", "short-snap.pcap", cap)


@case("judged-cut-tools-after-its-change")
def _(c):
    c.story = "The same day, the same release, the same cut; here it is tools.cisco.com, which changed in February 2022. The missing root is the likely cause, a firewall cannot be excluded."
    c.sources = [("dates of the two hosts", "P1"), ("affected release and no certificate visible", "signatures.md part F")]
    c.made = "host, the whole capture."
    cap = hidden(c, "acc-rho-4", "17.3.3", "2022-08-17 08:15:00", TOOLS, nanoseconds=True)
    c.expect("acc-rho-4", top="iosxe-quovadis-fn72323", must=["tls-unknown-ca-from-device"], must_not=others("iosxe-quovadis-fn72323", "tls-unknown-ca-from-device"))
    refused_at(c, "iosxe-quovadis-fn72323", "short-snap.pcap", cap)


@case("judged-cut-receiver-after-its-change")
def _(c):
    c.story = "The same in March 2023: by now smartreceiver.cisco.com has changed as well."
    c.sources = [("dates of the two hosts", "P1"), ("affected release and no certificate visible", "signatures.md part F")]
    c.made = "host, the whole capture."
    cap = hidden(c, "acc-rho-5", "17.3.3", "2023-03-17 08:15:00", RECEIVER, swapped=True)
    c.expect("acc-rho-5", top="iosxe-quovadis-fn72323", must=["tls-unknown-ca-from-device"], must_not=others("iosxe-quovadis-fn72323", "tls-unknown-ca-from-device"))
    refused_at(c, "iosxe-quovadis-fn72323", "short-snap.pcap", cap)


@case("judged-stale-chain-on-fixed-release")
def _(c):
    c.story = "March 2024, X14.3.1: the Expressway refuses a chain that ends in QuoVadis. Cisco has not shown it since January 2023: a box plays back an old certificate, or the clock of the capturing machine is ahead. The capture alone does not settle which; the store of the Expressway is not to blame."
    c.sources = [("the chain is Cisco's only before the dates", "capture.md part 4"), ("X14.3.1 holds both roots", "S0, S1")]
    c.made = "host, the whole capture."
    at = "2024-03-05 10:20:00"
    cap = scene(c, at, "10.20.40.61")
    flow(cap, at, spliced(REFUSED, quovadis_chain(Dice(c.name))), "flow", own="10.20.40.61")
    file = "eth0_diagnostic_logging_tcpdump00_" + bundle(c, "exp-c-tau", "X14.3.1", at, [cap.pcap()])
    c.expect("exp-c-tau", must=["tls-unknown-ca-from-device", "exp-eval-mode"], may=["exp-tls-interception"], must_not=["exp-root-ca-cscwe09378", "slp-tls-interception", "iosxe-quovadis-fn72323", "tls-client-cert-rejected"])
    refused_at(c, "tls-unknown-ca-from-device", file, cap)


# --- Expressway -------------------------------------------------------------------------------------------------------------------


@case("judged-exp-handshake-over-two-files")
def _(c):
    c.story = "X14.3.1; the tcpdump was split in the middle of the server's certificates: file 00 ends inside the Certificate message, file 01 holds the rest and the alert. Issuer: Zscaler."
    c.sources = [("files of one session are read together", "capture.md part 6"), ("vendor name in the issuer, Unknown CA from the Expressway", "capture.md part 4, S0, S1")]
    c.made = "host, log, the whole capture."
    at = "2024-05-14 09:20:00"
    cap = scene(c, at, "10.20.40.61")
    flow(cap, at, spliced(REFUSED, foreign_chain(Dice(c.name), ZSCALER, "C=US, O=Zscaler Inc., CN=Zscaler Root CA")), "flow", own="10.20.40.61")
    split = cap.number("flow-s1-part1")
    first, second = Capture("00"), Capture("01")
    first.frames, second.frames = cap.ordered()[:split], cap.ordered()[split:]
    tail = bundle(c, "exp-c-upsilon", "X14.3.1", at, [first.pcap(), second.pcap()])
    c.packet("eth0_diagnostic_logging_tcpdump00_" + tail, first.number("flow-c1"), "Client Hello")
    c.packet("eth0_diagnostic_logging_tcpdump01_" + tail, second.number("flow-c2"), "Unknown CA from the Expressway")
    c.expect("exp-c-upsilon", top="exp-tls-interception", must=["tls-unknown-ca-from-device", "exp-eval-mode"], must_not=others("exp-tls-interception", "tls-unknown-ca-from-device"))
    c.at("tls-unknown-ca-from-device", "eth0_diagnostic_logging_tcpdump01_" + tail, packet=second.number("flow-c2"))


def exp_hidden(c, host, version, at, records, snap=262144):
    cap = scene(c, at, "10.20.40.61")
    flow(cap, at, records, "flow", own="10.20.40.61")
    file = "eth0_diagnostic_logging_tcpdump00_" + bundle(c, host, version, at, [cap.pcap(snap=snap)])
    refused_at(c, "tls-unknown-ca-from-device", file, cap)
    return file, cap


@case("judged-exp-14-0-8-before-the-change")
def _(c):
    c.story = "X14.0.8 in October 2022: Unknown CA from the Expressway, certificates cut off. The release is in the list of CSCwe09378, but the cloud had not changed yet and the old root fitted: something else was shown. Twin of judged-exp-14-0-8-real-chain-in-january."
    c.sources = [("the root changed in January 2023", "S0, S1, P1")]
    c.made = "host, log, the whole capture."
    exp_hidden(c, "exp-c-phi1", "X14.0.8", "2022-10-11 07:10:00", spliced(REFUSED, quovadis_chain(Dice(c.name))), snap=150)
    c.expect("exp-c-phi1", top="exp-tls-interception", must=["tls-unknown-ca-from-device", "exp-eval-mode"], must_not=others("exp-tls-interception", "tls-unknown-ca-from-device"))


@case("judged-exp-14-0-8-real-chain-in-january")
def _(c):
    c.story = "X14.0.8 on 10 January 2023: the server shows the new chain already, sixteen days before the last old certificate ends, and the Expressway refuses it."
    c.sources = [("Unknown CA after the real chain", "S0, S1"), ("dates", "P1")]
    c.made = "host, log, the whole capture."
    file, cap = exp_hidden(c, "exp-c-phi2", "X14.0.8", "2023-01-10 07:10:00", spliced(REFUSED, cisco_chain(Dice(c.name), start="2022-12-08 17:40:00", end="2023-12-08 17:39:00")))
    c.expect("exp-c-phi2", top="exp-root-ca-cscwe09378", must=["tls-unknown-ca-from-device", "exp-eval-mode"], must_not=others("exp-root-ca-cscwe09378", "tls-unknown-ca-from-device"))
    c.at("exp-root-ca-cscwe09378", file, packet=cap.number("flow-c2"))


@case("judged-exp-14-2-2-tls13")
def _(c):
    c.story = "X14.2.2 in February 2024, TLS 1.3: the alert stands in the clear, the certificate is not visible. The release lacks the root, so that comes first. Twin of judged-exp-14-2-5-tls13."
    c.sources = [("affected release, no certificate visible", "signatures.md part F"), ("what TLS 1.3 hides", "capture.md part 6")]
    c.made = "host, log, the whole capture; TLS recorded with OpenSSL on both ends."
    exp_hidden(c, "exp-c-chi1", "X14.2.2", "2024-02-06 13:10:00", HIDDEN)
    c.expect("exp-c-chi1", top="exp-root-ca-cscwe09378", must=["tls-unknown-ca-from-device", "exp-eval-mode"], may=["exp-tls-interception"], must_not=others("exp-root-ca-cscwe09378", "exp-tls-interception", "tls-unknown-ca-from-device"))


@case("judged-exp-14-2-5-tls13")
def _(c):
    c.story = "Twin of judged-exp-14-2-2-tls13 on X14.2.5, which holds the root: somebody decrypts, although the issuer cannot be seen."
    c.sources = [("fixed release, no certificate visible", "signatures.md part F"), ("what TLS 1.3 hides", "capture.md part 6")]
    c.made = "host, log, the whole capture; TLS recorded with OpenSSL on both ends."
    exp_hidden(c, "exp-c-chi2", "X14.2.5", "2024-02-06 13:10:00", HIDDEN)
    c.expect("exp-c-chi2", top="exp-tls-interception", must=["tls-unknown-ca-from-device", "exp-eval-mode"], must_not=others("exp-tls-interception", "tls-unknown-ca-from-device"))


@case("judged-exp-cloud-refuses-nothing", healthy=True)
def _(c):
    c.story = "A registered Expressway-E on X14.3.1: its licensing exchange completes, while a video endpoint's certificate on 5061 and a phone's on 8443 (MRA) are refused with Unknown CA. Nothing of that concerns licensing."
    c.sources = [("an alert counts only towards a licensing name", "capture.md part 4"), ("complete handshake", "signatures.md part E")]
    c.made = "host, log, the whole capture."
    at = "2024-05-20 16:20:00"
    own = "10.20.40.61"
    cap = scene(c, at, own)
    flow(cap, at, COMPLETE, "flow", own=own)
    d = Dice(c.name)
    for n, (port, name) in enumerate(((5061, "sip.partner.example.net"), (8443, "cucm-pub.corp.example"))):
        flow(cap, f"2024-05-20 16:20:{10 + n * 7}", spliced("wiki-unknown-ca-client", foreign_chain(d, host=name, subject=f"O=Partner, CN={name}"), name), f"tls{port}", host=name, own=own, port=25000 + n, server=f"198.51.100.{20 + n}", service=port)
    bundle(c, "exp-e-psi", "X14.3.1", at, [cap.pcap()], good=True, role="edge")
    c.expect("exp-e-psi", must=["tls-handshake-healthy"], must_not=others())


# --- who refuses ----------------------------------------------------------------------------------------------------------------------


def by_server(c, host, chain, alert=48):
    at = "2023-06-20 14:05:00"
    switch(c, host, "17.6.5", at, "C9800-40-K9")
    cap = scene(c, at, link="cooked")
    flow(cap, at, spliced(BY_SERVER, chain, alert=alert), "flow")
    c.put("input/epc.pcap", cap.pcap())
    number = next(n for n, f in enumerate(cap.ordered(), 1) if f[3] == "flow-s2")
    c.packet("epc.pcap", number, "alert from the server's side")
    return number


@case("judged-middlebox-wants-no-client-certificate")
def _(c):
    c.story = "A controller takes the certificate of smartreceiver.cisco.com, issued by a bank's own authority, and sends its own; Unknown CA comes back from the server's side. But that server is the bank's firewall: it decrypts, and does not know the controller. Renewing the controller's certificate would be in vain. Twin of judged-client-certificate-expired."
    c.sources = [("issuer, not subject", "S0, S1, S3"), ("a decrypting firewall cannot pass client authentication on", "S3")]
    c.made = "host, the whole capture."
    by_server(c, "wlc-alpha-1", private(Dice(c.name)))
    c.expect("wlc-alpha-1", top="slp-tls-interception", must=["tls-unknown-ca-from-server"], must_not=others("slp-tls-interception", "tls-unknown-ca-from-server"))


@case("judged-client-certificate-expired")
def _(c):
    c.story = "Twin of judged-middlebox-wants-no-client-certificate: here the chain is Cisco's own, and the server answers the controller's certificate with certificate_expired."
    c.sources = [("alerts 42 to 46 and 48 from the server after the client's certificate", "S3, capture.md part 3")]
    c.made = "host, the whole capture."
    number = by_server(c, "wlc-alpha-2", cisco_chain(Dice(c.name)), 45)
    c.expect("wlc-alpha-2", top="tls-client-cert-rejected", must_not=others("tls-client-cert-rejected", "tls-unknown-ca-from-server"))
    c.at("tls-client-cert-rejected", "epc.pcap", packet=number)


@case("judged-empty-client-certificate")
def _(c):
    c.story = "The server asks the controller for a certificate, the controller sends an empty message, and the server ends with handshake_failure: no usable certificate is configured."
    c.sources = [("empty client Certificate message", "capture.md part 5 (inferred)"), ("secure-trustpoint is needed", "S3")]
    c.made = "host, the whole capture."
    at = "2023-06-21 14:05:00"
    switch(c, "wlc-alpha-3", "17.6.5", at, "C9800-40-K9")
    cap = scene(c, at)
    flow(cap, at, spliced(BY_SERVER, cisco_chain(Dice(c.name)), alert=40, client=[]), "flow")
    c.put("input/epc.pcapng", cap.pcapng())
    c.packet("epc.pcapng", cap.number("flow-s2"), "handshake_failure from the server")
    c.expect("wlc-alpha-3", top="slp-http-client-not-configured", must_not=others())
    c.at("slp-http-client-not-configured", "epc.pcapng", packet=cap.number("flow-s2"))


@case("judged-own-department-in-the-subject")
def _(c):
    c.story = "17.3.3 refuses Cisco's real chain. The leaf's subject carries OU Information Security, as an intercepting authority's would: the subject says nothing, the issuer is HydrantID."
    c.sources = [("judge by issuer, never by the leaf's subject", "signatures.md, S0, S1")]
    c.made = "host, the department in the subject, the whole capture."
    at = "2023-09-12 06:30:00"
    switch(c, "acc-beta-1", "17.3.3", at)
    cap = scene(c, at, vlan=30)
    leaf = cisco_chain(Dice(c.name))[1:]
    own = foreign_chain(Dice(c.name), "C=US, O=IdenTrust, OU=HydrantID Trusted Certificate Service, CN=HydrantID Server CA O1", subject="C=US, O=Cisco Systems Inc., OU=Information Security, CN=smartreceiver.cisco.com")
    flow(cap, at, spliced(REFUSED, own + leaf), "flow")
    c.put("input/span.pcap", cap.pcap())
    c.expect("acc-beta-1", top="iosxe-quovadis-fn72323", must=["tls-unknown-ca-from-device"], must_not=others("iosxe-quovadis-fn72323", "tls-unknown-ca-from-device"))


@case("judged-real-chain-unknown-device")
def _(c):
    c.story = "A capture by itself: somebody refuses Cisco's real chain. Expressway, IOS-XE and Nexus all have that defect; which one it is cannot be told, and none may be claimed."
    c.sources = [("Unknown CA after the real chain", "signatures.md part E"), ("three products, three notices", "S0, S2, S4")]
    c.made = "the whole capture."
    at = "2023-09-13 06:30:00"
    cap = scene(c, at)
    flow(cap, at, spliced(REFUSED, cisco_chain(Dice(c.name), root=True)), "flow")
    c.put("input/somebody.pcapng", cap.pcapng())
    c.expect("*", must=["tls-unknown-ca-from-device"], must_not=others("tls-unknown-ca-from-device"))
    refused_at(c, "tls-unknown-ca-from-device", "somebody.pcapng", cap)


@case("judged-captive-portal")
def _(c):
    c.story = "The certificate for tools.cisco.com signed itself; the switch ends with bad_certificate. A guest portal on the way answers for everybody."
    c.sources = [("issuer that is no known chain", "capture.md part 4"), ("42 to 46 as 48, weaker", "capture.md part 3")]
    c.made = "host, the whole capture."
    at = "2023-11-08 19:00:00"
    switch(c, "edge-gamma-1", "17.9.4", at, "C9500-40X")
    cap = scene(c, at)
    flow(cap, at, spliced(REFUSED, foreign_chain(Dice(c.name), host=TOOLS, subject="CN=tools.cisco.com"), TOOLS, alert=42), "flow", host=TOOLS)
    c.put("input/wan.pcap", cap.pcap())
    c.packet("wan.pcap", cap.number("flow-c2"), "bad_certificate from the switch")
    c.expect("edge-gamma-1", top="slp-tls-interception", may=["tls-unknown-ca-from-device"], must_not=others("slp-tls-interception", "tls-unknown-ca-from-device"))
    c.at("slp-tls-interception", "wan.pcap", packet=cap.number("flow-s1"))


# --- one name of two, one time of two ------------------------------------------------------------------------------------------------------


def two_flows(c, host, *flows):
    """flows: (time, what, name)."""
    at = flows[0][0]
    switch(c, host, "17.9.4", at)
    cap = scene(c, at)
    for n, (t, records, name) in enumerate(flows):
        flow(cap, t, records, f"flow{n + 1}", host=name, port=40200 + n)
    c.put("input/uplink.pcap", cap.pcap())
    return cap


@case("judged-one-name-spared")
def _(c):
    c.story = "The firewall spares tools.cisco.com and decrypts smartreceiver.cisco.com: the exchange with the one completes, the other is refused. Success counts for its own name only."
    c.sources = [("rules out: complete handshake to the same SNI", "signatures.md, exp-tls-interception")]
    c.made = "host, the whole capture."
    d = Dice(c.name)
    cap = two_flows(c, "acc-delta-1", ("2024-02-01 09:00:00", spliced(REFUSED, forward(d)), RECEIVER), ("2024-02-01 09:01:00", spliced(COMPLETE, cisco_chain(d, TOOLS), TOOLS), TOOLS))
    c.expect("acc-delta-1", top="slp-tls-interception", may=["tls-unknown-ca-from-device", "tls-handshake-healthy"], must_not=others("slp-tls-interception", "tls-unknown-ca-from-device"))
    c.at("slp-tls-interception", "uplink.pcap", packet=cap.number("flow1-s1"))


@case("judged-decrypted-since-noon")
def _(c):
    c.story = "In the morning the exchange with smartreceiver.cisco.com completes; after noon the same switch is shown a private issuer and refuses. The morning proves nothing for the afternoon. Twin of judged-exempted-at-noon."
    c.sources = [("a state holds for its time", "signatures.md part E, tls-handshake-healthy")]
    c.made = "host, the whole capture."
    d = Dice(c.name)
    cap = two_flows(c, "acc-delta-2", ("2024-02-02 09:00:00", spliced(COMPLETE, cisco_chain(d)), RECEIVER), ("2024-02-02 13:01:00", spliced(REFUSED, private(d)), RECEIVER))
    c.expect("acc-delta-2", top="slp-tls-interception", may=["tls-unknown-ca-from-device", "tls-handshake-healthy"], must_not=others("slp-tls-interception", "tls-unknown-ca-from-device"))
    c.packet("uplink.pcap", cap.number("flow2-c2"), "Unknown CA from the switch")


@case("judged-exempted-at-noon", healthy=True)
def _(c):
    c.story = "Twin of judged-decrypted-since-noon, the other way round: refused in the morning, complete after noon. The firewall spares the name now."
    c.sources = [("a complete handshake to the same name, after the refusal, ends it", "signatures.md")]
    c.made = "host, the whole capture."
    d = Dice(c.name)
    two_flows(c, "acc-delta-3", ("2024-02-02 09:00:00", spliced(REFUSED, private(d)), RECEIVER), ("2024-02-02 13:01:00", spliced(COMPLETE, cisco_chain(d)), RECEIVER))
    c.expect("acc-delta-3", must=["tls-handshake-healthy"], may=["tls-unknown-ca-from-device"], must_not=others("tls-unknown-ca-from-device"))


# --- partial captures and packaging ----------------------------------------------------------------------------------------------------------


def mid_handshake(c, chain):
    """The capture begins with the server's flight: no SYN, no name asked for, no DNS."""
    at = micros(when("2024-04-03 12:00:00"))
    cap = quiet(c.name, at, seconds=20, count=8)
    records = spliced(REFUSED, chain)
    t = Tcp(cap, at, OWN, 40321, "198.51.100.77", 443, mss=1380, label="flow")
    t.send("s", records[1][1], "s1")
    t.send("c", records[2][1], "c2").acked("s")
    t.close()
    c.put("input/late.pcap", cap.pcap())
    c.packet("late.pcap", cap.number("flow-c2"), "Unknown CA from the device")
    return cap


@case("judged-capture-begins-at-the-certificate")
def _(c):
    c.story = "The capture begins with the server's certificates, so the name that was asked for is not in it; the leaf is made out to smartreceiver.cisco.com and was issued by TLS Forward Proxy v2. Who issued is judged, and whom the leaf names tells that it is the licensing flow. Twin of judged-capture-begins-at-another-certificate."
    c.sources = [("captures that start in mid-flow", "capture.md part 6"), ("issuer", "S0, S1")]
    c.made = "the whole capture."
    cap = mid_handshake(c, forward(Dice(c.name)))
    c.expect("*", top="slp-tls-interception", may=["exp-tls-interception", "tls-unknown-ca-from-device"], must_not=others("slp-tls-interception", "exp-tls-interception", "tls-unknown-ca-from-device"))
    c.at("tls-unknown-ca-from-device", "late.pcap", packet=cap.number("flow-c2"))


@case("judged-capture-begins-at-another-certificate", healthy=True)
def _(c):
    c.story = "Twin of judged-capture-begins-at-the-certificate: the leaf is made out to an intranet host. No licensing, nothing to say."
    c.sources = [("only with a licensing name", "capture.md part 4")]
    c.made = "the whole capture."
    mid_handshake(c, forward(Dice(c.name), "wiki.corp.example"))
    c.expect("*", may=["capture-has-no-licensing-traffic"], must_not=others())


@case("judged-gzip-in-zip")
def _(c):
    c.story = "The upload: a zip with a switch's log and a gzipped pcapng. 17.9.4 refuses a certificate issued by a FortiGate."
    c.sources = [("vendor name with a licensing SNI", "capture.md part 4")]
    c.made = "host, the whole capture."
    at = "2024-01-16 05:45:00"
    box = Box("acc-eps-1", "C9300-24P", Dice(c.name).serial("FCW"), "17.9.4", zone="UTC")
    text = c.text("acc-eps-1.txt", prompt("acc-eps-1#", ("show clock", box.clock(when(at))), ("show version", brief_version(box, when(at)))))
    cap = scene(c, at)
    flow(cap, at, spliced(REFUSED, foreign_chain(Dice(c.name), "C=US, ST=California, L=Sunnyvale, O=Fortinet, OU=Certificate Authority, CN=FG100FTK21001234")), "flow")
    c.add_zip("input/upload.zip", [("case/acc-eps-1.txt", text), ("case/vlan20.pcapng.gz", gz_of(cap.pcapng()))])
    c.expect("acc-eps-1", top="slp-tls-interception", must=["tls-unknown-ca-from-device"], must_not=others("slp-tls-interception", "tls-unknown-ca-from-device"))


def tunnelled(c, host, version, chain):
    at = "2023-10-05 11:00:00"
    switch(c, host, version, at)
    cap = scene(c, at)
    t = Tcp(cap, micros(when(at)), OWN, 40410, "10.48.5.80", 3128, rtt=800, label="flow").open()
    t.send("c", b"CONNECT smartreceiver.cisco.com:443 HTTP/1.1\r\nHost: smartreceiver.cisco.com:443\r\n\r\n", "connect").acked("s")
    t.at += 15000
    t.send("s", b"HTTP/1.1 200 Connection established\r\n\r\n", "answer").acked("c")
    t.at += 2000
    t.play(spliced(REFUSED, chain)).close()
    c.put("input/to-proxy.pcap", cap.pcap())
    refused_at(c, "tls-unknown-ca-from-device", "to-proxy.pcap", cap)


@case("judged-tunnel-decrypted")
def _(c):
    c.story = "The proxy opens the tunnel with 200, and inside it shows its own certificate for smartreceiver.cisco.com. The proxy did not refuse: it decrypts. Twin of judged-tunnel-old-root."
    c.sources = [("TLS inside a CONNECT tunnel", "capture.md part 6"), ("issuer", "S3")]
    c.made = "host, the whole capture."
    tunnelled(c, "acc-zeta-1", "17.9.4", forward(Dice(c.name)))
    c.expect("acc-zeta-1", top="slp-tls-interception", must=["tls-unknown-ca-from-device"], must_not=others("slp-tls-interception", "tls-unknown-ca-from-device"))


@case("judged-tunnel-old-root")
def _(c):
    c.story = "Twin of judged-tunnel-decrypted on 17.3.3: the proxy passes the real chain, the switch does not know its root."
    c.sources = [("TLS inside a CONNECT tunnel", "capture.md part 6"), ("Unknown CA after the real chain", "S4, P1")]
    c.made = "host, the whole capture."
    tunnelled(c, "acc-zeta-2", "17.3.3", cisco_chain(Dice(c.name)))
    c.expect("acc-zeta-2", top="iosxe-quovadis-fn72323", must=["tls-unknown-ca-from-device"], must_not=others("iosxe-quovadis-fn72323", "tls-unknown-ca-from-device"))


# --- the server does not like the Client Hello -------------------------------------------------------------------------------------------------


def after_hello(c, host, what):
    at = "2024-06-04 10:00:00"
    switch(c, host, "17.6.5", at)
    cap = scene(c, at)
    for n in range(3):
        t = micros(when(at)) + n * 9000000
        cap.lookup(t - 30000, OWN, DNS, RECEIVER, [CISCO[0]])
        tcp = Tcp(cap, t, OWN, 40500 + n, CISCO[0], 443, mss=1380, label=f"try{n}").open()
        tcp.send("c", handshake(REFUSED)[0][1], "hello").acked("s")
        tcp.at += 9000
        what(tcp)
    c.put("input/uplink.pcap", cap.pcap())
    return cap


@case("judged-closed-after-hello")
def _(c):
    c.story = "Three times the other side answers the Client Hello for smartreceiver.cisco.com with an orderly end and not one TLS record: a filter by name that closes instead of resetting. Twin of judged-alert-after-hello."
    c.sources = [("RST (or FIN) without any TLS record", "signatures.md part E")]
    c.made = "host, the whole capture."
    after_hello(c, "acc-eta-1", lambda t: t.close("s"))
    c.expect("acc-eta-1", top="tcp-reset-after-client-hello", may=["slp-path-blocked"], must_not=others("tcp-reset-after-client-hello"))


@case("judged-alert-after-hello")
def _(c):
    c.story = "Twin of judged-closed-after-hello: the server answers with a fatal protocol_version alert and then resets. It speaks TLS and says what it does not like: no filter by name."
    c.sources = [("70 protocol_version: cipher or version mismatch", "capture.md part 3"), ("without any TLS record", "signatures.md part E")]
    c.made = "host, the whole capture."

    def answer(t):
        t.send("s", record(21, b"\x02\x46"), "alert")
        t.reset("s")

    after_hello(c, "acc-eta-2", answer)
    c.expect("acc-eta-2", top="tls-hello-refused", must_not=others())


# --- TLS of others ----------------------------------------------------------------------------------------------------------------------------------


def others_talk(c, host, at, *talks, product="C9800-40-K9", more=None):
    """talks: (recording, issuers, name, address, port) of TLS that is not licensing."""
    if host:
        switch(c, host, "17.9.4", at, product)
    cap = scene(c, at)
    d = Dice(c.name)
    for n, (records, authorities, name, server, port) in enumerate(talks):
        chain = foreign_chain(d, *authorities, host=name, subject=f"O=Example, CN={name}") if records == "wiki-unknown-ca-client" or authorities else None
        flow(cap, f"{at[:-2]}{n * 5:02d}", spliced(records, chain, name), f"talk{n + 1}", host=name, server=server, service=port, port=41000 + n)
    if more:
        more(cap, micros(when(at)), d)
    c.put("input/mixed.pcap", cap.pcap())
    c.expect(host or "*", may=["capture-has-no-licensing-traffic"], must_not=others())
    return cap


@case("judged-radius-ldap-eap", healthy=True)
def _(c):
    c.story = "A controller refuses the certificates of a RadSec and of an LDAPS server, and an EAP-TLS supplicant in the same capture refuses the RADIUS server's: all Unknown CA, all without a licensing name."
    c.sources = [("only with a licensing SNI", "capture.md part 4")]
    c.made = "host, the whole capture."

    def eap(cap, at, d):
        alert = b"\x02\x09\x00\x0d\x0d\x00" + b"\x15\x03\x03\x00\x02\x02\x30"
        cap.frame(at + 900000, OWN, HOSTS[1], b"\x02\x00" + len(alert).to_bytes(2, "big") + alert + b"\0" * 29, kind=0x888E, mark="eap")

    others_talk(c, "wlc-theta-1", "2024-03-18 08:00:00", ("wiki-unknown-ca-client", (), "radius-a.corp.example", "10.48.9.41", 2083), ("wiki-unknown-ca-client", ("CN=corp-DC01-CA",), "dc01.corp.example", "10.48.9.42", 636), more=eap)


@case("judged-capwap-quic", healthy=True)
def _(c):
    c.story = "DTLS of access points (UDP 5246, with an Unknown CA alert in it) and QUIC to a web server: no TCP, no licensing."
    c.sources = [("only with a licensing SNI", "capture.md part 4")]
    c.made = "host, the whole capture."

    def datagrams(cap, at, d):
        for n in range(4):
            cap.udp(at + n * 400000, HOSTS[1], 5252 + n, OWN, 5246, b"\x01\0\0\0\x15\xfe\xfd\0\0\0\0\0\0\0" + bytes([n]) + b"\0\x02\x02\x30")
            cap.udp(at + n * 500000 + 70, HOSTS[2], 50990, "203.0.113.90", 443, b"\xc3\0\0\0\x01\x08" + d.bits(8) + b"\0\0\x44\x9e" + d.bits(1100))

    others_talk(c, "wlc-theta-2", "2024-03-19 08:00:00", ("portal-complete", (), "portal.corp.example", "203.0.113.40", 443), more=datagrams)


@case("judged-browsing-is-decrypted", healthy=True)
def _(c):
    c.story = "A company decrypts the browsing of its people: www.cisco.com and software.cisco.com come from TLS Forward Proxy v2. One browser accepts, one refuses. No licensing client asks for these names."
    c.sources = [("endpoints of licensing", "capture.md part 1"), ("only with a licensing SNI", "capture.md part 4")]
    c.made = "the whole capture."
    root = "O=Quay Street Credit Union, CN=Quay Street Root CA"
    others_talk(c, None, "2024-03-20 08:00:00", ("portal-complete", (FORWARD, root), "www.cisco.com", "203.0.113.41", 443), ("wiki-unknown-ca-client", (FORWARD, root), "software.cisco.com", "203.0.113.42", 443), ("portal-complete", (FORWARD, root), "software.cisco.com", "203.0.113.42", 443))


@case("judged-names-that-look-alike", healthy=True)
def _(c):
    c.story = "smartreceiver.cisco.com.quaystreet.example, tools-cisco.com and mysmartreceiver.cisco.com: private issuers, refused with Unknown CA. None is a licensing server."
    c.sources = [("endpoints of licensing", "capture.md part 1")]
    c.made = "the whole capture."
    others_talk(c, None, "2024-03-21 08:00:00", *(("wiki-unknown-ca-client", (FORWARD, "CN=Root"), name, f"203.0.113.{50 + n}", 443) for n, name in enumerate((RECEIVER + ".quaystreet.example", "tools-cisco.com", "mysmartreceiver.cisco.com"))))


# --- the capture contradicts or confirms the log ---------------------------------------------------------------------------------------------------------


@case("judged-nexus-cut")
def _(c):
    c.story = "A Nexus refuses a certificate of tools.cisco.com in May 2023; the capture is cut. No list of fixed releases is at hand: the old root is likely, decryption stays possible."
    c.sources = [("FN72115", "S2"), ("no certificate visible", "signatures.md part F")]
    c.made = "host, the whole capture."
    at = "2023-05-09 03:00:00"
    n = Nexus("leaf-iota-1", "C93180YC-EX", Dice(c.name).serial("FDO"), "9.3(4)")
    c.add("input/leaf-iota-1.txt", prompt("leaf-iota-1# ", ("show version", n.show_version()), ("show clock", ["03:00:41.100 UTC Tue May 09 2023"])))
    cap = scene(c, at)
    flow(cap, at, spliced(REFUSED, cisco_chain(Dice(c.name), TOOLS), TOOLS), "flow", host=TOOLS)
    c.put("input/mgmt0.pcap", cap.pcap(snap=160))
    c.expect("leaf-iota-1", top="nxos-quovadis-fn72115", must=["tls-unknown-ca-from-device"], may=["slp-tls-interception"], must_not=others("nxos-quovadis-fn72115", "slp-tls-interception", "tls-unknown-ca-from-device"))
    refused_at(c, "tls-unknown-ca-from-device", "mgmt0.pcap", cap)


@case("judged-exp-client-certificate-after-real-chain")
def _(c):
    c.story = "X14.1.2 in 2024: the Expressway answers Cisco's new chain with its own certificate and only then the server ends the handshake. A system without the root would have stopped before. The release still has to be left, but this refusal is another one."
    c.sources = [("who sends the alert", "capture.md part 3"), ("all of X14.1 is affected", "S0, S1")]
    c.made = "host, log, the whole capture."
    at = "2024-02-20 13:10:00"
    cap = scene(c, at, "10.20.40.61")
    flow(cap, at, spliced(BY_SERVER, cisco_chain(Dice(c.name))), "flow", own="10.20.40.61")
    file = "eth0_diagnostic_logging_tcpdump00_" + bundle(c, "exp-c-kappa", "X14.1.2", at, [cap.pcap()])
    c.packet(file, cap.number("flow-s2"), "Unknown CA from the server")
    c.expect("exp-c-kappa", must=["exp-eval-mode"], may=["exp-root-ca-cscwe09378"], must_not=["exp-tls-interception", "tls-unknown-ca-from-device", "slp-tls-interception", "iosxe-quovadis-fn72323"])


LIST = """
No.\tTime\tSource\tDestination\tProtocol\tLength\tSource Port\tDestination Port\tInfo
827\t2024-03-02 21:33:59.313638\t{a}\tSmartLicensing\tTCP\t74\t33594\t443\t33594 → 443 [SYN] Seq=0 Win=64248 Len=0 MSS=1460
828\t2024-03-02 21:33:59.327001\tSmartLicensing\t{a}\tTCP\t74\t443\t33594\t443 → 33594 [SYN, ACK] Seq=0 Ack=1 Win=43648 Len=0 MSS=1420
829\t2024-03-02 21:33:59.327018\t{a}\tSmartLicensing\tTCP\t66\t33594\t443\t33594 → 443 [ACK] Seq=1 Ack=1 Win=64256 Len=0
830\t2024-03-02 21:33:59.340219\t{a}\tSmartLicensing\tTLSv1.2\t583\t33594\t443\tClient Hello (SNI=smartreceiver.cisco.com)
833\t2024-03-02 21:33:59.505820\tSmartLicensing\t{a}\tTLSv1.2\t1470\t443\t33594\tServer Hello
841\t2024-03-02 21:33:59.505932\tSmartLicensing\t{a}\tTLSv1.2\t667\t443\t33594\tCertificate, Server Key Exchange, Certificate Request, Server Hello Done
""".strip().split("\n")


def listed(c, device, rows, name="packets.txt"):
    c.sources = [("packets 827 to 843 and the words of the alert", "S0, S1")]
    c.made = "the names of the columns' ends."
    c.add("input/" + name, [line.format(a=device) for line in LIST] + rows)


@case("packets-printed-device-refuses", covers=[72])
def _(c):
    c.story = "No capture, but Wireshark's list of packets, copied as text: the device answers the server's certificate with Unknown CA. Differs from packets-printed-server-refuses in who sent the alert."
    listed(c, "Device", ["843\t2024-03-02 21:33:59.506878\tDevice\tSmartLicensing\tTLSv1.2\t73\t33594\t443\tAlert (Level: Fatal, Description: Unknown CA)"])
    c.expect("*", must=["tls-unknown-ca-from-device"], may=CAUSES, must_not=["tls-unknown-ca-from-server"] + PATH)
    c.at("tls-unknown-ca-from-device", "packets.txt", "Unknown CA")


@case("packets-printed-server-refuses")
def _(c):
    c.story = "Wireshark's list of packets, copied as text: the server answers the device's certificate with Unknown CA. Differs from packets-printed-device-refuses in who sent the alert."
    listed(c, "Device", ["842\t2024-03-02 21:33:59.506000\tDevice\tSmartLicensing\tTLSv1.2\t1390\t33594\t443\tCertificate, Client Key Exchange, Certificate Verify, Change Cipher Spec, Encrypted Handshake Message",
        "843\t2024-03-02 21:33:59.536878\tSmartLicensing\tDevice\tTLSv1.2\t73\t443\t33594\tAlert (Level: Fatal, Description: Unknown CA)"])
    c.expect("*", must=["tls-unknown-ca-from-server"], may=["tls-client-cert-rejected"], must_not=["tls-unknown-ca-from-device"] + PATH)
    c.at("tls-unknown-ca-from-server", "packets.txt", "Unknown CA")


@case("packets-printed-with-a-proxy-certificate", covers=[72, 73])
def _(c):
    c.story = "Wireshark's list of packets and the tree of the certificates, copied as text from an Expressway: the second certificate is of a TLS forward proxy."
    listed(c, "ExpC", ["843\t2024-03-02 21:33:59.506878\tExpC\tSmartLicensing\tTLSv1.2\t73\t33594\t443\tAlert (Level: Fatal, Description: Unknown CA)", "",
        "Certificates (5601 bytes)", "    Certificate Length: 1025", "    Certificate Length: 1507", "    version: v3 (2)",
        "    subject: rdnSequence (0)", "        rdnSequence: 4 items (pkcs-9-at-emailAddress=netsec@quaystreet.example,id-at-commonName=TLS Forward Proxy v2,id-at-organizationalUnitName=Information Security)"])
    c.expect("*", top="exp-tls-interception", must=["tls-unknown-ca-from-device"], may=["exp-root-ca-cscwe09378"], must_not=["tls-unknown-ca-from-server", "slp-tls-interception"] + PATH)
    c.at("exp-tls-interception", "packets.txt", "TLS Forward Proxy")
