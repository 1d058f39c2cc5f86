//! What a value shows of itself: whether it is a secret, or a word of the same grammar.

/// Values that say that there is none, or that somebody else has masked.
pub(super) fn is_placeholder(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'', ',', ';', ')', '}', ']', ' ']);
    const NONE: [&str; 14] = [
        "<empty>",
        "<none>",
        "<removed>",
        "<hidden>",
        "<redacted>",
        "(none",
        "none",
        "null",
        "nil",
        "true",
        "false",
        "not configured",
        "not set",
        "n/a",
    ];
    value.is_empty()
        || value.starts_with("<masked:")
        || value.chars().all(|c| c == '*')
        || NONE.iter().any(|none| value.eq_ignore_ascii_case(none))
}

pub(super) fn nothing(_: &str) -> bool {
    false
}

/// A word of a sentence, where a token would be long or mixed.
pub(super) fn is_prose(value: &str) -> bool {
    value.len() <= 8 && value.trim_end_matches(['.', ',', ':', ';']).bytes().all(|b| b.is_ascii_lowercase())
}

/// Not the shape of encoded random bytes: paths, words, hexadecimal digests.
pub(super) fn is_not_random(value: &str) -> bool {
    let count = |of: fn(&u8) -> bool| value.bytes().filter(of).count();
    count(u8::is_ascii_lowercase) == 0
        || count(u8::is_ascii_uppercase) == 0
        || count(u8::is_ascii_digit) == 0
        || count(|b| *b == b'/') > value.len() / 16
        || count(|b| matches!(b, b'-' | b'_')) > value.len() / 8
        || value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Not the shape of a reservation code: a word, a number, an error code.
pub(super) fn is_no_code(value: &str) -> bool {
    value.len() < 6
        || value.starts_with("0x")
        || !value.bytes().any(|b| b.is_ascii_digit())
        || !value.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Other words that follow `key` at the start of a configuration line, and its number.
pub(super) fn is_config_word(value: &str) -> bool {
    is_number(value, 5) || is_keyword(value)
}

/// Other words that follow `password`, and the digit that says how one is stored.
pub(super) fn is_password_word(value: &str) -> bool {
    is_number(value, 2) || is_keyword(value)
}

fn is_number(value: &str, most: usize) -> bool {
    value.len() <= most && value.bytes().all(|b| b.is_ascii_digit())
}

/// Words of configurations that stand where a secret may.
pub(super) fn is_keyword(value: &str) -> bool {
    let word = value.split_whitespace().next().unwrap_or_default();
    matches!(value, "|" | "->")
        || [
            "encrypted",
            "encryption",
            "strength-check",
            "recovery",
            "required",
            "policy",
            "chain",
            "key-chain",
            "config-key",
            "cleanup",
            "secure-mode",
            "md5",
            "text",
            "default",
            "terminal",
            "timeout",
            "key",
            "prompt",
            "interactive",
        ]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

/// What names the keys instead of one.
pub(super) fn is_chain(value: &str) -> bool {
    value.starts_with("key-chain")
}

/// What is said of the installation of a reservation.
pub(super) fn is_outcome(value: &str) -> bool {
    ["fail", "success", "complete", "is ", "was ", "error"]
        .iter()
        .any(|word| value.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word)))
}

/// A place or a word before the password, which another pattern takes.
pub(super) fn is_place(value: &str) -> bool {
    let word = value.split_whitespace().next().unwrap_or_default();
    is_keyword(value)
        || ["url", "3des", "des", "aes", "password", "passphrase", "certificate"].contains(&word)
        || (value.contains(':') && !value.contains(char::is_whitespace))
}

/// What stands before the community in the forms of `snmp-server host` that name it with a keyword.
pub(super) fn is_host_word(value: &str) -> bool {
    value.eq_ignore_ascii_case("community") || value.eq_ignore_ascii_case("version") || value.parse::<std::net::IpAddr>().is_ok()
}

/// No more than a word: what follows `password` in a sentence. A value of a secret's make has letters and digits, capitals amid small ones,
/// or signs.
pub(super) fn is_word(value: &str) -> bool {
    let value = value.trim_end_matches(['.', ',', ':', ';', ')', ']', '"', '\'']);
    let bytes = value.as_bytes();
    let has = |of: fn(&u8) -> bool| bytes.iter().any(of);
    let bug = value.len() == 10 && value.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("csc"));
    let algorithm = ["md5", "hmac", "sha", "aes", "3des", "pbkdf2", "type-"]
        .iter()
        .any(|name| value.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)));
    let capital_inside = bytes.windows(2).any(|pair| matches!(pair, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()));
    let signs = has(|b| matches!(b, b'!' | b'@' | b'#' | b'$' | b'^' | b'&' | b'*' | b'+' | b'~' | b'?'));
    bug || algorithm
        || value.ends_with('=')
        || !has(u8::is_ascii_alphabetic)
        || value.len() < 6
        || value.starts_with("0x")
        || !(has(u8::is_ascii_digit) || capital_inside || signs)
}

/// The same of a value in base64.
pub(super) fn is_plain_word(value: &str) -> bool {
    is_word(value.trim_end_matches('='))
}

/// The name of an account alone.
pub(super) fn is_account(value: &str) -> bool {
    !value.contains(':') && is_word(value)
}

/// Not the make of a key, where names, numbers, places and ids may stand as well: random letters change between small, capital and
/// digit all the time, and a digest is long.
pub(super) fn is_name(value: &str) -> bool {
    let bytes = value.as_bytes();
    if bytes.len() >= 32 && bytes.iter().all(u8::is_ascii_hexdigit) {
        return false;
    }
    let kind = |b: &u8| match b {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    let all = |kinds: [i32; 3]| kinds.iter().all(|wanted| bytes.iter().any(|b| kind(b) == *wanted));
    let signs = bytes.iter().filter(|b| !matches!(b, b'=') && kind(b) == 3).count();
    // A word may begin with a capital.
    let changes = bytes.windows(2).filter(|pair| matches!(pair, [a, b] if kind(a) != kind(b) && (kind(a), kind(b)) != (2, 1))).count();
    bytes.len() < 12 || !all([0, 1, 2]) || signs > bytes.len() / 12 || changes * 5 < bytes.len() * 2
}

/// Neither the number that a PIN or one-time password is nor of a secret's make.
pub(super) fn is_no_pin(value: &str) -> bool {
    let number = value.bytes().all(|b| b.is_ascii_digit());
    if number { !(4..=12).contains(&value.len()) } else { is_word(value) }
}

pub(super) fn is_sentence(value: &str) -> bool {
    value.contains(char::is_whitespace)
}
