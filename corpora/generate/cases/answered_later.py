"""Failures that a later output, answer or message of the same device ends, and their twins that nothing ends."""
from case import case


def status(account, last, *reason):
    return ["Smart Licensing is ENABLED", "", "Registration:", "  Status: REGISTERED", "  Smart Account: corp.example", "  Virtual Account: Branches",
            "  Export-Controlled Functionality: ALLOWED", "  Initial Registration: SUCCEEDED on Jun 07 11:20:31 2022 UTC", "  Last Renewal Attempt: None",
            "  Registration Expires: Jun 07 11:15:02 2024 UTC", "", "License Authorization: ", f"  Status: {account}", f"  Last Communication Attempt: {last}", *reason,
            "  Communication Deadline: Jan 12 06:30:00 2024 UTC", ""]


SENT_NOT = status("AUTHORIZED on Sep 14 06:30:00 2023 UTC", "FAILED on Oct 14 06:30:00 2023 UTC", "    Failure reason: Fail to send out Call Home HTTP message")
SENT = status("AUTHORIZED on Oct 15 06:30:00 2023 UTC", "SUCCEEDED on Oct 15 06:30:00 2023 UTC")


@case("status-fails-then-succeeds", healthy=True)
def _(c):
    c.story = "The licence status twice in one session: on the first day the last attempt failed, on the next it succeeded. The reason of the failure stands on a line without a date."
    c.sources = [("state words and reason", "seed S2"), ("layout", "public P14")]
    c.made = "all values."
    c.add("input/rtr-odense-1.log", ["rtr-odense-1#show license status", *SENT_NOT, "rtr-odense-1#", "rtr-odense-1#show license status", *SENT, "rtr-odense-1#"])
    c.expect("rtr-odense-1", must=["sl-healthy"], may=["callhome-send-failed"])


@case("status-succeeds-then-fails")
def _(c):
    c.story = "Twin of status-fails-then-succeeds with the days the other way round: the newest attempt failed."
    c.sources = [("state words and reason", "seed S2"), ("layout", "public P14")]
    c.made = "all values."
    good = [line.replace("Oct 15", "Oct 13") for line in SENT]
    c.add("input/rtr-odense-2.log", ["rtr-odense-2#show license status", *good, "rtr-odense-2#", "rtr-odense-2#show license status", *SENT_NOT, "rtr-odense-2#"])
    c.expect("rtr-odense-2", top="callhome-send-failed", must=["callhome-send-failed"], must_not=["slp-path-blocked", "dns-name-unresolved"])
    c.at("callhome-send-failed", "rtr-odense-2.log", "Failure reason")


def exchange(day, kind, answer):
    return [f"REQUEST: {day} 05:40:11 2023 CET", '{"request":{"header":{"request_type":"%s","sudi":{"udi_pid":"C9300-24T","udi_serial_number":"FOC2517X0QK"}}}}' % kind,
            f"RESPONSE: {day} 05:40:13 2023 CET", answer, ""]


REFUSED = '{"response":{"header":{"version":"1.3","request_type":"POLL_REQ"},"status_code":"FAILURE","status_message":"Invalid ProductInstanceIdentifier: 5c1f3a90-77b4-4f0d-9d3e-2a6f0b8812c4 provided in the polling request. 262236"}}'
FINE = '{"response":{"header":{"version":"1.3","request_type":"LICENSE_USAGE"},"status_code":"OK","status_message":""}}'


@case("history-refused-then-ok", healthy=True)
def _(c):
    c.story = "The message history holds a refused product instance, and a day later an answer with OK: trust was established anew in between."
    c.sources = [("refusal and layout of the history", "seed S3")]
    c.made = "all values."
    c.add("input/sw-tartu-1.log", ["sw-tartu-1#show license history message", "Message History (oldest to newest):", "", *exchange("Nov 06", "POLL_REQ", REFUSED), *exchange("Nov 07", "LICENSE_USAGE", FINE), "sw-tartu-1#"])
    c.expect("sw-tartu-1", may=["slp-instance-unknown-to-cssm"])


@case("history-ok-then-refused")
def _(c):
    c.story = "Twin of history-refused-then-ok: the answer with OK is the older one."
    c.sources = [("refusal and layout of the history", "seed S3")]
    c.made = "all values."
    c.add("input/sw-tartu-2.log", ["sw-tartu-2#show license history message", "Message History (oldest to newest):", "", *exchange("Nov 06", "LICENSE_USAGE", FINE), *exchange("Nov 07", "POLL_REQ", REFUSED), "sw-tartu-2#"])
    c.expect("sw-tartu-2", top="slp-instance-unknown-to-cssm", must=["slp-instance-unknown-to-cssm"])
    c.at("slp-instance-unknown-to-cssm", "sw-tartu-2.log", "RESPONSE: Nov 07")


@case("err-205-then-renewed", healthy=True)
def _(c):
    c.story = "Call Home aborts once; two hours later the agent renews its authorization. A renewal is an answer of CSSM, so the failure is over."
    c.sources = [("ERR 205", "seed S4"), ("renewal message", "public P27")]
    c.made = "hosts and times."
    c.add("input/sw-brno-3.log", [
        "Oct 11 2023 02:14:55.310 UTC: %CALL_HOME-5-SL_MESSAGE_FAILED: Fail to send out Smart Licensing message to: https://tools.cisco.com/its/service/oddce/services/DDCEService (ERR 205 : Request Aborted)",
        "Oct 11 2023 03:01:20.004 UTC: %LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet1/0/7, changed state to up",
        "Oct 11 2023 04:15:02.771 UTC: %SMART_LIC-6-AUTH_RENEW_SUCCESS: Authorization renewal with the Cisco Smart Software Manager (CSSM). State=authorized for udi PID:C9300-48T,SN:FOC2411X0AB"])
    c.expect("*", may=["callhome-err-205-aborted", "callhome-send-failed"])
