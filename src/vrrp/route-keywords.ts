// Rows: `keyword | arguments | default | standing | note`. config/grammar.ts says what a standing means.

/** Words of a line of virtual_routes and static_routes. */
export const routeRows = `
inet | - | from addresses | built | Force IPv4
inet6 | - | from addresses | built | Force IPv6
TYPE | unicast local broadcast anycast multicast throw unreachable prohibit blackhole nat xresolve | unicast | built | Optional type word before the destination
to | DEST or default/any/all | required | built | Keyword optional before the destination; default6 deprecated
src | IP | none | built | Preferred source
as | [to] IP | none | built | New destination (MPLS-style rewrite); accepts optional 'to'
via | [inet/inet6] IP | none | built | Gateway; family prefix allowed
gw | IP | none | built, deprecated | Old name of via
or | IP | none | built, deprecated | Second gateway; becomes an ECMP next hop
from | IP[/PREFIX] | none | built | IPv6 source-specific routing
tos | NUMBER or name | 0 | built | IPv4; synonym dsfield
dsfield | NUMBER or name | 0 | built | Synonym of tos
table | ID or name | main | built | rt_tables lookup
protocol | ID or name | keepalived (18) | built | rt_protos lookup
scope | name or number | by kernel rules | built | rt_scopes lookup
metric | UNSIGNED | 0 IPv4, 1024 IPv6 | built | Synonyms priority, preference
priority | UNSIGNED | see metric | built | Synonym of metric
preference | UNSIGNED | see metric | built | Synonym of metric
dev | IFNAME | none | built | Synonym oif; required for some types
oif | IFNAME | none | built | Synonym of dev
onlink | - | off | built | IPv4: the gateway is on the link, whatever the addresses say
encap | ip, ip6, mpls or ila ... | none | built | Light-weight tunnel with its own options
expires | SECS | none | built | IPv6 lifetime
mtu | [lock] N | none | built | Metric; lock allowed
hoplimit | N | none | built | Metric
advmss | [lock] N | none | built | Metric
rtt | [lock] TIME | none | built | Metric, ms unless suffixed
rttvar | [lock] TIME | none | built | Metric
reordering | [lock] N | none | built | Metric
window | [lock] N | none | built | Metric
cwnd | [lock] N | none | built | Metric
ssthresh | [lock] N | none | built | Metric
realms | [SRC/]DST | none | built | IPv4; rt_realms lookup
rto_min | [lock] TIME | none | built | Metric
initcwnd | [lock] N | none | built | Metric
initrwnd | [lock] N | none | built | Metric
features | ecn | none | built | Metric
quickack | 0 or 1 | none | built | Metric
congctl | [lock] NAME | none | built | Congestion control
pref | low medium high | medium | built | IPv6 router preference
ttl-propagate | enabled or disabled | none | built | MPLS
fastopen_no_cookie | 0 or 1 | none | built | Metric
add | - | prepend | built | Fail if a matching route exists
prepend | - | default | built | Insert before matching routes
append | - | prepend | built | Insert after matching routes
vrf | IFNAME | none | refused:addresses | Use the VRF's table
nexthop | via IP [dev IF] [weight 1..256] [onlink] [encap ..] [realms ..] | none | built | Repeatable for multipath
no_track | - | off | built | Do not react when deleted by others
`;

/** Words of a line of virtual_rules and static_rules. */
export const ruleRows = `
inet | - | from addresses | built | Force IPv4
inet6 | - | from addresses | built | Force IPv6
not | - | off | built | Invert the selector
from | PREFIX | any | built | Source selector
to | PREFIX | any | built | Destination selector
table | ID or name | required unless another action | built | Synonym lookup
lookup | ID or name | - | built | Synonym of table
preference | UNSIGNED | auto, down from 16384 | built | Synonyms order, priority; missing value is warned
order | UNSIGNED | - | built | Synonym of preference
priority | UNSIGNED | - | built | Synonym of preference
tos | NUMBER or name | none | built | Synonym dsfield
dsfield | NUMBER or name | none | built | Synonym of tos
fwmark | N[/MASK] | none | built | Mark selector
realms | [SRC/]DST | none | built | IPv4
suppress_prefixlength | N | none | built | Synonym sup_pl
sup_pl | N | none | built | Synonym of suppress_prefixlength
suppress_ifgroup | GROUP | none | built | Synonym sup_group
sup_group | GROUP | none | built | Synonym of suppress_ifgroup
dev | IFNAME | none | built | Synonym iif
iif | IFNAME | none | built | Incoming interface
oif | IFNAME | none | built | Outgoing interface
tunnel-id | N | none | built | Selector
uidrange | A-B | none | built | Selector
l3mdev | - | off | built | Use the VRF table of the interface
protocol | ID or name | keepalived (18) | built | Rule origin
ipproto | NAME or N | none | built | L4 protocol selector; man example spells it ip_proto
sport | N[-M] | none | built | Source port selector
dport | N[-M] | none | built | Destination port selector
type | ACTION name | none | built | Explicit action
goto | PREFERENCE | none | built | Jump action
nop | - | - | built | No-op action
blackhole | - | - | built | Action; also unreachable and prohibit
unreachable | - | - | built | Action
prohibit | - | - | built | Action
no_track | - | off | built | Do not react when deleted by others
`;
