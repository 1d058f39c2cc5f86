//! What goes wrong around the program: pipes that close, disks that are full, interrupts, files that change. It ends with a status
//! of the contract, says what happened, and leaves nothing half made.

use std::fs;
use std::path::Path;

use bundlescope::intake::{self, Artifact, Budget, Input, Limits, Trouble, TroubleKind, Visitor};
use serde_json::Value;

use crate::support;

const EVIDENCE: &str = "Aug 23 09:19:43.486: %SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Unable to resolve server hostname/domain name\n";

fn case() -> tempfile::TempDir {
    let work = tempfile::tempdir().unwrap();
    fs::create_dir(work.path().join("case")).unwrap();
    fs::write(work.path().join("case/good.log"), EVIDENCE).unwrap();
    work
}

fn ids(json: &str) -> Vec<String> {
    let report: Value = serde_json::from_str(json).unwrap();
    report["findings"].as_array().unwrap().iter().map(|finding| finding["id"].as_str().unwrap().to_owned()).collect()
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Changes a file when it is handed over, that is after it was opened and before it is looked at again.
struct Meanwhile<F: FnMut()>(F, Vec<TroubleKind>);

impl<F: FnMut()> Visitor for Meanwhile<F> {
    fn artifact(&mut self, _: Artifact<'_>) {
        (self.0)();
    }

    fn trouble(&mut self, trouble: Trouble) {
        self.1.push(trouble.kind);
    }
}

#[test]
fn files_that_change_while_they_are_read_are_told() {
    let work = case();
    let path = work.path().join("case/good.log");
    let other = work.path().join("other");
    let append = || {
        let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
        std::io::Write::write_all(&mut file, b"more\n").unwrap();
    };
    let changes: [(&str, &dyn Fn()); 5] = [
        ("grown", &append),
        ("shrunk", &|| fs::write(&path, "short").unwrap()),
        ("emptied, as `copytruncate` does", &|| fs::write(&path, "").unwrap()),
        ("replaced", &|| {
            fs::write(&other, EVIDENCE).unwrap();
            fs::rename(&other, &path).unwrap();
        }),
        ("removed", &|| fs::remove_file(&path).unwrap()),
    ];
    for (how, change) in changes {
        fs::write(&path, EVIDENCE).unwrap();
        let limits = Limits::default();
        let (entries, _) = intake::list(&[Input::Path(work.path().join("case"))], &limits);
        let mut visitor = Meanwhile(change, Vec::new());
        entries.iter().for_each(|entry| intake::open(entry, &limits, &Budget::new(&limits), &mut visitor));
        let seen = if cfg!(unix) { vec![TroubleKind::ChangedWhileRead] } else { visitor.1.clone() };
        assert_eq!(visitor.1, seen, "{how}");
    }
}

#[test]
fn a_target_that_cannot_be_written_is_named_and_left_as_it_was() {
    let work = case();
    let input = work.path().join("case");
    fs::create_dir(work.path().join("folder")).unwrap();
    let before = names(work.path());
    for target in ["", "json=", "none/report.json", "json=folder", "csv=folder/.."] {
        let target = match target.split_once('=') {
            Some((format, "")) => format!("{format}="),
            Some((format, file)) => format!("{format}={}", work.path().join(file).display()),
            None if target.is_empty() => String::new(),
            None => work.path().join(target).display().to_string(),
        };
        let output = support::run(&["diagnose", "-q", "-o", &target], &[&input]);
        assert_eq!(output.status, 2, "{target}: {}", output.stderr);
        assert!(output.stderr.starts_with("error: ") && !output.stderr.contains("persist"), "{target}: {}", output.stderr);
        assert_eq!(names(work.path()), before, "{target}");
    }
    // Nor over what the report is made from.
    let log = input.join("good.log").display().to_string();
    let output = support::run(&["diagnose", "-o", &log], &[&input]);
    assert_eq!((output.status, fs::read_to_string(&log).unwrap().as_str()), (2, EVIDENCE));
}

#[test]
fn one_file_by_several_names_is_one_artifact() {
    let work = case();
    let folder = work.path().join("case");
    let paths = [folder.join("good.log"), folder.clone(), work.path().join("case/../case/good.log"), work.path().join("./case")];
    let paths: Vec<&Path> = paths.iter().map(std::path::PathBuf::as_path).collect();
    let report: Value = serde_json::from_str(&support::run(&["diagnose", "-f", "json"], &paths).stdout).unwrap();
    assert_eq!((&report["case"]["artifacts"], report["findings"].as_array().unwrap().len()), (&Value::from(1), 1));
}

#[cfg(unix)]
mod unix {
    use std::ffi::{OsStr, OsString};
    use std::io::{Read as _, Write as _};
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::{Command, Stdio};

    use super::*;

    fn program() -> Command {
        let mut command = support::command();
        command.stdin(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// Runs a line of shell in which `$0` is the program.
    fn shell(line: &str, folder: &Path) -> support::Output {
        let mut command = Command::new("sh");
        command.args(["-c", line, env!("CARGO_BIN_EXE_bundlescope")]).current_dir(folder).env_remove("HOME").stdin(Stdio::null());
        support::finished(command.output().unwrap())
    }

    /// What can be written, with the least to read.
    fn everything_written(work: &Path) -> Vec<Vec<OsString>> {
        let input = work.join("case").into_os_string();
        let words = |words: &str| words.split(' ').map(OsString::from).collect::<Vec<_>>();
        let mut all: Vec<Vec<OsString>> = ["table", "json", "ndjson", "markdown", "html", "sarif", "junit", "csv"]
            .iter()
            .map(|format| [words("diagnose -q -f"), vec![format.into(), input.clone()]].concat())
            .collect();
        for verb in ["check -q", "inspect -q", "diagnose -q --limit help", "explain dns-name-unresolved"] {
            all.push([words(verb), vec![input.clone()]].concat());
        }
        all.push([words("diff -q"), vec![input.clone(), input]].concat());
        let alone =
            ["rules list", "rules lint", "rules schema", "rules show dns-name-unresolved", "completions bash", "man", "--help", "-V"];
        all.extend(alone.iter().map(|line| words(line)));
        all
    }

    #[test]
    fn a_closed_pipe_ends_quietly() {
        let work = case();
        for arguments in everything_written(work.path()) {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            let output = program().args(&arguments).stdout(writer).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{arguments:?}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error_that_is_said() {
        let work = case();
        let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        for arguments in everything_written(work.path()) {
            let output = program().args(&arguments).stdout(full()).output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        // Where nobody can be told, the report is still written.
        let target = work.path().join("report.json");
        let mut command = program();
        command.arg("diagnose").args([work.path().join("case"), work.path().join("missing")]).arg("-o").arg(&target);
        let output = command.stderr(full()).output().unwrap();
        assert_eq!((output.status.code(), ids(&fs::read_to_string(&target).unwrap())), (Some(0), vec!["dns-name-unresolved".to_owned()]));
        let output = support::run(&["diagnose", "-q", "-o", "json=/dev/full"], &[&work.path().join("case")]);
        assert!(output.status == 2 && output.stderr.contains("cannot write /dev/full"), "{}", output.stderr);
    }

    #[test]
    fn closed_streams_few_files_and_no_home_change_nothing() {
        let work = case();
        let folder = work.path();
        let expected = shell("exec \"$0\" diagnose -f json case", folder).stdout;
        assert_eq!(ids(&expected), ["dns-name-unresolved"]);
        for line in [
            "exec \"$0\" diagnose -f json case <&-",
            "exec \"$0\" diagnose -f json case 2>&-",
            "ulimit -n 16; exec \"$0\" diagnose -f json -j 8 case",
            "exec env -i \"$0\" diagnose -f json case",
            "cd / && exec env -i \"$0\" diagnose -q -o json=/dev/stdout \"$OLDPWD/case\"",
        ] {
            let output = shell(line, folder);
            assert_eq!((output.status, ids(&output.stdout)), (0, ids(&expected)), "{line}: {}", output.stderr);
        }
        let output = shell("exec \"$0\" diagnose -o all.json case missing <&- >&- 2>&-", folder);
        assert_eq!((output.status, ids(&fs::read_to_string(folder.join("all.json")).unwrap())), (0, ids(&expected)));
        // Files that may not grow: the one of the report, the one of a zip in a stream.
        let output = shell("ulimit -f 1; exec \"$0\" diagnose -q -o more.html case", folder);
        assert!(output.status == 2 && output.stderr.contains("cannot write more.html"), "{} {}", output.status, output.stderr);
        let left: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".tmp") || name == "more.html"), "{left:?}");
        // Nothing on a closed standard input is an empty case, not a crash.
        assert_eq!(shell("exec \"$0\" diagnose -q - <&-", folder).status, 0);
        for columns in ["0", "-1", "1", "19", "20", "99999999999999999999", "wide", ""] {
            let output = shell(&format!("COLUMNS={columns} exec \"$0\" diagnose case"), folder);
            assert!(output.status == 0 && output.stdout.contains("dns-name-unresolved"), "{columns}: {}", output.stdout);
        }
    }

    #[test]
    fn a_read_only_working_folder_is_no_trouble_and_its_report_is_refused() {
        let work = case();
        let input = work.path().join("case");
        // Nothing can be made here, not even by root.
        let here = Path::new(if cfg!(target_os = "linux") { "/proc" } else { "/dev" });
        let run = |arguments: &[&str]| support::finished(program().args(arguments).arg(&input).current_dir(here).output().unwrap());
        let output = run(&["diagnose", "-f", "json"]);
        assert_eq!((output.status, ids(&output.stdout)), (0, vec!["dns-name-unresolved".to_owned()]));
        let output = run(&["diagnose", "-o", "report.json"]);
        assert!(output.status == 2 && output.stderr.contains("cannot write report.json"), "{}", output.stderr);
    }

    #[test]
    fn what_is_no_file_is_named_and_never_opened() {
        let work = case();
        let folder = work.path().join("case");
        let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, folder.join(name)).unwrap();
        link("loop", "loop");
        link(".", "self");
        link("../..", "up");
        link("/etc/passwd", "out");
        link("missing", "dangling");
        let _socket = std::os::unix::net::UnixListener::bind(folder.join("socket")).unwrap();
        assert!(Command::new("mkfifo").arg(folder.join("fifo")).status().unwrap().success());
        let output = support::run(&["diagnose", "-q", "-f", "json"], &[&folder]);
        let report: Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!((output.status, ids(&output.stdout)), (0, vec!["dns-name-unresolved".to_owned()]));
        let mut named = Vec::new();
        for error in report["errors"].as_array().unwrap() {
            assert_eq!(error["kind"], "not_regular", "{error}");
            named.push(error["artifact"].as_str().unwrap().rsplit('/').next().unwrap());
        }
        assert_eq!(named, ["dangling", "fifo", "loop", "out", "self", "socket", "up"]);
        // A pipe that the user names is read; devices, sockets and links that lead nowhere are refused.
        let fifo = folder.join("fifo");
        let writer = std::thread::spawn({
            let fifo = fifo.clone();
            move || fs::write(fifo, EVIDENCE).unwrap()
        });
        let output = support::run(&["diagnose", "-q", "-f", "json"], &[&fifo]);
        writer.join().unwrap();
        assert_eq!((output.status, ids(&output.stdout)), (0, vec!["dns-name-unresolved".to_owned()]));
        for path in ["socket", "loop", "dangling"] {
            assert_eq!(support::run(&["diagnose", "-q"], &[&folder.join(path)]).status, 2, "{path}");
        }
        for device in ["/dev/null", "/dev/zero", "/dev/tty"] {
            assert_eq!(support::run(&["diagnose", "-q"], &[Path::new(device)]).status, 2, "{device}");
        }
    }

    #[test]
    fn names_that_are_no_text_are_read_and_shown_without_harm() {
        let work = case();
        let folder = work.path().join("case");
        for name in [&b"latin-\xe9.log"[..], b"screen\x1b[2J\x07.log", b"two\nlines.log", b"::error::x.log", b"rtl\xe2\x80\xaetxt.log"] {
            fs::write(folder.join(OsStr::from_bytes(name)), EVIDENCE).unwrap();
        }
        let odd = folder.join(OsStr::from_bytes(b"latin-\xe9.log"));
        for format in ["table", "json", "ndjson", "markdown", "html", "sarif", "junit", "csv"] {
            let output = support::run(&["diagnose", "-f", format], &[&odd, &folder]);
            assert_eq!(output.status, 0, "{}", output.stderr);
            assert!(output.stdout.contains("latin-"), "{format}");
            for text in [&output.stdout, &output.stderr] {
                assert!(!text.contains(['\x1b', '\x07', '\u{202e}']), "{format}: {text}");
            }
        }
        let missing = support::run(&["diagnose"], &[Path::new(OsStr::from_bytes(b"missing\xff\x1b[2J"))]);
        assert!(missing.status == 2 && missing.stderr.contains("missing\\xff\\x1b[2J"), "{}", missing.stderr);
        for arguments in [&[&b"diag\xff"[..]][..], &[b"diagnose", b"--select", b"\xff"], &[b"diagnose", b"-o", b"\xff", b"case"]] {
            let output = program().args(arguments.iter().map(|bytes| OsStr::from_bytes(bytes))).output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        }
    }

    /// Whether whoever runs the tests has a signal ignored, and so has all that they start.
    fn is_ignored(name: &str, number: u32) -> bool {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or("0");
        let ignored = u64::from_str_radix(mask.trim(), 16).unwrap() & (1 << (number - 1)) != 0;
        if ignored {
            let _ = writeln!(std::io::stderr(), "SKIPPED: SIG{name} is ignored where these tests run");
        }
        ignored
    }

    fn signal(name: &str, process: u32) {
        assert!(Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status().unwrap().success());
    }

    /// A zip inside a gzip stream, which is copied to a temporary file while it is read.
    fn spooled() -> Vec<u8> {
        let mut noise = 1_u32;
        let bytes: Vec<u8> = (0..2_000_000)
            .map(|_| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (noise >> 24) as u8
            })
            .collect();
        let mut zip = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
        zip.extend(bytes);
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(&zip).unwrap();
        gz.finish().unwrap()
    }

    #[test]
    fn an_interrupt_leaves_nothing_behind() {
        let input = spooled();
        for (name, number, code, by) in
            [("INT", 2, Some(130), None), ("TERM", 15, None, Some(15)), ("HUP", 1, None, Some(1)), ("KILL", 9, None, Some(9))]
        {
            if is_ignored(name, number) {
                continue;
            }
            let work = tempfile::tempdir().unwrap();
            let (temporary, out) = (work.path().join("tmp"), work.path().join("out"));
            fs::create_dir(&temporary).unwrap();
            fs::create_dir(&out).unwrap();
            fs::write(out.join("report.json"), "older").unwrap();
            let mut child = program()
                .args(["diagnose", "--limit", "spool_memory=1K", "-", "-o"])
                .arg(out.join("report.json"))
                .env("TMPDIR", &temporary)
                .stdin(Stdio::piped())
                .spawn()
                .unwrap();
            // More than a pipe holds: when it is gone the program is reading, and the spool is there.
            child.stdin.as_mut().unwrap().write_all(&input[..1_000_000]).unwrap();
            signal(name, child.id());
            let status = child.wait().unwrap();
            assert_eq!((status.code(), status.signal()), (code, by), "{name}");
            assert_eq!((names(&temporary), names(&out)), (vec![], vec!["report.json".to_owned()]), "{name}");
            assert_eq!(fs::read_to_string(out.join("report.json")).unwrap(), "older", "{name}");
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            assert!(!said.contains("panicked"), "{name}: {said}");
        }
    }

    #[test]
    fn an_interrupted_copy_goes_away() {
        let work = tempfile::tempdir().unwrap();
        fs::create_dir(work.path().join("case")).unwrap();
        let noise = "Aug 23 09:19:43.486: %SYS-5-CONFIG_I: Configured from console by admin on vty0 (10.1.2.3)\n";
        for n in 0..60 {
            fs::write(work.path().join(format!("case/{n}.log")), EVIDENCE.to_owned() + &noise.repeat(2_000)).unwrap();
        }
        for (name, number) in [("INT", 2), ("TERM", 15)] {
            if is_ignored(name, number) {
                continue;
            }
            let before = names(work.path());
            let mut child = program().arg("redact").arg("case").args(["-o", "copy"]).current_dir(work.path()).spawn().unwrap();
            // The copy is being made as soon as its folder is there.
            while names(work.path()) == before {
                assert_eq!(child.try_wait().unwrap(), None, "it ended before it made a copy");
                std::thread::yield_now();
            }
            signal(name, child.id());
            let status = child.wait().unwrap();
            assert!(status.code() == Some(130) || status.signal() == Some(15), "{name}: {status}");
            assert_eq!(names(work.path()), before, "{name}");
        }
    }

    #[test]
    fn who_ignores_interrupts_for_the_program_is_not_overruled() {
        let work = case();
        let line = "exec 3<&0; trap '' INT HUP; \"$0\" diagnose -q -f json - <&3 & kill -INT $!; kill -HUP $!; wait $!";
        let mut command = Command::new("sh");
        let input = fs::File::open(work.path().join("case/good.log")).unwrap();
        command.args(["-c", line, env!("CARGO_BIN_EXE_bundlescope")]).stdin(input);
        let output = support::finished(command.output().unwrap());
        if cfg!(target_os = "linux") {
            assert_eq!((output.status, ids(&output.stdout)), (0, vec!["dns-name-unresolved".to_owned()]), "{}", output.stderr);
        }
    }
}
