import { type BlockGrammar, blockGrammar } from '../config/grammar.ts';

/** real_server ... { TCP_CHECK { ... } } */
const tcpCheckRows = `
connect_ip | IP | RS address | harmless | Probe another address
connect_port | 1..65535 | RS port | harmless | Probe another port
bindto | IP | none | harmless | Local source address
bind_port | 1..65535 | none | harmless | Local source port
bind_if | IFNAME | none | harmless | Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | harmless | Connect and per-read timeout
fwmark | UNSIGNED | 0 | harmless | SO_MARK on probe packets
retry | >=0 | RS/VS, 1 | harmless | Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, 1 | harmless | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | harmless | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | harmless | Interval between probes
alpha | [BOOL] | RS | harmless | Start in failed state
log_all_failures | [BOOL] | global | harmless | Log every failed attempt while up
`;

/** real_server ... { PING_CHECK { ... } } */
const pingCheckRows = `
connect_ip | IP | RS address | harmless | Probe another address
connect_port | 1..65535 | RS port | harmless | Probe another port; meaningless for ICMP
bindto | IP | none | harmless | Local source address
bind_port | 1..65535 | none | harmless | Local source port; meaningless for ICMP
bind_if | IFNAME | none | harmless | Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | harmless | Connect and per-read timeout
fwmark | UNSIGNED | 0 | harmless | SO_MARK on probe packets
retry | >=0 | RS/VS, 1 | harmless | Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, 1 | harmless | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | harmless | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | harmless | Interval between probes
alpha | [BOOL] | RS | harmless | Start in failed state
log_all_failures | [BOOL] | global | harmless | Log every failed attempt while up
`;

/** real_server ... { UDP_CHECK { ... } } */
const udpCheckRows = `
payload | HEX | random data | harmless, bare complained | Free-form hex digits
require_reply | [HEX] | off | harmless | Silence becomes failure; x = nibble wildcard
min_reply_length | 0..65535 | 0 | harmless | Shorter reply fails
max_reply_length | 0..65535 | 255 | harmless | Longer reply fails
connect_ip | IP | RS address | harmless | Probe another address
connect_port | 1..65535 | RS port | harmless | Probe another port
bindto | IP | none | harmless | Local source address
bind_port | 1..65535 | none | harmless | Local source port
bind_if | IFNAME | none | harmless | Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | harmless | Connect and per-read timeout
fwmark | UNSIGNED | 0 | harmless | SO_MARK on probe packets
retry | >=0 | RS/VS, 1 | harmless | Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, 1 | harmless | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | harmless | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | harmless | Interval between probes
alpha | [BOOL] | RS | harmless | Start in failed state
log_all_failures | [BOOL] | global | harmless | Log every failed attempt while up
`;

/** real_server ... { DNS_CHECK { ... } } */
const dnsCheckRows = `
type | A NS CNAME SOA MX TXT AAAA RRSIG DNSKEY | SOA | harmless | Query type; RRSIG/DNSKEY not in the man page
name | DOMAIN | root | harmless | Query name; trailing dot not required
connect_ip | IP | RS address | harmless | Probe another address
connect_port | 1..65535 | RS port | harmless | Probe another port
bindto | IP | none | harmless | Local source address
bind_port | 1..65535 | none | harmless | Local source port
bind_if | IFNAME | none | harmless | Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | harmless | Connect and per-read timeout
fwmark | UNSIGNED | 0 | harmless | SO_MARK on probe packets
retry | >=0 | RS/VS, 3 | harmless | Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, delay_loop | harmless | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | harmless | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | harmless | Interval between probes
alpha | [BOOL] | RS | harmless | Start in failed state
log_all_failures | [BOOL] | global | harmless | Log every failed attempt while up
`;

/** real_server ... { SMTP_CHECK { ... } } */
const smtpCheckRows = `
helo_name | STRING | smtp_helo_name | harmless, bare complained | HELO argument
host | block | - | harmless, deprecated | Legacy nesting: one extra probe target per block; use several SMTP_CHECK instead
connect_ip | IP | RS address | harmless | Probe another address
connect_port | 1..65535 | RS port | harmless | Probe another port
bindto | IP | none | harmless | Local source address
bind_port | 1..65535 | none | harmless | Local source port
bind_if | IFNAME | none | harmless | Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | harmless | Connect and per-read timeout
fwmark | UNSIGNED | 0 | harmless | SO_MARK on probe packets
retry | >=0 | RS/VS, 1 | harmless | Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, 1 | harmless | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | harmless | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | harmless | Interval between probes
alpha | [BOOL] | RS | harmless | Start in failed state
log_all_failures | [BOOL] | global | harmless | Log every failed attempt while up
`;

/** real_server ... { MISC_CHECK { ... } } */
const miscCheckRows = `
misc_path | SCRIPT | required | harmless, bare complained | Command
misc_timeout | SECS | delay_loop | harmless | Overrun: TERM, then KILL after 2 s; counts as failure
misc_dynamic | - | off | harmless | Exit 2..255 means OK and contributes code-2-configured weight; 0 keeps configured weight
user | USER [[:]GROUP] | script_user | harmless, bare complained | Identity
retry | >=0 | RS/VS, 0 | harmless | Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, 1 | harmless | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | harmless | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | harmless | Interval between probes
alpha | [BOOL] | RS | harmless | Start in failed state
log_all_failures | [BOOL] | global | harmless | Log every failed attempt while up
`;

/** real_server ... { FILE_CHECK { ... } } */
const fileCheckRows = `
track_file | NAME | required | harmless | Name of a track_file block
weight | -2147483647..2147483647 [reverse] | track_file weight | harmless | Multiplier; man's 'dynamic' option does not exist in source
`;

/** real_server ... { BFD_CHECK { ... } } */
const bfdCheckRows = `
name | NAME | required | harmless, bare complained | bfd_instance to follow
alpha | [BOOL] | RS | harmless | Start down
`;

/** real_server ... { HTTP_GET { ... } } */
const httpGetRows = `
connect_ip | IP | RS address | harmless | Probe another address
connect_port | 1..65535 | RS port | harmless | Probe another port
bindto | IP | none | harmless | Local source address
bind_port | 1..65535 | none | harmless | Local source port
bind_if | IFNAME | none | harmless | Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | harmless | Connect and per-read timeout
fwmark | UNSIGNED | 0 | harmless | SO_MARK on probe packets
retry | >=0 | RS/VS, 1 | harmless | Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, 3 | harmless | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | harmless | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | harmless | Interval between probes
alpha | [BOOL] | RS | harmless | Start in failed state
log_all_failures | [BOOL] | global | harmless | Log every failed attempt while up
nb_get_retry | UNSIGNED | 1 | harmless, deprecated | Old name of retry
virtualhost | STRING | RS/VS | harmless | Host header for all URLs
http_protocol | 1.0, 1.0C or 1.1 | 1.0 | harmless | 1.0C adds Connection: close to 1.0
enable_sni | [BOOL] | off | harmless | Send SNI; only useful with SSL_GET
sni_name | NAME | virtualhost chain | harmless, since HEAD | Explicit SNI value
fast_recovery | [BOOL] | off | harmless | No delay_loop between URLs while starting or recovering
url | block | required | harmless | At least one, otherwise the checker is dropped
`;

/** real_server ... { SSL_GET { ... } } */
const sslGetRows = `
connect_ip | IP | RS address | harmless | Probe another address
connect_port | 1..65535 | RS port | harmless | Probe another port
bindto | IP | none | harmless | Local source address
bind_port | 1..65535 | none | harmless | Local source port
bind_if | IFNAME | none | harmless | Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | harmless | Connect and per-read timeout
fwmark | UNSIGNED | 0 | harmless | SO_MARK on probe packets
retry | >=0 | RS/VS, 1 | harmless | Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, 3 | harmless | Pause between attempts
warmup | TIMER | RS/VS, delay_loop | harmless | Max random initial delay
delay_loop | TIMER | RS/VS, 60 | harmless | Interval between probes
alpha | [BOOL] | RS | harmless | Start in failed state
log_all_failures | [BOOL] | global | harmless | Log every failed attempt while up
nb_get_retry | UNSIGNED | 1 | harmless, deprecated | Old name of retry
virtualhost | STRING | RS/VS | harmless | Host header for all URLs
http_protocol | 1.0, 1.0C or 1.1 | 1.0 | harmless | 1.0C adds Connection: close to 1.0
enable_sni | [BOOL] | off | harmless | Send SNI; only useful with SSL_GET
sni_name | NAME | virtualhost chain | harmless, since HEAD | Explicit SNI value
fast_recovery | [BOOL] | off | harmless | No delay_loop between URLs while starting or recovering
url | block | required | harmless | At least one, otherwise the checker is dropped
tls_compliant | [BOOL] | off | harmless, since 2.2.8 | Send close_notify instead of quiet shutdown
`;

/** SMTP_CHECK { host { ... } } */
const smtpHostRows = `
connect_ip | IP | RS address | harmless, deprecated | Legacy host block: Probe another address
connect_port | 1..65535 | RS port | harmless, deprecated | Legacy host block: Probe another port
bindto | IP | none | harmless, deprecated | Legacy host block: Local source address
bind_port | 1..65535 | none | harmless, deprecated | Legacy host block: Local source port
bind_if | IFNAME | none | harmless, deprecated | Legacy host block: Bind to interface; needed for link-local
connect_timeout | TIMER | RS/VS, 5 | harmless, deprecated | Legacy host block: Connect and per-read timeout
fwmark | UNSIGNED | 0 | harmless, deprecated | Legacy host block: SO_MARK on probe packets
retry | >=0 | RS/VS, 1 | harmless, deprecated | Legacy host block: Extra attempts before declaring failure; 0 legal only here
delay_before_retry | TIMER | RS/VS, 1 | harmless, deprecated | Legacy host block: Pause between attempts
warmup | TIMER | RS/VS, delay_loop | harmless, deprecated | Legacy host block: Max random initial delay
delay_loop | TIMER | RS/VS, 60 | harmless, deprecated | Legacy host block: Interval between probes
alpha | [BOOL] | RS | harmless, deprecated | Legacy host block: Start in failed state
log_all_failures | [BOOL] | global | harmless, deprecated | Legacy host block: Log every failed attempt while up
`;

/** HTTP_GET { url { ... } } */
const urlRows = `
path | STRING | required | harmless | Request path
digest | 32 hex | none | harmless | MD5 of body; see genhash
status_code | LIST of N or N-M, 100..599 | 200-299 | harmless, bare ignored | Accepted codes; first use clears default
virtualhost | STRING | checker | harmless, bare complained | Host header for this URL
regex | PATTERN | none | harmless, bare ignored | PCRE2; must match the body
regex_no_match | - | off | harmless | A match is a failure
regex_options | OPTION... | none | harmless, bare ignored | 24 PCRE2 names, e.g. caseless dotall multiline utf ungreedy
regex_min_offset | BYTES | 0 | harmless, bare ignored | Start searching here
regex_max_offset | BYTES | none | harmless, bare ignored | Match must start at or before this offset
regex_stack | START MAX | default | harmless, bare ignored | PCRE2 JIT stack bytes, shared by all URLs
`;

/** SSL_GET { url { ... } }: what urlRows lacks. */
const sslUrlRows = `
tls_compliant | [BOOL] | checker | harmless, since 2.2.8 | As in SSL_GET, per URL
`;

const url = 'virtual_server.real_server.HTTP_GET.url';
const sslUrl = 'virtual_server.real_server.SSL_GET.url';

/** The blocks of checkers inside a real server. */
export const checkerBlocks: Record<string, BlockGrammar> = {
  TCP_CHECK: checker('TCP_CHECK', tcpCheckRows),
  PING_CHECK: checker('PING_CHECK', pingCheckRows),
  UDP_CHECK: checker('UDP_CHECK', udpCheckRows),
  DNS_CHECK: checker('DNS_CHECK', dnsCheckRows),
  SMTP_CHECK: checker('SMTP_CHECK', smtpCheckRows, {
    host: blockGrammar('virtual_server.real_server.SMTP_CHECK.host', 'keywords', [smtpHostRows]),
  }),
  MISC_CHECK: checker('MISC_CHECK', miscCheckRows),
  FILE_CHECK: checker('FILE_CHECK', fileCheckRows),
  BFD_CHECK: checker('BFD_CHECK', bfdCheckRows),
  HTTP_GET: checker('HTTP_GET', httpGetRows, { url: blockGrammar(url, 'keywords', [urlRows]) }),
  SSL_GET: checker('SSL_GET', sslGetRows, { url: blockGrammar(sslUrl, 'keywords', [urlRows, sslUrlRows]) }),
};

function checker(name: string, rows: string, blocks: Record<string, BlockGrammar> = {}): BlockGrammar {
  return blockGrammar(`virtual_server.real_server.${name}`, 'keywords', [rows], blocks);
}
