//! A redacted copy says the same as the case, holds nothing that names the customer, and nothing is written but the copy.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use bundlescope::diagnose::Selection;
use bundlescope::intake::{self, Artifact, Budget, Input, Limits, Source, Trouble, Visitor};
use bundlescope::redact::{Classes, Key, Learn, Rebuild, Redactor, Shelf};
use bundlescope::scan::Scanner;
use regex::bytes::Regex;
use serde_json::Value;

use crate::support;

/// Names and bytes of every leaf.
#[derive(Default)]
struct Leaves(Vec<(String, Vec<u8>)>);

impl Visitor for Leaves {
    fn artifact(&mut self, artifact: Artifact<'_>) {
        let mut bytes = Vec::new();
        match artifact.source {
            Source::File(file, length) => {
                bytes.resize(usize::try_from(length).unwrap(), 0);
                intake::read_at(file, &mut bytes, 0).unwrap();
            }
            Source::Stream(stream) => {
                stream.read_to_end(&mut bytes).unwrap();
            }
        }
        self.0.push((artifact.path.as_str().to_owned(), bytes));
    }

    fn trouble(&mut self, _: Trouble) {}
}

fn unpacked(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let limits = Limits::default();
    let (entries, _) = intake::list(&[Input::Path(folder.to_owned())], &limits);
    let mut leaves = Leaves::default();
    let budget = Budget::new(&limits);
    for entry in &entries {
        intake::open(entry, &limits, &budget, &mut leaves);
    }
    let root = folder.to_str().unwrap();
    leaves.0.into_iter().map(|(path, bytes)| (path.replacen(root, "", 1), bytes)).collect()
}

/// All of a case in one piece, names included.
fn joined(leaves: &[(String, Vec<u8>)]) -> Vec<u8> {
    leaves.iter().flat_map(|(path, bytes)| [path.as_bytes(), b"\n", bytes, b"\n"].concat()).collect()
}

fn all(pattern: &str, bytes: &[u8]) -> BTreeSet<String> {
    let regex = Regex::new(pattern).unwrap();
    let found = regex.captures_iter(bytes).filter_map(|groups| groups.get(1).map(|group| group.as_bytes().to_vec()));
    found.map(|text| String::from_utf8_lossy(&text).into_owned()).collect()
}

fn stands_alone(word: &str, bytes: &[u8]) -> bool {
    let pattern = format!("(?i-u)(?:^|[^A-Za-z0-9]){}(?:[^A-Za-z0-9]|$)", regex::escape(word));
    Regex::new(&pattern).unwrap().is_match(bytes)
}

/// Addresses of which nobody is known: none, loopback, masks, groups, and those that rules name.
fn is_nobodys(address: &str) -> bool {
    let Ok(address) = address.parse::<std::net::Ipv4Addr>() else { return true };
    let [first, ..] = address.octets();
    matches!(first, 0 | 127 | 224..) || ["72.163.4.38", "72.163.15.144", "192.133.220.90"].contains(&address.to_string().as_str())
}

/// Every case with a capture of a kind, and one in sixteen of the others.
fn sample() -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = fs::read_dir(support::root().join("corpora"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("expect.yaml").is_file())
        .collect();
    cases.sort();
    let wanted = |at: usize, path: &Path| {
        let name = path.file_name().unwrap().to_string_lossy();
        at.is_multiple_of(16)
            || ["capture-foreign-issuer-cooked", "capture-crl-silent", "capture-proxy-407", "capture-tls13"].contains(&name.as_ref())
    };
    cases
        .into_iter()
        .enumerate()
        .filter(|(at, path)| wanted(*at, path))
        .map(|(_, path)| path.join("input"))
        .filter(|path| path.exists())
        .collect()
}

#[test]
fn copies_are_diagnosed_as_their_originals_and_name_nobody() {
    let library = support::library();
    let scanner = Scanner::new(&library);
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    fs::write(&key, b"a key that is the same every time").unwrap();
    let cases = sample();
    assert!(cases.len() >= 30, "{}", cases.len());
    let (mut addresses, mut hosts, mut serials, mut users) = (0, 0, 0, 0);
    for (at, case) in cases.iter().enumerate() {
        let copy = folder.path().join(at.to_string());
        let run = support::run(&["redact", "-q", "-o", copy.to_str().unwrap(), "--key", key.to_str().unwrap()], &[case]);
        assert_eq!(run.status, 0, "{}: {}{}", case.display(), run.stdout, run.stderr);
        // The proof again, by other means: ids and devices of the findings.
        let (original, redacted) = (
            support::report(&scanner, case.clone(), &Selection::default()),
            support::report(&scanner, copy.clone(), &Selection::default()),
        );
        let ids =
            |report: &bundlescope::report::model::Report| report.findings.iter().map(|finding| finding.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&original), ids(&redacted), "{}", case.display());
        assert_eq!(original.devices.len(), redacted.devices.len(), "{}", case.display());
        let (before, after) = (joined(&unpacked(case)), joined(&unpacked(&copy)));
        let four = r"(?-u)(?:^|[^\d.])(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?:[^\d.]|$)";
        let here = all(four, &after);
        for address in all(four, &before).into_iter().filter(|address| !is_nobodys(address)) {
            addresses += 1;
            assert!(!here.contains(&address), "{}: {address}", case.display());
        }
        for host in
            original.devices.iter().filter_map(|device| device.hostname.as_deref()).filter(|host| host.len() > 1 && !host.starts_with(':'))
        {
            hosts += 1;
            assert!(!stands_alone(host, &after), "{}: {host}", case.display());
        }
        for serial in all(r"(?-u)\b([A-Z]{3}[0-9]{4}[0-9A-Z]{4})\b", &before)
            .into_iter()
            .chain(original.devices.iter().filter_map(|device| device.serial.clone()))
        {
            serials += 1;
            assert!(!stands_alone(&serial, &after), "{}: {serial}", case.display());
        }
        for user in all(r"(?-u)Configured from console by ([\w.-]+) on", &before)
            .into_iter()
            .filter(|user| !["admin", "console", "root", "vty0"].contains(&user.as_str()))
        {
            users += 1;
            assert!(!stands_alone(&user, &after), "{}: {user}", case.display());
        }
    }
    assert!(addresses > 300 && hosts > 20 && serials > 20 && users > 10, "{addresses} {hosts} {serials} {users}");
}

/// A case with something of everything.
fn written(folder: &Path) -> PathBuf {
    let case = folder.join("acme-sw1");
    fs::create_dir_all(case.join("logs")).unwrap();
    let text = "hostname acme-sw1\nusername alice.baker secret 9 $9$abcdefghijklmn\nip domain name corp.acmewidgets.com\n\
        acme-sw1#show license udi\nUDI: PID:C9300-24UX,SN:FCW2303D16Y\n interface Vlan1\n ip address 10.20.30.40 255.255.255.0\n\
        ntp server 2001:db8:77::5\nMAC 001b.5400.1234 and 00:1b:54:00:12:35\n\
        Jul  1 00:00:01.000: %SYS-5-CONFIG_I: Configured from console by alice.baker on vty0 (10.20.30.41)\n\
        acme-sw1.corp.acmewidgets.com talks to smartreceiver.cisco.com, mail bob.cook@acmewidgets.com\n\
        license smart trust idtoken NGMzMjk5YTUtY2Y3Ny00NjkwLWIzZTMtZjIzYWE3 all force\nsoftware version 8.10.185.0\n";
    fs::write(case.join("logs/acme-sw1_show.txt"), text).unwrap();
    fs::write(
        case.join("wide.txt"),
        "\u{feff}hostname acme-sw1\r\n10.20.30.40\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
    )
    .unwrap();
    fs::write(case.join("core"), [0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0]).unwrap();
    fs::write(case.join("latin.txt"), b"hostname acme-sw1\nGr\xfc\xdfe aus K\xf6ln, 10.20.30.40\n".repeat(4)).unwrap();
    case
}

#[test]
fn the_same_replacement_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let (case, copy, map) = (written(folder.path()), folder.path().join("copy"), folder.path().join("map.tsv"));
    let run = support::run(&["redact", "-o", copy.to_str().unwrap(), "--map", map.to_str().unwrap()], &[&case]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("Proof    the copy is diagnosed as the original"), "{}", run.stdout);
    assert!(run.stdout.contains("left out:") && run.stdout.contains("core: ELF program"), "{}", run.stdout);
    let leaves = unpacked(&copy);
    let bytes = joined(&leaves);
    for gone in [
        "acme-sw1",
        "alice",
        "baker",
        "acmewidgets",
        "bob.cook",
        "FCW2303D16Y",
        "10.20.30",
        "2001:db8:77",
        "5400.1234",
        "54:00:12:35",
        "NGMzMjk5",
        "$9$abc",
    ] {
        assert!(memchr::memmem::find(&bytes, gone.as_bytes()).is_none(), "{gone} in {}", String::from_utf8_lossy(&bytes));
    }
    let text = String::from_utf8_lossy(&leaves.iter().find(|(path, _)| path.ends_with("_show.txt")).unwrap().1).into_owned();
    for stays in [
        "smartreceiver.cisco.com",
        "255.255.255.0",
        "PID:C9300-24UX,SN:",
        "001b.54",
        "00:1b:54:",
        "8.10.185.0",
        ".com",
        "\n ip address 10.",
    ] {
        assert!(text.contains(stays), "{stays} in {text}");
    }
    let word = |line: &str, at: usize| line.split_whitespace().nth(at).unwrap().to_owned();
    let lines: Vec<&str> = text.lines().collect();
    let host = word(lines[0], 1);
    assert!(
        host.len() == "acme-sw1".len() && lines[3].starts_with(&format!("{host}#")) && lines[10].starts_with(&format!("{host}.")),
        "{text}"
    );
    assert!(leaves.iter().any(|(path, _)| path.contains(&format!("{host}_show.txt"))), "the name of the file");
    assert!(word(lines[9], 8) == word(lines[1], 1), "the user: {text}");
    // UTF-16 and Latin-1 stay what they are.
    let wide = &leaves.iter().find(|(path, _)| path.ends_with("wide.txt")).unwrap().1;
    assert!(wide.starts_with(&[0xff, 0xfe]) && wide.len() > 60);
    let latin = &leaves.iter().find(|(path, _)| path.ends_with("latin.txt")).unwrap().1;
    assert!(memchr::memmem::find(latin, b"Gr\xfc\xdfe aus K\xf6ln, 10.").is_some());
    // The private map undoes it, and nobody else reads it.
    let private = fs::read_to_string(&map).unwrap();
    assert!(private.contains(&format!("host\tacme-sw1\t{host}\n")), "{private}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&map).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn nothing_is_written_over_or_beside() {
    let folder = tempfile::tempdir().unwrap();
    let case = written(folder.path());
    let copy = folder.path().join("copy");
    let (shown, inside, map_inside) = (copy.to_str().unwrap(), case.join("copy"), copy.join("map"));
    let full = folder.path().join("full");
    fs::create_dir(&full).unwrap();
    fs::write(full.join("x"), "x").unwrap();
    let short = folder.path().join("short");
    fs::write(&short, "short").unwrap();
    for (arguments, reason) in [
        (vec!["redact", "-o", inside.to_str().unwrap()], "lies in the input"),
        (vec!["redact", "-o", full.to_str().unwrap()], "is not empty"),
        (vec!["redact", "-o", shown, "--map", map_inside.to_str().unwrap()], "that is to be shared"),
        (vec!["redact", "-o", shown, "--map", short.to_str().unwrap()], "is there already"),
        (vec!["redact", "-o", shown, "--key", short.to_str().unwrap()], "can be guessed"),
    ] {
        let run = support::run(&arguments, &[&case]);
        assert_eq!(run.status, 2, "{arguments:?}");
        assert!(run.stderr.contains(reason), "{arguments:?}: {}", run.stderr);
    }
    assert!(!copy.exists() && !inside.exists() && fs::read_dir(&full).unwrap().count() == 1);
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().starts_with('.'))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_report_is_redacted_in_every_part() {
    let folder = tempfile::tempdir().unwrap();
    let case = written(folder.path());
    let run = support::run(&["diagnose", "-f", "json", "--redact", "ids,addresses,hosts,users"], &[&case]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(report["artifacts"].as_array().unwrap().len() > 2);
    for gone in ["acme-sw1", "alice", "acmewidgets", "FCW2303D16Y", "10.20.30.40"] {
        assert!(!run.stdout.contains(gone), "{gone}: {}", run.stdout);
    }
    // What was not asked for stays.
    let run = support::run(&["diagnose", "-f", "json", "--redact", "addresses"], &[&case]);
    assert!(run.stdout.contains("FCW2303D16Y") && run.stdout.contains("acme-sw1"), "{}", run.stdout);
}

/// A secret that marks of a page, escapes or odd blanks part is one all the same.
#[test]
fn what_a_dress_hides_does_not_stay() {
    let folder = tempfile::tempdir().unwrap();
    let case = folder.path().join("case");
    fs::create_dir(&case).unwrap();
    let failed = "Apr  8 2024 10:30:48.049 UTC: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name";
    let texts = [
        (
            "page.html",
            format!("<html><body><p>username bob pass<b>word</b>&nbsp;7&nbsp;08224<i>55D0A16</i></p><p>{failed}</p></body></html>"),
        ),
        ("answer.json", format!("{{\"sw1\": {{\"show run\": \"x\\nusername bob password\\u00a07\\u00a00822455D0A16\\n{failed}\"}}}}")),
        ("mail.txt", format!("username bob pass\u{200b}word\u{a0}7 08224\u{ad}55D0A16\nenable　password　0822455D0A16\n{failed}\n")),
    ];
    for (name, text) in &texts {
        fs::write(case.join(name), text).unwrap();
    }
    let copy = folder.path().join("copy");
    let run = support::run(&["redact", "-o", copy.to_str().unwrap()], &[&case]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let leaves = unpacked(&copy);
    assert_eq!(leaves.len(), texts.len());
    for (path, bytes) in &leaves {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("55D0A16") && text.contains("Unable to resolve"), "{path}: {text}");
    }
}

/// Counts what it is given.
#[derive(Default)]
struct Counted(u64);

impl Shelf for Counted {
    fn put(&mut self, _: &str, contents: &mut dyn std::io::Read) -> std::io::Result<()> {
        self.0 += std::io::copy(contents, &mut std::io::sink())?;
        Ok(())
    }
}

/// What a console leaves in its lines stands before a secret, or in the middle of what tells it.
#[test]
fn secrets_amid_control_characters_are_masked() {
    let library = support::library();
    let mut redactor = Redactor::new(&library, Classes::ALL, &Key::from_bytes(b"k"), &Learn::default().collector);
    for line in [
        " --More-- \x08\x08\x08\x08\x08\x08\x08\x08\x08         \x08\x08\x08\x08\x08\x08\x08\x08\x08 key 7 0822SeCrEt1",
        "\x1b[Kradius-server key SeCrEt2x9",
        "\x1b[31menable password level 5 SeCrEt3x9\x1b[0m",
        "\x1b[0msnmp-server user ops GRP v3 auth sha SeCrEt4x9 priv aes 128 SeCrEt5x9\r",
        "ena\0ble sec\x1b[1mret 0 SeCrEt6x9",
        "enable secret 0 SeC\x1b[1mrEt6x9",
    ] {
        let copied = redactor.line(line);
        assert!(!copied.contains("rEt") && copied.contains("<masked:"), "{copied:?}");
        assert_eq!(copied.ends_with('\r'), line.ends_with('\r'));
    }
    assert_eq!(redactor.line("\x1b[31mCommunications failure\x1b[0m"), "\x1b[31mCommunications failure\x1b[0m");
}

/// Captures, texts and archives with bytes turned, and cut anywhere: nothing panics, and no copy is much larger than what was read.
#[test]
fn damage_is_survived() {
    let library = support::library();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("damaged");
    let corpora = support::root().join("corpora");
    let of = |case: &str, ending: &str| {
        let found = fs::read_dir(corpora.join(case).join("input")).unwrap().map(|entry| entry.unwrap().path());
        found.into_iter().find(|path| path.to_string_lossy().ends_with(ending)).unwrap()
    };
    let originals = [of("capture-tls13", "pcapng"), of("capture-crl-silent", "pcap"), of("judged-exp-handshake-over-two-files", "gz")];
    let mut redactor = Redactor::new(&library, Classes::ALL, &Key::from_bytes(b"k"), &Learn::default().collector);
    let mut state = 7_u64;
    let mut next = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for original in originals {
        let bytes = fs::read(original).unwrap();
        for round in 0..40 {
            let mut damaged = bytes.clone();
            for _ in 0..1 + round * 2 {
                let at = next(damaged.len());
                damaged[at] = [0, 0xff, 0x80, next(256) as u8][next(4)];
            }
            if round % 4 == 0 {
                damaged.truncate(next(bytes.len()));
            }
            fs::write(&file, &damaged).unwrap();
            let mut shelf = Counted::default();
            let mut rebuild = Rebuild::new(&mut redactor, &mut shelf, vec![file.to_str().unwrap().to_owned()]);
            let limits = Limits::default();
            let (entries, _) = intake::list(&[Input::Path(file.clone())], &limits);
            for entry in &entries {
                intake::open(entry, &limits, &Budget::new(&limits), &mut rebuild);
            }
            assert!(rebuild.failure.is_none(), "{:?}", rebuild.failure);
            assert!(shelf.0 < 2 * damaged.len() as u64 + 65_536, "{} of {}", shelf.0, damaged.len());
        }
    }
}
