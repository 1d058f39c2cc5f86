//! Key and value, and what people write.

use super::{Class, class, class_but};
use crate::scan::mask::values::{is_name, is_no_pin, is_sentence, is_word};

pub(super) const CLASSES: &[Class] = &[
    // Key and value, in the dress of JSON (also inside a string), XML, headers and settings. The name of a syslog
    // message may end in such a word and is no key; `PWD=/…` is sudo naming a folder. Last, so that a narrower class names the mark.
    class("secret", WORDS, r"%[\w-]+-\d-\w+:|\b(?-i:PWD)=/|{WORD}{IS}"),
    class(
        "secret",
        &["key"],
        r"(?:access|secret|shared|encryption|auth|authentication|master|signing|private|priv|account|storage|subscription|api|session|default|hmac|wep|wpa|wi-?fi|recovery|bind|psk|ssh|ike|ipsec)[ ._-]?key{IS}",
    ),
    // Where a name, a place or an id may stand as well.
    class_but(
        "secret",
        NAMED,
        r#"\b(?:key|auth|session|sid)(?:\\*["']|&quot;)?\s*(?:=>|[:=])\s*(?:\\*["']|&quot;)?([^\s"'\\<>&,;]+)|<(?:[\w.-]+:)?(?:key|auth)>([^<\s]+)</"#,
        is_name,
    ),
    class_but(
        "secret",
        &["key ", "cak ", "secret ", "text ", "authentication ", "password ", "authorization:"],
        r#"\b(?:[\w-]*key|cak|(?:psk)?secret|authentication(?:\s+text)?|password)\s+(?:(?:is|was|[0-9]|enc|clear|sha\d+)\s+)?["'(]?([^\s"'\\<>(),;}\]]+)|\bauthorization:\s+([^\s"'\\<>(),;}\]]+)(?:\s+([^\s"'\\<>(),;}\]]+))?"#,
        is_name,
    ),
    class_but(
        "pin",
        &["pin", "otp", "one-time", "one time", "verification code", "2fa", "mfa"],
        r#"\b(?:pin(?:\s+code)?|otp|totp|(?:one[ -]time|verification|2fa|mfa)\s+(?:password|passcode|code|pin))(?:\\*["'])?\s*(?:[:=]|\s(?:is|was)\s)\s*\\*["']?([\w!@#$%^*+~?-]+)|<pin>([^<\s]+)</"#,
        is_no_pin,
    ),
    class_but(
        "pin",
        &["pin ", "otp ", "one-time", "one time", "pw ", "pwd ", "psk ", "pass "],
        r#"\b(?:pin|otp|one[ -]time\s+(?:password|code)|pw|pwd|psk|pass)\s+["']?([^\s"'<>=:|]+)"#,
        is_word,
    ),
    class("secret", &["rootpw", "bindpw", "auth_pass"], r"\b(?:(?:root|bind)pw\s+(?:--\w+\s+)?|auth_pass\s+){V}"),
    class_but("secret", &["authkey"], r#"\bauthkey\s+"([^"]+)""#, is_word),
    class(
        "hash",
        &["nthash", "lmhash", "ntlm hash", "unicodepwd"],
        r#"\b(?:(?:nt|lm)_?hash|ntlm\s+hash)(?:\\*["'])?\s*(?:[:=]|\s)\s*\\*["']?([^\s"'<>,;]{6,})"#,
    ),
    class(
        "secret",
        &["pass"],
        r#"(?:ssh|db|become|smtp|user|auth|root|admin|sql|ftp|http|bind|ldap|proxy|login|mail|wifi|sudo)[_.-]?pass(?:\\*["'])?\s*[:=]\s*\\*{V}"#,
    ),
    class_but("secret", &["pass", "pw"], r#"(?:pass|pw)\\*["']?\s*[:=]\s*\\*{V}"#, is_word),
    class("secret", WORDS, r"(?:^|\s)--?{KEY}\s+{V}"),
    class("secret", &["-key "], r"(?:^|\s)--?[\w-]*(?:access|secret|shared|encryption|auth|master|private|account|api)-?key\s+{V}"),
    // The name of a setting in one place, its value in the next; a cell of a table may double the quotes.
    class(
        "secret",
        &["value"],
        r#"\b(?:name|key|id|field|setting|type)\\*["']{0,2}\s*[:=]\s*\\*["']{1,2}{KEY}\\*["']{1,2}\s*[,;]?\s*\\*["']{0,2}value\\*["']{0,2}\s*[:=]\s*\\*["']{1,2}([^"'\\]*)"#,
    ),
    class(
        "secret",
        &["value"],
        r#"\bvalue\\*["']{1,2}\s*[:=]\s*\\*["']{1,2}([^"'\\]*)\\*["']{1,2}\s*[,;]?\s*\\*["']{0,2}(?:name|key|id|field|setting|type)\\*["']{0,2}\s*[:=]\s*\\*["']{1,2}{KEY}\\*["']"#,
    ),
    class_but("secret", WORDS, r#"{WORD}\\*["']\s*:\s*\{\s*\\*["']\w+\\*["']\s*:\s*\\*["']([^"'\\]*)"#, is_word),
    class("secret", &["name=", "key=", "id="], r#"\b(?:name|key|id)=["']{KEY}["'][^<>]*>([^<\s][^<]*)"#),
    class_but(
        "secret",
        SPOKEN,
        r#"(?:password|passwd|passwort|passphrase|passcode|secret|community|token|api[ _-]?key)(?:\s+(?:is|was|string|name|value|used|changed|set|reset|to|from\s+(\S+)\s+to|from|hash|ascii|\(([^()\s]{1,30})\)|\([^()]{1,30}\)|for\s+(?:user\s+|key\s+)?[^\s:]+|of\s+[^\s:]+))*(?:\s*[:>\])「『【][\s:]*|\s+)(?:(?:->|\||-)\s*)?(?:"([^"]*)|'([^']*)|([^\s"'<>=|][^\s"'<>]*))"#,
        is_word,
    ),
    class(
        "secret",
        &["securestring", "pscredential"],
        r#"\bSecureString\s+(?:-String\s+)?["']([^"']+)|\bPSCredential\s*\(\s*["']{1,2}[^"']*["']{1,2}\s*,\s*["']{1,2}([^"']+)"#,
    ),
    class("secret", &["-password"], r"\b(?:user|tunnel|chap|ms-chap\S*)-password\s+\[\d+\]\s+(?:\d+\s+)?(\S+)"),
    class_but(
        "secret",
        &["cred", "login", "log in", "logged in"],
        r#"\b(?:creds?|credentials?|log(?:in|ged\s+in|\s+in))(?:\s+(?:with|as|is))?\s*[:=]?\s*["']?\w[\w.@-]*\s*/\s*([^\s"'/,;]+)"#,
        is_word,
    ),
    class(
        "secret",
        FOREIGN,
        r#"(?:パスワード|暗証番号|合言葉|비밀번호|암호|密码|密碼|口令|kennwort|mot\s+de\s+passe|contraseña|senha|пароль|wachtwoord|lösenord)\s*[:=：＝]\s*["'「『“]?([!#-&(-;=?-~]+)"#,
    ),
    class_but(
        "secret",
        FOREIGN,
        r#"(?:パスワード|暗証番号|合言葉|비밀번호|암호|密码|密碼|口令|kennwort|mot\s+de\s+passe|contraseña|senha|пароль|wachtwoord|lösenord)\s*(?:は|が|を|の|는|은|이|가|를|을|是|为)?\s*["'「『“]?([!#-&(-;=?-~]{6,})"#,
        is_word,
    ),
    class_but("secret", WORDS, r#"{WORD}\\*["']?\s*[:=]\s*\[\s*\\*["'“]([^"'”\\]+)"#, is_sentence),
    class("secret", WORDS, r#"^\s*(?:[\w.-]+ ){0,2}{KEY}\s*(?::\s+|\s=\s+)([^\s"'\[{].*)"#),
    class("secret", WORDS, r"<masked:[a-z0-9-]+>|<(?:[\w.-]+:)?{KEY}(?:\s[^<>]*)?>(?:<!\[CDATA\[(.*?)(?:\]\]>|$)|([^<\s][^<]*))"),
    class("community", &["<community>"], r"<(?:[\w.-]+:)?community>\s*<name>([^<\s][^<]*)"),
    class("secret", &["%22"], r"{WORD}%22%3A%22(.*?)(?:%22|\s|$)"),
];

/// Words of `{KEY}`.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "credential",
    "psk",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "privatekey",
    "private_key",
    "private-key",
    "community",
    "passwort",
    "kennwort",
    "jsessionid",
    "samlresponse",
    "csrf",
];

/// Names of many things, with what gives them a value.
const NAMED: &[&str] = &[
    "key:",
    "key=",
    "key\"",
    "key'",
    "key\\",
    "key&",
    "key ",
    "<key>",
    "auth:",
    "auth=",
    "auth\"",
    "auth'",
    "auth\\",
    "auth&",
    "auth ",
    "<auth>",
    "session:",
    "session=",
    "session\"",
    "session'",
    "session\\",
    "session&",
    "session ",
    "sid=",
    "sid:",
    "sid\"",
    "sid'",
];

/// `password` in other languages.
const FOREIGN: &[&str] = &[
    "パスワード",
    "暗証番号",
    "合言葉",
    "비밀번호",
    "암호",
    "密码",
    "密碼",
    "口令",
    "kennwort",
    "mot de passe",
    "contraseña",
    "senha",
    "пароль",
    "Пароль",
    "wachtwoord",
    "lösenord",
];

/// Words behind which a value may follow with nothing between.
const SPOKEN: &[&str] = &[
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "passcode",
    "secret",
    "community",
    "token",
    "api key",
    "api-key",
    "api_key",
    "apikey",
];
