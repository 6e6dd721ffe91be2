import { type BlockGrammar, blockGrammar } from '../config/grammar.ts';

/** bfd_instance NAME { ... } */
const bfdInstanceRows = `
source_ip | IP | none | built | Local address; needed for a predictable source port check
neighbor_ip | IP | required | built | Peer
neighbour_ip | IP | required | built | Synonym of neighbor_ip
min_rx | MS decimal >=1 | 10 | built | Required min receive interval; >10000 warned
min_tx | MS decimal >=1 | 10 | built | Desired min transmit interval; >10000 warned
idle_tx | MS decimal >=1000 | 1000 | built | Transmit interval while session is not up; >10000 warned
multiplier | 1..255 | 5 | built | Detection multiplier; >10 warned
passive | - | off | built | Wait for the peer to speak first
ttl | 1..255 | 255 IPv4, 64 IPv6 | built | Same handler as hoplimit
hoplimit | 1..255 | 64 | built | Synonym of ttl
max_hops | -1..255 | 0 | built | Accepted TTL drop; 255 disables; -1 accepted too
multihop | [BOOL] | off | built, since 2.2.8 | Port 4784 rather than 3784
weight | -253..253 [reverse] | 0 | built | Default track_bfd weight
vrrp | - | both | built | Deliver events to VRRP only
checker | - | both | built | Deliver events to checker only
`;

/** The blocks that this feature adds to the root. */
export const bfdBlocks: Record<string, BlockGrammar> = {
  bfd_instance: blockGrammar('bfd_instance', 'keywords', [bfdInstanceRows]),
};
