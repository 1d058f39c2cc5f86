//! The rule library that is part of the program: its files, and what the loader made of them when the program was built.

use super::library::Library;
use super::load::{self, Fault, RuleLimits, RuleText};

/// What `build.rs` left.
mod built {
    /// The checked library without examples and translations, and the examples.
    pub(super) static LIBRARY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.bin"));
    pub(super) static EXAMPLES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/examples.bin"));
    /// Texts in other languages.
    pub(super) static TRANSLATIONS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/translations.bin"));
    /// Names and texts of the files.
    pub(super) static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

/// The rule files.
pub fn files() -> Vec<RuleText> {
    built::FILES.iter().map(|(name, text)| RuleText { name: (*name).to_owned(), text: (*text).to_owned() }).collect()
}

/// The library of these files. No pattern is compiled and no YAML is read.
///
/// # Errors
/// Never: the build fails where a file does. (Should the program not know its own encoding, it loads the files.)
pub fn library() -> Result<Library, Vec<Fault>> {
    let Ok(mut library) = postcard::from_bytes::<Library>(built::LIBRARY) else { return load::load(&files()) };
    library.examples.packed = built::EXAMPLES;
    library.translations.packed = built::TRANSLATIONS;
    Ok(library)
}

/// The library of these files and others, which replace those of the same kind and id.
///
/// # Errors
/// Every fault found in any file.
pub fn extended(others: &[RuleText]) -> Result<Library, Vec<Fault>> {
    extended_within(others, &RuleLimits::default())
}

/// The same under these limits of the files that are added.
///
/// # Errors
/// Every fault found in any file.
pub fn extended_within(others: &[RuleText], limits: &RuleLimits) -> Result<Library, Vec<Fault>> {
    if others.is_empty() { library() } else { load::load_beside(&files(), others, limits) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_in_the_program_is_the_one_in_its_files() {
        let loaded = load::load(&files()).unwrap();
        assert!(postcard::to_allocvec(&loaded).unwrap() == built::LIBRARY, "rules/ and the program differ");
        assert!(postcard::to_allocvec(loaded.examples()).unwrap() == built::EXAMPLES, "rules/ and the program differ");
        assert!(postcard::to_allocvec(loaded.translations()).unwrap() == built::TRANSLATIONS, "rules/ and the program differ");
        assert_eq!(shown(&library().unwrap()), shown(&loaded));
    }

    /// All of it, but not how examples and translations are kept.
    fn shown(library: &Library) -> (String, String) {
        let whole = format!("{library:?}");
        let kept = [format!("{:?}", library.examples), format!("{:?}", library.translations)];
        let rest = kept.iter().fold(whole, |whole, kept| whole.replace(kept, ""));
        (format!("{:?} {:?}", library.examples(), library.translations()), rest)
    }

    #[test]
    fn rules_beside_it_are_checked_and_replace() {
        let file = |name: &str, text: &str| RuleText { name: name.to_owned(), text: text.to_owned() };
        let own = file("own/signals/s.yaml", "signals:\n  - { id: own, title: own, text: 'own [text' }\n");
        let faults = extended(&[own]).unwrap_err();
        assert_eq!(faults.len(), 1);
        assert!(faults[0].to_string().starts_with("own/signals/s.yaml:2:35: pattern `own [text`: "), "{}", faults[0]);

        let files = files();
        let known = files.iter().find(|file| file.name == "rules/releases/FN72323.yaml").unwrap();
        let own = file("own/releases/FN72323.yaml", &known.text);
        let together: Vec<RuleText> = files.iter().cloned().chain([own.clone()]).collect();
        let (loaded, extended) = (load::load(&together).unwrap(), extended(&[own]).unwrap());
        assert_eq!(extended.notes, ["own/releases/FN72323.yaml replaces FN72323 of rules/releases/FN72323.yaml"]);
        assert_eq!(shown(&extended), shown(&loaded));
        assert_ne!(extended.digest, library().unwrap().digest);
    }
}
