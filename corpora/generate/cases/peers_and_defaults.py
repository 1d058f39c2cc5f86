"""A satellite comes back, and a unit of a pair is left out."""
from case import case


@case("satellite-comes-back", healthy=True)
def _(c):
    c.story = "A router fails to send to its satellite, and three quarters of an hour later communication with the satellite is restored."
    c.sources = [("reason of the failure", "seed S2"), ("a restore ends a failure of the same peer", "seed S4")]
    c.made = "hosts and times."
    c.add("input/rtr-aalen-2.log", [
        "May 14 2024 08:15:02.119 UTC: %SMART_LIC-3-COMM_FAILED: Communications failure with Cisco Smart Software Manager satellite : Fail to send out Call Home HTTP message",
        "May 14 2024 09:00:00.530 UTC: %SMART_LIC-5-COMM_RESTORED: Communications with Cisco Smart Software Manager satellite restored"])
    c.expect("*", may=["callhome-send-failed", "comm-fail-restore-pairs"])


@case("standby-without-trust-code")
def _(c):
    c.story = "A pair of controllers: the active unit holds a trust code, the standby is listed without one, and the token was refused."
    c.sources = [("uses of the token", "seed S3"), ("refused token", "seed S4"), ("layout", "public P14")]
    c.made = "all values."
    c.add("input/wlc-aalen-3.log", [
        "wlc-aalen-3#show license status", "Smart Licensing Using Policy:", "  Status: ENABLED", "", "Transport:", "  Type: Smart",
        "  URL: https://smartreceiver.cisco.com/licservice/license", "  VRF: <empty>", "", "Usage Reporting:", "  Last ACK received: <none>", "",
        "Trust Code Installed:", "  Active: PID:C9800-40-K9,SN:TTM2501077A", "    INSTALLED on May 14 08:00:00 2024 UTC",
        "  Standby: PID:C9800-40-K9,SN:TTM2501078B", "    <none>", "", "wlc-aalen-3#show license history message",
        "REQUEST: May 14 08:12:39 2024 UTC", '{"request":{"header":{"request_type":"ID_TOKEN_TRUST"}}}', "RESPONSE: May 14 08:12:41 2024 UTC",
        '{"response":{"header":{"status_code":"FAILURE"},"m":"{\\"token\\":[\\"The token \'Y2xhc3N\' is not valid.\\"]}"}}', "", "wlc-aalen-3#"])
    c.expect("wlc-aalen-3", top="token-uses-too-few", must=["token-uses-too-few"], may=["token-not-valid", "slp-trust-keyword-local-on-stack"], must_not=["slp-trust-not-established"])
