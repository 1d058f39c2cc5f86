//! Sections: the outputs of commands, how they begin and which values are read in them.

use std::collections::HashMap;

use super::Loader;
use crate::rules::library::{Extract, ExtractId, Opening, Section, SectionId, SectionReader};
use crate::rules::literal;
use crate::rules::text::Text;

impl Loader<'_> {
    pub(super) fn section_ids(&mut self) -> HashMap<String, SectionId> {
        let mut ids = HashMap::new();
        for (at, (section, file)) in self.sections.clone().iter().enumerate() {
            if ids.insert(section.id.clone(), SectionId(at)).is_some() {
                self.fault(file, &section.id, format!("section `{}` is declared twice", section.id));
            }
        }
        ids
    }

    pub(super) fn sections(&mut self, ids: &HashMap<String, SectionId>, extracts: &[(Extract, Vec<SectionId>)]) -> Vec<Section> {
        let mut sections = Vec::new();
        for (section, file) in std::mem::take(&mut self.sections) {
            let mut commands = Vec::new();
            for command in &section.commands {
                let pattern = self.regex(file, command, &format!("^(?:{})$", literal::relax_blanks(command)));
                commands.extend(pattern.map(|pattern| (literal::beginning(command).into(), pattern)));
            }
            let over = section.over.as_ref().and_then(|over| self.regex(file, over, &literal::prepare(over)));
            let reader = match section.reader.as_deref() {
                None => None,
                Some("license-history") => Some(SectionReader::LicenseHistory),
                Some("packet-list") => Some(SectionReader::PacketList),
                Some(other) => {
                    self.fault(file, other, format!("unknown reader `{other}`; there are license-history and packet-list"));
                    None
                }
            };
            let id = ids.get(&section.id).copied();
            let of_section = extracts.iter().enumerate().filter(|(_, (_, in_sections))| id.is_some_and(|id| in_sections.contains(&id)));
            sections.push(Section {
                title: section.title.map(Text::from),
                openings: (section.openings.iter().map(|text| opening(text, false)))
                    .chain(section.first_lines.iter().map(|text| opening(text, true)))
                    .collect(),
                embeds: section.embeds,
                history: section.history,
                nested: section.nested,
                over,
                commands,
                reader,
                extracts: of_section.map(|(at, _)| ExtractId(at)).collect(),
                absents: Vec::new(),
                id: section.id.into(),
            });
        }
        sections
    }
}

fn opening(text: &str, first: bool) -> Opening {
    let at_start = text.starts_with('^');
    let at_end = text.ends_with('$');
    Opening { text: text.trim_start_matches('^').trim_end_matches('$').to_ascii_lowercase().into(), at_start, at_end, first }
}
