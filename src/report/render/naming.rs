//! What a device is called on the page. One that never says its name has the path of what it was seen in as its id; a
//! path is no name, so the page says "in" that file, by as little of the path as tells it from the others.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::report::model::{Device, Report};
use crate::rules::translation::Words;

/// The devices of a report and what to call them.
pub(super) struct Names<'a> {
    devices: HashMap<&'a str, &'a Device>,
    /// The files that stand for devices without a name.
    files: HashMap<&'a str, &'a str>,
    words: Words<'a>,
}

impl<'a> Names<'a> {
    pub(super) fn of(report: &'a Report, words: Words<'a>) -> Self {
        let devices: HashMap<&str, &Device> = report.devices.iter().map(|device| (device.id.as_str(), device)).collect();
        let paths: Vec<&str> = report
            .devices
            .iter()
            .filter(|device| device.hostname.is_none())
            .map(|device| device.id.as_str())
            .filter(|id| is_path(id))
            .collect();
        let mut endings: HashMap<&str, usize> = HashMap::new();
        for path in &paths {
            for ending in endings_of(path) {
                *endings.entry(ending).or_default() += 1;
            }
        }
        let shortest = |path: &'a str| endings_of(path).find(|ending| endings.get(ending) == Some(&1)).unwrap_or(path);
        Self { devices, files: paths.into_iter().map(|path| (path, shortest(path))).collect(), words }
    }

    /// Whether the device has a name of its own.
    pub(super) fn is_named(&self, id: &str) -> bool {
        !self.files.contains_key(id)
    }

    /// `sw-core-1`, `in mirror.pcap`, `not known`.
    pub(super) fn name(&self, id: Option<&'a str>) -> Cow<'a, str> {
        match id {
            None => Cow::Borrowed(self.words.say("not known")),
            Some(id) => match self.files.get(id) {
                Some(file) => Cow::Owned(self.words.fill("in {}", &[file])),
                None => shortened(id),
            },
        }
    }

    /// The same with the name in quotes of some kind.
    pub(super) fn name_quoted(&self, id: Option<&'a str>, quote: fn(&str) -> String) -> String {
        match id.and_then(|id| self.files.get(id)) {
            Some(file) => self.words.fill("in {}", &[&quote(file)]),
            None => quote(&self.name(id)),
        }
    }

    /// `sw-core-1`, `mirror.pcap`, `not known`.
    pub(super) fn bare(&self, id: Option<&'a str>) -> Cow<'a, str> {
        id.and_then(|id| self.files.get(id)).map_or_else(|| self.name(id), |file| Cow::Borrowed(*file))
    }

    /// `on sw-core-1`, `in mirror.pcap`; nothing where no device is known.
    pub(super) fn on(&self, id: Option<&'a str>) -> Option<String> {
        self.on_quoted(id, str::to_owned)
    }

    /// The same with the name in quotes of some kind.
    pub(super) fn on_quoted(&self, id: Option<&'a str>, quote: fn(&str) -> String) -> Option<String> {
        let id = id?;
        let named = |sentence: &str, name: &str| self.words.fill(sentence, &[&quote(name)]);
        Some(self.files.get(id).map_or_else(|| named("on {}", &shortened(id)), |file| named("in {}", file)))
    }

    /// What the device is: product or platform, release, serial number.
    pub(super) fn nature(&self, id: Option<&str>) -> Option<String> {
        let device = self.devices.get(id?)?;
        let product = device.product_id.as_deref().or(device.platform.as_deref());
        let serial = device.serial.as_deref().filter(|serial| *serial != device.id).map(|serial| self.words.fill("serial {}", &[serial]));
        let parts: Vec<&str> = [product, device.version.as_deref(), serial.as_deref()].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// The release that runs on it.
    pub(super) fn release(&self, id: Option<&str>) -> Option<&'a str> {
        self.devices.get(id?)?.version.as_deref()
    }
}

/// Columns of a name beyond which its middle is left out. Names of hosts have 63 characters a label at most.
const LONGEST: usize = 64;

fn shortened(name: &str) -> Cow<'_, str> {
    let count = name.chars().count();
    if count <= LONGEST {
        return Cow::Borrowed(name);
    }
    let (head, tail) = (LONGEST / 3 * 2, LONGEST / 3);
    Cow::Owned(name.chars().take(head).chain(['…']).chain(name.chars().skip(count - tail)).collect())
}

fn is_path(id: &str) -> bool {
    id.contains(['/', '\\', '!'])
}

/// The path's endings at its separators, the shortest first.
fn endings_of(path: &str) -> impl Iterator<Item = &str> {
    let inner =
        path.rmatch_indices(['/', '\\', '!']).filter_map(|(at, mark)| path.get(at + mark.len()..)).filter(|ending| !ending.is_empty());
    inner.chain([path])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn a_path_is_no_name() {
        let mut report = samples::rich();
        let device = |id: &str| Device { hostname: None, id: id.to_owned(), ..report.devices[0].clone() };
        let ids = ["a/x.pcap", "case.zip!b/x.pcap", "c/only.txt", "FDO2213A0GL"];
        report.devices = ids.map(device).to_vec();
        let names = Names::of(&report, Words::default());
        let shown: Vec<_> = ids.iter().map(|id| names.name(Some(id))).collect();
        assert_eq!(shown, ["in a/x.pcap", "in b/x.pcap", "in only.txt", "FDO2213A0GL"]);
        assert_eq!(names.on(Some("FDO2213A0GL")).as_deref(), Some("on FDO2213A0GL"));
        assert_eq!((names.name(None).as_ref(), names.on(None)), ("not known", None));
    }

    #[test]
    fn a_name_is_no_page() {
        let long = format!("{}-sw1", "x".repeat(996));
        let shown = shortened(&long);
        assert!(shown.chars().count() == 64 && shown.starts_with("xxx") && shown.ends_with("xx-sw1") && shown.contains('…'), "{shown}");
        let most = "y".repeat(64);
        assert_eq!(shortened(&most), most);
    }

    #[test]
    fn what_it_is() {
        let report = samples::rich();
        let names = Names::of(&report, Words::default());
        assert_eq!(names.nature(Some("wlc-core-1")).as_deref(), Some("wlc-9800, 17.3.4, serial FCW2303D16Y"));
        assert_eq!(names.nature(Some("elsewhere")), None);
    }
}
