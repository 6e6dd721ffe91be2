import { bfdBlocks } from '../bfd/keywords.ts';
import { type BlockGrammar, blockGrammar, freeLines } from '../config/grammar.ts';
import { checkerBlocks, healthBlocks } from '../health/keywords.ts';
import { lvsBlocks } from '../lvs/keywords.ts';
import { virtualAddressRows, vrrpBlocks } from '../vrrp/keywords.ts';
import { routeRows, ruleRows } from '../vrrp/route-keywords.ts';

/** Outside all blocks. */
const rootRows = `
linkbeat_use_polling | - | off | harmless:linkbeat | Poll every interface's link state instead of using netlink; only in builds with linkbeat
net_namespace | NAME | none | refused:privilege, bare complained | Run everything in this netns plus a private mount ns; -s overrides; cannot change on reload
net_namespace_ipvs | [NAME] | none | refused:traffic, once | Program IPVS in another netns (empty = default netns) while checks stay put; fixed at reload
namespace_with_ipsets | - | off | harmless:firewall | Permit ipsets inside a netns on kernels older than 3.13; no effect without ipset build
use_pid_dir | - | off | built | Put pid files under /run/keepalived/ instead of /run/
instance | NAME | none | built, bare complained, once | Suffix for pid files, syslog ident and (optionally) dump files; fixed at reload
child_wait_time | SECS | 5 | built | How long parent waits for children after TERM before KILL on shutdown
global_defs | block | - | built | Global daemon settings
track_group | block NAME | - | built, bare complained | Names the VRRP instances that go FAULT/BACKUP when a static addr/route/rule is lost
static_ipaddress | block of lines | - | built | Addresses kept permanently; free-form lines, see static_ipaddress.*
static_routes | block of lines | - | built | Routes kept permanently; free-form lines, see static_routes.*
static_rules | block of lines | - | built | Policy rules kept permanently; free-form lines, see static_rules.*
vrrp_sync_group | block NAME | - | built, bare complained | Set of instances that change state together
garp_group | block | - | built | Shared GARP / unsolicited-NA pacing for one or several interfaces
linkbeat_interfaces | block of lines | - | harmless:linkbeat | Lines: IFNAME [MII|ETHTOOL|IOCTL]; needs linkbeat build
vrrp_instance | block NAME | - | built, bare complained | One virtual router
vrrp_script | block NAME | - | built | Periodic check script; runs only if something tracks it
vrrp_track_process | block NAME | - | built | Process-existence tracker via proc connector
interface_up_down_delays | block of lines | - | refused:election | Lines: IFNAME DOWN_DELAY [UP_DELAY], seconds 0..255; UP defaults to DOWN
SSL | block | auto | built | Client TLS context used by SSL_GET
virtual_server_group | block NAME | - | built | List of IP/port, ranges and fwmarks sharing one real-server pool
virtual_server | block IP [PORT] / fwmark N / group NAME | - | built | IPVS service definition
bfd_instance | block NAME | - | built | BFD session; name must be shorter than 32 chars
track_file | block NAME | - | built | File-valued tracker for VRRP and FILE_CHECK
vrrp_track_file | block NAME | - | built, outdated | Old name of track_file
`;

/** global_defs { ... } */
const globalRows = `
process_names | - | off | built | Use keepalived, keepalived_vrrp, keepalived_ipvs, keepalived_bfd as process titles
process_name | NAME | keepalived | built | Parent process title, at most 15 chars
vrrp_process_name | NAME | none | built | VRRP child title, at most 15 chars
checker_process_name | NAME | none | built | Checker child title, at most 15 chars
lvs_process_name | NAME | none | built, outdated | Old name of checker_process_name
bfd_process_name | NAME | none | built | BFD child title, at most 15 chars
use_symlink_paths | [BOOL] | off | built, since 2.3.0 | Keep symlinks in script paths instead of resolving them
set_supplementary_groups | [BOOL] | off | built, since HEAD | Give scripts the user's supplementary groups by default; per-script ':' syntax also does this
router_id | STRING | hostname | built, bare complained | Prefix of mail subjects; SNMP router id
notification_email_from | ADDR | user@fqdn | built, bare complained | From header and MAIL FROM; quoted display name allowed
smtp_server | HOST or IP [PORT] | none, port 25 | built | Without it no mail is sent
smtp_helo_name | STRING | hostname | built, bare ignored | HELO argument
smtp_connect_timeout | SECS | 30 | built | 0 is turned into 1
notification_email | block of ADDR lines | none | built | Recipients; one RCPT TO each
smtp_alert | [BOOL] | unset | built | Default for all alerts; more specific settings win; bare = true
startup_script | SCRIPT [USER [[:]GROUP]] | none | built, bare complained, once | Run once by parent before children start
startup_script_timeout | SECS 1..1000 | 10 | built, bare complained | Script is killed when exceeded
shutdown_script | SCRIPT [USER [[:]GROUP]] | none | built, bare complained, once | Run by parent after all children are gone
shutdown_script_timeout | SECS 1..1000 | 10 | built, bare complained | Script is killed when exceeded
max_auto_priority | [-1..99] | 0 (off) | built | A process that wakes too late moves to SCHED_RR, and gains 1 each time, up to this; no value = 99; -1 = 0
min_auto_priority_delay | USECS 1..10000000 | 1000000 | built, bare complained | Lateness that triggers a raise
smtp_alert_vrrp | [BOOL] | unset | built | Default for instances and groups; bare = true
smtp_alert_checker | [BOOL] | unset | built | Default for virtual and real servers; bare = true
checker_log_all_failures | [BOOL] | off | built | Log each failed probe even when retries remain; bare = true
dynamic_interfaces | [allow_if_changes] | off | built | Accept interfaces that do not exist yet; option also allows type/base changes
no_email_faults | - | off | built | Suppress FAULT mails
default_interface | IFNAME | eth0 | built, bare complained | Used by static addresses lacking dev
disable_local_igmp | - | off | refused:wire | Clears igmp_link_local_mcast_reports sysctl; cannot change on reload
v3_checksum_as_v2 | - | off | built, since 2.2.8 | Default for instances; argument ignored (even "no" turns it on) though man shows [BOOL]
lvs_timeouts | [tcp N] [tcpfin N] [udp N] | kernel | built | N 0..31 days; each key needs a value
lvs_flush | - | off | built | Flush IPVS table at start
lvs_flush_on_stop | [VS] | off | built | Flush all IPVS on stop, or with VS delete only own services without deleting each RS
lvs_flush_onstop | [VS] | off | built, outdated | Old spelling of lvs_flush_on_stop
lvs_sync_daemon | IF [[inst] NAME] [id N] [maxlen N] [port N] [ttl N] [group ADDR] | off | built, bare complained | id 0..255 (vrid or 0), maxlen 1..65507, ttl 1..255; old form IF INST ID
vrrp_mcast_group4 | IPv4 mcast | 224.0.0.18 | built | Destination of IPv4 adverts
vrrp_mcast_group6 | IPv6 mcast | ff02::12 | built | Warns unless link-local scope
vrrp_garp_master_delay | SECS | 5 | built | Delay of second GARP burst; 0 = none
vrrp_garp_master_repeat | INTEGER | 5 | built | GARPs per burst on becoming master; 0 becomes 1
vrrp_garp_master_refresh | SECS | 0 | built | Periodic GARP while master; 0 = off
vrrp_garp_master_refresh_repeat | INTEGER | 1 | built | GARPs per refresh; 0 becomes 1
vrrp_garp_lower_prio_delay | SECS | = garp_master_delay | built | Second burst delay after lower-priority advert; 0 under strict
vrrp_garp_lower_prio_repeat | INTEGER | = garp_master_repeat | built | Burst size after lower-priority advert; 0 disables; 0 under strict
vrrp_down_timer_adverts | 1..100 | 3 | built | Default multiplier for the master-down timer
vrrp_garp_interval | SECS decimal >=0.000001 | 0 | built | Gap between GARPs per interface
vrrp_gna_interval | SECS decimal >=0.000001 | 0 | built | Gap between unsolicited NAs per interface
vrrp_min_garp | [BOOL] | off | built | rep=1, delay=0, refresh=0, refresh_rep=0, each only where still at its default
vrrp_garp_extra_if | [all] SECS 1..86400 | off | built | Periodic GARP/NA on VIP interfaces other than the instance's; only VMACs unless all
vrrp_vmac_garp_intvl | [all] SECS | off | built, deprecated | Old name of vrrp_garp_extra_if
vrrp_lower_prio_no_advert | [BOOL] | off | built | Do not answer a lower-priority advert; on under strict
vrrp_higher_prio_send_advert | [BOOL] | on | built | Send one last advert before yielding to a higher master, which then announces the addresses anew (keepalived: off)
vrrp_version | 2 or 3 | 2 | built | IPv6 instances always use 3
vrrp_iptables | [IN_CHAIN [OUT_CHAIN]] | INPUT OUTPUT | harmless:firewall, deprecated | Use nftables, as keepalived does where it is built without iptables
vrrp_ipsets | [up to 6 set names] | keepalived* | harmless:firewall, deprecated | Use nftables, as keepalived does where it is built without iptables
nftables | [TABLE] | keepalived | harmless:firewall, once | Use nftables; cannot change table on reload
nftables_priority | INT32 | -1 | harmless:firewall | Base chain priority
nftables_ifindex | - | off | harmless:firewall | Key IPv6 link-local sets by ifindex rather than name
vrrp_check_unicast_src | - | off | built | Default for check_unicast_src
vrrp_skip_check_adv_addr | [BOOL] | off | built | Default for skip_check_adv_addr
vrrp_strict | [BOOL] | off | built | Default for strict_mode
vrrp_priority | -20..19 | 0 | built, bare complained | Nice value of VRRP child
vrrp_no_swap | - | off | built | Memory of VRRP child is not swapped out, but for compiled JavaScript; a word after it, even "no", changes nothing
vrrp_rt_priority | 1..99 | off | built, bare complained | SCHED_RR priority; out of range is clamped with a warning
vrrp_cpu_affinity | CPU [CPU]... | all | built, bare complained | CPU ids 0..ncpu-1
vrrp_rlimit_rttime | USECS >=2 | 10000000 | built | RLIMIT_RTTIME; less than 10000000 is raised to it (keepalived: 10000)
vrrp_rlimit_rtime | USECS | 10000000 | built, outdated | Misspelt old name of vrrp_rlimit_rttime
nftables_ipvs | [TABLE] | keepalived_ipvs | built, once | nftables marks what is sent to a group of addresses, and one IPVS service for each protocol serves it by that mark
nftables_ipvs_priority | INT32 | -1 | built | Priority of the chain of nftables_ipvs, at the hook input
nftables_ipvs_start_fwmark | 1..4294967295 | 1000 | built | First mark that nftables_ipvs gives; one more for each group and protocol, without those that the configuration has itself
nftables_counters | - | off | built | The rules and maps of nftables_ipvs count packets and bytes
notify_fifo | PATH [USER [GROUP]] | none | built, bare complained, once | Receives both VRRP and LVS events
notify_fifo_script | SCRIPT [USER [[:]GROUP]] | none | built, bare complained, once | Long-running reader; FIFO path appended as last argument
vrrp_notify_fifo | PATH [USER [GROUP]] | none | built, bare complained, once | VRRP events only
vrrp_notify_fifo_script | SCRIPT [USER [[:]GROUP]] | none | built, bare complained, once | Reader for vrrp_notify_fifo
vrrp_notify_priority_changes | [BOOL] | off | built | Default for notify_priority_changes; bare = true
fifo_write_vrrp_states_on_reload | - | off | built | Replay all states to FIFOs after reload (FIFO only, no scripts)
lvs_notify_fifo | PATH [USER [GROUP]] | none | built, bare complained, once | VS/RS events only
lvs_notify_fifo_script | SCRIPT [USER [[:]GROUP]] | none | built, bare complained, once | Reader for lvs_notify_fifo
checker_priority | -20..19 | 0 | built, bare complained | Nice value of checker child
checker_no_swap | - | off | built | Memory of checker child is not swapped out, but for compiled JavaScript; a word after it, even "no", changes nothing
checker_rt_priority | 1..99 | off | built, bare complained | SCHED_RR priority of checker child
checker_cpu_affinity | CPU [CPU]... | all | built, bare complained | CPU ids for checker child
checker_rlimit_rttime | USECS >=2 | 10000000 | built | RLIMIT_RTTIME of checker child; less than 10000000 is raised to it (keepalived: 10000)
checker_rlimit_rtime | USECS | 10000000 | built, outdated | Misspelt old name of checker_rlimit_rttime
bfd_priority | -20..19 | 0 | built, bare complained | Nice value of BFD child
bfd_no_swap | - | off | built | Memory of BFD child is not swapped out, but for compiled JavaScript; a word after it, even "no", changes nothing
bfd_rt_priority | 1..99 | off | built, bare complained | SCHED_RR priority of BFD child
bfd_cpu_affinity | CPU [CPU]... | all | built, bare complained | CPU ids for BFD child
bfd_rlimit_rttime | USECS >=2 | 10000000 | built | RLIMIT_RTTIME of BFD child; less than 10000000 is raised to it (keepalived: 10000)
bfd_rlimit_rtime | USECS | 10000000 | built, outdated | Misspelt old name of bfd_rlimit_rttime
snmp_socket | [SOCKET] | unix:/var/agentx/master | harmless:snmp, once | AgentX master address; given without value = default socket
enable_traps | - | off | harmless:snmp | Send notifications; also needs the relevant MIB enabled
enable_snmp_vrrp | - | off | harmless:snmp | VRRP part of KEEPALIVED-MIB
enable_snmp_keepalived | - | off | harmless:snmp, outdated | Old name of enable_snmp_vrrp
enable_snmp_rfc | - | off | harmless:snmp | Both RFC VRRP MIBs
enable_snmp_rfcv2 | - | off | harmless:snmp | VRRP-MIB (RFC 2787)
enable_snmp_rfcv3 | - | off | harmless:snmp | VRRPV3-MIB (RFC 6527)
enable_snmp_checker | - | off | harmless:snmp | Checker part of KEEPALIVED-MIB
snmp_vs_stats_update_interval | SECS 0.001..30 | 5 | harmless:snmp, since 2.3.0 | Min age of kernel VS counters before re-reading for SNMP
snmp_rs_stats_update_interval | SECS 0.001..30 | 0 | harmless:snmp, since 2.3.0 | Same for RS counters
enable_dbus | - | off | harmless:dbus | DBus service thread inside the VRRP child
dbus_service_name | NAME | org.keepalived.Vrrp1 | harmless:dbus, bare complained | Bus name to own
dbus_no_interface_name | NAME | none | harmless:dbus, since 2.3.0 | Path component for instances without interface
script_user | USER [[:]GROUP] | keepalived_script, else own uid | built, bare complained | Default identity for all scripts; lone ':' adds supplementary groups
enable_script_security | - | off | built | Disable root-run scripts whose path is writable by non-root; no fallback to root
vrrp_netlink_cmd_rcv_bufs | BYTES | kernel | built, bare complained | SO_RCVBUF of the VRRP netlink command socket
vrrp_netlink_cmd_rcv_bufs_force | [BOOL] | off | built | Use SO_RCVBUFFORCE
vrrp_netlink_monitor_rcv_bufs | BYTES | kernel | built, bare complained | SO_RCVBUF of the VRRP netlink monitor socket
vrrp_netlink_monitor_rcv_bufs_force | [BOOL] | off | built | Use SO_RCVBUFFORCE
process_monitor_rcv_bufs | BYTES | kernel | harmless:other, bare complained | SO_RCVBUF of the proc connector socket
process_monitor_rcv_bufs_force | [BOOL] | off | harmless:other | Use SO_RCVBUFFORCE
lvs_netlink_cmd_rcv_bufs | BYTES | kernel | built, bare complained | SO_RCVBUF of the checker netlink command socket
lvs_netlink_cmd_rcv_bufs_force | [BOOL] | off | built | Use SO_RCVBUFFORCE
lvs_netlink_monitor_rcv_bufs | BYTES | kernel | built, bare complained | SO_RCVBUF of the checker netlink monitor socket
lvs_netlink_monitor_rcv_bufs_force | [BOOL] | off | built | Use SO_RCVBUFFORCE
rs_init_notifies | [BOOL] | off | built | Emit RS UP notifies when servers are first added at start
no_checker_emails | [BOOL] | off | built | Mail only when an RS is added/removed, not per checker
vrrp_rx_bufs_policy | MTU or ADVERT or BYTES | kernel | built, bare complained | Sizing of VRRP socket receive buffer; a number overrides a policy; MTU beats ADVERT
vrrp_rx_bufs_multiplier | INTEGER >=1 | 3 | built, bare complained | Multiplier for MTU/ADVERT policies
vrrp_startup_delay | SECS decimal | 0 | built | Ignore adverts and hold timers this long after start
vrrp_delay_after_boot | SECS decimal | 0 | built, since 2.4.0 | As startup_delay but measured from boot; the later of the two wins
log_unknown_vrids | - | off | built | Log adverts for VRIDs not configured on the interface
vrrp_owner_ignore_adverts | [BOOL] | off | built, since 2.3.3 | Default for owner_ignore_adverts; not in the man page
vmac_prefix | STRING | vrrp | harmless:vmac, once | Prefix of generated VMAC names
vmac_addr_prefix | STRING | = vmac_prefix | harmless:vmac, once | Prefix for VIP-specific VMACs
umask | NUMBER or IxUSR-style BITS joined by a bar | 0177 | built | Hex/octal/decimal; ignored if -u given
random_seed | UNSIGNED | time | built | Seed for \${_RANDOM}; effective from the line it appears on
reload_check_config | [LOG_FILE] | off, /dev/null | built | A reload of what -t complains about is refused; complaints go to LOG_FILE. What -t calls an error is refused without it, too
reload_time_file | ABS_PATH | none | built, bare complained | File holding HH:MM:SS or [YY]YY-MM-DD HH:MM:SS with optional Z; schedules a reload
reload_repeat | - | off | built | Do not delete the reload_time_file after use
reload_file | [ABS_PATH] | none; bare = NAME.reload beside the pid file | built | Made, or emptied, before a reload reads the configuration, removed after
include_check | [+-]read match wildcard_match brace_match | none; bare = all | built | Error policy for later includes; restored at end of each file; man says 'readable'
config_save_dir | DIR | none | harmless:files | Save config and state around each reload (debug aid); fixed at reload
tmp_config_directory | DIR | memfd | harmless:files, bare complained, once | Filesystem for the merged config copy; fixed at reload
data_use_instance | [BOOL] | off | built | Add namespace/instance to dump file names
json_version | 1 or 2 | 1 | built, since 2.2.8 | 2 wraps the array as {vrrp:[],track_process:[]}
iproute_usr_dir | DIR | build time | harmless:other, since 2.3.2 | Where rt_tables etc. defaults live
iproute_etc_dir | DIR | build time | harmless:other, since 2.3.2 | Override dir for rt_tables etc.
state_dump_file | PATH | keepalived.data | built, since 2.3.3 | USR1 dump; trailing / = directory; suffix inserted before extension; man name differs
stats_dump_file | PATH | keepalived.stats | built, since 2.3.3 | USR2 dump; trailing / = directory (keepalived reads it and does not use it)
json_dump_file | PATH | keepalived.json | built, since 2.3.3 | JSON dump; trailing / = directory (keepalived reads it and does not use it)
`;

/** track_group NAME { ... } */
const trackGroupRows = `
group | block of INSTANCE names | required | built | Member list; group without members is dropped
`;

/** garp_group { ... } */
const garpGroupRows = `
garp_interval | SECS decimal >=0 | 0 | built | GARP spacing
gna_interval | SECS decimal >=0 | 0 | built | NA spacing
interface | IFNAME | none | built | The gaps are kept on that interface, in place of vrrp_garp_interval and vrrp_gna_interval
interfaces | block of IFNAMEs | none | built | The gaps are kept between the announcements of all of them
`;

/** Lines of garp_group { interfaces { ... } }. */
const garpGroupInterfaceRows = `
IFNAME | - | - | built | One or more per line
`;

/** Lines of linkbeat_interfaces. */
const linkbeatInterfaceRows = `
IFNAME | [MII, ETHTOOL or IOCTL] | best supported | harmless:other | Preferred polling type falls back if unsupported
`;

/** Lines of interface_up_down_delays. */
const interfaceDelayRows = `
IFNAME | DOWN [UP] | 0 | refused:election | 0..255 s; capped below (down_timer_adverts-1) adverts at run time
`;

/** What static addresses, routes and rules have besides the words of virtual ones. */
const staticRows = `
track_group | NAME | none | built | Names the track_group to tell when it is lost
`;

/** What keepalived does not know. */
const ownRootRows = `
holdfast | block | - | built, own | Settings of Holdfast that keepalived does not have
`;

/** Our own block. */
const holdfastRows = `
act_as | keepalived | holdfast | built | Take keepalived's process titles, pid files and log idents
flight_recorder | [BOOL] | on | built | The VRRP process remembers the last hours of what happened to it; USR1 writes them to a file
`;

/** The whole language: everything that may stand in a configuration file. */
export const rootGrammar: BlockGrammar = blockGrammar('root', 'keywords', [rootRows, ownRootRows], {
  ...vrrpBlocks,
  ...bfdBlocks,
  ...lvsBlocks(checkerBlocks),
  ...healthBlocks,
  global_defs: blockGrammar(
    'global_defs',
    'keywords',
    [globalRows],
    { notification_email: freeLines('global_defs.notification_email') },
    { lvs_id: 'it is called router_id now' },
  ),
  track_group: blockGrammar('track_group', 'keywords', [trackGroupRows], { group: freeLines('track_group.group') }),
  garp_group: blockGrammar('garp_group', 'keywords', [garpGroupRows], {
    interfaces: blockGrammar('garp_group.interfaces', 'lines', [garpGroupInterfaceRows]),
  }),
  linkbeat_interfaces: blockGrammar('linkbeat_interfaces', 'lines', [linkbeatInterfaceRows]),
  interface_up_down_delays: blockGrammar('interface_up_down_delays', 'lines', [interfaceDelayRows]),
  static_ipaddress: blockGrammar('static_ipaddress', 'lines', [virtualAddressRows, staticRows]),
  static_routes: blockGrammar('static_routes', 'lines', [routeRows, staticRows]),
  static_rules: blockGrammar('static_rules', 'lines', [ruleRows, staticRows]),
  holdfast: blockGrammar('holdfast', 'keywords', [holdfastRows]),
});
