import { type BlockGrammar, blockGrammar } from '../config/grammar.ts';

/** bfd_instance NAME { ... } */
const bfdInstanceRows = `
source_ip | IP | none | refused:wire | Local address; needed for a predictable source port check
neighbor_ip | IP | required | refused:wire | Peer
neighbour_ip | IP | required | refused:wire | Synonym of neighbor_ip
min_rx | MS decimal >=1 | 10 | refused:wire | Required min receive interval; >10000 warned
min_tx | MS decimal >=1 | 10 | refused:wire | Desired min transmit interval; >10000 warned
idle_tx | MS decimal >=1000 | 1000 | refused:wire | Transmit interval while session is not up; >10000 warned
multiplier | 1..255 | 5 | refused:wire | Detection multiplier; >10 warned
passive | - | off | refused:wire | Wait for the peer to speak first
ttl | 1..255 | 255 IPv4, 64 IPv6 | refused:wire | Same handler as hoplimit
hoplimit | 1..255 | 64 | refused:wire | Synonym of ttl
max_hops | -1..255 | 0 | refused:wire | Accepted TTL drop; 255 disables; -1 accepted too
multihop | [BOOL] | off | refused:wire, since 2.2.8 | Port 4784 rather than 3784
weight | -253..253 [reverse] | 0 | refused:wire | Default track_bfd weight
vrrp | - | both | refused:wire | Deliver events to VRRP only
checker | - | both | refused:wire | Deliver events to checker only
`;

/** The blocks that this feature adds to the root. */
export const bfdBlocks: Record<string, BlockGrammar> = {
  bfd_instance: blockGrammar('bfd_instance', 'keywords', [bfdInstanceRows]),
};
