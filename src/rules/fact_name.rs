//! Names of facts that are put together: `license.comm.{kind}.fail`.

/// Replaces every `{name}` by its value; `None` where one has none.
pub fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut out = String::new();
    fill_into(&mut out, template, |name, out| value(name).map(|value| out.push_str(&value)))?;
    Some(out)
}

/// The same into a text that is used again: `put` adds the value of a name, or says that there is none.
pub fn fill_into(out: &mut String, template: &str, mut put: impl FnMut(&str, &mut String) -> Option<()>) -> Option<()> {
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = tail.split_once('}') else {
            out.push('{');
            rest = tail;
            continue;
        };
        put(name, out)?;
        rest = after;
    }
    out.push_str(rest);
    Some(())
}

/// Text as part of a fact's name: lower case, `_` between words, nothing else.
pub fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    slug_into(&mut out, text);
    out
}

/// The same at the end of another text.
pub fn slug_into(out: &mut String, text: &str) {
    let from = out.len();
    let mut gap = false;
    for c in text.chars() {
        if !c.is_ascii_alphanumeric() {
            gap = true;
            continue;
        }
        if gap && out.len() > from {
            out.push('_');
        }
        gap = false;
        out.push(c.to_ascii_lowercase());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_name() {
        for (text, expected) in [("A-1", "a_1"), (" (x)  Y ", "x_y"), ("", ""), ("--", ""), ("Gi1/0/3", "gi1_0_3"), ("é1 日b", "1_b")] {
            assert_eq!(slug(text), expected, "{text}");
        }
    }

    #[test]
    fn names_are_filled_in() {
        let value = |name: &str| (name == "port").then(|| slug("GigabitEthernet0/0"));
        for (template, expected) in [
            ("interface.{port}.vrf", Some("interface.gigabitethernet0_0.vrf")),
            ("plain", Some("plain")),
            ("open.{port", Some("open.{port")),
            ("interface.{other}.vrf", None),
        ] {
            assert_eq!(fill(template, value).as_deref(), expected);
        }
    }
}
