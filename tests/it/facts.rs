//! What is read in outputs, in the layouts and damages they come in.

use std::collections::BTreeMap;

use bundlescope::diagnose::{Diagnosis, Selection};
use bundlescope::scan::{CaseScan, Scanner};

use crate::support;

/// Outputs, and what must be read in them; `-` for a fact that must not be known.
/// A layout, its text, and the facts that must be read in it.
type Layout = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const TABLE: &[Layout] = &[
    (
        "trust code: none, flush left",
        "Usage Reporting:\nLast ACK received: <none>\nTrust Code Installed: <none>\n",
        &[("license.trust", "none"), ("license.last_ack", "<none>"), ("license.trust_members", "-")],
    ),
    (
        "trust code: a date on its line",
        "Trust Code Installed: Nov 03 02:05:34 2021 CET\n",
        &[("license.trust", "installed"), ("license.trust_date", "Nov 03 02:05:34 2021 CET")],
    ),
    (
        "trust code: a list of units",
        "Trust Code Installed:\n  Active: PID:C9500-24Y4C,SN:CAT2344L4GH\n    INSTALLED on Sep 04 01:01:46 2020 EDT\n  Standby: PID:C9500-24Y4C,SN:CAT2344L4GJ\n    INSTALLED on Sep 04 01:01:46 2020 EDT\n",
        &[("license.trust", "installed"), ("license.trust_members", "PID:C9500-24Y4C,SN:CAT2344L4GH, PID:C9500-24Y4C,SN:CAT2344L4GJ")],
    ),
    (
        "trust code: the type first",
        "Trust Code Installed:\n  Trust Code Type: CSSM\n  Active: PID:C9200-24T,SN:JAE1\n    INSTALLED on Mar 05 15:11:52 2023 UTC\n",
        &[("license.trust", "installed"), ("license.trust_type", "CSSM"), ("license.trust_members", "PID:C9200-24T,SN:JAE1")],
    ),
    (
        "a heading and its first key on one line",
        "Registration:Status: UNREGISTERED\nLicense Authorization:\nStatus: EVAL MODE\nEvaluation Period Remaining: 87 days 1 hr 41 min 0 sec\n",
        &[("license.registration", "UNREGISTERED"), ("license.authorization", "EVAL MODE"), ("license.eval_remaining_days", "87")],
    ),
    (
        "reports: two numbers, the second waits",
        "Usage Report Summary:\n=====================\nTotal: 322,  Purged: 0(0)\nTotal Acknowledged Received: 0,  Waiting for Ack: 0(322)\nAvailable to Report: 4  Collecting Data: 2\n",
        &[("license.rum_waiting_ack", "322"), ("license.rum_total", "322"), ("license.rum_available", "4")],
    ),
    (
        "NX-OS: a package below the authorization",
        "License Authorization:\n  Status: AUTHORIZED on Jun 22 16:15:44 2022 UTC\nNXOS_ADVANTAGE_XF (NXOS Advantage):\n  Count: 1\n  Status: AUTHORIZED\n(PACKAGE):\n  Status: OUT OF COMPLIANCE\n",
        &[("license.authorization", "AUTHORIZED")],
    ),
    (
        "licences in use, by kind",
        "Smart Licensing Status\n======================\n\nLicense Usage\n=============\nnetwork-advantage (C9300-24 Network Advantage):\n  Count: 2\n  Status: IN USE\n  License type: Perpetual\ndna-advantage (C9300-24 DNA Advantage):\n  Count: 2\n  Status: IN USE\n  License type: Subscription\n",
        &[
            ("license.in_use", "network-advantage, dna-advantage"),
            ("license.in_use_perpetual", "network-advantage"),
            ("license.in_use_subscription", "dna-advantage"),
        ],
    ),
    (
        "licences in use, summary",
        "License Usage:\n  License                 Entitlement Tag               Count Status\n  ---------------------------------------------------------------\n  network-advantage       (C9300L 24P Network Adv...)       1 IN USE\n",
        &[("license.in_use_perpetual", "network-advantage"), ("license.in_use_subscription", "-")],
    ),
    (
        "members of a stack",
        "UDI: PID:C9300-24UX,SN:FCW1\n\nHA UDI List:\n    Active:PID:C9300-24UX,SN:FCW1\n    Standby:PID:C9300-24U,SN:FCW2\n    Member:PID:C9300-24U,SN:FCW3\n",
        &[
            ("license.members", "PID:C9300-24UX,SN:FCW1, PID:C9300-24U,SN:FCW2, PID:C9300-24U,SN:FCW3"),
            ("license.udi", "PID:C9300-24UX,SN:FCW1"),
        ],
    ),
    (
        "certificates: whose they are stands below them",
        "sw#show crypto pki certificates\nRouter Self-Signed Certificate\n  Status: Available\n  Issuer: \n    cn=IOS-Self-Signed-Certificate-1\n  Validity Date: \n    start date: 21:37:27 UTC Apr 23 2018\n    end   date: 00:00:00 UTC Jan 1 2020\n  Associated Trustpoints: TP-self-signed-1\n  Storage: nvram:IOS-Self-Sig#1.cer\n\nCA Certificate\n  Status: Available\n  Validity Date: \n    start date: 19:48:46 UTC May 30 2013\n    end   date: 19:48:46 UTC May 30 2038\n  Associated Trustpoints: SLA-TrustPoint Trustpool\nsw#\n",
        &[
            ("trustpoint.tp_self_signed_1.end_date", "00:00:00 UTC Jan 1 2020"),
            ("trustpoint.tp_self_signed_1.status", "Available"),
            ("trustpoint.sla_trustpoint.end_date", "19:48:46 UTC May 30 2038"),
            ("trustpoint.trustpool.end_date", "19:48:46 UTC May 30 2038"),
        ],
    ),
    (
        "configuration: blocks by their indentation",
        "sw#show running-config\nBuilding configuration...\nhostname sw\ncall-home\n contact-email-addr a@example.com\n profile \"CiscoTAC-1\"\n  no active\n  destination address http https://tools.cisco.com/its/service/oddce/services/DDCEService\n profile \"other\"\n  active\ncrypto pki trustpoint SLA-TrustPoint\n enrollment pkcs12\n revocation-check crl none\n!\ncrypto pki trustpoint TP-self-signed-1\n revocation-check none\n!\ninterface GigabitEthernet0/0\n vrf forwarding Mgmt-vrf\nend\nsw#\n",
        &[
            ("callhome.profile_active", "no"),
            ("callhome.scheme", "https"),
            ("trustpoint.sla_trustpoint.present", "yes"),
            ("trustpoint.sla_trustpoint.revocation", "crl none"),
            ("trustpoint.tp_self_signed_1.revocation", "none"),
            ("interface.gigabitethernet0_0.vrf", "Mgmt-vrf"),
        ],
    ),
    (
        "call home profiles",
        "sw#show call-home profile all\nProfile Name: CiscoTAC-1\n    Profile status: ACTIVE\n    Profile mode: Full Reporting\n    HTTP  address(es): https://tools.cisco.com/its/service/oddce/services/DDCEService\nProfile Name: other\n    Profile status: INACTIVE\nsw#\n",
        &[("callhome.profile_active", "yes"), ("callhome.scheme", "https")],
    ),
    ("clock by the agent", "Communication Statistics:\n=======================\nClock sync-ed with NTP: False\n", &[("ntp.synced", "no")]),
    ("clock by itself", "sw#show ntp status\nClock is synchronized, stratum 3, reference is 192.0.2.1\nsw#\n", &[("ntp.synced", "yes")]),
];

#[test]
fn facts_are_read_in_every_layout() {
    let library = support::library();
    let scanner = Scanner::new(&library);
    let mut wrong = Vec::new();
    for (name, text, expected) in TABLE {
        let case = CaseScan { artifacts: vec![scanner.scan_text("case.txt", text.as_bytes())], ..CaseScan::default() };
        let report = Diagnosis::new(case, &library).report(&Selection::default());
        let facts: BTreeMap<&str, &str> =
            report.devices.iter().flat_map(|device| &device.facts).map(|(name, fact)| (name.as_str(), fact.value.as_str())).collect();
        for (fact, value) in *expected {
            let found = facts.get(fact).copied().unwrap_or("-");
            if found != *value {
                wrong.push(format!("{name}: {fact} is {found}, not {value}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
