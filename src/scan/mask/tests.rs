use super::classes;
use super::*;
use proptest::prelude::*;

/// (line, what must come out). Secrets are made up; the grammars are those of the products.
const MASKED: &[(&str, &str)] = &[
    // Tokens.
    ("sw1#license smart trust idtoken NGMzMjk5YjAtZmZh%0AN2Yz all force", "sw1#license smart trust idtoken <masked:token> all force"),
    ("license smart register idtoken \"NGMz Mjk5\" force", "license smart register idtoken \"<masked:token>\" force"),
    (
        "%PARSER-5-CFGLOG_LOGGEDCMD: User:admin  logged command:license smart trust idtoken AbC123dEf local",
        "%PARSER-5-CFGLOG_LOGGEDCMD: User:admin  logged command:license smart trust idtoken <masked:token> local",
    ),
    ("xcommand License Smart Register Token: \"Zm9vYmFy\"", "xcommand License Smart Register Token: \"<masked:token>\""),
    (
        "    Failure Reason: {\"token\":[\"The token 'ZDA4MjNjOTQ' is not valid.\"]}",
        "    Failure Reason: {\"token\":[\"The token '<masked:token>' is not valid.\"]}",
    ),
    ("{“token”:[“The token xxx‘ is not valid.”]}", "{“token”:[“The token <masked:token>‘ is not valid.”]}"),
    ("registration request sent: NGMzMjk5YjAtZmZhNi00YjE1LTlhYjAtMmI2NTQyNTBm%3D%0A end", "registration request sent: <masked:token> end"),
    (
        "{\"request_type\":\"ID_TOKEN_TRUST\",\"id_token\":\"NGMzMjk5\",\"udi_pid\":\"C9800-CL-K9\"}",
        "{\"request_type\":\"ID_TOKEN_TRUST\",\"id_token\":\"<masked:secret>\",\"udi_pid\":\"C9800-CL-K9\"}",
    ),
    // Reservation.
    (
        "xcommand License Smart Reservation Install \"<specificPLR>x y</specificPLR>\"",
        "xcommand License Smart Reservation Install \"<masked:reservation>\"",
    ),
    ("license smart reservation install key AbC 123", "license smart reservation install key <masked:reservation>"),
    (
        "Enter this return code in Cisco Smart Software Manager: CJ4gVx-1c2nVh-8dKpGQ",
        "Enter this return code in Cisco Smart Software Manager: <masked:reservation>",
    ),
    ("  Confirmation code: 5bf02a3d", "  Confirmation code: <masked:reservation>"),
    (
        "<specificPLR><authorizationCode><piid>a1</piid></authorizationCode><signature>MEQCIQ</signature></specificPLR>",
        "<specificPLR><authorizationCode><masked:reservation></authorizationCode><signature><masked:reservation></signature></specificPLR>",
    ),
    // Passwords.
    (
        "username admin privilege 15 secret 9 $9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6",
        "username admin privilege 15 secret 9 <masked:password>",
    ),
    ("username bob password 0 two words", "username bob password 0 <masked:password>"),
    ("enable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0", "enable secret 5 <masked:password>"),
    ("enable password level 7 7 094F471A1A0A", "enable password level 7 7 <masked:password>"),
    (" password 7 0822455D0A16", " password 7 <masked:password>"),
    ("sw1(config-line)#password hunter2", "sw1(config-line)#password <masked:password>"),
    ("ip ftp password 7 13061E010803", "ip ftp password 7 <masked:password>"),
    (" neighbor 10.0.0.1 password correct horse", " neighbor 10.0.0.1 password <masked:password>"),
    ("passwd 2KFQnbNIdI.2KYOU encrypted", "passwd <masked:password> encrypted"),
    ("    password encrypted 00301C15107919", "    password encrypted <masked:password>"),
    ("  password 3 a667d47acc18ea6b", "  password 3 <masked:password>"),
    ("  hello-password hmac-md5 encrypted 0DEADBEEF1", "  hello-password hmac-md5 encrypted <masked:password>"),
    (" isis password s3cr3t level-2", " isis password <masked:password>"),
    ("found $8$dsYGNam3K1SIJO$7nv/35M/qr6t.dVc7UY9zrJDWRVqncHub1PE9UlMQFs in config", "found <masked:hash> in config"),
    ("value {cipher}xcy6bk7tPATPD7rJrBcSFTPgXKWoMWBbKUUtFP1EoYc= stored", "value <masked:hash> stored"),
    // SNMP.
    ("set snmp community read-write-all mywriteallstring", "set snmp community read-write-all <masked:snmp>"),
    (" ospfv3 encryption ipsec spi 1001 esp null md5 0 27576134094768132473302031209727", " ospfv3 encryption ipsec spi 1001 <masked:key>"),
    (" ip nhrp authentication DMVPN123", " ip nhrp authentication <masked:key>"),
    ("aaa-server TAC (inside) host 10.1.1.1 key cisco123", "aaa-server TAC (inside) host 10.1.1.1 key <masked:key>"),
    ("snmp-server community s3cr3t RO 99", "snmp-server community <masked:snmp> RO 99"),
    (
        "snmp-server host 10.1.1.1 vrf Mgmt-vrf version 2c public  snmp",
        "snmp-server host 10.1.1.1 vrf Mgmt-vrf version 2c <masked:snmp>  snmp",
    ),
    ("snmp-server host 10.1.1.1 traps version 3 priv ops", "snmp-server host 10.1.1.1 traps version 3 priv <masked:snmp>"),
    (
        "snmp-server user ops GRP v3 auth sha Auth1Pass priv aes 128 Priv1Pass",
        "snmp-server user ops GRP v3 auth sha <masked:snmp> priv aes 128 <masked:snmp>",
    ),
    // Keys.
    ("  key-string 7 060506324F41", "  key-string 7 <masked:key>"),
    ("tacacs-server host 10.0.0.5 key 7 13061E010803557878", "tacacs-server host 10.0.0.5 key 7 <masked:key>"),
    ("radius-server key my shared key", "radius-server key <masked:key>"),
    (" key 7 094F471A1A0A", " key 7 <masked:key>"),
    (" key s3cr3t", " key <masked:key>"),
    ("crypto isakmp key k3y address 10.2.2.2", "crypto isakmp key <masked:key> address 10.2.2.2"),
    (" pre-shared-key local 6 aBcDeF", " pre-shared-key local 6 <masked:key>"),
    (" ip ospf message-digest-key 1 md5 7 094F471A1A0A", " ip ospf message-digest-key 1 md5 7 <masked:key>"),
    ("ntp authentication-key 1 md5 094F471A1A0A 7", "ntp authentication-key 1 md5 <masked:key>"),
    (" security wpa psk set-key ascii 0 Wlan-Pass", " security wpa psk set-key ascii 0 <masked:key>"),
    (
        "{\"pem\":\"-----BEGIN RSA PRIVATE KEY-----\\nMIIEow\\n-----END RSA PRIVATE KEY-----\"}",
        "{\"pem\":\"-----BEGIN RSA PRIVATE KEY-----<masked:private-key>-----END RSA PRIVATE KEY-----\"}",
    ),
    // HTTP.
    ("Authorization: Basic YWRtaW46cHc=", "Authorization: Basic <masked:authorization>"),
    ("> Proxy-Authorization: Bearer abc.def", "> Proxy-Authorization: Bearer <masked:authorization>"),
    ("Set-Cookie: JSESSIONID=1234; Path=/", "Set-Cookie: <masked:cookie>"),
    ("X-Auth-Token: 5f1e", "X-Auth-Token: <masked:token>"),
    ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln ok", "jwt <masked:jwt> ok"),
    ("proxy http://bob:p@ss@proxy.example.com:8080/ used", "proxy http://<masked:userinfo>@proxy.example.com:8080/ used"),
    ("https:__bob:s3cr3t@h.example.log", "https:__<masked:userinfo>@h.example.log"),
    ("GET /cb?state=1&code=abc123&x=2 HTTP/1.1", "GET /cb?state=1&code=<masked:query>&x=2 HTTP/1.1"),
    // Key and value.
    ("smtp.password=hunter2 host=mail", "smtp.password=<masked:secret> host=mail"),
    ("{\"user\":\"bob\",\"clientSecret\":\"a \\\"b\\\" c\",\"n\":1}", "{\"user\":\"bob\",\"clientSecret\":\"<masked:secret>\",\"n\":1}"),
    (r#"body="{\"password\":\"two words\",\"user\":\"bob\"}""#, r#"body="{\"password\":\"<masked:secret>\",\"user\":\"bob\"}""#),
    ("<ldap:bindPassword enc=\"no\">s3cr3t</ldap:bindPassword>", "<ldap:bindPassword enc=\"no\"><masked:secret></ldap:bindPassword>"),
    ("<server password=\"s3cr3t\" port=\"1\"/>", "<server password=\"<masked:secret>\" port=\"1\"/>"),
    ("    Proxy Password: three little words", "    Proxy Password: <masked:secret>"),
    ("{&quot;password&quot;:&quot;s3cr3t&quot;,&quot;a&quot;:1}", "{&quot;password&quot;:&quot;<masked:secret>&quot;,&quot;a&quot;:1}"),
    (
        "xConfiguration Authentication LDAP BindPassword: \"{cipher}AAbb==\"",
        "xConfiguration Authentication LDAP BindPassword: \"<masked:hash>\"",
    ),
    ("body=%7B%22token%22%3A%22abc%22%7D", "body=%7B%22token%22%3A%22<masked:secret>%22%7D"),
    ("<ns:returnCode>CJ4gVx-1c2nVh</ns:returnCode>", "<ns:returnCode><masked:reservation></ns:returnCode>"),
    ("crypto pki export TP pem url flash: 3des Passw0rd", "crypto pki export TP pem url flash: 3des <masked:password>"),
    ("snmp-server host inside 10.1.1.1 community s3cr3t version 2c", "snmp-server host inside 10.1.1.1 community <masked:snmp> version 2c"),
    (" client 10.0.0.9 server-key 7 094F471A1A0A", " client 10.0.0.9 server-key 7 <masked:key>"),
    ("key config-key password-encrypt Master-1", "key config-key password-encrypt <masked:key>"),
    ("failover key hex 0123abcd", "failover key hex <masked:key>"),
    (" standby 1 authentication s3cr3t", " standby 1 authentication <masked:key>"),
    ("authorization: 8f7e6d5c4b3a", "authorization: <masked:authorization>"),
    ("{\"headers\":{\"Cookie\":\"a=1; b=2\",\"Host\":\"x\"}}", "{\"headers\":{\"Cookie\":\"<masked:authorization>\",\"Host\":\"x\"}}"),
    ("$ curl -s -u bob:s3cr3t https://h/", "$ curl -s -u bob:<masked:password> https://h/"),
    ("{\"token\":[\"NGMzMjk5\"]}", "{\"token\":[\"<masked:secret>\"]}"),
    ("    Master-Key: 52340C85A3F1", "    Master-Key: <masked:tls-secret>"),
    ("RSA 52340c85a3f1e3a1 b2c3d4e5f60718293a4b5c6d7e8f9001", "RSA <masked:tls-secret>"),
    // SIP, media, TLS.
    (
        "Authorization: Digest username=\"bob\", realm=\"x\", nonce=\"abc\", response=\"f00d\"",
        "Authorization: Digest <masked:authorization>",
    ),
    (
        "WWW-Authenticate: Digest realm=\"x\", nonce=\"abc\", opaque=\"def\"",
        "WWW-Authenticate: Digest realm=\"x\", nonce=\"<masked:digest>\", opaque=\"<masked:digest>\"",
    ),
    (
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4",
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:<masked:crypto>|2^20|1:4",
    ),
    ("a=ice-pwd:asd88fgpdd777uzjYhagZg", "a=ice-pwd:<masked:crypto>"),
    ("CLIENT_RANDOM 52340c85a3f1 e3a1b2c3d4", "CLIENT_RANDOM <masked:tls-secret>"),
    ("SERVER_HANDSHAKE_TRAFFIC_SECRET 52340c85a3f1 e3a1b2c3d4", "SERVER_HANDSHAKE_TRAFFIC_SECRET <masked:tls-secret>"),
    // Of other programs, and where nothing but a word stands before.
    ("rocommunity s3cr3tRO 10.0.0.0/8", "rocommunity <masked:snmp> 10.0.0.0/8"),
    ("com2sec readonly default s3cr3t", "com2sec readonly default <masked:snmp>"),
    ("createUser ops SHA Auth1Pass AES Priv1Pass", "createUser ops SHA <masked:snmp>"),
    ("~ # snmpwalk -v2c -c s3cr3t 10.1.1.1 sysDescr", "~ # snmpwalk -v2c -c <masked:snmp> 10.1.1.1 sysDescr"),
    ("  key-octet-string 7 075E731F1A", "  key-octet-string 7 <masked:key>"),
    (" server-private 10.1.1.1 key 7 094F471A", " server-private 10.1.1.1 key 7 <masked:key>"),
    (
        "%PARSER-5-CFGLOG_LOGGEDCMD: radius-server host 10.1.1.1 key s3cr3t",
        "%PARSER-5-CFGLOG_LOGGEDCMD: radius-server host 10.1.1.1 key <masked:key>",
    ),
    ("vtp password hunter hidden", "vtp password <masked:password>"),
    ("cts credentials id sw1 password hunter", "cts credentials id sw1 password <masked:password>"),
    ("username bob pass hunter", "username bob pass <masked:password>"),
    (" challenge-password hunter", " challenge-password <masked:password>"),
    ("  shared-secret 0 hunter", "  shared-secret 0 <masked:password>"),
    ("authenticated by bearer 8f7e6d5c4b3a", "authenticated by bearer <masked:token>"),
    ("$ sshpass -p hunter ssh sw1", "$ sshpass -p <masked:password> ssh sw1"),
    ("ldapsearch -x -D cn=admin -w hunter", "ldapsearch -x -D cn=admin -w <masked:password>"),
    ("openssl pkcs12 -passin pass:hunter -in a", "openssl pkcs12 -passin pass:<masked:password> -in a"),
    ("aws_secret_access_key=wJalrXUtnFEMI", "aws_secret_access_key=<masked:secret>"),
    ("{\"sharedKey\":\"hunter two\",\"n\":1}", "{\"sharedKey\":\"<masked:secret>\",\"n\":1}"),
    ("AccountName=a;AccountKey=Zm9v+YmFy==;x", "AccountName=a;AccountKey=<masked:secret>"),
    ("user=bob pass=s3cr3t1 db=a", "user=bob pass=<masked:secret> db=a"),
    ("ldap bindpw: s3cr3t1", "ldap bindpw: <masked:secret>"),
    ("tool --password hunter --host a", "tool --password <masked:secret> --host a"),
    ("tool --access-key hunter", "tool --access-key <masked:secret>"),
    ("[{\"name\":\"db.password\",\"value\":\"hunter\"}]", "[{\"name\":\"db.password\",\"value\":\"<masked:secret>\"}]"),
    ("<add key=\"password\" value=\"hunter\" />", "<add key=\"password\" value=\"<masked:secret>\" />"),
    (
        "a,\"{\"\"name\"\":\"\"password\"\",\"\"value\"\":\"\"hunter\"\"}\"",
        "a,\"{\"\"name\"\":\"\"password\"\",\"\"value\"\":\"\"<masked:secret>\"\"}\"",
    ),
    ("<param name='secret'>hunter</param>", "<param name='secret'><masked:secret></param>"),
    ("wrong password \"s3cr3t1\" for bob", "wrong password \"<masked:secret>\" for bob"),
    ("| bob | password | s3cr3t1 |", "| bob | password | <masked:secret> |"),
    ("hw-module password s3cr3t1", "hw-module password <masked:secret>"),
    ("the SNMP community string huntEr was used", "the SNMP community string <masked:secret> was used"),
];

/// Evidence that must stay as it is.
const CLEAN: &[&str] = &[
    "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart Software Manager (CSSM) : Fail to send out Call Home HTTP message.",
    "%SMART_LIC-3-COMM_FAILED: Communications failure with the Cisco Smart License Utility (CSLU) : Unable to resolve server hostname/domain name",
    "%CALL_HOME-5-SL_MESSAGE_FAILED: Fail to send out Smart Licensing message to: https://tools.cisco.com/its/service/oddce/services/DDCEService (ERR 207 : Connection time out)",
    "%SMART_LIC-3-AGENT_REG_FAILED: Smart Agent for Licensing Registration with the Cisco Smart Software Manager (CSSM) failed: Fail to send out Call Home HTTP message.",
    "%SMART_LIC-3-AUTH_RENEW_FAILED: Authorization renewal with the Cisco Smart Software Manager (CSSM) : Communication message send error for udi <>",
    "%SMART_LIC-5-COMM_RESTORED: Communications with Cisco Smart Software Manager (CSSM) restored",
    "%CRYPTO_ENGINE-5-KEY_DELETED: A key named SLA-KeyPair has been removed from key storage",
    "%CRYPTO_ENGINE-5-KEY_ADDITION: A key named SLA-KeyPair has been generated or imported",
    "%PKI-6-CONFIGAUTOSAVE: Running configuration saved to NVRAM",
    "%PKI-3-CRL_FETCH_FAIL: CRL fetch for trustpoint SLA-TrustPoint failed",
    "%SMART_LIC-6-TRUST_INSTALL_SUCCESS: A new licensing trust code was successfully installed",
    "%SMART_LIC-4-REPORTING_NOT_SUPPORTED: Smart Agent for Licensing CSSM OnPrem is down rev and does not support the enhanced policy and usage reporting mode.",
    "%AAA-3-BADPASSWORD: Login with a password that is too short",
    "    Failure Reason: Invalid Polling Id 7213504216 provided in the polling request",
    "\"status_code\":\"FAILURE\",\"message\":\"Invalid ProductInstanceIdentifier: 4f3b2c1d-8e7f-4a5b-9c6d-1a2b3c4d5e6f provided in the polling request. 262236\",\"retry_time_seconds\":0",
    "{\"product_instance_identifier\":[\"The identity for the instance 4f3b2c1d-8e7f-4a5b-9c6d-1a2b3c4d5e6f is not valid.Please re-register the instance.\"]}",
    "{\"request\":{\"header\":{\"request_type\":\"ID_TOKEN_TRUST\",\"sudi\":{\"udi_pid\":\"C9800-CL-K9\",\"udi_serial_number\":\"9V4ZPZPN8DW\"}}}}",
    "UDI: PID:C9300-24UX,SN:FCW2303D16Y",
    "UDI_PID:Expressway; UDI_SN:098AA971; UDI_VID:1.0;",
    "Trust Code Installed: Jun 29 11:12:39 2021 CET",
    "Trust Code Installed: <none>",
    "license smart transport smart",
    "license smart url smart https://smartreceiver.cisco.com/licservice/license",
    "License Authorization: ",
    "License Authorization: AUTHORIZED-UNTIL-2025",
    "    Password: <empty>",
    "Nov  3 09:47:02 veridian sudo: timstack : TTY=pts/6 ; PWD=/auto/wstimstack/rpms ; USER=root ; COMMAND=/usr/bin/tail /var/log/messages",
    "Invalid username and password combination",
    "ip http client secure-trustpoint TP-self-signed-1234567890",
    "crypto pki trustpoint SLA-TrustPoint",
    "Subject Name: cn=Cisco Licensing Root CA o=Cisco Serial Number (hex): 01",
    "  fingerprint DF717EAA4AD94EC9558499602D48DE5FBCF03A25",
    "service password-encryption",
    "password encryption aes",
    "key chain OSPF",
    " key 1",
    "crypto key generate rsa modulus 2048 label SLA-KeyPair",
    "the signing key was not found; key exchange failed",
    "WARNING: Command has been added to the configuration using a type 0 password. However, recommended to migrate to strong type-6 encryption",
    "return code: 0, request code: none",
    "Authorization code installed.",
    "license smart reservation install file flash:code.txt",
    "Token registration is in progress",
    "The community list, the secret question and the password recovery are others; see password CSCvx12345",
    "Password recovery is enabled; password type-6 encryption; a bearer of licences, bearer capability 0x8090A3",
    "Authentication key pair was made, session key exchange is done; 5 pass, 0 fail; bypass=enabled; PASS: 12",
    "{\"key\":\"license\",\"value\":\"DNA Advantage\"}",
    "Last ACK received: <none>",
    "https://cslu-local:8182/cslu/v1/pi?at=10:00@night",
    "-----BEGIN CERTIFICATE-----",
    "The certificate for smartreceiver.cisco.com was issued by CN=TLS Forward Proxy v2, OU=Information Security",
];

/// What people paste of configurations, command lines, requests, settings and sentences; `{}` is the secret.
const SECRETS: &str = include_str!("tests/secrets.txt");
/// What looks like it and is none.
const MORE_CLEAN: &str = include_str!("tests/clean.txt");

/// The lines of [`SECRETS`], each with its own secret.
fn with_secrets() -> impl Iterator<Item = (String, String)> {
    SECRETS.lines().enumerate().map(|(number, line)| {
        let secret = format!("Qz9x{number:04}kZq7w");
        (line.replace("{}", &secret), secret)
    })
}

#[test]
fn secrets_go_wherever_a_grammar_puts_them() {
    let masker = Masker::new();
    let shows = |text: &str, secret: &str| (0..=secret.len() - 6).any(|at| text.contains(&secret[at..at + 6]));
    let wrong: Vec<_> = with_secrets()
        .map(|(line, secret)| (masker.mask(&line).into_owned(), secret))
        .filter(|(masked, secret)| shows(masked, secret) || !masked.contains("<masked:") || masker.mask(masked) != masked.as_str())
        .collect();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), SECRETS.lines().count());
}

#[test]
fn secrets_go_and_words_stay() {
    let masker = Masker::new();
    let wrong: Vec<_> =
        MASKED.iter().map(|(line, expected)| (masker.mask(line), *expected)).filter(|(masked, expected)| masked != expected).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn clean_lines_stay_as_they_are() {
    let masker = Masker::new();
    let wrong: Vec<_> = CLEAN
        .iter()
        .copied()
        .chain(MORE_CLEAN.lines())
        .map(|line| masker.mask(line))
        .filter(|masked| matches!(masked, Cow::Owned(_)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn masking_twice_is_masking_once() {
    let masker = Masker::new();
    let wrong: Vec<_> = MASKED.iter().map(|(_, masked)| (*masked, masker.mask(masked))).filter(|(once, twice)| once != twice).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A pattern that no line above exercises is dead or untested; one that matches behind a closed gate never runs.
#[test]
fn every_pattern_is_exercised_and_its_gate_opens() {
    let masker = Masker::new();
    let lines: Vec<String> = MASKED.iter().map(|(line, _)| (*line).to_owned()).chain(with_secrets().map(|(line, _)| line)).collect();
    for (secret_of, class) in masker.secrets.iter().zip(classes::all()) {
        assert!(!class.words.iter().any(|word| word.bytes().any(|b| b.is_ascii_uppercase())), "{:?}", class.words);
        let mut used = false;
        for line in &lines {
            let regex = secret_of.pattern().regex().unwrap();
            let mut groups = regex.capture_locations();
            let found = regex.captures_read(&mut groups, line).is_some();
            let secret = found && values(line, &groups, secret_of, &[]).next().is_some();
            let gate = class.words.iter().any(|word| line.to_ascii_lowercase().contains(word));
            let condition = matches!(class.name, "token" | "digest") && !class.pattern.contains(class.words[0]);
            assert!(gate || !secret || condition, "{} on {line}", class.pattern);
            used |= secret;
        }
        assert!(used, "{}", class.pattern);
    }
}

fn anything() -> impl Strategy<Value = String> {
    let pieces: Vec<&'static str> = MASKED
        .iter()
        .flat_map(|(line, masked)| [line, masked])
        .flat_map(|line| line.split(' '))
        .chain(CLEAN.iter().flat_map(|line| line.split(' ')))
        .collect();
    let word = proptest::sample::select(pieces).prop_map(str::to_owned);
    let noise = "[ -~é“”東\\\\\"'<>:=]{0,12}";
    let glue = proptest::sample::select(vec![" ", "", "\"", ":", "=", "\\\"", ">", "\t", "&"]);
    proptest::collection::vec((prop_oneof![4 => word, 1 => noise.prop_map(|s| s)], glue), 0..14)
        .prop_map(|parts| parts.into_iter().map(|(word, glue)| word + glue).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn idempotent_on_anything(line in anything()) {
        thread_local!(static MASKER: Masker = Masker::new());
        MASKER.with(|masker| {
            let once = masker.mask(&line).into_owned();
            let twice = masker.mask(&once);
            prop_assert_eq!(&once, &twice);
            Ok(())
        })?;
    }

    /// A password in any dress is gone, whatever it is made of.
    #[test]
    fn no_secret_survives(secret in "[A-Za-z0-9!$%*+,./:?@^_~-]{7,24}Q9z", dress in 0usize..14) {
        thread_local!(static MASKER: Masker = Masker::new());
        let line = match dress {
            0 => format!("username bob password 0 {secret}"),
            1 => format!("enable secret {secret}"),
            2 => format!("{{\"password\": \"{secret}\", \"a\": 1}}"),
            3 => format!("<password>{secret}</password>"),
            4 => format!("snmp-server community {secret} RO"),
            5 => format!("tacacs-server host 1.2.3.4 key {secret}"),
            6 => format!("license smart trust idtoken {secret} all force"),
            7 => format!("Cookie: a={secret}"),
            8 => format!("{{\\\"token\\\":\\\"{secret}\\\"}}"),
            9 => format!("the token '{secret}' is not valid"),
            10 => format!("pre-shared-key {secret}"),
            11 => format!("Proxy-Authorization: Basic {secret}"),
            12 => format!("passphrase = '{secret}'"),
            _ => format!("snmp-server user u g v3 auth sha {secret} priv aes 128 {secret}"),
        };
        MASKER.with(|masker| {
            let masked = masker.mask(&line);
            prop_assert!(!masked.contains(&secret), "{masked}");
            // Nor a part of it that would be worth having.
            prop_assert!(!masked.contains("Q9z"), "{masked}");
            Ok(())
        })?;
    }
}
