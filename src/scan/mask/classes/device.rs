//! Secrets of devices: licensing, and the configurations of IOS, IOS-XE, NX-OS, IOS XR, ASA and wireless controllers.

use super::{Class, class, class_but};
use crate::scan::mask::values::{
    is_chain, is_config_word, is_host_word, is_keyword, is_no_code, is_not_random, is_outcome, is_password_word, is_place, is_prose,
};

pub(super) const CLASSES: &[Class] = &[
    // Smart Licensing tokens and reservation codes.
    class_but("token", &["idtoken", "id-token"], r"\bid-?token\s+(?:0\s+)?{V}", is_prose),
    class_but("token", &["register"], r"\bregister\s+(?:id)?token(?::\s*|\s+){V}", is_prose),
    class("token", &["the token"], r#"\bthe token\s+[\\'"‘’“”<(]*([^\s\\'"‘’“”<>()]+)[\\'"‘’“”>)]*\s+is not valid"#),
    class_but("token", &["token", "regist"], r"([a-z0-9+/_%-]{40,}=*)", is_not_random),
    class_but(
        "reservation",
        &["reservation"],
        r#"\breservation\s+(?:install\s+(?:file\s+\S+|(?:key\s+)?(?:"([^"]*)|([^\s"].*)))|return\s+(?:local\s+)?authorization\s+(?:"([^"]*)|([^\s"].*)))"#,
        is_outcome,
    ),
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
        &["password", "passwd", "secret", "passphrase"],
        r#"{LINE}(?:set\s+)?(?:password|passwd|secret|passphrase)\s+(?:"([^"]*)|([^\s"'<]+)(?:\s+encrypted)?{END})"#,
        is_password_word,
    ),
    class(
        "password",
        &["password", "passwd", "secret"],
        r"\b(?:password|passwd|secret)\s+(?:encrypted\s+(?:\d+\s+)?|(?:[03-9]|10)\s+)([^\s].*)",
    ),
    class(
        "password",
        &["password", "passwd", "secret"],
        r#"{LINE}(?:user(?:name)?\s+\S+\s+|set\s+)?(?:password|passwd|secret|psksecret|[\w-]+-pwd)\s+(?:clear|enc|sha(?:256|512)|hmac\S*)\s+([^\s"'<]+){END}"#,
    ),
    class("password", &["msdp password", "password peer"], r"\b(?:msdp\s+)?password\s+peer\s+\S+\s+{TYPE}(.+)"),
    class_but("password", &["ldp password"], r"\bldp\s+password\s+(?:option\s+\d+\s+for\s+\S+|fallback)\s+{TYPE}(.+)", is_keyword),
    class_but("password", &["sxp connection"], r"\bsxp\s+connection\b.*?\spassword\s+(?:required\s+)?{TYPE}(\S+)", is_keyword),
    class_but(
        "password",
        &["aaa-server", "radius-common-pw", "login-password"],
        r"\b(?:aaa-server\s+\S+\s+\([^()\s]*\)\s+host\s+\S+|radius-common-pw|ldap-login-password)\s+{TYPE}(\S+)",
        is_keyword,
    ),
    class_but(
        "password",
        &["test aaa"],
        r"\btest\s+aaa\s+(?:group|server)\s+\S+\s.*?\s(\S+)(?:\s+(?:legacy|new-code)\b[^\n]*)?{END}",
        is_keyword,
    ),
    class(
        "password",
        &["event manager env"],
        r"\bevent\s+manager\s+environment\s+\S*(?:pw|pass|secret|token|key|community|cred)\S*\s+(.+)",
    ),
    class("userinfo", &["mail server"], r#"\bmail\s+server\s+"?([^\s"@/]+:[^\s"@]+)@"#),
    class("key", &["configure manager"], r"\bconfigure\s+manager\s+add\s+\S+\s+(.+)"),
    // Wireless controllers of AireOS.
    class(
        "password",
        &["config "],
        r"\bconfig\s+(?:snmp\s+community\s+create|snmp\s+v3user\s+create(?:\s+\S+){4}|(?:mgmtuser|netuser)\s+(?:add|password)\s+\S+|user\s+password\s+\S+|(?:radius|tacacs)\s+(?:auth|acct)\s+add\s+\d+\s+\S+\s+\d+\s+(?:ascii|hex))\s+(.+)",
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
        r"\b(?:ftp|chap|pap|ms-chap-v2|eap|device-id\s+\S+|wccp\s+\S.*?|vpngroup\s+\S+|remote-name\s+\S+|login\s+\S+|connect\s+\S+|sent-username\s+\S+|http\s+client|proxy|neighbor\s+\S+|pkcs12\s.*?|vtp|dial|tunnel|sxp\s+default|credentials\s+id\s+\S+|user(?:id)?\s+\S+|agent)\s+password\s+{TYPE}(.+)",
    ),
    class("password", &["pass"], r"\buser(?:name|id)?\s+\S+\s+pass\s+{V}"),
    class("password", &["digest secret", "chassis-number"], r"\b(?:digest\s+secret|chassis-number\s+\S+\s+token)\s+{TYPE}(\S+)"),
    class(
        "password",
        &["challenge-password", "enrollment password", "shared-sec"],
        r"\b(?:challenge-password|enrollment\s+password|shared-secret|shared-secondary-secret\s+index\s+\d+)\s+{TYPE}(.+)",
    ),
    class(
        "password",
        &["crypto pki", "crypto ca", "crypto key"],
        r"\bcrypto\s+(?:pki|ca|key)\s+(?:ex|im)port\b.*?\s(?:password|passphrase|3des|des|aes)\s+(.+)",
    ),
    class_but(
        "password",
        &["crypto pki", "crypto ca", "crypto key"],
        r"\bcrypto\s+(?:(?:pki|ca)\s+(?:ex|im)port\s+\S+\s+(?:pkcs12|pem)|key\s+import\s+\S+\s.*?(?:terminal|\surl))\s+(?:(?:terminal|url\s+\S+|[^\s:]+:\S*)\s+)?(.+)",
        is_place,
    ),
    class(
        "hash",
        &[
            "$1$", "$5$", "$6$", "$7$", "$8$", "$9$", "$14$", "$2a$", "$2b$", "$2x$", "$2y$", "$y$", "$apr1$", "$argon2", "pbkdf2",
            "$scrypt$",
        ],
        r#"(\$(?:1|5|6|7|8|9|14|2[abxy]|y|apr1|argon2\w*|pbkdf2[\w-]*|scrypt)\$[./a-z0-9$=,+-]{6,}|\bpbkdf2[_:]sha\d+[$:][^\s"'<>]{6,})"#,
    ),
    class("hash", &["{cipher}", "{crypt}", "{sha", "{ssha", "{md5}", "{aes"], r#"(\{(?:cipher|crypt|s?sha\d*|md5|aes\w*)\}[^\s"'<>]+)"#),
    // SNMP.
    class("snmp", &["snmp-server"], r"\bsnmp-server\s+(?:mib\s+)?community(?:-map)?\s+(?:(?:encrypted|clear|[0-9])\s+)?{V}"),
    class_but(
        "snmp",
        &["snmp-server"],
        r"\bsnmp-server\s+host\s+\S+\s+(?:(?:(?:use-)?vrf\s+\S+|traps?|informs?|udp-port\s+\d+|source-interface\s+\S+|version\s+(?:1|2c|3\s+(?:noauth|auth|priv))|encrypted|clear)\s+)*(\S+)",
        is_host_word,
    ),
    class("snmp", &["snmp community"], r"\bset\s+snmp\s+community\s+\S+\s+(.+)"),
    class("snmp", &["snmp-server"], r"\bsnmp-server\s+host\b.*?\scommunity\s+(?:[0-9]\s+)?(\S+)"),
    class("snmp", &["snmp-server"], r"\bsnmp-server\s+user\b.*?\sauth\s+(?:md5|sha(?:-?\d+)?)\s+(?:(?:encrypted|clear)\s+)?(\S+)"),
    class(
        "snmp",
        &["snmp-server"],
        r"\bsnmp-server\s+user\b.*?\spriv\s+(?:(?:des56|des|3des|aes(?:-?\d+)?)\s+)?(?:(?:128|192|256)\s+)?(?:(?:encrypted|clear)\s+)?(\S+)",
    ),
    class(
        "snmp",
        &["rocommunity", "rwcommunity", "com2sec", "trapsink", "trap2sink", "informsink", "authcommunity", "snmp-community"],
        r"\b(?:(?:r[ow]community6?|authcommunity\s+\S+|(?:trap2?|inform)sink\s+\S+|rf-switch\s+snmp-community)\s+{V}|com2sec6?\s+(?:-Cn\s+\S+\s+)?\S+\s+\S+\s+(.+))",
    ),
    class("snmp", &["createuser"], r"\bcreateuser\s+(?:-e\s+\S+\s+)?\S+\s+(?:md5|sha\S*)\s+(.+)"),
    class(
        "snmp",
        &["snmp"],
        r#"\bsnmp(?:get(?:next)?|walk|set|table|trap|inform|bulk(?:get|walk)|status|df)\s(?:.*?\s)?-(?-i:[cAX])\s*["']?([^\s"'<]+)(?:.*?\s-(?-i:[AX])\s*["']?([^\s"'<]+))?"#,
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
    class_but("key", &["key"], r#"{LINE}(?:pac\s+)?key\s+([^\s"'<]+)(?:\s+encrypted)?{END}"#, is_config_word),
    class_but("key", &["group"], r#"{LINE}(?:crypto\s+.*?\s|cluster\s+)?group\s+\S+\s+key\s+{TYPE}([^\s"'<]+){END}"#, is_keyword),
    class_but(
        "key",
        &["-key"],
        r#"{LINE}(?:secret|auth|priv|private|ipsec|ike|shared|session|master|location-server|bind)-key\s+{TYPE}([^\s"'<]+){END}"#,
        is_keyword,
    ),
    class("key", &["server-key"], r"\bserver-key\s+{TYPE}(.+)"),
    class("key", &["config-key"], r"\bkey\s+config-key\s+(?:password-encrypt(?:ion)?|newpass|ascii)\s+(.+)"),
    class("key", &["isakmp"], r"\bisakmp\s+key\s+{TYPE}{V}"),
    class_but(
        "key",
        &["pre-shared-key", "preshared-key"],
        r"\bpre-?shared-key\s+(?:(?:local|remote|hex|ascii-text|encrypted|clear|[0-9]|address\s+\S+(?:\s+\d+\.\S+)?\s+key|hostname\s+\S+\s+key)\s+)*(.+)",
        is_chain,
    ),
    class("key", &["digest-key"], r"\bmessage-digest-key\s+\d+\s+(?:md5|hmac-\S+)\s+{TYPE}(.+)"),
    class("key", &["authentication-key"], r"\bauthentication-key\s+(?:\d+\s+(?:md5|hmac\S*|sha\S*|cmac\S*)\s+)?{TYPE}(.+)"),
    class("key", &["psk", "set-key"], r"\b(?:wpa-psk|set-key)\s+(?:(?:ascii|hex|set-key|encrypted|[0-9])\s+)*(.+)"),
    class("key", &["session-key"], r"\bsession-key\s+(?:in|out)bound\s+(?:ah\s+\d+|esp\s+\d+\s+(?:cipher|authenticator))\s+(.+)"),
    class_but(
        "key",
        &["authentication key", "authentication mode", "authentication text", "map-server"],
        r"\b(?:(?:rsvp|isis|bfd|eigrp\s+\d+|ntp\s.*?)\s+authentication\s+key|authentication\s+mode\s+hmac-sha-256|map-server\s+\S+(?:\s+proxy-reply)?\s+key)\s+{TYPE}(.+)|{LINE}authentication\s+text\s+(\S+){END}",
        is_keyword,
    ),
    class_but(
        "key",
        &["sap pmk", "cak "],
        r"\b(?:sap\s+pmk|ckn\s+\S+\s+cak|(?:macsec|mka)\s+cak)\s+{TYPE}(\S+)|{LINE}cak\s+{TYPE}(\S+){END}",
        is_keyword,
    ),
    class(
        "key",
        &["static-wep-key", "encryption key", "wep key"],
        r"\bstatic-wep-key\s+encryption\s+(?:\d+\s+)*(?:ascii|hex)\s+(?:[0-9]\s+)?(\S+)|\b(?:encryption|wep)\s+key\s+\d+\s+size\s+\d+\s*bits?\s+(?:[07]\s+)?(\S+)",
    ),
    class("key", &["md5 "], r#"\bmd5\s+\d+\s+key\s+"([^"]+)"#),
    class("key", &["failover"], r"\bfailover\s+(?:ipsec\s+pre-shared-)?key\s+(?:(?:hex|[0-9])\s+)*(.+)"),
    class_but(
        "key",
        &["authentication"],
        r#"{LINE}(?:standby|vrrp|glbp)\s+(?:\d+\s+)?authentication\s+(?:text\s+)?([^\s"'<]+){END}"#,
        is_config_word,
    ),
    class("private-key", &["private key"], r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(.+?)(?:-----END|$)"),
];
