//! Reads versions as outputs, file names and rule files write them.

use super::{IosXe, Maintenance, NxOs, Version};

/// Reads the version in `text`: a version alone, an image name, or a line that holds one. `platform_hint` (`ios-xe`,
/// `wlc-9800`, `ios`, `nx-os`, `aci`, `expressway`, `ios-xr`, `ssm-on-prem`, `agent` …) decides where the shape does
/// not: `7.9.2` is a version of IOS XR only if the device is known to run it. `None` where no version is found or the
/// platform is one that has none here.
pub fn parse(platform_hint: Option<&str>, text: &str) -> Option<Version> {
    let family = match platform_hint {
        None => Family::Any,
        Some("ios-xe" | "wlc-9800" | "ios") => Family::Ios,
        Some("nx-os" | "aci") => Family::Nexus,
        Some("expressway") => Family::Expressway,
        Some("ios-xr") => Family::IosXr,
        Some("ssm-on-prem") => Family::OnPrem,
        Some("agent" | "smart-agent") => Family::Agent,
        Some(_) => return None,
    };
    let text = text.trim();
    if family.reads_ios()
        && let Some(build) = engineering(text)
    {
        return Some(build);
    }
    if family.reads_nexus()
        && let Some(version) = nexus(family, text)
    {
        return Some(version);
    }
    words(text).find_map(|word| version(family, word, text))
}

#[derive(Clone, Copy, PartialEq)]
enum Family {
    Any,
    Ios,
    Nexus,
    Expressway,
    IosXr,
    OnPrem,
    Agent,
}

impl Family {
    fn reads_ios(self) -> bool {
        matches!(self, Self::Any | Self::Ios)
    }

    fn reads_nexus(self) -> bool {
        matches!(self, Self::Any | Self::Nexus)
    }
}

/// The words of a line, and of a file name the parts behind its first separators.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\t', ',', ';', '"', '\'', '\u{a0}']).filter(|word| !word.is_empty()).flat_map(|word| {
        let behind =
            word.char_indices().filter(|(_, c)| matches!(c, '.' | '-' | '_' | '/' | ':')).filter_map(move |(at, _)| word.get(at + 1..));
        // A version alone has digits before its first separator; a file name has not.
        let named = word.starts_with(|c: char| c.is_ascii_alphabetic());
        std::iter::once(word).chain(behind.filter(move |_| named))
    })
}

fn version(family: Family, word: &str, text: &str) -> Option<Version> {
    let any = family == Family::Any;
    if any || family == Family::Expressway {
        let found = expressway(word, family == Family::Expressway);
        if found.is_some() {
            return found;
        }
    }
    if (any || family == Family::OnPrem)
        && let Some(found) = on_prem(word)
    {
        return Some(found);
    }
    if (any || family == Family::Agent)
        && let Some(found) = agent(word, family == Family::Agent)
    {
        return Some(found);
    }
    if family == Family::IosXr || any && text.ends_with(" LNT") {
        let [major, minor, number] = three(word)?.0;
        return Some(Version::IosXr([major, minor, number]));
    }
    if family.reads_ios() { ios(word) } else { None }
}

/// `BLD_POLARIS_DEV_LATEST_20220708_143608`, `Experimental Version 17.10.20220708:150333`.
fn engineering(text: &str) -> Option<Version> {
    let experimental = text.find("xperimental Version").and_then(|at| text.get(at + "xperimental Version".len()..));
    let words = experimental.unwrap_or(text).split([' ', ',', '\t']).filter(|word| !word.is_empty());
    let dated = words.clone().find_map(|word| {
        let mut parts = word.split(['.', ':']);
        let (major, minor, date) = (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
        // The third number is a date.
        (major >= 16 && date >= 19_000_101).then_some((major, minor))
    });
    (dated.is_some() || experimental.is_some() || words.clone().any(|word| word.starts_with("BLD_"))).then_some(Version::Engineering(dated))
}

/// IOS-XE from 16 on, and everything older as stated.
fn ios(word: &str) -> Option<Version> {
    if let Some(([major, minor, rebuild], rest)) = three(word)
        && major >= 16
        && rebuild < 1000
    {
        let length = rest.bytes().take_while(u8::is_ascii_lowercase).count();
        let (letters, rest) = rest.split_at(length);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (special, rest) = rest.split_at(digits);
        let special = if special.is_empty() || letters.is_empty() { 0 } else { number(special)? };
        let ends = rest.is_empty() || rest.starts_with(['.', '-', '_', ')', ':', '[']);
        return (ends && letters.len() <= 4).then(|| Version::IosXe(IosXe { major, minor, rebuild, letters: letters.to_owned(), special }));
    }
    if let Some(([2 | 3, ..], rest)) = three(word) {
        // The letters of the release end where a file name goes on with numbers.
        let numbers = word.get(..word.len() - rest.len())?;
        let suffix: Vec<&str> =
            rest.split('.').take_while(|part| !part.starts_with(|c: char| c.is_ascii_digit()) && *part != "SPA").collect();
        let suffix = suffix.join(".");
        // Without letters it may be the version of anything else (a BIOS, a driver).
        return suffix.bytes().any(|b| b.is_ascii_alphabetic()).then(|| Version::Legacy(format!("{numbers}{suffix}").to_ascii_uppercase()));
    }
    let word = if word.contains('(') { word } else { word.trim_end_matches(')') };
    classic(word).then(|| Version::Legacy(word.to_ascii_uppercase()))
}

/// `15.2(2)E7`, `12.1(22)EA12`, `12.4(25d)`, `15.2(4.0.55)E`.
fn classic(word: &str) -> bool {
    let parts = || {
        let (numbers, rest) = word.split_once('(')?;
        let (major, minor) = numbers.split_once('.')?;
        let (inside, train) = rest.split_once(')')?;
        Some((number(major)?, number(minor)?, inside, train))
    };
    parts().is_some_and(|(major, minor, inside, train)| {
        let plain = inside.starts_with(|c: char| c.is_ascii_digit()) && inside.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
        matches!(major, 10..=15) && minor <= 9 && plain && train.bytes().all(|b| b.is_ascii_alphanumeric())
    })
}

/// `X14.2.5`, `x14.0.11`, `X14.2`, and the package name `s42700x14_0_6.tar.gz`.
fn expressway(word: &str, known: bool) -> Option<Version> {
    let package = word.strip_prefix('s').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if let Some(rest) = package {
        let (build, numbers) = rest.split_once('x')?;
        let numbers = numbers.split('.').next()?;
        return (number(build).is_some() && numbers.contains('_')).then(|| dotted(numbers, '_')).flatten();
    }
    let numbers = match word.strip_prefix(['X', 'x']) {
        Some(numbers) => numbers,
        None if known => word,
        None => return None,
    };
    let plain = numbers.trim_end_matches(['.', ')', ':']);
    plain.contains('.').then(|| dotted(plain, '.')).flatten()
}

fn dotted(numbers: &str, separator: char) -> Option<Version> {
    let mut parts = numbers.split(separator);
    let major = number(parts.next()?)?;
    let minor = number(parts.next()?)?;
    let third = parts.next().map_or(Some(0), number)?;
    ((1..1000).contains(&major) && parts.next().is_none()).then_some(Version::Expressway([major, minor, third]))
}

/// `8-202102`, `7-202001.1`.
fn on_prem(word: &str) -> Option<Version> {
    let (major, build) = word.split_once('-')?;
    let (month, patch) = build.split_once('.').map_or((build, Some(0)), |(month, patch)| (month, number(patch)));
    let (major, month, patch) = (number(major)?, number(month)?, patch?);
    let is_month = (201_001..=209_912).contains(&month) && (1..=12).contains(&(month % 100));
    (major < 100 && is_month).then_some(Version::OnPrem([major, month, patch]))
}

/// `5.3.10_rel/25`, `6.3.10/58086906e`, `5.0.9_release`.
fn agent(word: &str, known: bool) -> Option<Version> {
    let (numbers, marked) = match word.find(['_', '/']) {
        Some(at) => {
            let build = word.get(at..)?;
            let commit = build.strip_prefix('/').is_some_and(|hash| hash.len() >= 6 && hash.bytes().all(|b| b.is_ascii_hexdigit()));
            (word.get(..at)?, build.starts_with("_rel") || commit)
        }
        None => (word, false),
    };
    let numbers: Vec<u32> = numbers.split('.').map(number).collect::<Option<_>>()?;
    ((marked || known) && (3..=5).contains(&numbers.len())).then_some(Version::Agent(numbers))
}

/// NX-OS and ACI. What follows `[build` counts where the first version has letters that no release has (`9.3(6uu)`).
fn nexus(family: Family, text: &str) -> Option<Version> {
    let first = words(text).find_map(|word| nexus_word(family, word));
    let odd = matches!(&first, Some(Version::NxOs(version)) if version.release.letters.len() > 1);
    if !odd {
        return first;
    }
    let build = text.split_once("[build ").and_then(|(_, build)| build.split(']').next()).and_then(|word| nexus_word(family, word.trim()));
    build.or(first)
}

fn nexus_word(family: Family, word: &str) -> Option<Version> {
    let known = family == Family::Nexus;
    let Some((release, rest)) = maintenance(word) else {
        return image(word);
    };
    // ACI-mode releases lie 10 above those of APIC and keep their letter inside; IOS mainline looks alike below 14.
    let letter_inside = !release.letters.is_empty() && rest.is_empty();
    if letter_inside && release.major >= if known { 11 } else { 13 } && release.major < 20 {
        return Some(Version::Aci(release));
    }
    if release.major >= 11 {
        return None;
    }
    let rest = match rest {
        "F" | "M" => "",
        other => other,
    };
    let (train, rebuild) = train(rest)?;
    Some(Version::NxOs(NxOs { release, train, rebuild }))
}

/// `I7(9)`, `U6(10)`, `IMG9(0.27)`, with a mark behind; nothing is no train.
fn train(text: &str) -> Option<(String, (u32, String))> {
    if text.is_empty() {
        return Some((String::new(), (0, String::new())));
    }
    let (tag, rest) = text.split_once('(')?;
    let (inside, _mark) = rest.split_once(')')?;
    let named = tag.starts_with(|c: char| c.is_ascii_uppercase()) && tag.len() <= 8 && tag.bytes().all(|b| b.is_ascii_alphanumeric());
    let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, letters) = inside.split_at(digits);
    let plain = letters.len() <= 8 && letters.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    (named && plain).then_some(())?;
    Some((tag.to_owned(), (number(digits)?, letters.to_owned())))
}

/// `nxos.9.3.6.bin`, `nxos64-cs.10.2.3.F.bin`, `n9000-dk9.6.1.2.I3.1.bin`, `aci-n9000-dk9.14.0.1h.bin`.
fn image(word: &str) -> Option<Version> {
    let name = word.rsplit('/').next()?;
    let stem = name.strip_suffix(".bin")?;
    let (family, numbers) = stem.split_once('.')?;
    let known = ["nxos", "n9000", "n7000", "n7700", "n5000", "n6000", "n3000", "aci-n9000"].iter().any(|start| family.starts_with(start));
    let mut parts = numbers.split('.');
    let (major, minor) = (number(parts.next()?)?, number(parts.next()?)?);
    let third = parts.next()?;
    let (digits, letters) = third.split_at(third.bytes().take_while(u8::is_ascii_digit).count());
    let release = Maintenance { major, minor, number: number(digits)?, letters: letters.to_owned() };
    known.then_some(())?;
    if family.starts_with("aci") {
        return Some(Version::Aci(release));
    }
    match (parts.next(), parts.next()) {
        (None | Some("F" | "M"), _) => Some(Version::NxOs(NxOs { release, train: String::new(), rebuild: (0, String::new()) })),
        (Some(tag), Some(rebuild)) => {
            let (train, rebuild) = train(&format!("{tag}({rebuild})"))?;
            Some(Version::NxOs(NxOs { release, train, rebuild }))
        }
        (Some(_), None) => None,
    }
}

/// `major.minor(number[letters])` at the start of `word`, and what follows it.
fn maintenance(word: &str) -> Option<(Maintenance, &str)> {
    let (numbers, rest) = word.split_once('(')?;
    let (major, minor) = numbers.split_once('.')?;
    let (inside, rest) = rest.split_once(')')?;
    let (digits, letters) = inside.split_at(inside.bytes().take_while(u8::is_ascii_digit).count());
    let lettered = letters.len() <= 4 && letters.bytes().all(|b| b.is_ascii_lowercase());
    let (major, minor, number) = (number(major)?, number(minor)?, number(digits)?);
    lettered.then(|| (Maintenance { major, minor, number, letters: letters.to_owned() }, rest))
}

/// Three numbers with dots between them at the start of `word`, and what follows them.
fn three(word: &str) -> Option<([u32; 3], &str)> {
    let (major, rest) = word.split_once('.')?;
    let (minor, rest) = rest.split_once('.')?;
    let (third, rest) = rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count());
    Some(([number(major)?, number(minor)?, number(third)?], rest))
}

/// Digits only; `None` beyond nine of them.
fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
