//! No secret in any output: made-up secrets of every class, in every dress, on lines that rules quote, in facts, names and paths,
//! and then looked for in all that is written.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use bundlescope::diagnose::{Diagnosis, Selection};
use bundlescope::intake::Input;
use bundlescope::report::diff::{Source, compare};
use bundlescope::report::earlier::Earlier;
use bundlescope::report::model::{Finding, Report};
use bundlescope::report::render::{DiffFormat, Format, Style, inventory};
use bundlescope::rules::library::Library;
use bundlescope::rules::load::{RuleText, load};
use bundlescope::scan::mask::Masker;
use bundlescope::scan::{Options, Scanner, Silent};

use crate::support;

mod files;

/// Begins and ends every secret; rules look for both, so that whatever line holds a part of one is quoted.
const BEGIN: &str = "Qz9x";
const END: &str = "Zq7w";
/// So many characters of a secret are too many.
const PART: usize = 6;

/// The classes. `{}` is the secret.
const CLASSES: &[(&str, &str)] = &[
    ("token of a trust", "license smart trust idtoken {} all force"),
    ("token of a registration", "license smart register idtoken {}"),
    ("token of an Expressway", "xcommand License Smart Register Token: {}"),
    ("token refused", "the token '{}' is not valid"),
    ("encoded token", "registration sends NGMzMjk5YjAtZmZhNi00YjE1LTlhYjAtMmI2NTQyNTBm{}%0A"),
    ("reservation", "license smart reservation install key {} 2 words"),
    ("return code", "Enter this return code in Cisco Smart Software Manager: {}"),
    ("authorisation code", "<specificPLR><authorizationCode>{}</authorizationCode></specificPLR>"),
    ("password of a user", "username bob privilege 15 password 0 {} and more"),
    ("secret of a user", "username bob secret 9 $9$2MJBozw$/{}"),
    ("enable", "enable secret 5 $1$mERr$hx5{}"),
    ("password of a line", "password 7 0822{}"),
    ("password of a line in the clear", "password {}"),
    ("hash", "found $8$dsYGNam3$nv{} in it"),
    ("stored by an Expressway", "value {cipher}xcy6bk7t{}= stored"),
    ("password of ftp", "ip ftp password 7 1306{}"),
    ("community", "snmp-server community {} RO 99"),
    ("community of a host", "snmp-server host 10.1.1.1 version 2c {} snmp"),
    ("user of snmp", "snmp-server user ops GRP v3 auth sha {} priv aes 128 Other1Pass"),
    ("key string", "key-string 7 0605{}"),
    ("tacacs", "tacacs-server host 10.0.0.5 key 7 {}"),
    ("radius", "radius-server key {}"),
    ("isakmp", "crypto isakmp key {} address 10.2.2.2"),
    ("pre-shared key", "pre-shared-key local 6 {}"),
    ("routing", "ip ospf message-digest-key 1 md5 7 {}"),
    ("ntp", "ntp authentication-key 1 md5 {} 7"),
    ("wireless", "security wpa psk set-key ascii 0 {}"),
    ("basic authorization", "Authorization: Basic {}=="),
    ("proxy authorization", "Proxy-Authorization: Bearer {}"),
    ("cookie", "Set-Cookie: JSESSIONID={}; Path=/"),
    ("header of an API", "X-Auth-Token: {}"),
    ("JWT", "jwt eyJhbGciOiJIUzI1NiJ9.{}.c2ln"),
    ("user part of a URL", "proxy http://bob:{}@proxy.example.com:8080/"),
    ("query", "GET /x?a=1&token={}&b=2"),
    ("digest", "WWW-Authenticate: Digest realm=\"x\", nonce=\"{}\", opaque=\"def\""),
    ("media", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{}|2^20|1:4"),
    ("ICE", "a=ice-pwd:{}"),
    ("TLS key log", "CLIENT_RANDOM 52340c85a3f1 e3a1b2c3d4{}"),
    ("setting", "db.password={}"),
    ("setting with blanks", "ldap_bind_passphrase = {} horse"),
    ("JSON", "{\"a\":1,\"client_secret\":\"{}\",\"b\":2}"),
    ("JSON, several", "{\"token\":[\"{}\"]}"),
    ("XML", "<ldap:bindPassword>{}</ldap:bindPassword>"),
    ("XML attribute", "<server password=\"{}\" port=\"1\"/>"),
    ("quoted value", "passphrase: '{} two words'"),
    ("curl", "curl -s -u bob:{} https://h/"),
    ("snmp on a command line", "snmpwalk -v2c -c {} 10.1.1.1"),
    ("community of net-snmp", "rocommunity {} 10.0.0.0/8"),
    ("private server of a group", "server-private 10.1.1.1 key 7 {}"),
    ("radius in a sentence", "configured radius-server host 10.1.1.1 key {}"),
    ("octets of a key", "key-octet-string 7 {}"),
    ("vtp", "vtp password {}"),
    ("cts", "cts credentials id sw1 password {}"),
    ("shared secret", "shared-secret {}"),
    ("challenge", "challenge-password {}"),
    ("access key", "aws_secret_access_key={}"),
    ("bind", "bindpw: {}"),
    ("option", "tool --password {} --host a"),
    ("sshpass", "sshpass -p {} ssh sw1"),
    ("setting in two places", "{\"name\":\"db.password\",\"value\":\"{}\"}"),
    ("setting in an XML attribute", "<add key=\"password\" value=\"{}\" />"),
    ("in a sentence", "the password {} was refused"),
    ("glued to an option", "mysql -u root -p{} db"),
    ("passphrase of a file", "openssl rsa -in k -passin pass:{}"),
    ("ldapsearch", "ldapsearch -x -D cn=a -w {} -b dc=x"),
    ("share of Windows", "net use Z: \\\\h\\s {} /user:bob"),
    ("piped", "echo {} | passwd --stdin bob"),
    ("htpasswd", "htpasswd -b file user {}"),
    ("plink", "plink -pw {} u@h"),
    ("registry", "docker login -u u -p {} r"),
    ("PIN", "PIN: {}"),
    ("one-time password", "otp: {}"),
    ("key of JSON", "\"key\": \"{}\""),
    ("auth of JSON", "\"auth\": \"{}\""),
    ("second key of snmp", "snmpget -v3 -u u -A Auth1Pass -X {} 10.1.1.1"),
    ("event manager", "event manager environment _pw {}"),
    ("AireOS", "config mgmtuser add admin {} read-write"),
    ("test of aaa", "test aaa group tacacs+ bob {} legacy"),
    ("manager of FTD", "configure manager add 10.1.1.1 {} nat1"),
    ("export of a key", "crypto key export rsa K pem url nvram: 3des {}"),
    ("import of PKCS 12", "crypto ca import TP pkcs12 {} nointeractive"),
    ("session key", "set session-key inbound ah 300 {}"),
    ("ldp", "mpls ldp password fallback 7 {}"),
    ("msdp", "ip msdp password peer 10.0.0.1 {}"),
    ("lisp", "ipv4 etr map-server 10.1.1.1 key 7 {}"),
    ("sap", "sap pmk {} mode-list gcm-encrypt"),
    ("wep", "security wep key 1 size 40bit 7 {} transmit-key"),
    ("group of a client", "crypto isakmp client configuration group G key {}"),
    ("aaa of ASA", "aaa-server TAC (inside) host 10.1.1.1 {} timeout 5"),
    ("sxp", "cts sxp connection peer 10.0.0.1 password required {}"),
    ("eigrp", "authentication mode hmac-sha-256 7 {}"),
    ("otp of SD-WAN", "request vedge-cloud activate chassis-number C8K-1 token {}"),
    ("token by its form", "ghp_{}abcdefghijabcd"),
    ("web hook", "https://hooks.slack.com/services/T000/B000/{}"),
    ("storage", "AccountName=a;AccountKey={};x"),
    ("signature of a request", "https://h.example/x?a=1&X-Amz-Signature={}&b=2"),
    ("basic, alone", "Basic YWRtaW46{} was sent"),
    ("session cookie", "PHPSESSID={}"),
    ("code of OAuth", "code={}&state=x&grant_type=authorization_code"),
    ("hash of a password", "{\"passwordHash\":\"{}\"}"),
    ("LDIF", "userPassword:: {}"),
    ("users of FreeRADIUS", "Cleartext-Password := \"{}\""),
    ("attribute of RADIUS", "Tunnel-Password [69] {}"),
    ("Japanese", "パスワード: {}"),
    ("Korean", "비밀번호: {}"),
    ("German", "Kennwort: {}"),
    ("netrc", "machine h login bob password {}"),
    ("shadow", "root:$y$j9T$salt${}:18000:0:99999:7:::"),
    ("secure string", "ConvertTo-SecureString -String \"{}\""),
    ("changed", "password changed to {}"),
    ("of a user", "Password for user bob: {}"),
    ("value before its name", "{\"value\":\"{}\",\"name\":\"password\"}"),
    ("object", "{\"password\":{\"value\":\"{}\"}}"),
    ("user and password", "credentials: bob / {}"),
];

fn canary(number: usize) -> String {
    format!("{BEGIN}{number:04}k{END}")
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn entities(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// Cut after every 80 characters, such that the first cut goes through the secret.
fn wrapped(line: &str, secret: &str, through: usize) -> String {
    let at = line.find(secret).unwrap();
    let line = format!("{}#{line}", "s".repeat((80 + 80 * (at / 80)).saturating_sub(at + through + 1)));
    let characters: Vec<char> = line.chars().collect();
    characters.chunks(80).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join("\n")
}

/// The dresses: name, and the text in it.
fn dressed(line: &str, secret: &str) -> Vec<(&'static str, String)> {
    let pad = "lorem ipsum ".repeat(40);
    vec![
        ("plain", line.to_owned()),
        ("at a prompt", format!("sw1(config)#{line}")),
        ("in a log", format!("Aug 23 09:19:43.486: %PARSER-5-CFGLOG_LOGGEDCMD: User:admin  logged command:{line}")),
        ("in JSON", format!("{{\"cmd\":{},\"n\":1}}", json(line))),
        ("in JSON in JSON", format!("{{\"log\":{}}}", json(&format!("{{\"cmd\":{}}}", json(line))))),
        ("percent-encoded", format!("body=x&cmd={}&n=1", percent(line))),
        ("in a form", format!("body=x&cmd={}&n=1", percent(line).replace("%20", "+"))),
        ("in a URL", format!("GET https://h.example/p?cmd={} HTTP/1.1", percent(line))),
        ("in an XML element", format!("<line n=\"1\">{}</line>", entities(line))),
        ("in an XML attribute", format!("<line text=\"{}\"/>", entities(line))),
        ("cut before", format!("{pad}sw1# {line}")),
        ("cut amid", format!("{}sw1# {line}", &pad[..394 - line.find(secret).unwrap().min(200)])),
        ("wrapped in the secret", wrapped(line, secret, 5)),
        ("wrapped before the secret", wrapped(line, secret, 0)),
    ]
}

/// Whether a text shows too much of a secret.
fn leaks(text: &str, secret: &str) -> bool {
    (0..=secret.len() - PART).any(|at| text.contains(&secret[at..at + PART]))
}

/// Rules that quote every line with a part of a secret.
fn rules() -> PathBuf {
    support::root().join("tests/it/canaries")
}

fn library(embedded: bool) -> Library {
    let own = ["signals/canary.yaml", "facts/canary.yaml", "any/canary.yaml"]
        .map(|name| RuleText { name: name.to_owned(), text: fs::read_to_string(rules().join(name)).unwrap() });
    if embedded { bundlescope::rules::embedded::extended(&own).unwrap() } else { load(&own).unwrap() }
}

/// Everything that leaves the scan, with every class in every dress.
#[test]
fn no_class_shows_in_any_dress() {
    let library = library(false);
    let scanner = Scanner::new(&library);
    let (mut leaked, mut tried) = (Vec::new(), 0);
    for (number, (class, template)) in CLASSES.iter().enumerate() {
        let secret = canary(number);
        let line = template.replace("{}", &secret);
        for (dress, text) in dressed(&line, &secret) {
            tried += 1;
            let scan = scanner.scan_text("a.log", text.as_bytes());
            let quoted = scan.subjects.iter().map(|subject| subject.tallies.len() + subject.facts.len()).sum::<usize>();
            assert!(quoted > 1, "{class} {dress} is not quoted: {text}");
            let shown = format!("{scan:?}");
            if leaks(&shown, &secret) {
                let around = scan.subjects.iter().flat_map(|subject| subject.tallies.values()).flat_map(|tally| tally.kept());
                let excerpts: Vec<String> = around.map(|found| format!("{} {:?}", found.excerpt, found.captures)).collect();
                leaked.push(format!("{class}, {dress}: {text}\n    {}", excerpts.join("\n    ")));
            }
        }
    }
    assert!(leaked.is_empty(), "{} of {tried}:\n{}", leaked.len(), leaked.join("\n"));
}

/// The same for the dresses that a file puts on its lines: one file for each class in each, read as a case.
#[test]
fn no_class_shows_in_any_dress_of_a_file() {
    let library = library(false);
    let scanner = Scanner::new(&library);
    let (mut leaked, mut tried) = (Vec::new(), 0);
    for (number, (class, template)) in CLASSES.iter().enumerate() {
        let secret = canary(number);
        let work = tempfile::tempdir().unwrap();
        let dresses = files::dressed(&template.replace("{}", &secret));
        for (at, (_, name, contents)) in dresses.iter().enumerate() {
            fs::write(work.path().join(format!("{at:02}-{name}")), contents).unwrap();
        }
        let case = scanner.scan(&[Input::Path(work.path().to_owned())], &Options::default(), &Silent);
        for (at, (dress, name, contents)) in dresses.iter().enumerate() {
            tried += 1;
            let of_it = |path: &str| path.contains(&format!("{at:02}-{name}"));
            let scans: Vec<_> = case.artifacts.iter().filter(|scan| of_it(scan.path.as_str())).collect();
            let subjects = || scans.iter().flat_map(|scan| &scan.subjects);
            let quoted = subjects().map(|subject| subject.tallies.len() + subject.facts.len()).sum::<usize>();
            if quoted == 0 || leaks(&format!("{scans:?}"), &secret) {
                let kept: Vec<String> = subjects()
                    .flat_map(|subject| subject.tallies.values())
                    .flat_map(|tally| tally.kept())
                    .map(|found| found.excerpt.to_string())
                    .collect();
                leaked.push(format!("{class}, {dress} ({quoted} quotes): {contents}\n    {}", kept.join("\n    ")));
            }
        }
    }
    assert!(leaked.is_empty(), "{} of {tried}:\n{}", leaked.len(), leaked.join("\n"));
}

/// A key has no keyword on its lines.
#[test]
fn lines_of_a_private_key_are_not_quoted() {
    let library = library(false);
    let scanner = Scanner::new(&library);
    for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
        for end in [format!("-----END {label}-----\n"), String::new()] {
            let (one, other) = (canary(1), canary(2));
            let text = format!("x\n-----BEGIN {label}-----\nMIIEow{one}\nabc{other}==\n{end}");
            let shown = format!("{:?}", scanner.scan_text("a.pem", text.as_bytes()));
            assert!(shown.contains("<masked:private-key>") && !leaks(&shown, &one) && !leaks(&shown, &other), "{label}: {shown}");
        }
        // What comes behind it is quoted again.
        let text = format!("-----BEGIN {label}-----\nMIIEow\n-----END {label}-----\nfine: {}\n", canary(3));
        assert!(leaks(&format!("{:?}", scanner.scan_text("a.pem", text.as_bytes())), &canary(3)), "{label}");
    }
}

/// Values on lines of their own, beneath what names them.
const BENEATH: &[&str] = &[
    "db:\n  password:\n    {}\n",
    "db:\n  password: |\n    two words\n    {} and more\n",
    "token: >-\n  {}\n",
    "db_password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  {}\n",
    "tokens:\n  - {}\n",
    "\"password\":\n  \"{}\",\n",
    "<ldap:password>\n  {}\n</ldap:password>\n",
    "Password:\n{}\n",
    "-----BEGIN PKCS12-----\nMIIK{}\n-----END PKCS12-----\n",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOY{}\n-----END PGP PRIVATE KEY BLOCK-----\n",
    "% Exported pkcs12 follows:\nMIIKTQIBAzCCCgcGCSqGSIb3\n{}abcdefghij\n---End - This line not part of the pkcs12---\n",
];

#[test]
fn a_value_beneath_its_key_is_not_quoted() {
    let library = library(false);
    let scanner = Scanner::new(&library);
    for (number, template) in BENEATH.iter().enumerate() {
        for ends in ["\n", "\r\n"] {
            let text = format!("Aug 23 09:19:43.486: %SYS-5-RESTART: x\n{}", template.replace("{}", &canary(number))).replace('\n', ends);
            let shown = format!("{:?}", scanner.scan_text("a.yaml", text.as_bytes()));
            assert!(shown.contains("<masked:") && !leaks(&shown, &canary(number)), "{text}\n{shown}");
        }
    }
}

/// Names of files and members.
const NAMES: &[&str] = &[
    "token={}.log",
    "Authorization: Bearer {}.log",
    "password 7 0822{}",
    "idtoken {} all.txt",
    "api_key={}.gz",
    "http:__bob:x@h__password={}.zip",
];

/// Requests of a capture.
const REQUESTS: &[&str] = &[
    "GET /a?token={} HTTP/1.1\r\nHost: h.example\r\n\r\n",
    "GET http://bob:{}@h.example/a HTTP/1.1\r\nHost: proxy\r\n\r\n",
    "POST /p;password={} HTTP/1.1\r\nHost: h.example\r\nAuthorization: Bearer {}\r\nCookie: a={}\r\nContent-Length: 20\r\n\r\n{\"token\":\"{}\"}",
    "CONNECT h.example:443 HTTP/1.1\r\nHost: h.example\r\nProxy-Authorization: Basic {}\r\n\r\n",
];

/// A capture of raw IP in which one client asks each of it, and is answered.
fn capture(requests: &[String]) -> Vec<u8> {
    let word = |number: usize| u32::try_from(number).unwrap();
    let mut file = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 0x0004_0000, 101].map(u32::to_le_bytes).concat();
    let mut packet = |from_client: bool, port: usize, seq: usize, ack: usize, flags: u8, payload: &[u8]| {
        let (client, server) = ([10, 0, 0, 5], [10, 0, 0, 9]);
        let (source, target) = if from_client { (client, server) } else { (server, client) };
        let ports = if from_client { [port, 80] } else { [80, port] };
        let length = 40 + payload.len();
        let mut bytes = vec![0x45, 0];
        bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
        bytes.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
        bytes.extend(source.into_iter().chain(target));
        ports.iter().for_each(|port| bytes.extend(u16::try_from(*port).unwrap().to_be_bytes()));
        bytes.extend(word(seq).to_be_bytes());
        bytes.extend(word(ack).to_be_bytes());
        bytes.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        bytes.extend(payload);
        file.extend([1_600_000_000, 0, word(length), word(length)].map(u32::to_le_bytes).concat());
        file.extend(bytes);
    };
    for (n, request) in requests.iter().enumerate() {
        let (port, length) = (40_000 + n, request.len());
        packet(true, port, 99, 0, 0x02, b"");
        packet(false, port, 499, 100, 0x12, b"");
        packet(true, port, 100, 500, 0x18, request.as_bytes());
        packet(false, port, 500, 100 + length, 0x18, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    }
    file
}

fn zip(name: &str, contents: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(contents).unwrap();
    zip.finish().unwrap().into_inner()
}

/// A case that shows secrets wherever a case can: every class and dress in texts, in UTF-8 and UTF-16, names of files and members, what
/// cannot be read, a capture, a key. Returns the secrets.
fn case(folder: &Path) -> Vec<String> {
    let mut secrets = Vec::new();
    let mut secret = || {
        let secret = canary(secrets.len());
        secrets.push(secret.clone());
        secret
    };
    let head = "Aug 23 09:19:43.486: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name\n";
    for (n, (_, template)) in CLASSES.iter().enumerate() {
        let secret = secret();
        let texts = dressed(&template.replace("{}", &secret), &secret);
        // Each class in a dress of its own: all of them together are tried above.
        let text = format!("{head}{}\n", texts[n % texts.len()].1);
        let bytes = if n % 5 == 0 { text.encode_utf16().flat_map(u16::to_le_bytes).collect() } else { text.into_bytes() };
        fs::write(folder.join(format!("{n}.log")), bytes).unwrap();
    }
    for (n, name) in NAMES.iter().enumerate() {
        let named = name.replace("{}", &secret());
        let member = format!("logs/{}", name.replace("{}", &secret()));
        fs::write(folder.join(&named), head).unwrap();
        fs::write(folder.join(format!("{n}.zip")), zip(&member, head.as_bytes())).unwrap();
        // Cut archives are named with what was used of them.
        let whole = zip(&member, zip(&member, &head.repeat(50).into_bytes()).as_slice());
        fs::write(folder.join(format!("cut-{named}")), &whole[..whole.len() / 2]).unwrap();
        let below = folder.join(format!("{n} {}", name.replace("{}", &secret())));
        fs::create_dir(&below).unwrap();
        fs::write(below.join("a.log"), head).unwrap();
    }
    let requests: Vec<String> = REQUESTS.iter().map(|request| request.replace("{}", &secret())).collect();
    fs::write(folder.join("http.pcap"), capture(&requests)).unwrap();
    fs::write(folder.join("key.pem"), format!("{head}-----BEGIN RSA PRIVATE KEY-----\n{}\n", secret())).unwrap();
    secrets
}

/// A file for each class, each in another of the dresses of files.
fn dressed_case(folder: &Path) -> Vec<String> {
    fs::create_dir_all(folder).unwrap();
    let file = |(n, (_, template)): (usize, &(&str, &str))| {
        let secret = canary(5_000 + n);
        let texts = files::dressed(&template.replace("{}", &secret));
        let (_, name, contents) = &texts[n % texts.len()];
        fs::write(folder.join(format!("{n}-{name}")), contents).unwrap();
        secret
    };
    CLASSES.iter().enumerate().map(file).collect()
}

fn report(scanner: &Scanner<'_>, input: &Path) -> Report {
    let options = Options { conversations: true, ..Options::default() };
    let case = scanner.scan(&[Input::Path(input.to_owned())], &options, &Silent);
    let selection = Selection { min_confidence: 0.0, conversations: true, ..Selection::default() };
    Diagnosis::new(case, scanner.library()).report(&selection)
}

fn shown(what: &str, text: &str, secrets: &[String]) -> Vec<String> {
    let parts = secrets.iter().flat_map(|secret| (0..=secret.len() - PART).map(move |at| &secret[at..at + PART]));
    let parts = AhoCorasick::new(parts).unwrap();
    let lines = text.lines().filter(|line| parts.is_match(*line));
    lines.map(|line| format!("{what}: {}", line.chars().take(400).collect::<String>())).collect()
}

/// Every format of the report, of an inventory and of a comparison.
#[test]
fn no_secret_shows_in_any_format() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join(format!("case token={}", canary(9_999)));
    fs::create_dir(&folder).unwrap();
    let mut secrets = case(&folder);
    secrets.push(canary(9_999));
    let library = library(true);
    let scanner = Scanner::new(&library);
    let report = report(&scanner, &folder);
    assert!(report.findings.iter().filter(|finding| finding.id == "canary").count() > CLASSES.len() / 2);
    assert!(report.errors.len() >= NAMES.len(), "{:?}", report.errors);
    let asked = |finding: &Finding| finding.evidence.iter().any(|evidence| evidence.signal == "canary-request");
    assert!(report.findings.iter().any(asked), "no request is quoted");
    let of_files = work.path().join("dressed");
    secrets.extend(dressed_case(&of_files));
    let of_files = self::report(&scanner, &of_files);
    let mut quoted = of_files.findings.iter().flat_map(|finding| &finding.evidence);
    assert!(quoted.any(|evidence| evidence.excerpt.contains("<masked:")), "nothing is quoted");
    let mut leaked = Vec::new();
    for (report, verbose) in [(&report, false), (&report, true), (&of_files, false), (&of_files, true)] {
        let style = Style { width: 100, verbose, ..Style::default() };
        for format in Format::ALL {
            leaked.extend(shown(format.name(), &format.render(report, &style), &secrets));
        }
        leaked.extend(shown("inventory", &inventory(report, &style), &secrets));
        let earlier = Earlier::from(report);
        let diff = compare(("a", Source::Case, &earlier), ("b", Source::Case, &Earlier::default()));
        for format in DiffFormat::ALL {
            leaked.extend(shown("comparison", &format.render(&diff, &style), &secrets));
        }
    }
    assert!(leaked.is_empty(), "{}\n{}", leaked.len(), leaked.join("\n"));
}

/// The program as it is run, with all it can say on standard error.
#[test]
fn no_secret_shows_in_what_the_program_says() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join(format!("case token={}", canary(9_999)));
    fs::create_dir(&folder).unwrap();
    let mut secrets = case(&folder);
    secrets.push(canary(9_999));
    secrets.extend(dressed_case(&folder.join("dressed")));
    let rules = rules().display().to_string();
    let missing = folder.join(format!("password={}", canary(9_998)));
    secrets.push(canary(9_998));
    let mut leaked = Vec::new();
    for arguments in [
        &["diagnose", "-vv", "--rules", &rules][..],
        &["inspect", "-vv", "--rules", &rules],
        &["check", "-v", "--rules", &rules],
        &["explain", "--rules", &rules, "canary"],
        &["diff", "-v", "--rules", &rules],
    ] {
        let other: &Path = if arguments[0] == "diff" { &folder } else { &missing };
        let output = support::run(arguments, &[&folder, other]);
        assert!(matches!(output.status, 0 | 1), "{arguments:?}: {}", output.stderr);
        assert!(output.stdout.contains("masked:") || arguments[0] == "check" || arguments[0] == "diff", "{arguments:?}");
        leaked.extend(shown(arguments[0], &output.stdout, &secrets));
        leaked.extend(shown(&format!("{} on standard error", arguments[0]), &output.stderr, &secrets));
    }
    let alone = support::run(&["diagnose", "-vv"], &[&missing]);
    leaked.extend(shown("what is missing", &alone.stderr, &secrets));
    assert!(leaked.is_empty(), "{}\n{}", leaked.len(), leaked.join("\n"));
}

/// The contents of a zip.
fn members(bytes: Vec<u8>) -> Vec<Vec<u8>> {
    let Ok(mut zip) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else { return Vec::new() };
    let mut contents = Vec::new();
    for at in 0..zip.len() {
        let mut member = Vec::new();
        zip.by_index(at).unwrap().read_to_end(&mut member).unwrap();
        contents.push(member);
    }
    contents
}

/// The copy that is given away, and the report of it.
#[test]
fn no_secret_is_in_a_redacted_copy() {
    let work = tempfile::tempdir().unwrap();
    let folder = work.path().join("case");
    let copy = work.path().join("copy");
    fs::create_dir(&folder).unwrap();
    let mut secrets = Vec::new();
    for (number, (_, template)) in CLASSES.iter().enumerate() {
        for (at, (_, name, contents)) in files::dressed(&template.replace("{}", &canary(number))).iter().enumerate() {
            fs::write(folder.join(format!("{number:02}-{at:02}-{name}")), contents).unwrap();
        }
        // As lines of one text, of which a terminal wrapped some.
        let line = template.replace("{}", &canary(number));
        let texts: String = dressed(&line, &canary(number)).iter().map(|(_, text)| format!("{text}\n\n")).collect();
        fs::write(folder.join(format!("{number:02}-lines.log")), &texts).unwrap();
        fs::write(folder.join(format!("{number:02}.zip")), zip("a/b.log", &zip("c.log", texts.as_bytes()))).unwrap();
        secrets.push(canary(number));
    }
    for (number, template) in BENEATH.iter().enumerate() {
        let secret = canary(3_000 + number);
        fs::write(folder.join(format!("beneath-{number}.yaml")), template.replace("{}", &secret)).unwrap();
        secrets.push(secret);
    }
    let others = folder.join("others");
    fs::create_dir(&others).unwrap();
    // Secrets of these are the same as those above.
    case(&others);
    let output = support::run(&["redact", "--keep", "-o", copy.to_str().unwrap()], &[&folder]);
    assert!(matches!(output.status, 0 | 1), "{}", output.stderr);
    let mut leaked = shown("what it says", &format!("{}{}", output.stdout, output.stderr), &secrets);
    let mut files = 0;
    let mut folders = vec![copy];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            leaked.extend(shown("a name", &path.display().to_string(), &secrets));
            let mut open = vec![fs::read(&path).unwrap()];
            while let Some(bytes) = open.pop() {
                // In UTF-16 as well.
                let text = String::from_utf8_lossy(&bytes).replace('\0', "");
                leaked.extend(shown(&path.display().to_string(), &text, &secrets));
                open.extend(members(bytes));
            }
        }
    }
    assert!(leaked.is_empty() && files >= CLASSES.len() * 15, "{} in {files} files\n{}", leaked.len(), leaked.join("\n"));
}

/// What masking must not touch: which findings there are, and how sure they are.
fn judged(report: &Report) -> Vec<String> {
    let told = |finding: &Finding| {
        let Finding { rank, id, confidence, status, severity, first_seen, last_seen, occurrences, explained_by, .. } = finding;
        format!(
            "{rank} {id} {confidence} {status:?} {severity:?} {first_seen:?} {last_seen:?} {occurrences} {explained_by:?} {}",
            finding.evidence.len()
        )
    };
    report.findings.iter().map(told).chain([format!("{} devices, {} errors", report.devices.len(), report.errors.len())]).collect()
}

#[test]
fn masking_changes_no_finding_and_little_else() {
    let library = library(true);
    let (masked, open) = (Scanner::new(&library), Scanner::with(&library, Masker::blind()));
    let work = tempfile::tempdir().unwrap();
    case(work.path());
    let mut inputs = crate::formats::labelled_inputs();
    inputs.push(work.path().to_owned());
    let (mut excerpts, mut differ) = (0_usize, Vec::new());
    for input in &inputs {
        let (masked, open) = (report(&masked, input), report(&open, input));
        assert_eq!(judged(&masked), judged(&open), "{}", input.display());
        let quotes = |report: &Report| -> Vec<String> {
            let evidence = report.findings.iter().flat_map(|finding| finding.evidence.iter().chain(&finding.contradictions));
            evidence.map(|evidence| evidence.excerpt.clone()).collect()
        };
        if input != work.path() {
            excerpts += quotes(&open).len();
            differ.extend(quotes(&masked).into_iter().zip(quotes(&open)).filter(|(masked, open)| masked != open));
        }
    }
    differ.sort();
    differ.dedup();
    // The labelled cases hold a few tokens and passwords, which are meant to be masked; nothing else is.
    let clean: Vec<String> = differ
        .iter()
        .filter(|(masked, _)| !MEANT.iter().any(|mark| masked.to_lowercase().contains(mark)))
        .map(|(masked, open)| format!("{open}\n  {masked}"))
        .collect();
    assert!(clean.len() * 1_000 <= excerpts, "{} of {excerpts}:\n{}", clean.len(), clean.join("\n"));
}

/// Of masked excerpts of the labelled cases, those whose original holds a token, password or key of its author's making.
const MEANT: &[&str] = &[
    "code to cssm account: <masked:reservation>",
    "confirmation code: <masked:reservation>",
    "reservation install <masked:reservation>",
    "reservation install \"<masked:reservation>",
    "idtoken <masked:token>",
    "the token '<masked:token>",
    "the token ‘<masked:token>",
];
