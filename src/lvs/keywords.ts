import { type BlockGrammar, blockGrammar } from '../config/grammar.ts';

/** virtual_server ... { ... } */
const virtualServerRows = `
ip_family | inet or inet6 | from addresses | built | Only for fwmark services; conflicts are errors
retry | >=1 | checker default | built | Inherited by RS and checkers
delay_before_retry | TIMER | checker default | built | Inherited
warmup | TIMER | = delay_loop | built | Random start spread; 0 = none
connect_timeout | TIMER | 5 | built | Inherited
delay_loop | TIMER | 60 | built | Poll interval
inhibit_on_failure | - | off | built | Weight 0 instead of removal
lb_algo | rr wrr lc wlc lblc lblcr sh mh dh fo ovf sed nq twos | wlc | built | Synonym of lvs_sched; unknown names passed with a warning
lvs_sched | same as lb_algo | wlc | built | Preferred spelling
hashed | - | off | built | IPVS service hashed flag
ops | - | off | built | One-packet scheduling, UDP only
flag-1 | - | off | built | Scheduler flag 1
flag-2 | - | off | built | Scheduler flag 2
flag-3 | - | off | built | Scheduler flag 3
sh-port | - | off | built | Flag 2 for sh scheduler
sh-fallback | - | off | built | Flag 1 for sh scheduler
mh-port | - | off | built | Flag 2 for mh scheduler
mh-fallback | - | off | built | Flag 1 for mh scheduler
lb_kind | NAT, DR or TUN [options] | NAT | built | Synonym of lvs_method
lvs_method | NAT, DR, TUN [type ipip or gue port N or gre] [nocsum csum remcsum] | NAT | built | Default for RS and sorry server
persistence_engine | NAME | none | built | e.g. sip
persistence_timeout | [SECS 1..31 days] | off; bare = 360 | built | Also implied when port is 0
persistence_granularity | NETMASK or 1..128 | host | built | Dotted mask or IPv6 prefix length
protocol | TCP, UDP or SCTP | UDP, reported as error | built | Needed for address services; ignored with a warning for pure fwmark services
ha_suspend | - | off | built | Stop checks while the VIP is not local
smtp_alert | [BOOL] | global or off | built | Quorum mails; bare = true
virtualhost | STRING | none | built, bare complained | Host header default
snmp_name | STRING | none | harmless:snmp, bare complained | Label exposed in SNMP
alpha | - | off | built | RS start as failed until first success
omega | - | off | built | Run down notifies on shutdown
quorum_up | SCRIPT [USER [[:]GROUP]] | none | built, once | No arguments added
quorum_down | SCRIPT [USER [[:]GROUP]] | none | built, once | No arguments added
quorum | >=1 | 1 | built | Total alive weight needed
hysteresis | >=0 | 0 | built | Reduced to quorum-1 if larger
weight | 1..2147483647 | 1 | built | Default RS weight; not in the man page
sorry_server | IP [PORT] | none | built | Replaces all RS while quorum is lost
sorry_server_inhibit | - | off | built | Sorry server stays at weight 0 instead of being removed
sorry_server_lvs_method | as lvs_method | = lvs_method | built, bare complained | Forwarding for the sorry server
real_server | block IP [PORT] | - | built | Pool member
`;

/** virtual_server ... { real_server ... { ... } } */
const realServerRows = `
weight | 0..2147483647 | VS weight (1) | built | Weight 0 counts nothing towards quorum
lvs_method | as VS | VS | built | Non-NAT servers use the VS port
uthreshold | UNSIGNED | 0 | built | Max connections
lthreshold | UNSIGNED | 0 | built | Min connections
inhibit_on_failure | [BOOL] | VS | built | Weight 0 instead of removal
notify_up | SCRIPT [USER [[:]GROUP]] | none | built, once | No arguments added
notify_down | SCRIPT [USER [[:]GROUP]] | none | built, once | No arguments added
alpha | [BOOL] | VS | built | Start down
retry | >=1 | VS | built | Inherited by checkers
delay_before_retry | TIMER | VS | built | Inherited by checkers
warmup | TIMER | VS | built | Inherited by checkers
connect_timeout | TIMER | VS | built | Inherited by checkers
delay_loop | TIMER | VS | built | Inherited by checkers
smtp_alert | [BOOL] | global or on | built | RS mails default to on
virtualhost | STRING | VS | built, bare complained | Host header
snmp_name | STRING | none | harmless:snmp, bare complained | Label exposed in SNMP
MISC_CHECK | block | - | built | Script checker
SMTP_CHECK | block | - | built | SMTP greeting checker
TCP_CHECK | block | - | built | Connect checker
PING_CHECK | block | - | built | ICMP echo checker
UDP_CHECK | block | - | built | UDP checker
HTTP_GET | block | - | built | HTTP checker
SSL_GET | block | - | built | HTTPS checker
DNS_CHECK | block | - | built | DNS-over-UDP checker
FILE_CHECK | block | - | built | Weight from a track_file
BFD_CHECK | block | - | built | State of a bfd_instance
GRPC_CHECK | block | - | built, own | gRPC health checking protocol
`;

/** Lines of virtual_server_group. */
const virtualServerGroupRows = `
ADDRESS | IP, IP-LAST, IP-IP or IP/MASK, then [PORT] | - | built | LAST is final octet (hex group for IPv6); port may be omitted if persistent
fwmark | N [inet or inet6] | - | built | 0 < N <= 2^32-1; family only for all-tunnel groups
`;

/** The keywords of a real server; its checkers are blocks of another feature. */
export const realServerGrammar = blockGrammar('virtual_server.real_server', 'keywords', [realServerRows]);

export const virtualServerGrammar = blockGrammar(
  'virtual_server',
  'keywords',
  [virtualServerRows],
  {},
  { nat_mask: 'it went with keepalived 1; IPVS never looked at it, and nothing takes its place: leave it out' },
);

/** The blocks that this feature adds to the root; those of checkers come from another feature. */
export function lvsBlocks(checkerBlocks: Readonly<Record<string, BlockGrammar>>): Record<string, BlockGrammar> {
  const realServer: BlockGrammar = { ...realServerGrammar, blocks: new Map(Object.entries(checkerBlocks)) };
  return {
    virtual_server: { ...virtualServerGrammar, blocks: new Map([['real_server', realServer]]) },
    virtual_server_group: blockGrammar('virtual_server_group', 'lines', [virtualServerGroupRows]),
  };
}
