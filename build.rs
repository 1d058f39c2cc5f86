//! Compiles the rule library: loads every YAML file below `rules/` as the program itself would, and leaves for it the checked
//! library in a form that is read in no time, and the files as they are. A fault in a rule fails the build.

#![expect(clippy::disallowed_methods, reason = "a build script reads the sources and writes what it makes of them")]
#![expect(clippy::print_stderr, reason = "a build script has no other voice")]

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use rules::load::{self, RuleText};

/// The loader, and of the report the words it shares with rule files.
#[path = "src/report"]
#[expect(dead_code, unreachable_pub, reason = "part of the library, of which only the loading is used here")]
mod report {
    pub mod model;
}
#[path = "src/rules"]
#[expect(dead_code, unreachable_pub, unused_imports, reason = "part of the library, of which only the loading is used here")]
mod rules {
    pub mod check;
    pub mod collect;
    pub mod fact_name;
    pub mod library;
    mod literal;
    pub mod load;
    pub mod model;
    mod needs;
    mod pattern;
    pub mod references;
    pub mod spelling;
    pub mod text;
    pub mod translation;
    pub mod version;
}

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut paths = Vec::new();
    collect(&root.join("rules"), &mut paths)?;
    paths.sort();
    let mut files = Vec::new();
    let mut list = String::from("&[\n");
    for path in &paths {
        let name = path.strip_prefix(&root)?.to_string_lossy().replace('\\', "/");
        writeln!(list, "    ({name:?}, include_str!({:?})),", path.to_string_lossy())?;
        files.push(RuleText { name, text: fs::read_to_string(path)? });
    }
    list.push(']');
    fs::write(out.join("embedded.rs"), list)?;
    let library = load::load(&files).map_err(|faults| {
        let list: Vec<String> = faults.iter().map(ToString::to_string).collect();
        format!("the rules cannot be loaded\n  {}", list.join("\n  "))
    })?;
    fs::write(out.join("library.bin"), postcard::to_allocvec(&library)?)?;
    fs::write(out.join("examples.bin"), postcard::to_allocvec(library.examples())?)?;
    fs::write(out.join("translations.bin"), postcard::to_allocvec(library.translations())?)?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}
