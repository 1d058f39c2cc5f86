//! Translations, and the English texts they stand for.

use std::collections::BTreeMap;

use super::{Loader, RuleText};
use crate::rules::model::StepFile;
use crate::rules::translation::{English, Language, Short, TranslationFile};

impl Loader<'_> {
    /// Takes a file of the folder of a language.
    pub(super) fn translation(&mut self, file: &RuleText, language: &str) {
        let Some(language) = Language::named(language).filter(|language| *language != Language::En) else {
            let known: Vec<&str> = Language::ALL.iter().skip(1).map(|language| language.name()).collect();
            self.fault(file, "", format!("translations are in a folder of their language; there are {}", known.join(", ")));
            return;
        };
        if let Some(parsed) = self.parse::<TranslationFile>(file) {
            self.named_as_file(file, &parsed.of);
            self.translations.push((language, file.name.clone(), parsed));
        }
    }

    /// What can be translated, by the name of its translation, with its file.
    pub(super) fn english(&self) -> BTreeMap<String, (String, English)> {
        let rules = self.rules.iter().map(|(id, (rule, file))| {
            let collect = rule.collect.iter().map(|collect| collect.what.clone()).collect();
            let texts = |steps: &[StepFile]| steps.iter().map(|step| step.text().to_owned()).collect();
            let lists = [texts(&rule.remedy), texts(&rule.workaround), collect];
            (id.clone(), (file.name.clone(), English::Rule { head: [rule.title.clone(), rule.summary.clone()], lists }))
        });
        let collections = self.collections.iter().map(|(collection, file)| {
            let stem = file.name.rsplit('/').next().unwrap_or("").trim_end_matches(".yaml");
            let items = collection.items.iter().map(|item| (item.id.clone(), item.what.clone())).collect();
            (format!("collect-{stem}"), (file.name.clone(), English::Items(items)))
        });
        rules.chain(collections).collect()
    }

    /// Short texts that readers see.
    pub(super) fn short(&self) -> Short {
        let mut short = Short::default();
        let mut need = |text: &str, file: &RuleText| {
            short.needed.entry(text.to_owned()).or_insert_with(|| file.name.clone());
        };
        self.signals.iter().for_each(|(signal, file)| need(&signal.title, file));
        for (section, file) in &self.sections {
            need(section.title.as_deref().unwrap_or_default(), file);
        }
        for (rule, file) in self.rules.values() {
            rule.signals.iter().for_each(|signal| need(&signal.title, file));
            rule.evidence.iter().filter_map(|item| item.why.as_deref()).for_each(|why| need(why, file));
        }
        let items = || self.collections.iter().flat_map(|(collection, file)| collection.items.iter().map(move |item| (item, file)));
        items().filter_map(|(item, file)| Some((item.needs.as_deref()?, file))).for_each(|(needs, file)| need(needs, file));
        short.needed.remove("");
        short.other.extend(items().map(|(item, _)| item.command.clone()));
        short.other.extend(self.rules.values().flat_map(|(rule, _)| rule.collect.iter().map(|collect| collect.command.clone())));
        short.other.extend(self.references.documents.iter().map(|document| document.title.clone()));
        short
    }
}
