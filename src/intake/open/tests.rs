use super::super::gather::{Gathered, bytes, file, gzip, log, samples, tar, whole, zip};
use super::super::{Content, Encoding, Limits, TroubleKind};
use super::*;

#[test]
fn paths_show_archives_and_hide_compressors() {
    let text = log(3);
    let diag = gzip(&tar(&[("log.txt", text.as_bytes())]));
    let case = zip(&[("exp/diag.tar.gz", &diag), ("old.gz", &gzip(&gzip(text.as_bytes()))), ("empty", b"")]);
    let gathered = whole(&gzip(&tar(&[("case.zip", &case)])));
    assert_eq!(gathered.names(), ["f!case.zip!exp/diag.tar.gz!log.txt", "f!case.zip!old.gz", "f!case.zip!empty"]);
    assert_eq!(gathered.text("f!case.zip!exp/diag.tar.gz!log.txt"), text);
    assert_eq!(gathered.text("f!case.zip!old.gz"), text);
    assert_eq!(gathered.leaves[2].1, Content::Empty);
    assert_eq!(gathered.kinds(), []);
}

#[test]
fn what_stands_before_a_zip_is_read_as_well() {
    let text = log(3);
    let packed = zip(&[("a.log", text.as_bytes()), ("b.log", text.as_bytes())]);
    for (before, expected) in [
        (text.clone().into_bytes(), vec!["f", "f!a.log", "f!b.log"]),
        (log(400).into_bytes(), vec!["f", "f!a.log", "f!b.log"]),
        (vec![0; 100_000], vec!["f!a.log", "f!b.log"]),
        ((0..100_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect(), vec!["f!a.log", "f!b.log"]),
    ] {
        let gathered = whole(&[before.as_slice(), &packed].concat());
        assert_eq!((gathered.names(), gathered.kinds()), (expected, vec![]));
        assert_eq!((gathered.text("f!a.log"), gathered.text("f!b.log")), (text.as_str(), text.as_str()));
        assert!(gathered.names()[0] != "f" || gathered.text("f").as_bytes() == before);
    }
}

#[test]
fn what_turns_into_text_is_text() {
    let noise: Vec<u8> = (0..64 << 10).map(|n: u32| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let torn = [noise.as_slice(), log(4_000).as_bytes()].concat();
    for (contents, expected) in [(&torn, Content::Text(Encoding::Bytes)), (&noise.repeat(4), Content::Binary(None))] {
        for gathered in [whole(contents), whole(&gzip(contents))] {
            assert_eq!((gathered.leaves[0].1, gathered.leaves[0].2.len()), (expected, contents.len()));
        }
    }
}

#[test]
fn levels_count_a_compressed_tar_once() {
    let packed = gzip(&tar(&[("a.gz", &gzip(b"text\n"))]));
    let at = |depth| bytes(&packed, &Limits { depth, ..Limits::default() });
    assert_eq!(at(2).text("f!a.gz"), "text\n");
    assert_eq!(at(1).kinds(), [("f!a.gz", TroubleKind::Limit)]);
    assert_eq!(at(0).kinds(), [("f", TroubleKind::Limit)]);
}

#[test]
fn a_quine_ends() {
    // Nested further than anyone unpacks by hand.
    let mut packed = b"text\n".to_vec();
    for _ in 0..100 {
        packed = gzip(&packed);
    }
    let gathered = whole(&packed);
    assert_eq!((gathered.names().len(), gathered.kinds()), (0, vec![("f", TroubleKind::Limit)]));
}

fn limited(contents: &[u8], set: impl FnOnce(&mut Limits)) -> Gathered {
    let mut limits = Limits::default();
    set(&mut limits);
    bytes(contents, &limits)
}

#[test]
fn limits_leave_the_beginning_and_name_themselves() {
    let text = log(2000);
    let packed = gzip(text.as_bytes());
    let two = tar(&[("a", text.as_bytes()), ("b", text.as_bytes())]);
    let zeros = gzip(&vec![b' '; 4 << 20]);
    for (what, gathered, lengths, named) in [
        ("plain", limited(text.as_bytes(), |l| l.artifact = 1000), vec![1000], "artifact=2000B"),
        ("exactly", limited(text.as_bytes(), |l| l.artifact = text.len() as u64), vec![text.len()], ""),
        ("packed", limited(&packed, |l| l.artifact = 1000), vec![1000], "artifact=2000B"),
        ("exactly packed", limited(&packed, |l| l.artifact = text.len() as u64), vec![text.len()], ""),
        ("unpacked", limited(&packed, |l| l.unpacked = 5000), vec![5000], "unpacked=10000B"),
        (
            "unpacked, in a tar",
            limited(&gzip(&two), |l| l.unpacked = 150_000),
            vec![text.len(), 150_000 - 1024 - text.len().next_multiple_of(512)],
            "unpacked=",
        ),
        ("a spool", limited(&gzip(&zip(&[("a", text.as_bytes())])), |l| l.spool = 100), vec![], "spool=200B"),
        ("few", limited(&zeros, |l| (l.ratio, l.ratio_case) = (100, 1 << 20)), vec![1 << 20], "ratio=200"),
    ] {
        let found: Vec<usize> = gathered.leaves.iter().map(|leaf| leaf.2.len()).collect();
        if what == "few" {
            assert!(found[0] <= lengths[0] && found[0] > lengths[0] / 2, "{what}: {found:?}");
        } else {
            assert_eq!(found, lengths, "{what}");
        }
        let messages: Vec<_> = gathered.troubles.iter().map(|trouble| trouble.message.as_str()).collect();
        assert_eq!(messages.len(), usize::from(!named.is_empty()), "{what}: {messages:?}");
        assert!(messages.iter().all(|message| message.contains(&format!("--limit {named}"))), "{what}: {messages:?}");
    }
}

#[test]
fn one_file_of_a_high_ratio_does_not_cost_the_next() {
    let zeros = vec![0; 4 << 20];
    let packed = gzip(&tar(&[("core", &zeros), ("log", b"text\n")]));
    let gathered = limited(&packed, |limits| (limits.ratio, limits.ratio_artifact) = (100, 1 << 20));
    assert_eq!((gathered.text("f!log"), gathered.kinds()), ("text\n", vec![("f!core", TroubleKind::Limit)]));
}

#[test]
fn a_zip_bomb_of_zips_ends_by_its_ratio() {
    let zeros = vec![0; 1 << 20];
    let inner = zip(&[("a", &zeros), ("b", &zeros), ("c", &zeros)]);
    let bomb = zip(&[("1.zip", &inner), ("2.zip", &inner), ("3.zip", &inner)]);
    let gathered = limited(&bomb, |limits| (limits.ratio, limits.ratio_case) = (300, 5 << 19));
    assert_eq!(gathered.kinds(), [("f!1.zip!c", TroubleKind::Limit)]);
    assert!(gathered.troubles[0].message.contains("--limit ratio=600"), "{}", gathered.troubles[0].message);
    assert_eq!(gathered.names(), ["f!1.zip!a", "f!1.zip!b", "f!1.zip!c"]);
}

#[test]
fn time_runs_out() {
    let limits = Limits { time: 1, ..Limits::default() };
    let budget = Budget::new(&limits);
    std::thread::sleep(std::time::Duration::from_millis(1001));
    let mut named = tempfile::NamedTempFile::new().unwrap();
    named.write_all(&gzip(b"text\n")).unwrap();
    let mut gathered = Gathered::default();
    open(&Entry::at(LogicalPath::input("f"), named.path()), &limits, &budget, &mut gathered);
    assert_eq!((gathered.names().len(), gathered.kinds()), (0, vec![("f", TroubleKind::Limit)]));
    assert!(gathered.troubles[0].message.contains("--limit time=2s"), "{}", gathered.troubles[0].message);
}

#[test]
fn an_honest_repetitive_log_is_read_whole() {
    let text = "%LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to down\n".repeat(50_000);
    let gathered = whole(&gzip(text.as_bytes()));
    assert_eq!((gathered.text("f").len(), gathered.troubles.len()), (text.len(), 0));
}

#[test]
fn two_damages_in_one_case_are_both_told() {
    let text = log(1000);
    let inner = gzip(text.as_bytes());
    let packed = gzip(&tar(&[("cut.gz", &inner[..inner.len() / 2]), ("whole.log", text.as_bytes()), ("empty", b"")]));
    let gathered = whole(&[packed.as_slice(), b"and a note"].concat());
    assert_eq!(gathered.names(), ["f!cut.gz", "f!whole.log", "f!empty"]);
    assert_eq!(gathered.text("f!whole.log"), text);
    assert_eq!(gathered.kinds(), [("f!cut.gz", TroubleKind::Truncated), ("f", TroubleKind::Corrupt)]);
    let message = &gathered.troubles[0].message;
    assert!(message.ends_with(&format!("the {} bytes before were used", gathered.text("f!cut.gz").len())), "{message}");
}

#[test]
fn a_small_damaged_archive_still_gives_its_members() {
    // All of it fits the head, so the damage shows before the first member is opened.
    let inner = gzip(b"inner\n");
    let packed = gzip(&tar(&[("a", b"one\n"), ("empty", b""), ("bad.gz", &inner[..10]), ("z", b"last\n")]));
    let gathered = whole(&packed[..packed.len() - 4]);
    assert_eq!(gathered.names(), ["f!a", "f!empty", "f!z"]);
    assert_eq!(gathered.kinds(), [("f!bad.gz", TroubleKind::Truncated), ("f", TroubleKind::Truncated)]);
}

struct Grower<'f>(&'f std::path::Path, Vec<u64>, Vec<TroubleKind>);

impl Visitor for Grower<'_> {
    fn artifact(&mut self, artifact: Artifact<'_>) {
        if let Source::File(_, length) = artifact.source {
            self.1.push(length);
        }
        std::fs::OpenOptions::new().append(true).open(self.0).unwrap().write_all(b"one more line\n").unwrap();
    }

    fn trouble(&mut self, trouble: Trouble) {
        self.2.push(trouble.kind);
    }
}

#[test]
fn a_file_that_grows_is_cut_where_it_was_and_told() {
    let mut named = tempfile::NamedTempFile::new().unwrap();
    named.write_all(b"a line\n").unwrap();
    let mut grower = Grower(named.path(), Vec::new(), Vec::new());
    let limits = Limits::default();
    open(&Entry::at(LogicalPath::input("f"), named.path()), &limits, &Budget::new(&limits), &mut grower);
    assert_eq!((grower.1, grower.2), (vec![7], vec![TroubleKind::ChangedWhileRead]));
}

#[test]
fn what_is_gone_or_no_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let gone = file("f", &folder.path().join("gone"), &Limits::default());
    assert_eq!(gone.kinds(), [("f", TroubleKind::NotFound)]);
    let not_a_file = file("f", folder.path(), &Limits::default());
    assert_eq!(not_a_file.kinds(), [("f", TroubleKind::NotRegular)]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_without_a_length_is_read() {
    let gathered = file("f", std::path::Path::new("/proc/self/status"), &Limits::default());
    assert!(gathered.text("f").starts_with("Name:"));
}

#[test]
fn samples_are_survived_and_read_as_other_tools_do() {
    // Members by `bsdtar -tf` and `unzip -l`, without folders, links, and what is encrypted or of an unread method.
    let expected: &[(&str, usize, usize)] = &[
        ("libarchive-compat_gtar_1.tar", 1, 1),
        ("libarchive-compat_gzip_2.tgz", 6, 1),
        ("libarchive-compat_solaris_pax_sparse_2.pax.Z", 1, 0),
        ("libarchive-compat_zip_5.zip", 12, 0),
        ("libarchive-compat_zstd_1.tar.zst", 6, 0),
        ("libarchive-extract.tar.Z", 2, 0),
        ("libarchive-extract.tar.lz", 0, 1),
        ("libarchive-option_passphrase.zip", 0, 2),
        ("libarchive-read_format_zip.zip", 2, 1),
        ("libarchive-read_format_zip_bzip2_multi.zipx", 3, 0),
        ("libarchive-read_format_zip_lzma.zipx", 1, 0),
        ("libarchive-read_format_zip_zstd_multi.zipx", 3, 0),
        ("zip2-lin-ub_iwd-v11.zip", 71, 0),
        ("zip2-ppmd.zip", 0, 1),
        ("zip2-xz.zip", 1, 0),
        // The text before it is read as well.
        ("zip2-zip64_demo.zip", 2, 0),
    ];
    for folder in ["archive", "hostile"].iter().filter_map(|folder| samples(folder)) {
        for sample in std::fs::read_dir(folder).unwrap() {
            let path = sample.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let gathered = file("f", &path, &Limits::default());
            if let Some((_, members, troubles)) = expected.iter().find(|(known, _, _)| *known == name) {
                assert_eq!((gathered.leaves.len(), gathered.troubles.len()), (*members, *troubles), "{name}: {:?}", gathered.troubles);
            }
            for (_, content, contents) in &gathered.leaves {
                assert!(*content != Content::Text(Encoding::Utf8) || !contents.is_empty(), "{name}");
            }
        }
    }
}
