//! Packet captures: files to packets, packets to flows, flows to TLS, DNS and HTTP events.
//!
//! # Events
//!
//! Every event of a flow carries the flow's context as far as it is known at that packet: `client` and `server`
//! (`address:port`; the client is who sent the SYN, else who sent the Client Hello), `server_port`, `server_name`
//! (SNI, else the CONNECT host, else a name that a DNS answer of this capture gave for the server's address, else
//! empty), and once seen `leaf_subject`, `leaf_issuer`, `issuers` and `subjects` (all certificates of the server's
//! chain, joined with ` | `), `client_certificate` (`none`, `empty`, `sent`), `tls_version`.
//!
//! | kind | fields beside the context |
//! | --- | --- |
//! | `dns-response` | `name`, `type`, `rcode` (`NOERROR`, `NXDOMAIN`, `SERVFAIL`, `REFUSED`, else the number), `answers` |
//! | `dns-unanswered` | `name`, `type`, `queries` (how often asked); the packet is the first query |
//! | `tcp-syn-unanswered` | `attempts`; the packet is the first SYN |
//! | `tcp-refused` | a RST answered the SYN |
//! | `tcp-reset` | `from` (`client`, `server`), `after` (`connect`, `client-hello`, `server-hello`, `certificate`, `established`) |
//! | `tls-client-hello` | `versions` |
//! | `tls-server-hello` | `version`, `cipher` |
//! | `tls-certificate` | `from`, `count`, per chain: `leaf_not_before`, `leaf_not_after`, `self_signed` (`yes`, `no`); `subjects` and `issuers` are those of this message |
//! | `tls-certificate-request` | |
//! | `tls-alert` | `from`, `level` (`warning`, `fatal`), `description` (RFC names: `unknown_ca`), `after` as above, also `client-certificate` |
//! | `tls-established` | handshake complete: application data went both ways; the packet is where the second direction began |
//! | `http-request` | `method`, `host`, `path`, `status` of the answer or empty |
//! | `http-connect` | `host` (`name:port`), `status` |
