//! What a secret looks like, class by class. A pattern's groups are the values; everything else of a match stays.

/// One way a secret stands in a line.
pub(super) struct Class {
    /// The word in the mark.
    pub(super) name: &'static str,
    /// One of these must stand in the line, in any case. Words of the pattern itself, but for two classes: long random
    /// text counts only where a token is spoken of, `response=` only beside a digest.
    pub(super) words: &'static [&'static str],
    /// Matched without regard to case. `{V}` is a value in quotes or up to a blank, `{LINE}` the start of a
    /// configuration line, perhaps behind a prompt or quoted, `{END}` the end of a command, `{KEY}` a key that names a secret, `{IS}` what gives
    /// it its value, and that, `{TYPE}` the digit before a stored password.
    pub(super) pattern: &'static str,
    /// Values that are none: other words of the same grammar.
    pub(super) keep: fn(&str) -> bool,
}

/// A pattern with its abbreviations written out.
pub(super) fn spelled_out(pattern: &str) -> String {
    let pattern = pattern
        .replace("{V}", r#"(?:"([^"]*)|'([^']*)|([^\s"']\S*))"#)
        .replace("{LINE}", r#"(?:^[\s!#;>]*|\S[#>]\s*|command:\s*|["'=|]\s*)(?:no\s+)?"#)
        .replace("{END}", r#"(?:\s*(?:["'<&|]|$)|\s+HTTP/)"#)
        .replace("{TYPE}", r"(?:(?:[03-9]|10|encrypted|clear)\s+)?")
        .replace(
            "{IS}",
            r#"(?:\\*["'“”]|&quot;)?\s*(?:=>|[:=])\s*(?:\\+"(.*?)(?:\\+"|$)|"((?:[^"\\]|\\.)*)|'([^']*)|&quot;(.*?)(?:&quot;|$)|“([^”]*)|([^\s"'\[{&][^\s&]*|[\[{][^\s"'\[\]{}“\\][^\s&]*))"#,
        )
        .replace(
            "{KEY}",
            r"[\w.-]*(?:password|passwd|passwort|passphrase|passcode|pwd|secret|credentials?|psk|token|api[_-]?key|private[_-]?key|community|jsessionid|samlresponse|csrf[\w-]*)",
        );
    // A text may hold escaped line ends, which are line ends when the escapes are taken off.
    format!("(?im){pattern}")
}

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

fn nothing(_: &str) -> bool {
    false
}

/// A word of a sentence, where a token would be long or mixed.
fn is_prose(value: &str) -> bool {
    value.len() <= 8 && value.trim_end_matches(['.', ',', ':', ';']).bytes().all(|b| b.is_ascii_lowercase())
}

/// Not the shape of encoded random bytes: paths, words, hexadecimal digests.
fn is_not_random(value: &str) -> bool {
    let count = |of: fn(&u8) -> bool| value.bytes().filter(of).count();
    count(u8::is_ascii_lowercase) == 0
        || count(u8::is_ascii_uppercase) == 0
        || count(u8::is_ascii_digit) == 0
        || count(|b| *b == b'/') > value.len() / 16
        || count(|b| matches!(b, b'-' | b'_')) > value.len() / 8
        || value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Not the shape of a reservation code: a word, a number, an error code.
fn is_no_code(value: &str) -> bool {
    value.len() < 6
        || value.starts_with("0x")
        || !value.bytes().any(|b| b.is_ascii_digit())
        || !value.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Other words that follow `password` and `key` at the start of a configuration line.
fn is_config_word(value: &str) -> bool {
    let word = value.split_whitespace().next().unwrap_or_default();
    value.bytes().all(|b| b.is_ascii_digit())
        || matches!(value, "|" | "->")
        || [
            "encrypted",
            "encryption",
            "strength-check",
            "recovery",
            "required",
            "policy",
            "chain",
            "config-key",
            "cleanup",
            "secure-mode",
            "md5",
            "text",
        ]
        .iter()
        .any(|known| word.eq_ignore_ascii_case(known))
}

/// What stands before the community in the forms of `snmp-server host` that name it with a keyword.
fn is_host_word(value: &str) -> bool {
    value.eq_ignore_ascii_case("community") || value.eq_ignore_ascii_case("version") || value.parse::<std::net::IpAddr>().is_ok()
}

/// No more than a word: what follows `password` in a sentence. A value of a secret's make has letters and digits, capitals amid small ones,
/// or signs.
fn is_word(value: &str) -> bool {
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

fn is_sentence(value: &str) -> bool {
    value.contains(char::is_whitespace)
}

const fn class(name: &'static str, words: &'static [&'static str], pattern: &'static str) -> Class {
    Class { name, words, pattern, keep: nothing }
}

const fn class_but(name: &'static str, words: &'static [&'static str], pattern: &'static str, keep: fn(&str) -> bool) -> Class {
    Class { name, words, pattern, keep }
}

/// Every class. At most 128: they are bits of a number.
pub(super) const CLASSES: &[Class] = &[
    // Smart Licensing tokens and reservation codes.
    class_but("token", &["idtoken", "id-token"], r"\bid-?token\s+(?:0\s+)?{V}", is_prose),
    class_but("token", &["register"], r"\bregister\s+(?:id)?token(?::\s*|\s+){V}", is_prose),
    class("token", &["the token"], r#"\bthe token\s+[\\'"‘’“”<(]*([^\s\\'"‘’“”<>()]+)[\\'"‘’“”>)]*\s+is not valid"#),
    class_but("token", &["token", "regist"], r"([a-z0-9+/_%-]{40,}=*)", is_not_random),
    class("reservation", &["reservation"], r#"\breservation\s+install\s+(?:file\s+\S+|(?:key\s+)?(?:"([^"]*)|([^\s"].*)))"#),
    class_but(
        "reservation",
        &[" code"],
        r#"\b(?:authori[sz]ation|return|confirmation|request|reservation|install)\s+code\b[^:=]{0,40}[:=]\s*["']?([^\s"',;]+)"#,
        is_no_code,
    ),
    class("reservation", &["authorizationcode"], r"<authorizationcode>(.*?)(?:</authorizationcode>|$)"),
    class("reservation", &["<signature"], r"<signature[^<>]*>(.*?)(?:</signature>|$)"),
    class("reservation", &["code>"], r"<(?:\w+:)?[\w-]*(?:return|confirmation|request|authori[sz]ation)[_-]?code>([^<]*)"),
    // Passwords of configurations: a stored password ends where the line does.
    class("password", &["username"], r"\busername\s+(?:and|or)\s|\busername\s+\S+.*?\s(?:password|secret)\s+{TYPE}(.+)"),
    class("password", &["enable"], r"\benable\s+(?:algorithm-type\s+\S+\s+)?(?:password|secret)\s+(?:level\s+\d+\s+)?{TYPE}(.+)"),
    class_but(
        "password",
        &["password", "passwd", "secret"],
        r#"{LINE}(?:password|passwd|secret)\s+(?:"([^"]*)|([^\s"'<]+)(?:\s+encrypted)?{END})"#,
        is_config_word,
    ),
    class(
        "password",
        &["password", "passwd", "secret"],
        r"\b(?:password|passwd|secret)\s+(?:encrypted\s+(?:\d+\s+)?|(?:[03-9]|10)\s+)([^\s].*)",
    ),
    // Routing protocols: IOS XR puts the kind of hash before the type.
    class(
        "password",
        &["-password", "isis password"],
        r"\b(?:(?:hello|lsp|area|domain|login)-|isis\s+)password\s+(?:(?:hmac-md5|text|accept|encrypted|clear|[03-9])\s+)*([^\s].*)",
    ),
    class(
        "password",
        &["password"],
        r"\b(?:ftp|chap|pap|sent-username\s+\S+|http\s+client|proxy|neighbor\s+\S+|pkcs12\s.*?|vtp|dial|tunnel|sxp\s+default|credentials\s+id\s+\S+|user(?:id)?\s+\S+|agent)\s+password\s+{TYPE}(.+)",
    ),
    class("password", &["pass"], r"\buser(?:name|id)?\s+\S+\s+pass\s+{V}"),
    class(
        "password",
        &["challenge-password", "enrollment password", "shared-secret"],
        r"\b(?:challenge-password|enrollment\s+password|shared-secret)\s+{TYPE}(.+)",
    ),
    class("password", &["crypto pki", "crypto ca"], r"\bcrypto\s+(?:pki|ca)\s+(?:ex|im)port\b.*?\s(?:password|passphrase|3des|des)\s+(.+)"),
    class(
        "hash",
        &["$1$", "$5$", "$6$", "$8$", "$9$", "$14$", "$2a$", "$2b$", "$2y$"],
        r"(\$(?:1|5|6|8|9|14|2[aby])\$[./a-z0-9$=,+-]{6,})",
    ),
    class("hash", &["{cipher}", "{crypt}", "{sha", "{ssha", "{md5}", "{aes"], r#"(\{(?:cipher|crypt|s?sha\d*|md5|aes\w*)\}[^\s"'<>]+)"#),
    // SNMP.
    class("snmp", &["snmp-server"], r"\bsnmp-server\s+(?:mib\s+)?community(?:-map)?\s+(?:(?:encrypted|clear|[0-9])\s+)?{V}"),
    class_but(
        "snmp",
        &["snmp-server"],
        r"\bsnmp-server\s+host\s+\S+\s+(?:(?:(?:use-)?vrf\s+\S+|traps?|informs?|udp-port\s+\d+|version\s+(?:1|2c|3\s+(?:noauth|auth|priv)))\s+)*(\S+)",
        is_host_word,
    ),
    class("snmp", &["snmp community"], r"\bset\s+snmp\s+community\s+\S+\s+(.+)"),
    class("snmp", &["snmp-server"], r"\bsnmp-server\s+host\b.*?\scommunity\s+(?:[0-9]\s+)?(\S+)"),
    class("snmp", &["snmp-server"], r"\bsnmp-server\s+user\b.*?\sauth\s+(?:md5|sha(?:-?\d+)?)\s+(\S+)"),
    class(
        "snmp",
        &["snmp-server"],
        r"\bsnmp-server\s+user\b.*?\spriv\s+(?:(?:des56|des|3des|aes(?:-?\d+)?)\s+)?(?:(?:128|192|256)\s+)?(\S+)",
    ),
    class(
        "snmp",
        &["rocommunity", "rwcommunity", "com2sec"],
        r"\b(?:r[ow]community6?\s+{V}|com2sec6?\s+(?:-Cn\s+\S+\s+)?\S+\s+\S+\s+(.+))",
    ),
    class("snmp", &["createuser"], r"\bcreateuser\s+(?:-e\s+\S+\s+)?\S+\s+(?:md5|sha\S*)\s+(.+)"),
    class(
        "snmp",
        &["snmp"],
        r#"\bsnmp(?:get(?:next)?|walk|set|table|trap|inform|bulk(?:get|walk)|status|df)\s(?:.*?\s)?-[cAX]\s*["']?([^\s"'<]+)"#,
    ),
    // Keys.
    class("key", &["key-string", "octet-string"], r"\bkey-(?:octet-)?string\s+{TYPE}(.+)"),
    class(
        "key",
        &["tacacs", "radius", "server-private"],
        r"(?:{LINE}(?:tacacs|radius)|\b(?:(?:tacacs|radius)-server|server-private))\b.*?\skey\s+{TYPE}(.+)",
    ),
    class("key", &["aaa-server"], r"\baaa-server\b.*?\skey\s+(.+)"),
    class("key", &["ipsec spi"], r"\bipsec\s+spi\s+\d+\s+(.+)"),
    class("key", &["nhrp"], r"\bnhrp\s+authentication\s+(.+)"),
    class("key", &["key"], r"{LINE}(?:pac\s+)?key\s+(?:[05-9]|encrypted)\s+(.+)"),
    class_but("key", &["key"], r#"{LINE}(?:pac\s+)?key\s+([^\s"'<]+){END}"#, is_config_word),
    class("key", &["server-key"], r"\bserver-key\s+{TYPE}(.+)"),
    class("key", &["config-key"], r"\bkey\s+config-key\s+password-encrypt(?:ion)?\s+(.+)"),
    class("key", &["isakmp"], r"\bisakmp\s+key\s+{TYPE}{V}"),
    class(
        "key",
        &["pre-shared-key"],
        r"\bpre-shared-key\s+(?:(?:local|remote|hex|ascii-text|encrypted|clear|[0-9]|address\s+\S+(?:\s+\d+\.\S+)?\s+key|hostname\s+\S+\s+key)\s+)*(.+)",
    ),
    class("key", &["digest-key"], r"\bmessage-digest-key\s+\d+\s+(?:md5|hmac-\S+)\s+{TYPE}(.+)"),
    class("key", &["authentication-key"], r"\bauthentication-key\s+(?:\d+\s+(?:md5|hmac\S*|sha\S*|cmac\S*)\s+)?{TYPE}(.+)"),
    class("key", &["psk", "set-key"], r"\b(?:wpa-psk|set-key)\s+(?:(?:ascii|hex|set-key|encrypted|[0-9])\s+)*(.+)"),
    class("key", &["failover"], r"\bfailover\s+(?:ipsec\s+pre-shared-)?key\s+(?:(?:hex|[0-9])\s+)*(.+)"),
    class_but(
        "key",
        &["authentication"],
        r#"{LINE}(?:standby|vrrp|glbp)\s+\d+\s+authentication\s+(?:text\s+)?([^\s"'<]+){END}"#,
        is_config_word,
    ),
    class("private-key", &["private key"], r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(.+?)(?:-----END|$)"),
    // HTTP. "License Authorization:" is a heading of `show license`.
    class(
        "authorization",
        &["authorization:"],
        r"\b(?:proxy-)?authorization:\s*(?:basic|bearer|digest|ntlm|negotiate|token|apikey|hawk|aws4-hmac-sha256)\s+(.+)",
    ),
    class_but(
        "authorization",
        &["authorization:"],
        r#"license\s+authorization:|\b(?:proxy-)?authorization:\s*([^\s"']+)["']?\s*$"#,
        is_no_code,
    ),
    class("cookie", &["cookie:"], r"\b(?:set-)?cookie:\s*(.+)"),
    class("token", &["x-"], r"\bx-(?:auth|api|access|session|csrf|xsrf)[\w-]*:\s*(.+)"),
    class(
        "authorization",
        &["authorization", "cookie", "x-auth", "x-api"],
        r#"["'](?:(?:proxy-)?authorization|(?:set-)?cookie|x-(?:auth|api)[\w-]*)\\*["']\s*:\s*\\*"((?:[^"\\]|\\[^"])*)"#,
    ),
    class("password", &["curl"], r#"\bcurl\b.*?\s(?:-u|--user|--proxy-user)[\s=]+["']?[^\s:"']+:([^\s"']+)"#),
    class_but("token", &["bearer"], r"\bbearer\s+{V}", is_word),
    class("password", &["sshpass"], r"\bsshpass\s+-p\s*{V}"),
    class("password", &["ldap"], r"\bldap(?:search|modify|add|delete|passwd|whoami|compare)\s(?:.*?\s)?-w\s*{V}"),
    class("password", &["pass:"], r#"\s-(?:pass|passin|passout|k)\s+["']?pass:([^\s"'<]+)"#),
    class("jwt", &["eyj"], r"\b(eyj[a-z0-9_-]{5,}\.[a-z0-9_-]{5,}(?:\.[a-z0-9_-]*)?)"),
    class("userinfo", &["://", ":__"], r#"[a-z][a-z0-9+.-]*:(?://|__)([^\s/@"'<>]*:[^\s/"'<>]*)@"#),
    class(
        "query",
        &["token=", "sig=", "signature=", "key=", "password=", "passwd=", "pwd=", "secret=", "code=", "auth=", "samlresponse="],
        r#"[?&;](?:[a-z_-]*token|sig|signature|(?:api_?)?key|password|passwd|pwd|[a-z_-]*secret|code|auth|samlresponse)=([^&\s"'<>#]+)"#,
    ),
    // SIP and media.
    class(
        "digest",
        &["nonce", "digest username", "digest realm"],
        r#"\b(?:response|nonce|cnonce|opaque|nextnonce|rspauth)\s*=\s*(?:"([^"]*)|([^\s",]+))"#,
    ),
    class("crypto", &["inline:"], r#"\binline:([^\s|;"]+)"#),
    class("crypto", &["ice-pwd"], r"\bice-pwd:(\S+)"),
    // TLS: the NSS key log format, and what `openssl s_client` prints.
    class(
        "tls-secret",
        &["client_random", "_traffic_secret", "exporter_secret", "exporter_master_secret"],
        r"\b(?:CLIENT_RANDOM|\w*_TRAFFIC_SECRET(?:_\d+)?|\w*EXPORTER_(?:MASTER_)?SECRET)\s+([0-9a-f]{8,}.*)",
    ),
    class("tls-secret", &["rsa "], r"^\s*RSA\s+([0-9a-f]{16}\s+[0-9a-f]{32,}.*)"),
    class("tls-secret", &["master-key"], r"\bmaster-key\s*:\s*(\S+)"),
    // Key and value, in the dress of JSON (also inside a string), XML, headers and settings. The name of a syslog
    // message may end in such a word and is no key; `PWD=/…` is sudo naming a folder. Last, so that a narrower class names the mark.
    class("secret", WORDS, r"%[\w-]+-\d-\w+:|\b(?-i:PWD)=/|{KEY}{IS}"),
    class(
        "secret",
        &["key"],
        r"(?:access|secret|shared|encryption|auth|authentication|master|signing|private|account|storage|subscription|api|session)[ ._-]?key{IS}",
    ),
    class_but("secret", &["pass", "pw"], r#"\b[\w.-]*(?:pass|pw)\\*["']?\s*[:=]\s*\\*{V}"#, is_word),
    class("secret", WORDS, r"(?:^|\s)--?{KEY}\s+{V}"),
    class("secret", &["-key "], r"(?:^|\s)--?[\w-]*(?:access|secret|shared|encryption|auth|master|private|account|api)-?key\s+{V}"),
    // The name of a setting in one place, its value in the next; a cell of a table may double the quotes.
    class(
        "secret",
        &["value"],
        r#"\b(?:name|key|id|field|setting)\\*["']{0,2}\s*[:=]\s*\\*["']{1,2}{KEY}\\*["']{1,2}\s*[,;]?\s*\\*["']{0,2}value\\*["']{0,2}\s*[:=]\s*\\*["']{1,2}([^"'\\]*)"#,
    ),
    class("secret", &["name=", "key=", "id="], r#"\b(?:name|key|id)=["']{KEY}["'][^<>]*>([^<\s][^<]*)"#),
    class_but(
        "secret",
        SPOKEN,
        r#"\b[\w-]*(?:password|passwd|passwort|passphrase|passcode|secret|community|token|api[ _-]?key)(?:\s+(?:is|was|string|name|value|used|for\s+\S+|of\s+\S+))*\s+(?:(?:->|\|)\s*)?(?:"([^"]*)|'([^']*)|([^\s"'<>=|][^\s"'<>]*))"#,
        is_word,
    ),
    class_but("secret", WORDS, r#"{KEY}\\*["']?\s*[:=]\s*\[\s*\\*["'“]([^"'”\\]+)"#, is_sentence),
    class("secret", WORDS, r#"^\s*(?:[\w.-]+ ){0,2}{KEY}\s*(?::\s+|\s=\s+)([^\s"'\[{].*)"#),
    class("secret", WORDS, r"<masked:[a-z0-9-]+>|<(?:[\w.-]+:)?{KEY}(?:\s[^<>]*)?>([^<\s][^<]*)"),
    class("secret", &["%22"], r"{KEY}%22%3A%22(.*?)(?:%22|\s|$)"),
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
    "jsessionid",
    "samlresponse",
    "csrf",
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
