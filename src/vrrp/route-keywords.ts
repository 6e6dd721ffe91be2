// Rows: `keyword | arguments | default | standing | note`. config/grammar.ts says what a standing means.

/** Words of a line of virtual_routes and static_routes. */
export const routeRows = `
inet | - | from addresses | refused:addresses | Force IPv4
inet6 | - | from addresses | refused:addresses | Force IPv6
TYPE | unicast local broadcast anycast multicast throw unreachable prohibit blackhole nat xresolve | unicast | refused:addresses | Optional type word before the destination
to | DEST or default/any/all | required | refused:addresses | Keyword optional before the destination; default6 deprecated
src | IP | none | refused:addresses | Preferred source
as | [to] IP | none | refused:addresses | New destination (MPLS-style rewrite); accepts optional 'to'
via | [inet/inet6] IP | none | refused:addresses | Gateway; family prefix allowed
gw | IP | none | refused:addresses, deprecated | Old name of via
or | IP | none | refused:addresses, deprecated | Second gateway; becomes an ECMP next hop
from | IP[/PREFIX] | none | refused:addresses | IPv6 source-specific routing
tos | NUMBER or name | 0 | refused:addresses | IPv4; synonym dsfield
dsfield | NUMBER or name | 0 | refused:addresses | Synonym of tos
table | ID or name | main | refused:addresses | rt_tables lookup
protocol | ID or name | keepalived (18) | refused:addresses | rt_protos lookup
scope | name or number | by kernel rules | refused:addresses | rt_scopes lookup
metric | UNSIGNED | 0 IPv4, 1024 IPv6 | refused:addresses | Synonyms priority, preference
priority | UNSIGNED | see metric | refused:addresses | Synonym of metric
preference | UNSIGNED | see metric | refused:addresses | Synonym of metric
dev | IFNAME | none | refused:addresses | Synonym oif; required for some types
oif | IFNAME | none | refused:addresses | Synonym of dev
onlink | - | off | refused:addresses | Gateway considered on link
encap | ip, ip6, mpls or ila ... | none | refused:addresses | Light-weight tunnel with its own options
expires | SECS | none | refused:addresses | IPv6 lifetime
mtu | [lock] N | none | refused:addresses | Metric; lock allowed
hoplimit | N | none | refused:addresses | Metric
advmss | [lock] N | none | refused:addresses | Metric
rtt | [lock] TIME | none | refused:addresses | Metric, ms unless suffixed
rttvar | [lock] TIME | none | refused:addresses | Metric
reordering | [lock] N | none | refused:addresses | Metric
window | [lock] N | none | refused:addresses | Metric
cwnd | [lock] N | none | refused:addresses | Metric
ssthresh | [lock] N | none | refused:addresses | Metric
realms | [SRC/]DST | none | refused:addresses | IPv4; rt_realms lookup
rto_min | [lock] TIME | none | refused:addresses | Metric
initcwnd | [lock] N | none | refused:addresses | Metric
initrwnd | [lock] N | none | refused:addresses | Metric
features | ecn | none | refused:addresses | Metric
quickack | 0 or 1 | none | refused:addresses | Metric
congctl | [lock] NAME | none | refused:addresses | Congestion control
pref | low medium high | medium | refused:addresses | IPv6 router preference
ttl-propagate | enabled or disabled | none | refused:addresses | MPLS
fastopen_no_cookie | 0 or 1 | none | refused:addresses | Metric
add | - | prepend | refused:addresses | Fail if a matching route exists
prepend | - | default | refused:addresses | Insert before matching routes
append | - | prepend | refused:addresses | Insert after matching routes
vrf | IFNAME | none | refused:addresses | Use the VRF's table
nexthop | via IP [dev IF] [weight 1..256] [onlink] [encap ..] [realms ..] | none | refused:addresses | Repeatable for multipath
no_track | - | off | refused:addresses | Do not react when deleted by others
`;

/** Words of a line of virtual_rules and static_rules. */
export const ruleRows = `
inet | - | from addresses | refused:addresses | Force IPv4
inet6 | - | from addresses | refused:addresses | Force IPv6
not | - | off | refused:addresses | Invert the selector
from | PREFIX | any | refused:addresses | Source selector
to | PREFIX | any | refused:addresses | Destination selector
table | ID or name | required unless another action | refused:addresses | Synonym lookup
lookup | ID or name | - | refused:addresses | Synonym of table
preference | UNSIGNED | auto, down from 16384 | refused:addresses | Synonyms order, priority; missing value is warned
order | UNSIGNED | - | refused:addresses | Synonym of preference
priority | UNSIGNED | - | refused:addresses | Synonym of preference
tos | NUMBER or name | none | refused:addresses | Synonym dsfield
dsfield | NUMBER or name | none | refused:addresses | Synonym of tos
fwmark | N[/MASK] | none | refused:addresses | Mark selector
realms | [SRC/]DST | none | refused:addresses | IPv4
suppress_prefixlength | N | none | refused:addresses | Synonym sup_pl
sup_pl | N | none | refused:addresses | Synonym of suppress_prefixlength
suppress_ifgroup | GROUP | none | refused:addresses | Synonym sup_group
sup_group | GROUP | none | refused:addresses | Synonym of suppress_ifgroup
dev | IFNAME | none | refused:addresses | Synonym iif
iif | IFNAME | none | refused:addresses | Incoming interface
oif | IFNAME | none | refused:addresses | Outgoing interface
tunnel-id | N | none | refused:addresses | Selector
uidrange | A-B | none | refused:addresses | Selector
l3mdev | - | off | refused:addresses | Use the VRF table of the interface
protocol | ID or name | keepalived (18) | refused:addresses | Rule origin
ipproto | NAME or N | none | refused:addresses | L4 protocol selector; man example spells it ip_proto
sport | N[-M] | none | refused:addresses | Source port selector
dport | N[-M] | none | refused:addresses | Destination port selector
type | ACTION name | none | refused:addresses | Explicit action
goto | PREFERENCE | none | refused:addresses | Jump action
nop | - | - | refused:addresses | No-op action
blackhole | - | - | refused:addresses | Action; also unreachable and prohibit
unreachable | - | - | refused:addresses | Action
prohibit | - | - | refused:addresses | Action
no_track | - | off | refused:addresses | Do not react when deleted by others
`;
