//! Licensing lines that no rule accounts for, over all artifacts, the rarest form first: what happens all day is seldom
//! what broke.

use std::collections::BTreeMap;

use crate::report::model::Unexplained;
use crate::scan::evidence::ArtifactScan;
use crate::scan::remainder::Form;

/// Forms listed; lines of the rest are counted in one last entry.
const LISTED: usize = 200;
/// What stands for the template where forms are no longer told apart.
const FURTHER: &str = "lines of further forms";

/// The list for the report.
pub(super) fn unexplained(artifacts: &[ArtifactScan]) -> Vec<Unexplained> {
    let mut forms: BTreeMap<&str, Unexplained> = BTreeMap::new();
    let mut further: Option<Unexplained> = None;
    for scan in artifacts {
        for (template, form) in &scan.remainder.forms {
            match forms.get_mut(template.as_str()) {
                Some(known) => known.count += form.count,
                None => drop(forms.insert(template, entry(template, form, scan))),
            }
        }
        if let Some(form) = &scan.remainder.further {
            fold(&mut further, entry(FURTHER, form, scan));
        }
    }
    let mut list: Vec<Unexplained> = forms.into_values().collect();
    list.sort_by(|a, b| a.count.cmp(&b.count).then_with(|| a.template.cmp(&b.template)));
    for rest in list.drain(LISTED.min(list.len())..) {
        fold(&mut further, Unexplained { template: FURTHER.to_owned(), ..rest });
    }
    list.extend(further);
    list
}

fn fold(further: &mut Option<Unexplained>, entry: Unexplained) {
    match further {
        Some(known) => known.count += entry.count,
        None => *further = Some(entry),
    }
}

fn entry(template: &str, form: &Form, scan: &ArtifactScan) -> Unexplained {
    Unexplained {
        template: template.to_owned(),
        count: form.count,
        artifact: scan.path.shown().to_owned(),
        line: Some(form.line),
        excerpt: form.excerpt.clone(),
    }
}
