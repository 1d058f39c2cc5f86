//! Names of facts that are put together: `license.comm.{kind}.fail`.

/// Replaces every `{name}` by its value; `None` where one has none.
pub fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, after)) = tail.split_once('}') else {
            out.push('{');
            rest = tail;
            continue;
        };
        out.push_str(&value(name)?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

/// Text as part of a fact's name: lower case, `_` between words, nothing else.
pub fn slug(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("_").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

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
