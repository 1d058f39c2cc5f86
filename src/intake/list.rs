//! Turns what the user named into the top-level files of a case.

use super::escape::visible;
use super::limits::Limits;
use super::{LogicalPath, Trouble, TroubleKind};
use std::collections::{BTreeSet, HashSet};
use std::ffi::OsString;
use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What the user handed over.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// A file, a folder, or a pipe.
    Path(PathBuf),
    /// Standard input, under the name it shall have in the report.
    Stdin {
        /// The name shown.
        name: String,
    },
}

impl Input {
    /// The input as the user gave it, made visible.
    pub fn shown(&self) -> String {
        match self {
            Self::Path(path) => visible(path.as_os_str().as_encoded_bytes()),
            Self::Stdin { name } => visible(name.as_bytes()),
        }
    }
}

/// One top-level file of a case: a regular file, a pipe the user named, or standard input.
#[derive(Clone, Debug)]
pub struct Entry {
    path: LogicalPath,
    place: Place,
    size: Option<u64>,
    /// Its position among the entries of the case.
    order: usize,
    /// The file by its one name, where several inputs may lead to it.
    true_name: Option<PathBuf>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    File(PathBuf),
    Pipe(PathBuf),
    Stdin,
}

/// An entry with its bytes at hand.
pub(super) enum Opened {
    /// A regular file and its length.
    File(File, u64),
    Stream(Box<dyn Read>),
}

impl Entry {
    #[cfg(test)]
    pub(super) fn at(shown: LogicalPath, path: &Path) -> Self {
        Self { path: shown, place: Place::File(path.to_owned()), size: None, order: 0, true_name: None }
    }

    /// Where it lies.
    pub fn path(&self) -> &LogicalPath {
        &self.path
    }

    /// Its position among the entries of the case.
    pub(super) fn order(&self) -> usize {
        self.order
    }

    /// Its size in bytes when it was listed; unknown for pipes.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Whether another file has taken the place of the one that was opened: a log that was rotated meanwhile.
    #[cfg(unix)]
    pub(super) fn was_replaced(&self, opened: &File) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let Place::File(path) = &self.place else { return false };
        match (fs::metadata(path), opened.metadata()) {
            (Ok(now), Ok(then)) => (now.dev(), now.ino()) != (then.dev(), then.ino()),
            (Err(error), Ok(_)) => error.kind() == io::ErrorKind::NotFound,
            _ => false,
        }
    }

    #[cfg(not(unix))]
    pub(super) fn was_replaced(&self, _: &File) -> bool {
        false
    }

    pub(super) fn open(&self) -> Result<Opened, Trouble> {
        let trouble = |kind, message: String| Trouble { path: self.path.clone(), kind, message };
        let file = match &self.place {
            Place::Stdin => return Ok(Opened::Stream(Box::new(io::stdin().lock()))),
            Place::Pipe(path) => {
                let pipe = File::open(path).map_err(|error| refused(&self.path, &error))?;
                return Ok(Opened::Stream(Box::new(pipe)));
            }
            Place::File(path) => open_without_waiting(path).map_err(|error| refused(&self.path, &error))?,
        };
        // What was a regular file at listing may have been replaced since.
        let seen = file.metadata().map_err(|error| refused(&self.path, &error))?;
        if !seen.is_file() {
            return Err(trouble(TroubleKind::NotRegular, "it is no regular file any more and was not read".to_owned()));
        }
        Ok(Opened::File(file, seen.len()))
    }
}

/// Opens for reading such that a FIFO or terminal in the file's place neither blocks nor takes the process over.
fn open_without_waiting(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "x86", target_arch = "arm")))]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        const O_NONBLOCK: i32 = 0o4000;
        const O_NOCTTY: i32 = 0o400;
        options.custom_flags(O_NONBLOCK | O_NOCTTY);
    }
    options.open(path)
}

fn refused(path: &LogicalPath, error: &io::Error) -> Trouble {
    let (kind, message) = match error.kind() {
        io::ErrorKind::NotFound => (TroubleKind::NotFound, "no such file or folder".to_owned()),
        _ => (TroubleKind::Io, format!("it could not be opened: {}", visible(error.to_string().as_bytes()))),
    };
    Trouble { path: path.clone(), kind, message }
}

/// Expands the inputs to their files, sorted by path, with what could not be listed.
///
/// A link is followed only where the user named it; inside folders, links and whatever is neither file nor folder are
/// reported and left alone. A file named twice, by whatever path, or named beside its folder, is taken once.
pub fn list(inputs: &[Input], limits: &Limits) -> (Vec<Entry>, Vec<Trouble>) {
    let mut listing = Listing { entries: Vec::new(), troubles: Vec::new(), most: limits.members, left_out: 0, several: inputs.len() > 1 };
    let mut seen = HashSet::new();
    for input in inputs {
        if !seen.insert(input) {
            continue;
        }
        match input {
            Input::Stdin { name } => {
                let path = LogicalPath::input(visible(name.as_bytes()));
                listing.entries.push(Entry { path, place: Place::Stdin, size: None, order: 0, true_name: None });
            }
            Input::Path(path) => listing.named(path),
        }
    }
    listing.entries.sort_by(|a, b| a.path.cmp(&b.path));
    let mut true_names = HashSet::new();
    listing.entries.retain(|entry| entry.true_name.as_ref().is_none_or(|name| true_names.insert(name.clone())));
    for (order, entry) in listing.entries.iter_mut().enumerate() {
        entry.order = order;
    }
    if listing.left_out > 0
        && let Some(last) = listing.entries.last()
    {
        let message = limits.hit("members", format!("{} further files of the folders were not read", listing.left_out));
        listing.troubles.push(Trouble { path: last.path.clone(), kind: TroubleKind::Limit, message });
    }
    listing.troubles.sort_by(|a, b| a.path.cmp(&b.path));
    (listing.entries, listing.troubles)
}

struct Listing {
    entries: Vec<Entry>,
    troubles: Vec<Trouble>,
    most: u64,
    left_out: u64,
    /// Whether two inputs may be one file.
    several: bool,
}

impl Listing {
    fn named(&mut self, path: &Path) {
        let logical = LogicalPath::input(visible(os_bytes(path.as_os_str()).as_ref()));
        let seen = match fs::metadata(path) {
            Ok(seen) => seen,
            Err(error) => return self.troubles.push(refused(&logical, &error)),
        };
        // Below it no link is followed, so that its name makes those of all files in it.
        let true_name = if self.several { path.canonicalize().ok() } else { None };
        if seen.is_dir() {
            self.folder(path, &logical, true_name.as_deref());
        } else if seen.is_file() {
            self.entries.push(Entry { path: logical, place: Place::File(path.to_owned()), size: Some(seen.len()), order: 0, true_name });
        } else if is_pipe(seen.file_type()) {
            self.entries.push(Entry { path: logical, place: Place::Pipe(path.to_owned()), size: None, order: 0, true_name: None });
        } else {
            self.not_regular(logical, seen.file_type());
        }
    }

    fn not_regular(&mut self, path: LogicalPath, kind: FileType) {
        let message = format!("{} is no regular file and was not opened", kind_name(kind));
        self.troubles.push(Trouble { path, kind: TroubleKind::NotRegular, message });
    }

    fn full(&self) -> bool {
        self.entries.len() as u64 >= self.most
    }

    /// Walks a folder in the order of names, without recursion: a hostile tree may be deep.
    fn folder(&mut self, root: &Path, logical: &LogicalPath, true_name: Option<&Path>) {
        let mut waiting = vec![(root.to_owned(), logical.clone())];
        while let Some((path, logical)) = waiting.pop() {
            let Some(names) = self.names(&path, &logical) else { continue };
            let mut folders = Vec::new();
            for name in names {
                let path = path.join(&name);
                let logical = logical.child(&visible(os_bytes(&name).as_ref()));
                match fs::symlink_metadata(&path) {
                    Err(error) => self.troubles.push(refused(&logical, &error)),
                    Ok(seen) if seen.is_dir() => folders.push((path, logical)),
                    Ok(seen) if !seen.is_file() => self.not_regular(logical, seen.file_type()),
                    Ok(_) if self.full() => self.left_out += 1,
                    Ok(seen) => {
                        let true_name = true_name.and_then(|of_root| Some(of_root.join(path.strip_prefix(root).ok()?)));
                        self.entries.push(Entry { path: logical, place: Place::File(path), size: Some(seen.len()), order: 0, true_name });
                    }
                }
            }
            waiting.extend(folders.into_iter().rev());
        }
    }

    /// The names in a folder, sorted; of too many only as many as can be taken, always the same ones.
    fn names(&mut self, path: &Path, logical: &LogicalPath) -> Option<BTreeSet<OsString>> {
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => {
                self.troubles.push(refused(logical, &error));
                return None;
            }
        };
        let mut names = BTreeSet::new();
        for entry in entries {
            match entry {
                Ok(entry) => {
                    names.insert(entry.file_name());
                    if names.len() as u64 > self.most {
                        names.pop_last();
                        self.left_out += 1;
                    }
                }
                Err(error) => {
                    self.troubles.push(refused(logical, &error));
                    break;
                }
            }
        }
        Some(names)
    }
}

#[cfg(unix)]
fn os_bytes(name: &std::ffi::OsStr) -> std::borrow::Cow<'_, [u8]> {
    use std::os::unix::ffi::OsStrExt as _;
    name.as_bytes().into()
}

#[cfg(not(unix))]
fn os_bytes(name: &std::ffi::OsStr) -> std::borrow::Cow<'_, [u8]> {
    name.to_string_lossy().into_owned().into_bytes().into()
}

#[cfg(unix)]
fn is_pipe(kind: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    kind.is_fifo()
}

#[cfg(not(unix))]
fn is_pipe(_: FileType) -> bool {
    false
}

fn kind_name(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if kind.is_fifo() {
            return "a FIFO";
        } else if kind.is_socket() {
            return "a socket";
        } else if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    if kind.is_symlink() { "a symbolic link" } else { "this" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{create_dir, write};

    fn shown(listed: &(Vec<Entry>, Vec<Trouble>), root: &Path) -> (Vec<String>, Vec<(String, TroubleKind)>) {
        let short = |path: &LogicalPath| path.as_str().replace(root.to_str().unwrap(), "case");
        let entries = listed.0.iter().map(|entry| short(entry.path())).collect();
        (entries, listed.1.iter().map(|trouble| (short(&trouble.path), trouble.kind)).collect())
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_is_read_in_order_and_its_odd_files_are_left_alone() {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        create_dir(root.join("sub")).unwrap();
        for name in ["b.log", "a.log", "sub/z.log", "a-b.log"] {
            write(root.join(name), name).unwrap();
        }
        write(root.join(std::ffi::OsStr::from_bytes(b"odd\x1b[2J\xff")), "x").unwrap();
        std::os::unix::fs::symlink("a.log", root.join("link")).unwrap();
        std::os::unix::fs::symlink("..", root.join("loop")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();

        let inputs = [root, &root.join("missing"), root, &root.join("a.log")].map(|path| Input::Path(path.to_owned()));
        let (entries, troubles) = shown(&list(&inputs, &Limits::default()), root);
        assert_eq!(entries, ["case/a-b.log", "case/a.log", "case/b.log", "case/odd\\x1b[2J\\xff", "case/sub/z.log"]);
        let not_regular = |name: &str| (format!("case/{name}"), TroubleKind::NotRegular);
        assert_eq!(
            troubles,
            [not_regular("link"), not_regular("loop"), ("case/missing".to_owned(), TroubleKind::NotFound), not_regular("socket")]
        );

        let spellings = [root.join("a.log"), root.join("sub/../a.log"), root.join("./a.log"), root.join("link")];
        let (entries, troubles) = shown(&list(&spellings.map(Input::Path), &Limits::default()), root);
        assert_eq!((entries.len(), troubles.len()), (1, 0), "{entries:?}");

        let named_link = [Input::Path(root.join("link")), Input::Stdin { name: "from a pipe".to_owned() }];
        let (entries, troubles) = shown(&list(&named_link, &Limits::default()), root);
        assert_eq!((entries, troubles.len()), (vec!["case/link".to_owned(), "from a pipe".to_owned()], 0));
    }

    #[test]
    fn too_many_files_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        for n in 0..20 {
            write(folder.path().join(format!("{n:02}")), "x").unwrap();
        }
        let limits = Limits { members: 5, ..Limits::default() };
        let (entries, troubles) = list(&[Input::Path(folder.path().to_owned())], &limits);
        let names: Vec<_> = entries.iter().map(|entry| entry.path().file_name().to_owned()).collect();
        assert_eq!(names, ["00", "01", "02", "03", "04"]);
        assert_eq!(troubles.len(), 1);
        assert!(troubles[0].message.contains("15 further files"), "{}", troubles[0].message);
    }
}
