//! The HTML report in a real browser: it opens without a complaint, nothing is blocked, the timeline shows what the report holds, a
//! hostile log stays text, and no phone has to scroll sideways.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::support;

/// A page as the browser has it, and what it had to say.
struct Opened {
    dom: String,
    console: Vec<String>,
}

/// Chromium, where it is installed. A test that needs it says so when it is missing.
fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("BUNDLESCOPE_BROWSER").map(PathBuf::from);
    let folders: Vec<PathBuf> = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    let found =
        named.or_else(|| names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file()));
    if found.is_none() {
        // Not `eprintln!`, which the test runner swallows.
        let _ = writeln!(std::io::stderr(), "SKIPPED: no Chromium to open the HTML report with (set BUNDLESCOPE_BROWSER)");
    }
    found
}

fn open(browser: &Path, page: &Path, width: usize) -> Opened {
    let profile = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(browser);
    command
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr"])
        .args(["--hide-scrollbars", "--virtual-time-budget=1000", "--dump-dom"])
        .arg(format!("--window-size={width},900"))
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}", page.display()));
    let output = assert_cmd::Command::from_std(command).timeout(Duration::from_secs(180)).output().expect("the browser runs");
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(dom.contains("</html>"), "the browser showed nothing: {said}");
    Opened { dom, console: said.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect() }
}

/// The report of an input, as JSON and as the page in a file.
fn reports(input: &Path, folder: &Path) -> (Value, PathBuf) {
    let (json, page) = (folder.join("report.json"), folder.join("report.html"));
    let output = support::run(&["diagnose", "-o", &json.to_string_lossy(), "-o", &page.to_string_lossy()], &[input]);
    assert_eq!(output.status, 0, "{}", output.stderr);
    (serde_json::from_str(&fs::read_to_string(&json).unwrap()).unwrap(), page)
}

/// The picture of one device.
fn picture<'a>(dom: &'a str, device: &str) -> &'a str {
    let (_, rest) = dom.split_once(&format!("data-device=\"{device}\"")).unwrap_or_else(|| panic!("no picture of {device}"));
    rest.split("<figcaption").next().unwrap()
}

fn marks(picture: &str, kind: &str) -> usize {
    picture.matches(&format!("class=\"mark {kind}\"")).count()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

#[test]
fn the_page_opens_and_its_timeline_shows_what_the_report_holds() {
    let Some(browser) = browser() else { return };
    let mut seen = [0; 3];
    for case in ["first-light/first-light.zip", "collector-who-flaps/input", "self-signed-ended-2020/input"] {
        let work = tempfile::tempdir().unwrap();
        let (report, page) = reports(&support::root().join("corpora").join(case), work.path());
        let opened = open(&browser, &page, 1280);
        assert!(opened.console.is_empty(), "{case}: {:?}", opened.console);
        // The script ran: a button for every block of commands, and one for the light.
        assert_eq!(opened.dom.matches("<button").count(), opened.dom.matches("class=\"command\"").count() + 1, "{case}");
        for device in list(&report, "devices") {
            let id = device["id"].as_str().unwrap();
            let of_device = |one: &&Value| one["device"] == *id;
            let captures =
                list(&report, "artifacts").iter().filter(of_device).filter(|one| one["packets"].is_u64() && one["first_time"].is_string());
            let captures = captures.count();
            let turned = |kind: &str| list(device, "history").iter().filter(|moment| moment["kind"] == kind).count();
            let findings: Vec<&Value> = list(&report, "findings").iter().filter(of_device).collect();
            if captures + turned("failed") + turned("restored") == 0 {
                continue;
            }
            let picture = picture(&opened.dom, id);
            for (nth, (kind, expected)) in
                [("failed", turned("failed")), ("restored", turned("restored")), ("capture", captures)].into_iter().enumerate()
            {
                assert_eq!(marks(picture, kind), expected, "{case}, {id}: {kind}");
                seen[nth] += expected;
            }
            assert!(findings.len() <= 10, "more would not all be drawn");
            let quoted = findings.iter().flat_map(|finding| list(finding, "evidence")).filter(|item| item["time"].is_string()).count();
            assert_eq!(marks(picture, "evidence"), quoted, "{case}, {id}");
            let lasting = findings.iter().filter(|finding| finding["first_seen"].is_string()).count();
            assert_eq!(marks(picture, "seen"), lasting, "{case}, {id}");
        }
        for finding in list(&report, "findings") {
            assert!(opened.dom.contains(&format!("id=\"finding-{}\"", finding["rank"])), "{case}: {}", finding["id"]);
        }
    }
    assert!(seen.iter().all(|n| *n > 0), "the cases show every kind of mark: {seen:?}");
}

#[test]
fn the_browser_tells_when_something_is_blocked() {
    let Some(browser) = browser() else { return };
    let work = tempfile::tempdir().unwrap();
    let (_, page) = reports(&support::root().join("corpora/first-light/first-light.zip"), work.path());
    let text = fs::read_to_string(&page).unwrap();
    for (from, to) in
        [("<style>", "<style> "), ("<script>", "<script> "), ("<main>", "<main><img src=\"https://example.com/x.png\" alt=\"\">")]
    {
        fs::write(&page, text.replacen(from, to, 1)).unwrap();
        let opened = open(&browser, &page, 1280);
        assert!(opened.console.iter().any(|line| line.contains("Content Security Policy")), "{to}: {:?}", opened.console);
    }
}

#[test]
fn a_hostile_log_stays_text() {
    let Some(browser) = browser() else { return };
    let work = tempfile::tempdir().unwrap();
    let input = work.path().join("\"><img src=x onerror=console.error(1)>.log");
    let line = "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : ";
    let hostile = "</code></style><script>console.error('ran')</script><img src=x onerror=console.error(2)>&lt;b&gt; Unable to resolve server hostname/domain name";
    fs::write(&input, format!("Aug 23 2021 09:19:43.486 UTC: {line}{hostile}\n")).unwrap();
    let (report, page) = reports(&input, work.path());
    assert!(report["findings"][0]["evidence"][0]["excerpt"].as_str().is_some_and(|text| text.contains("<script>")), "{report}");
    let opened = open(&browser, &page, 1280);
    assert!(opened.console.is_empty(), "{:?}", opened.console);
    assert!(!opened.dom.contains("<img"));
    assert_eq!(opened.dom.matches("<script").count(), 1);
    assert!(opened.dom.contains("&lt;script&gt;console.error('ran')&lt;/script&gt;"));
    assert!(opened.dom.contains("&amp;lt;b&amp;gt;"));
}

#[test]
fn a_phone_does_not_scroll_sideways() {
    let Some(browser) = browser() else { return };
    let work = tempfile::tempdir().unwrap();
    let (_, page) = reports(&support::root().join("corpora/first-light/first-light.zip"), work.path());
    let text = fs::read_to_string(&page).unwrap();
    // Frames are as narrow as they are told to be, which windows are not. Everything that is folded up is opened.
    let text = text.replacen("http-equiv=\"Content-Security-Policy\"", "name=\"none\"", 1).replace('&', "&amp;").replace('"', "&quot;");
    let frames =
        [390, 768, 1280].map(|width| format!("<iframe width=\"{width}\" height=\"900\" style=\"border:0\" srcdoc=\"{text}\"></iframe>"));
    let measure = "addEventListener('load', () => { for (const frame of document.querySelectorAll('iframe')) {\
        frame.contentDocument.querySelectorAll('details').forEach((one) => { one.open = true; });\
        frame.dataset.scroll = frame.contentDocument.documentElement.scrollWidth + ' of ' + frame.contentWindow.innerWidth; } });";
    fs::write(&page, format!("<!DOCTYPE html><meta charset=utf-8><script>{measure}</script>{}", frames.concat())).unwrap();
    let opened = open(&browser, &page, 1400);
    for width in [390, 768, 1280] {
        let expected = format!("data-scroll=\"{width} of {width}\"");
        let found: Vec<&str> = opened.dom.split("data-scroll=").skip(1).filter_map(|rest| rest.get(..16)).collect();
        assert!(opened.dom.contains(&expected), "{expected}: {found:?}");
    }
}
