import { type BlockGrammar, blockGrammar } from '../config/grammar.ts';

/** virtual_server ... { ... } */
const virtualServerRows = `
ip_family | inet or inet6 | from addresses | harmless | Only for fwmark services; conflicts are errors
retry | >=1 | checker default | harmless | Inherited by RS and checkers
delay_before_retry | TIMER | checker default | harmless | Inherited
warmup | TIMER | = delay_loop | harmless | Random start spread; 0 = none
connect_timeout | TIMER | 5 | harmless | Inherited
delay_loop | TIMER | 60 | harmless | Poll interval
inhibit_on_failure | - | off | harmless | Weight 0 instead of removal
lb_algo | rr wrr lc wlc lblc lblcr sh mh dh fo ovf sed nq twos | wlc | harmless | Synonym of lvs_sched; unknown names passed with a warning
lvs_sched | same as lb_algo | wlc | harmless | Preferred spelling
hashed | - | off | harmless | IPVS service hashed flag
ops | - | off | harmless | One-packet scheduling, UDP only
flag-1 | - | off | harmless | Scheduler flag 1
flag-2 | - | off | harmless | Scheduler flag 2
flag-3 | - | off | harmless | Scheduler flag 3
sh-port | - | off | harmless | Flag 2 for sh scheduler
sh-fallback | - | off | harmless | Flag 1 for sh scheduler
mh-port | - | off | harmless | Flag 2 for mh scheduler
mh-fallback | - | off | harmless | Flag 1 for mh scheduler
lb_kind | NAT, DR or TUN [options] | NAT | harmless | Synonym of lvs_method
lvs_method | NAT, DR, TUN [type ipip or gue port N or gre] [nocsum csum remcsum] | NAT | harmless | Default for RS and sorry server
persistence_engine | NAME | none | harmless | e.g. sip
persistence_timeout | [SECS 1..31 days] | off; bare = 360 | harmless | Also implied when port is 0
persistence_granularity | NETMASK or 1..128 | host | harmless | Dotted mask or IPv6 prefix length
protocol | TCP, UDP or SCTP | UDP, reported as error | harmless | Needed for address services; ignored with a warning for pure fwmark services
ha_suspend | - | off | harmless | Stop checks while the VIP is not local
smtp_alert | [BOOL] | global or off | harmless | Quorum mails; bare = true
virtualhost | STRING | none | harmless, bare complained | Host header default
snmp_name | STRING | none | harmless, bare complained | Label exposed in SNMP
alpha | - | off | harmless | RS start as failed until first success
omega | - | off | harmless | Run down notifies on shutdown
quorum_up | SCRIPT [USER [[:]GROUP]] | none | harmless | No arguments added
quorum_down | SCRIPT [USER [[:]GROUP]] | none | harmless | No arguments added
quorum | >=1 | 1 | harmless | Total alive weight needed
hysteresis | >=0 | 0 | harmless | Reduced to quorum-1 if larger
weight | 1..2147483647 | 1 | harmless | Default RS weight; not in the man page
sorry_server | IP [PORT] | none | harmless | Replaces all RS while quorum is lost
sorry_server_inhibit | - | off | harmless | Sorry server stays at weight 0 instead of being removed
sorry_server_lvs_method | as lvs_method | = lvs_method | harmless, bare complained | Forwarding for the sorry server
real_server | block IP [PORT] | - | harmless | Pool member
`;

/** virtual_server ... { real_server ... { ... } } */
const realServerRows = `
weight | 0..2147483647 | VS weight (1) | harmless | Weight 0 counts nothing towards quorum
lvs_method | as VS | VS | harmless | Non-NAT servers use the VS port
uthreshold | UNSIGNED | 0 | harmless | Max connections
lthreshold | UNSIGNED | 0 | harmless | Min connections
inhibit_on_failure | [BOOL] | VS | harmless | Weight 0 instead of removal
notify_up | SCRIPT [USER [[:]GROUP]] | none | harmless | No arguments added
notify_down | SCRIPT [USER [[:]GROUP]] | none | harmless | No arguments added
alpha | [BOOL] | VS | harmless | Start down
retry | >=1 | VS | harmless | Inherited by checkers
delay_before_retry | TIMER | VS | harmless | Inherited by checkers
warmup | TIMER | VS | harmless | Inherited by checkers
connect_timeout | TIMER | VS | harmless | Inherited by checkers
delay_loop | TIMER | VS | harmless | Inherited by checkers
smtp_alert | [BOOL] | global or on | harmless | RS mails default to on
virtualhost | STRING | VS | harmless, bare complained | Host header
snmp_name | STRING | none | harmless, bare complained | Label exposed in SNMP
MISC_CHECK | block | - | harmless | Script checker
SMTP_CHECK | block | - | harmless | SMTP greeting checker
TCP_CHECK | block | - | harmless | Connect checker
PING_CHECK | block | - | harmless | ICMP echo checker
UDP_CHECK | block | - | harmless | UDP checker
HTTP_GET | block | - | harmless | HTTP checker
SSL_GET | block | - | harmless | HTTPS checker
DNS_CHECK | block | - | harmless | DNS-over-UDP checker
FILE_CHECK | block | - | harmless | Weight from a track_file
BFD_CHECK | block | - | harmless | State of a bfd_instance
`;

/** Lines of virtual_server_group. */
const virtualServerGroupRows = `
ADDRESS | IP, IP-LAST, IP-IP or IP/MASK, then [PORT] | - | harmless | LAST is final octet (hex group for IPv6); port may be omitted if persistent
fwmark | N [inet or inet6] | - | harmless | 0 < N <= 2^32-1; family only for all-tunnel groups
`;

/** SSL { ... } */
const sslRows = `
password | STRING | none | harmless, bare complained | Key password
ca | FILE | none | harmless, bare complained | CA file
certificate | FILE | none | harmless, bare complained | Client certificate
key | FILE | none | harmless, bare complained | Client key
`;

/** The blocks that this feature adds to the root; checkers come from another feature. */
export function lvsBlocks(checkerBlocks: Record<string, BlockGrammar>): Record<string, BlockGrammar> {
  const realServer = blockGrammar('virtual_server.real_server', 'keywords', [realServerRows], checkerBlocks);
  return {
    virtual_server: blockGrammar(
      'virtual_server',
      'keywords',
      [virtualServerRows],
      { real_server: realServer },
      { nat_mask: 'it went with keepalived 1; IPVS never looked at it, and nothing takes its place' },
    ),
    virtual_server_group: blockGrammar('virtual_server_group', 'lines', [virtualServerGroupRows]),
    SSL: blockGrammar('SSL', 'keywords', [sslRows]),
  };
}
