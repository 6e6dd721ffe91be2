import { type BlockGrammar, blockGrammar, freeLines } from '../config/grammar.ts';
import { routeRows, ruleRows } from './route-keywords.ts';

// Rows: `keyword | arguments | default | standing | note`. config/grammar.ts says what a standing means.

/** Options of a line of virtual_ipaddress, virtual_ipaddress_excluded and static_ipaddress. */
export const virtualAddressRows = `
ADDRESS | IP[/PREFIX] | /32 or /128 | built | Leading token of each line; prefix 0..32 or 0..128
brd | IP, + or - | none | built | IPv4 broadcast; +/- derive it and need prefix <= 30; synonym broadcast
broadcast | IP, + or - | none | built | Synonym of brd
dev | IFNAME | instance interface | built | Unknown interface drops the address unless dynamic_interfaces
scope | site link host nowhere global or number | global | built | IPv4 scope names or rt_scopes
label | STRING | none | built | IPv4 only
peer | IP[/PREFIX] | none | built | Point-to-point peer
home | - | off | built | IPv6 home-address flag
-nodad | - | nodad on | built | Turn DAD back on; IPv6 addresses use IFA_F_NODAD by default
mngtmpaddr | - | off | built | IPv6 flag
noprefixroute | - | off | built | No kernel prefix route
autojoin | - | off | built | Multicast autojoin flag
preferred_lft | SECS or forever | 0 for /128, else forever | built | 0 marks the IPv6 address deprecated so it is not chosen as source
no_track | - | off | built | Do not leave MASTER, and do not restore, when someone deletes it
`;

/** Options of virtual addresses that static ones do not have. */
const virtualMacRows = `
use_vmac | - | off | refused:wire | VMAC for this VIP's own interface; VIP/eVIP only
`;

/** vrrp_instance NAME { ... } */
const instanceRows = `
use_vmac | [[name] IFNAME] [MAC] [netlink_notify_msg] [group ID] | off | refused:wire, once | macvlan 00:00:5e:00:0{1,2}:VRID named PREFIX.VRID; 5-octet MAC gets VRID appended
use_vmac_addr | - | off | refused:wire | VMAC per foreign VIP/eVIP interface
vmac_xmit_base | - | off | harmless:vmac | Adverts via the base interface; required for unicast+VMAC; refused in strict
use_ipvlan | [[name] IFNAME] [IP] [bridge/private/vepa] [group ID] | off | refused:wire | L2 ipvlan; IPv4 instances need an address
unicast_peer | block of lines | none | built | Lines: IP [min_ttl 0..255] [max_ttl 0..255]; TTL options turn on src check
unicast_fault_no_peer | - | off | built | Unicast keyword without peers gives FAULT instead of multicast fallback
check_unicast_src | - | global | built | Drop adverts whose source is not a peer
old_unicast_checksum | [never] | auto | built | v3 unicast checksum with multicast dst; never disables auto-detect; OLD_CHKSUM_COMPAT builds
native_ipv6 | - | off | built, deprecated | Family now follows the VIPs
state | MASTER or BACKUP | BACKUP | built | MASTER given once sticks; only shortens first wait unless priority 255
interface | IFNAME | required unless unicast | built | Loopback is rejected; missing if = error unless dynamic_interfaces
vrf | IFNAME | none | refused:wire | VRF for interface-less unicast instances
dont_track_primary | - | off | built | Ignore own interface down
track_interface | block of lines | - | built | Lines: IF [weight -253..253] [reverse]
track_script | block of lines | - | built | Lines: NAME [weight -253..253 [reverse/noreverse]]; weight overrides script's
track_file | block of lines | - | built | Lines: NAME [weight -254..254 [reverse/noreverse]]; default weight from track_file
track_process | block of lines | - | built | Lines: NAME [weight -254..254 [reverse/noreverse]]
track_bfd | block of lines | - | built | Lines: NAME [weight -253..253 [reverse/noreverse]]
mcast_src_ip | IP | primary addr of if | built | Source address of adverts
unicast_src_ip | IP | primary addr of if | built | Same; implies unicast intent
mcast_dst_ip | MCAST IP | global group | built | Own multicast group; part of duplicate-VRID test
track_src_ip | - | off | built | FAULT while the configured source address is absent
virtual_router_id | 1..255 | required | built | Unique per interface+family+group unless unicast peers are disjoint
unicast_ttl | 0..255 | 255 IPv4; kernel default IPv6 | built | TTL or hop limit of unicast adverts; multicast is always 255
version | 2 or 3 | global (2); IPv6 = 3 | built | v2 with IPv6 is upgraded or refused
priority | 1..255 | 100, or 255 with state MASTER | built | 255 = address owner, trackers cannot change it
advert_int | SECS 0.01..255 | 1 | built | v2 whole seconds; v3 10 ms steps, max 40.95; rounding is reported as error
virtual_ipaddress | block of lines | - | built | Advertised VIPs; first line decides family; overflow goes to excluded
virtual_ipaddress_excluded | block of lines | - | built | Added/removed with the VIPs but not advertised; may mix families
no_virtual_ipaddress | - | off | built, since 2.2.8 | Silences the no-VIP warning and lets v3 run without VIPs
promote_secondaries | - | off | built | Set sysctl on the interface while running
linkbeat_use_polling | - | off | harmless:linkbeat, deprecated | Use linkbeat_interfaces
v3_checksum_as_v2 | [BOOL] | global | built, since 2.2.8 | No IPv4 pseudo-header; receive then ignores bad checksums (see capabilities.md)
virtual_routes | block of lines | - | built | Routes held while MASTER; see virtual_routes.*
virtual_rules | block of lines | - | built | Rules held while MASTER; see virtual_rules.*
accept | - | on unless strict | built | Host accepts packets to VIPs
no_accept | - | off | refused:traffic | Firewall drops traffic to/from VIPs unless owner; needs nft/iptables build
skip_check_adv_addr | [BOOL] | global | built | Quirk: any valid BOOL, including no, turns it on
strict_mode | [BOOL] | global | built | RFC-conformance checks and behaviour
preempt | - | on | built | Backward compatibility only
nopreempt | - | off | built | Cleared when state MASTER or priority 255
preempt_delay | SECS 0..1000 decimal | 0 | built | Cleared with state MASTER, strict or nopreempt
debug | 0..4 | 0 | built | No effect, as in keepalived
notify_backup | SCRIPT [USER [[:]GROUP]] | none | built, once | No arguments added
notify_master | SCRIPT [USER [[:]GROUP]] | none | built, once | No arguments added
notify_fault | SCRIPT [USER [[:]GROUP]] | none | built, once | No arguments added
notify_stop | SCRIPT [USER [[:]GROUP]] | none | built, once | No arguments added
notify_deleted | [SCRIPT [USER [[:]GROUP]]] | off | built, once | Report DELETED instead of FAULT when a reload removes the instance; script optional
notify | SCRIPT [USER [[:]GROUP]] | none | built, once | Gets INSTANCE NAME STATE PRIO appended
notify_master_rx_lower_pri | SCRIPT [USER [[:]GROUP]] | none | built, once | Run when MASTER hears a lower-priority advert
smtp_alert | [BOOL] | global or off | built | Bare keyword means true
notify_priority_changes | [BOOL] | global | built | MASTER_PRIORITY / BACKUP_PRIORITY lines to FIFOs
lvs_sync_daemon_interface | IFNAME | none | built, deprecated | Write lvs_sync_daemon IFNAME INSTANCE id 0 in global_defs
garp_master_delay | SECS | global 5 | built | Second burst delay
garp_master_refresh | SECS | global 0 | built | Periodic refresh
garp_master_repeat | INTEGER | global 5 | built | 0 becomes 1
garp_master_refresh_repeat | INTEGER | global 1 | built | 0 becomes 1
garp_lower_prio_delay | SECS | global | built | Delay of second burst after lower-priority advert
garp_lower_prio_repeat | INTEGER | global | built | 0 disables; refused in strict
down_timer_adverts | 1..100 | global 3 | built | Anything but 3 refused in strict
timer_expired_backup | [1..254] | off; bare = 254 | refused:election, since 2.2.8 | Late-scheduled master falls to backup; needs nopreempt
thread_timer_expired | [1..254] | off | refused:election, since 2.3.2, deprecated | Alias with a warning, exists because release notes used this name
garp_extra_if | [all] SECS 0..86400 | global | built | 0 switches it off for this instance
vmac_garp_intvl | [all] SECS | global | built, deprecated | Old name of garp_extra_if
lower_prio_no_advert | [BOOL] | global | built | Forced on by strict
higher_prio_send_advert | [BOOL] | global | built | Refused in strict
owner_ignore_adverts | [BOOL] | global; on if strict | built, since 2.3.3 | Owner (255) discards adverts; explicit no is overridden to on; undocumented in man
kernel_rx_buf_size | BYTES | policy | harmless:other, bare complained | Receive buffer share of this instance
authentication | block | none | built | VRRPv2 only; refused in strict and in v3
auth_hmac | block | none | refused:wire, since 2.4.0 | HMAC-SHA256 trailer, v2 and v3; replaces legacy auth
`;

/** vrrp_instance NAME { authentication { ... } } */
const authenticationRows = `
auth_type | PASS or AH | none | built | AH is incompatible with initial state MASTER on non-owners
auth_pass | STRING | none | built | Truncated to 8 bytes with a config error
`;

/** vrrp_instance NAME { auth_hmac { ... } } */
const authHmacRows = `
key | ID 1..255 VALUE, hex:HEX or file:PATH | required | refused:wire, since 2.4.0 | 32..64 bytes; several keys allowed for rotation
active_key | ID 1..255 | none | refused:wire, since 2.4.0 | Signing key; without it the feature is disabled with an error
time_window | SECS 1..300 | max(3*advert_int,5) | refused:wire, since 2.4.0 | Freshness window, time mode only
anti_replay | time or monotonic | time | refused:wire, since 2.4.0 | monotonic needs no clock sync
mode | enforce, permissive or receive-only | enforce | refused:wire, since 2.4.0 | Strict forces enforce; receive-only sends unsigned
`;

/** Lines of unicast_peer. */
const unicastPeerRows = `
ADDRESS | IP | required | built | One peer per line; must match the family
min_ttl | 0..255 | 0 | built | Drop adverts with a lower TTL; switches on source check
max_ttl | 0..255 | 255 | built | Drop adverts with a higher TTL; switches on source check
`;

/** Options of a line of track_interface. */
const trackInterfaceRows = `
weight | -253..253 | 0 | built | Given after the tracked name
reverse | - | tracker's setting | built | After weight: swap up/down effect; weight 0 reverse = FAULT while up
`;

/** Options of a line of track_script. */
const trackScriptRows = `
weight | -253..253 | tracker's weight | built | Given after the tracked name
reverse | - | tracker's setting | built | After weight: swap up/down effect; weight 0 reverse = FAULT while up
noreverse | - | - | built | Cancel a reverse inherited from the tracker; not on track_interface
`;

/** Options of a line of track_file. */
const trackFileRows = `
weight | -254..254 | 1 from track_file | built | Given after the tracked name
reverse | - | tracker's setting | built | After weight: swap up/down effect; weight 0 reverse = FAULT while up
noreverse | - | - | built | Cancel a reverse inherited from the tracker; not on track_interface
`;

/** Options of a line of track_process. */
const trackProcessRows = `
weight | -254..254 | tracker's weight | built | Given after the tracked name
reverse | - | tracker's setting | built | After weight: swap up/down effect; weight 0 reverse = FAULT while up
noreverse | - | - | built | Cancel a reverse inherited from the tracker; not on track_interface
`;

/** Options of a line of track_bfd. */
const trackBfdRows = `
weight | -253..253 | tracker's weight | built | Given after the tracked name
reverse | - | tracker's setting | built | After weight: swap up/down effect; weight 0 reverse = FAULT while up
noreverse | - | - | built | Cancel a reverse inherited from the tracker; not on track_interface
`;

/** vrrp_sync_group NAME { ... } */
const syncGroupRows = `
group | block of INSTANCE names | required | built, once | Members; unknown names are logged and dropped
track_interface | block of lines | - | built | Applied to every member; see track_interface entries
track_script | block of lines | - | built | Weighted scripts dropped unless sync_group_tracking_weight
track_file | block of lines | - | built | Weight 1 becomes 0, other weights dropped, unless sync_group_tracking_weight
track_process | block of lines | - | built | Weighted entries dropped unless sync_group_tracking_weight
track_bfd | block of lines | - | built | Weighted entries dropped unless sync_group_tracking_weight
notify_backup | SCRIPT [USER [[:]GROUP]] | none | built, once | Run on BACKUP; no arguments added
notify_master | SCRIPT [USER [[:]GROUP]] | none | built, once | Run on MASTER; no arguments added
notify_fault | SCRIPT [USER [[:]GROUP]] | none | built, once | Run on FAULT; no arguments added
notify_stop | SCRIPT [USER [[:]GROUP]] | none | built, once | Run on stop; no arguments added
notify | SCRIPT [USER [[:]GROUP]] | none | built, once | Gets GROUP NAME STATE 0 appended
smtp_alert | [BOOL] | global or off | built | Bare keyword means true
global_tracking | - | off | built, deprecated | Accepted with a warning; no longer does anything useful
sync_group_tracking_weight | - | off | built | Keep non-zero tracker weights inside the group
notify_priority_changes | [BOOL] | global | built | FIFO priority lines for the group's instances
`;

/** vrrp_script NAME { ... } */
const vrrpScriptRows = `
script | SCRIPT | required | built, bare ignored | Quoted form allows arguments; single quotes/escapes parsed again
interval | SECS decimal ms | 1 | built | 0 becomes 1
timeout | SECS decimal ms | = interval | built | 0 becomes 1; TERM then KILL after 2 s
weight | -253..253 [reverse] | 0 | built | 0 = FAULT on failure
rise | >=1 | 1 | built | Consecutive successes
fall | >=1 | 1 | built | Consecutive failures
user | USER [[:]GROUP] | script_user | built | Identity
init_fail | - | off | built | Intended initial failed state; overwritten when an instance tracks the script (measured no effect)
`;

/** vrrp_track_process NAME { ... } */
const trackProcessDefinitionRows = `
process | NAME [PARAM]... | required | built, once | Exact match of comm, or cmdline if params/full_command
param_match | [initial or partial] | exact | built | Bare params compare; alone = must have no params
weight | -254..254 [reverse] | 0 | built, bare complained | 0 = FAULT when out of quorum
quorum | 1..65535 | 1 | built | Min matching processes
quorum_max | 0..65535 | unlimited | built | Max matching processes; 0 = must not run
delay | SECS 0.000001..3600 | 0 | built | Sets both delays
terminate_delay | SECS 0.000001..3600 | 0 | built | Grace after loss
fork_delay | SECS 0.000001..3600 | 0 | built | Grace after gain
full_command | - | off | built | Match the whole command line
`;

/** track_file NAME { ... } and its old name vrrp_track_file. */
const trackFileDefinitionRows = `
file | PATH | required | built, bare complained, once | Watched via inotify on its directory
weight | -254..254 [reverse] | 1 | built, bare complained | Multiplier; man claims a wider range
init_file | [VALUE] [overwrite] | none, 0 | built | Create file at start with VALUE; overwrite replaces contents
`;

const tracked = (path: string): Record<string, BlockGrammar> => ({
  track_interface: blockGrammar(`${path}.track_interface`, 'lines', [trackInterfaceRows]),
  track_script: blockGrammar(`${path}.track_script`, 'lines', [trackScriptRows]),
  track_file: blockGrammar(`${path}.track_file`, 'lines', [trackFileRows]),
  track_process: blockGrammar(`${path}.track_process`, 'lines', [trackProcessRows]),
  track_bfd: blockGrammar(`${path}.track_bfd`, 'lines', [trackBfdRows]),
});

const addressLines = [virtualAddressRows, virtualMacRows];

/** The blocks that this feature adds to the root. */
export const vrrpBlocks = {
  vrrp_instance: blockGrammar('vrrp_instance', 'keywords', [instanceRows], {
    ...tracked('vrrp_instance'),
    unicast_peer: blockGrammar('vrrp_instance.unicast_peer', 'lines', [unicastPeerRows]),
    virtual_ipaddress: blockGrammar('vrrp_instance.virtual_ipaddress', 'lines', addressLines),
    virtual_ipaddress_excluded: blockGrammar('vrrp_instance.virtual_ipaddress_excluded', 'lines', addressLines),
    virtual_routes: blockGrammar('vrrp_instance.virtual_routes', 'lines', [routeRows]),
    virtual_rules: blockGrammar('vrrp_instance.virtual_rules', 'lines', [ruleRows]),
    authentication: blockGrammar('vrrp_instance.authentication', 'keywords', [authenticationRows]),
    auth_hmac: blockGrammar('vrrp_instance.auth_hmac', 'keywords', [authHmacRows]),
  }),
  vrrp_sync_group: blockGrammar('vrrp_sync_group', 'keywords', [syncGroupRows], {
    ...tracked('vrrp_sync_group'),
    group: freeLines('vrrp_sync_group.group'),
  }),
  vrrp_script: blockGrammar('vrrp_script', 'keywords', [vrrpScriptRows]),
  vrrp_track_process: blockGrammar('vrrp_track_process', 'keywords', [trackProcessDefinitionRows]),
  track_file: blockGrammar('track_file', 'keywords', [trackFileDefinitionRows]),
  vrrp_track_file: blockGrammar('vrrp_track_file', 'keywords', [trackFileDefinitionRows]),
};
