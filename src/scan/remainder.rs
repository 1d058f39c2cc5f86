//! Licensing lines that no rule accounts for, by form: what a reader should look at because this program did not.

use std::collections::BTreeMap;

/// Forms told apart in one artifact. Lines of further forms are only counted.
pub const FORMS: usize = 200;

/// The lines of one artifact, or of several.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Remainder {
    /// Forms by template.
    pub forms: BTreeMap<String, Form>,
    /// Lines of forms beyond [`FORMS`], with the first of them.
    pub further: Option<Box<Form>>,
}

/// Lines that differ only in numbers, addresses, names in quotes and the like.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// How many, exactly.
    pub count: u64,
    /// Where the first stands.
    pub line: u64,
    /// The first, visible, masked, cut.
    pub excerpt: String,
}

impl Remainder {
    /// Adds one line; `excerpt` is asked for only where it is kept.
    pub(super) fn add(&mut self, template: String, line: u64, excerpt: impl FnOnce() -> String) {
        let room = self.forms.len() < FORMS;
        let form = match self.forms.get_mut(&template) {
            Some(form) => Some(form),
            None if room => return drop(self.forms.insert(template, Form { count: 1, line, excerpt: excerpt() })),
            None => self.further.as_deref_mut(),
        };
        match form {
            Some(form) => form.count += 1,
            None => self.further = Some(Box::new(Form { count: 1, line, excerpt: excerpt() })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_counted_and_bounded() {
        let mut remainder = Remainder::default();
        for line in 0..1_000 {
            remainder.add(format!("form {}", line % 250), line, || line.to_string());
        }
        assert_eq!(remainder.forms.len(), FORMS);
        assert_eq!(remainder.forms["form 3"], Form { count: 4, line: 3, excerpt: "3".to_owned() });
        assert_eq!(remainder.further, Some(Box::new(Form { count: 200, line: 200, excerpt: "200".to_owned() })));
    }
}
