//! Secrets that people give to programs on a command line.

use super::{Class, class, class_but};
use crate::scan::mask::values::{is_no_code, is_plain_word, is_word};

pub(super) const CLASSES: &[Class] = &[
    class("password", &["curl"], r#"\bcurl\b.*?\s(?:-u|--user|--proxy-user)[\s=]*["']?[^\s:"'-][^\s:"']*:([^\s"']+)"#),
    class("cookie", &["curl"], r#"\bcurl\b.*?\s(?:(?-i:-b)|--cookie)[\s=]+["']?[^\s"'=]+=([^"'\s]+)"#),
    class("password", &["sshpass"], r"\bsshpass\s+-p\s*{V}"),
    class("password", &["ldap", "kadmin"], r"\b(?:ldap(?:search|modify|add|delete|passwd|whoami|compare)|kadmin)\s(?:.*?\s)?-w\s*{V}"),
    class("password", &["pass:"], r#"\s-(?:pass|passin|passout|k)\s+["']?pass:([^\s"'<]+)"#),
    class(
        "password",
        &["openssl"],
        r#"\bopenssl\s+(?:enc\b.*?\s-k\s+["']?([^\s"']+)|passwd\s+(?:-\S+\s+)*([^\s-]\S*)|dgst\b.*?\s-hmac\s+["']?([^\s"']+))"#,
    ),
    class("password", &["storepass", "keypass"], r"\s-(?:(?:src|dest|new)?(?:store|key)pass)\s+{V}"),
    // An option with its value glued to it, or behind it.
    class("password", &["mysql", "mariadb"], r#"\b(?:mysql|mariadb)[\w-]*\s(?:.*?\s)?(?-i:-p)["']?([^\s"'<>|;]+)"#),
    class(
        "password",
        &[
            "docker",
            "podman",
            "nerdctl",
            "registry login",
            "az login",
            "oc login",
            "cf login",
            "mongo",
            "ncftp",
            "racadm",
            "7z ",
            "7za ",
            "unrar",
        ],
        r"\b(?:(?:docker|podman|nerdctl|az|oc|cf|registry)\s+login|mongo\w*|ncftp\w*|racadm|7za?|unrar|rar)\s(?:.*?\s)?(?-i:-p)\s*{V}",
    ),
    class(
        "password",
        &["sqlcmd", "bcp ", "ipmitool", "isql", "zip", "ssh-keygen"],
        r"\b(?:sqlcmd|bcp|ipmitool|isql|zip|unzip|ssh-keygen)\s(?:.*?\s)?(?-i:-[PN])\s*{V}",
    ),
    class("password", &["plink", "pscp", "psftp", "putty"], r"\b(?:plink|pscp|psftp|putty)(?:\.exe)?\s(?:.*?\s)?-pw\s+{V}"),
    class(
        "password",
        &["schtasks", "runas", "cmdkey", "psexec", "winscp", "wmic"],
        r"\b(?:schtasks|runas|cmdkey|psexec\w*|winscp|wmic)(?:\.(?:exe|com))?\s(?:.*?\s)?[/-](?:p|rp|pw|pass|password)[\s:=]+{V}",
    ),
    class("password", &["smbclient", "rpcclient"], r#"\b(?:smb|rpc)client\s(?:.*?\s)?-U\s*["']?[^\s%"']+%([^\s"']+)"#),
    // Programs that take it as a word.
    class("password", &["net use"], r#"\bnet\s+use\s+(?:\S+\s+)?\\+\S+\s+(?:/\S+\s+)*["']?([^\s"'/-][^\s"']*)"#),
    class_but("password", &["net user"], r#"\bnet\s+user\s+\S+\s+["']?([^\s"'/]+)"#, is_word),
    class("password", &["htpasswd"], r"\bhtpasswd\s+-\w*b\w*\s.*?(\S+){END}"),
    class("password", &["radtest"], r"\bradtest\s+(?:-\S+\s+\S+\s+)*\S+\s+(\S+)\s+\S+\s+\d+\s+(\S+)"),
    class("password", &["sqlplus", "lftp"], r#"\b(?:sqlplus\s+(?:-\S+\s+)*[^\s/"']+/|lftp\s.*?-u\s+[^\s,]+,)([^\s@"']+)"#),
    class("password", &["redis-cli", "wpa_passphrase"], r"\b(?:redis-cli\s(?:.*?\s)?-a|wpa_passphrase\s+\S+)\s+{V}"),
    class_but(
        "token",
        &["vault login", "refresh-token"],
        r"\b(?:vault\s+login\s+(?:-\S+\s+)*|activate-refresh-token\s+\S+\s+)([^\s-]\S*)",
        is_word,
    ),
    class("secret", &["configure set"], r"\bconfigure\s+set\s+\S*(?:key|token|secret)\S*\s+{V}"),
    // What is piped into a program that asks.
    class(
        "password",
        &["passwd", "sudo", "login", "kinit"],
        r#"\b(?:echo|printf)\s+(?:-\w+\s+)*(?:"([^"]*)"|'([^']*)'|(\S+))\s*\|\s*(?:sudo\s+)?(?:passwd\b|chpasswd\b|sudo\s+-S|kinit\b|\w+\s+login\b)|\b(?:sudo|kinit|passwd)\b[^|\n]*<<<\s*{V}"#,
    ),
    class("password", &[":5432:", ":*:"], r#"[^\s:"'>]+:(?:5432|\*):[^\s:]+:[^\s:]+:([^\s"'\\<]+)"#),
    // Dialogues of FTP, IMAP and SMTP.
    class_but("password", &["pass "], r"^(?:[>\s]|c:|-->)*(?-i:PASS)\s+(\S+)$", is_no_code),
    class("password", &["request: pass"], r"\brequest:\s+(?-i:PASS)\s+(\S+)"),
    class_but("password", &[" login "], r#"\b\w{1,8}\s+(?-i:LOGIN)\s+\S+\s+\\*["']{0,2}([^\s"'\\<]+)"#, is_word),
    class_but(
        "password",
        &["auth plain", "auth login", "authenticate plain"],
        r"\bauth(?:enticate)?\s+(?:plain|login)\s+([a-z0-9+/]{6,}=*)",
        is_plain_word,
    ),
];
