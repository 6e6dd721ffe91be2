import { type BlockGrammar, blockGrammar } from '../config/grammar.ts';

/** real_server ... { TCP_CHECK { ... } } */
const tcpCheckRows = `
connect_ip | IP | RS address | built | Probe another address
connect_port | 1..65535 | RS port | built | Probe another port
bindto | IP | none | built | Local source address
bind_port | 1..65535 | none | built | Local source port
bind_if | IFNAME | none | built | Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | built | Connect and per-read timeout
fwmark | UNSIGNED | 0 | built | SO_MARK on probe packets
retry | >=0 | RS/VS, 1 | built | Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, 1 | built | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | built | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | built | Interval between probes
alpha | [BOOL] | RS | built | Start in failed state
log_all_failures | [BOOL] | global | built | Log every failed attempt while up
`;

/** real_server ... { PING_CHECK { ... } } */
const pingCheckRows = `
connect_ip | IP | RS address | built | Probe another address
connect_port | 1..65535 | RS port | built | Probe another port; meaningless for ICMP
bindto | IP | none | built | Local source address
bind_port | 1..65535 | none | built | Local source port; meaningless for ICMP
bind_if | IFNAME | none | built | Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | built | Connect and per-read timeout
fwmark | UNSIGNED | 0 | built | SO_MARK on probe packets
retry | >=0 | RS/VS, 1 | built | Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, 1 | built | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | built | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | built | Interval between probes
alpha | [BOOL] | RS | built | Start in failed state
log_all_failures | [BOOL] | global | built | Log every failed attempt while up
`;

/** real_server ... { UDP_CHECK { ... } } */
const udpCheckRows = `
payload | HEX | random data | built, bare complained | Free-form hex digits
require_reply | [HEX] | off | built | Silence becomes failure; x = nibble wildcard
min_reply_length | 0..65535 | 0 | built | Shorter reply fails
max_reply_length | 0..65535 | 255 | built | Longer reply fails
connect_ip | IP | RS address | built | Probe another address
connect_port | 1..65535 | RS port | built | Probe another port
bindto | IP | none | built | Local source address
bind_port | 1..65535 | none | built | Local source port
bind_if | IFNAME | none | built | Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | built | Connect and per-read timeout
fwmark | UNSIGNED | 0 | built | SO_MARK on probe packets
retry | >=0 | RS/VS, 1 | built | Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, 1 | built | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | built | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | built | Interval between probes
alpha | [BOOL] | RS | built | Start in failed state
log_all_failures | [BOOL] | global | built | Log every failed attempt while up
`;

/** real_server ... { DNS_CHECK { ... } } */
const dnsCheckRows = `
type | A NS CNAME SOA MX TXT AAAA RRSIG DNSKEY | SOA | built | Query type; RRSIG/DNSKEY not in the man page
name | DOMAIN | root | built, once | Query name; trailing dot not required
connect_ip | IP | RS address | built | Probe another address
connect_port | 1..65535 | RS port | built | Probe another port
bindto | IP | none | built | Local source address
bind_port | 1..65535 | none | built | Local source port
bind_if | IFNAME | none | built | Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | built | Connect and per-read timeout
fwmark | UNSIGNED | 0 | built | SO_MARK on probe packets
retry | >=0 | RS/VS, 3 | built | Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, delay_loop | built | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | built | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | built | Interval between probes
alpha | [BOOL] | RS | built | Start in failed state
log_all_failures | [BOOL] | global | built | Log every failed attempt while up
`;

/** real_server ... { SMTP_CHECK { ... } } */
const smtpCheckRows = `
helo_name | STRING | smtp_helo_name | built, bare complained | HELO argument
host | block | - | built, outdated | Legacy nesting: one extra probe target per block; use several SMTP_CHECK instead
connect_ip | IP | RS address | built | Probe another address
connect_port | 1..65535 | RS port | built | Probe another port
bindto | IP | none | built | Local source address
bind_port | 1..65535 | none | built | Local source port
bind_if | IFNAME | none | built | Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | built | Connect and per-read timeout
fwmark | UNSIGNED | 0 | built | SO_MARK on probe packets
retry | >=0 | RS/VS, 1 | built | Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, 1 | built | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | built | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | built | Interval between probes
alpha | [BOOL] | RS | built | Start in failed state
log_all_failures | [BOOL] | global | built | Log every failed attempt while up
`;

/** real_server ... { MISC_CHECK { ... } } */
const miscCheckRows = `
misc_path | SCRIPT | required | built, bare complained | Command
misc_timeout | SECS | delay_loop | built | Overrun: TERM, then KILL after 2 s; counts as failure
misc_dynamic | - | off | built | Exit 2..255 means OK and contributes code-2-configured weight; 0 keeps configured weight
user | USER [[:]GROUP] | script_user | built, bare complained | Identity
retry | >=0 | RS/VS, 0 | built | Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, 1 | built | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | built | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | built | Interval between probes
alpha | [BOOL] | RS | built | Start in failed state
log_all_failures | [BOOL] | global | built | Log every failed attempt while up
`;

/** real_server ... { FILE_CHECK { ... } } */
const fileCheckRows = `
track_file | NAME | required | built | Name of a track_file block
weight | -2147483647..2147483647 [reverse] | track_file weight | built, bare complained | Multiplier; man's 'dynamic' option does not exist in source
`;

/** real_server ... { BFD_CHECK { ... } } */
const bfdCheckRows = `
name | NAME | required | built, bare complained | bfd_instance to follow
alpha | [BOOL] | RS | built | Start down
`;

/** real_server ... { HTTP_GET { ... } } */
const httpGetRows = `
connect_ip | IP | RS address | built | Probe another address
connect_port | 1..65535 | RS port | built | Probe another port
bindto | IP | none | built | Local source address
bind_port | 1..65535 | none | built | Local source port
bind_if | IFNAME | none | built | Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | built | Connect and per-read timeout
fwmark | UNSIGNED | 0 | built | SO_MARK on probe packets
retry | >=0 | RS/VS, 1 | built | Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, 3 | built | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | built | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | built | Interval between probes
alpha | [BOOL] | RS | built | Start in failed state
log_all_failures | [BOOL] | global | built | Log every failed attempt while up
nb_get_retry | UNSIGNED | 1 | built, deprecated | Old name of retry
virtualhost | STRING | RS/VS | built, bare complained | Host header for all URLs
http_protocol | 1.0, 1.0C or 1.1 | 1.0 | built, bare complained | 1.0C adds Connection: close to 1.0; 2 is HTTP/2, which keepalived does not have
enable_sni | [BOOL] | off | built | Send SNI; only useful with SSL_GET
sni_name | NAME | virtualhost chain | built, since HEAD | Explicit SNI value
fast_recovery | [BOOL] | off | built | No delay_loop between URLs while starting or recovering
url | block | required | built | At least one, otherwise the checker is dropped
`;

/** real_server ... { SSL_GET { ... } } */
const sslGetRows = `
connect_ip | IP | RS address | built | Probe another address
connect_port | 1..65535 | RS port | built | Probe another port
bindto | IP | none | built | Local source address
bind_port | 1..65535 | none | built | Local source port
bind_if | IFNAME | none | built | Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | built | Connect and per-read timeout
fwmark | UNSIGNED | 0 | built | SO_MARK on probe packets
retry | >=0 | RS/VS, 1 | built | Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, 3 | built | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | built | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | built | Interval between probes
alpha | [BOOL] | RS | built | Start in failed state
log_all_failures | [BOOL] | global | built | Log every failed attempt while up
nb_get_retry | UNSIGNED | 1 | built, deprecated | Old name of retry
virtualhost | STRING | RS/VS | built, bare complained | Host header for all URLs
http_protocol | 1.0, 1.0C or 1.1 | 1.0 | built, bare complained | 1.0C adds Connection: close to 1.0; 2 is HTTP/2, which keepalived does not have
enable_sni | [BOOL] | off | built | Send SNI; only useful with SSL_GET
sni_name | NAME | virtualhost chain | built, since HEAD | Explicit SNI value
fast_recovery | [BOOL] | off | built | No delay_loop between URLs while starting or recovering
url | block | required | built | At least one, otherwise the checker is dropped
tls_compliant | [BOOL] | off | built, since 2.2.8 | Send close_notify instead of quiet shutdown
`;

/** SMTP_CHECK { host { ... } } */
const smtpHostRows = `
connect_ip | IP | RS address | built | Legacy host block: Probe another address
connect_port | 1..65535 | RS port | built | Legacy host block: Probe another port
bindto | IP | none | built | Legacy host block: Local source address
bind_port | 1..65535 | none | built | Legacy host block: Local source port
bind_if | IFNAME | none | built | Legacy host block: Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | built | Legacy host block: Connect and per-read timeout
fwmark | UNSIGNED | 0 | built | Legacy host block: SO_MARK on probe packets
retry | >=0 | RS/VS, 1 | built | Legacy host block: Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, 1 | built | Legacy host block: Pause between attempts
warmup | TIMER | RS/VS, delay_loop | built | Legacy host block: Max random initial delay
delay_loop | TIMER | RS/VS, 60 | built | Legacy host block: Interval between probes
alpha | [BOOL] | RS | built | Legacy host block: Start in failed state
log_all_failures | [BOOL] | global | built | Legacy host block: Log every failed attempt while up
`;

/** HTTP_GET { url { ... } } */
const urlRows = `
path | STRING | required | built | Request path
digest | 32 hex | none | built | MD5 of body; see genhash
status_code | LIST of N or N-M, 100..599 | 200-299 | built, bare ignored | Accepted codes; first use clears default
virtualhost | STRING | checker | built, bare complained | Host header for this URL
regex | PATTERN | none | built, bare ignored | PCRE2; must match the body
regex_no_match | - | off | built | A match is a failure
regex_options | OPTION... | none | built, bare ignored | 24 PCRE2 names, e.g. caseless dotall multiline utf ungreedy
regex_min_offset | BYTES | 0 | built, bare ignored | Start searching here
regex_max_offset | BYTES | none | built, bare ignored | Match must start at or before this offset
regex_stack | START MAX | default | built, bare ignored | PCRE2 JIT stack bytes, shared by all URLs
`;

/** SSL_GET { url { ... } }: what urlRows lacks. */
const sslUrlRows = `
tls_compliant | [BOOL] | checker | built, since 2.2.8 | As in SSL_GET, per URL
`;

/** SSL { ... } */
const sslRows = `
password | STRING | none | built, bare complained, last | Key password
ca | FILE | none | built, bare complained, last | CA file
certificate | FILE | none | built, bare complained, last | Client certificate
key | FILE | none | built, bare complained, last | Client key
`;

/** What keepalived does not have in SSL { ... } */
const ownSslRows = `
tls_verify | [BOOL] | off | built, own | Default of tls_verify for every SSL_GET and GRPC_CHECK
`;

/** What keepalived does not have: of every checker. */
const ownRows = `
shadow | [BOOL] | off | built, own | The check is made and reported, and nothing follows from it
`;

/** What keepalived does not have: of checkers that speak TLS. */
const verificationRows = `
tls_verify | [BOOL] | SSL, off | built, own | The certificate must be valid, of a known authority, and for the right name
tls_verify_name | NAME | sni_name, virtualhost, IP | built, own | The name that the certificate must be for; asks for tls_verify
tls_ca | FILE | SSL ca, system | built, own | Authorities in PEM form; asks for tls_verify
`;

/** real_server ... { GRPC_CHECK { ... } }, which keepalived does not have. */
const grpcCheckRows = `
service | NAME | whole server | built | Service that must be SERVING by the gRPC health checking protocol
tls | [BOOL] | off | built | Over TLS, HTTP/2 negotiated by ALPN; else HTTP/2 in the clear
virtualhost | STRING | RS/VS, IP:PORT | built | The authority that is asked for
enable_sni | [BOOL] | off | built | Send SNI
sni_name | NAME | virtualhost chain | built | Explicit SNI value
connect_ip | IP | RS address | built | Probe another address
connect_port | 1..65535 | RS port | built | Probe another port
bindto | IP | none | built | Local source address
bind_port | 1..65535 | none | built | Local source port
bind_if | IFNAME | none | built | Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | built | Connect and per-read timeout
fwmark | UNSIGNED | 0 | built | SO_MARK on probe packets
retry | >=0 | RS/VS, 1 | built | Extra attempts before declaring failure
delay_before_retry | TIMER | RS/VS, 1 | built | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | built | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | built | Interval between probes
alpha | [BOOL] | RS | built | Start in failed state
log_all_failures | [BOOL] | global | built | Log every failed attempt while up
`;

const url = 'virtual_server.real_server.HTTP_GET.url';
const sslUrl = 'virtual_server.real_server.SSL_GET.url';

/** The blocks of checkers inside a real server. */
export const checkerBlocks: Record<string, BlockGrammar> = {
  TCP_CHECK: checker('TCP_CHECK', [tcpCheckRows]),
  PING_CHECK: checker('PING_CHECK', [pingCheckRows]),
  UDP_CHECK: checker('UDP_CHECK', [udpCheckRows]),
  DNS_CHECK: checker('DNS_CHECK', [dnsCheckRows]),
  SMTP_CHECK: checker('SMTP_CHECK', [smtpCheckRows], {
    host: blockGrammar('virtual_server.real_server.SMTP_CHECK.host', 'keywords', [smtpHostRows]),
  }),
  MISC_CHECK: checker('MISC_CHECK', [miscCheckRows]),
  FILE_CHECK: checker('FILE_CHECK', [fileCheckRows]),
  BFD_CHECK: checker('BFD_CHECK', [bfdCheckRows]),
  GRPC_CHECK: checker('GRPC_CHECK', [grpcCheckRows, verificationRows]),
  HTTP_GET: checker('HTTP_GET', [httpGetRows], { url: blockGrammar(url, 'keywords', [urlRows]) }),
  SSL_GET: checker('SSL_GET', [sslGetRows, verificationRows], {
    url: blockGrammar(sslUrl, 'keywords', [urlRows, sslUrlRows]),
  }),
};

/** The blocks that this feature adds to the root. */
export const healthBlocks: Record<string, BlockGrammar> = {
  SSL: blockGrammar('SSL', 'keywords', [sslRows, ownSslRows]),
};

function checker(name: string, rows: readonly string[], blocks: Record<string, BlockGrammar> = {}): BlockGrammar {
  return blockGrammar(`virtual_server.real_server.${name}`, 'keywords', [...rows, ownRows], blocks);
}
