//! Opens a case: walks paths, opens archives and compressed streams, enforces limits, recognises what each leaf is
//! by its content. Knows files, archives and limits; never rules, devices or reports.
//!
//! The walk is sequential and pushes every leaf to a [`Visitor`]; who wants several at once walks several
//! [`Entry`]s on several threads.

// On bytes of strangers nothing may panic or lose bits but with a reason beside it.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice, clippy::cast_possible_truncation, clippy::cast_sign_loss))]
#![expect(clippy::disallowed_methods, reason = "the files of a case are opened here and nowhere else")]

mod archive;
mod barrier;
pub(crate) mod base64;
mod budget;
pub mod encoding;
pub mod escape;
#[cfg(test)]
mod gather;
mod limits;
mod list;
mod logical_path;
mod metered;
mod open;
mod sniff;
pub(crate) mod spare;
mod sparse;

pub use barrier::FAILED;
pub use budget::{Budget, Kept};
pub use limits::{LimitError, LimitRow, Limits, Unit};
pub use list::{Entry, Input, list};
pub use logical_path::{LEVEL, LogicalPath};
pub use metered::drain;
pub use open::open;
pub use sniff::{HEAD, NO_FILES, OWN_REPORT};
pub use sparse::Sparse;

use std::fs::File;
use std::io::Read;

/// What intake hands over, one leaf file of the case at a time.
pub trait Visitor {
    /// Takes one artifact. The source need not be read to its end; what is left is skipped.
    fn artifact(&mut self, artifact: Artifact<'_>);

    /// Takes one thing that could not be read, or not whole. The walk goes on.
    fn trouble(&mut self, trouble: Trouble);

    /// What comes until the matching [`Visitor::leave`] lies in this container.
    fn enter(&mut self, _path: &LogicalPath, _container: Container) {}

    /// The container entered last has no more.
    fn leave(&mut self) {}
}

/// What files lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
    /// A mail with encoded parts.
    Mail,
    /// A gzip stream, which holds one file, as do the following.
    Gzip,
    /// A bzip2 stream.
    Bzip2,
    /// An xz stream.
    Xz,
    /// An lzma stream.
    Lzma,
    /// A zstd stream.
    Zstd,
    /// A stream of `compress`.
    Lzw,
}

/// One leaf file of a case after unpacking.
pub struct Artifact<'a> {
    /// Where it lies.
    pub path: LogicalPath,
    /// What it is, judged by its first bytes.
    pub content: Content,
    /// Its bytes.
    pub source: Source<'a>,
}

/// The bytes of an artifact.
pub enum Source<'a> {
    /// A regular file of the given length in bytes that can be read at any offset.
    File(&'a File, u64),
    /// A stream that is decompressed while it is read. It never fails: where the data is damaged or a limit is hit
    /// it ends, and the walk reports the [`Trouble`] itself.
    Stream(&'a mut dyn Read),
}

/// Fills `buffer` from `offset` of a file on, whatever its position; returns the bytes read, fewer at its end. Several
/// threads may read one file.
///
/// # Errors
/// What the operating system says, where nothing could be read.
pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<usize> {
    #[cfg(unix)]
    use std::os::unix::fs::FileExt;
    #[cfg(windows)]
    use std::os::windows::fs::FileExt;
    let mut read = 0;
    while let Some(rest) = buffer.get_mut(read..).filter(|rest| !rest.is_empty()) {
        #[cfg(unix)]
        let result = file.read_at(rest, offset + read as u64);
        #[cfg(windows)]
        let result = file.seek_read(rest, offset + read as u64);
        match result {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) if read > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

/// What an artifact's first bytes say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// No bytes at all.
    Empty,
    /// Text in the given encoding; [`encoding::needs_decoding`] says whether it can be searched as it stands.
    Text(Encoding),
    /// A libpcap file, any of the four magics and the modified one.
    Pcap,
    /// A pcapng file.
    Pcapng,
    /// A DER certificate.
    Der,
    /// Something else; the word names the format where it is known ("png image", "elf program").
    Binary(Option<&'static str>),
}

/// How the bytes of a text spell characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// ASCII or UTF-8, perhaps with a byte order mark.
    Utf8,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
    /// ASCII with bytes above 0x7f that are not UTF-8 (Latin-1, Shift-JIS, EUC-KR …). Searched as it stands.
    Bytes,
}

/// Something of the case that could not be read, or not whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The artifact or archive concerned.
    pub path: LogicalPath,
    /// What kind of trouble.
    pub kind: TroubleKind,
    /// One sentence: the cause, what was used all the same, the way out.
    pub message: String,
}

/// The kinds of trouble; [`TroubleKind::as_str`] is the `errors[].kind` of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TroubleKind {
    /// The path does not exist.
    NotFound,
    /// The operating system refused or failed the read.
    Io,
    /// The data contradicts its format.
    Corrupt,
    /// The data ends before it should.
    Truncated,
    /// Encrypted, and nobody gave the key.
    Encrypted,
    /// A known format that is not read.
    Unsupported,
    /// A limit was hit; the message names it, its value and how to raise it.
    Limit,
    /// Not a regular file (socket, device, link) and therefore not opened.
    NotRegular,
    /// The file changed while it was read.
    ChangedWhileRead,
    /// A part of a text artifact that drifted from every known layout.
    Malformed,
}

impl TroubleKind {
    /// The word used in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Io => "io",
            Self::Corrupt => "corrupt",
            Self::Truncated => "truncated",
            Self::Encrypted => "encrypted",
            Self::Unsupported => "unsupported",
            Self::Limit => "limit",
            Self::NotRegular => "not_regular",
            Self::ChangedWhileRead => "changed_while_read",
            Self::Malformed => "malformed",
        }
    }
}
