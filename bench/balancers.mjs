// What the measurements of many virtual servers share: their configuration.

export const serversPerService = 4;

const byteOf = (number, place) => (number >> (8 * place)) & 255;

/** Of the virtual server with that number. */
export const serviceAddress = index => `10.${byteOf(index, 2)}.${byteOf(index, 1)}.${byteOf(index, 0)}`;

/** Virtual servers with four real servers each, which are this machine and are checked; `timing` are lines of each service. */
export function balancers(services, timing, weightOf = () => 1) {
  const parts = [];
  for (let index = 0; index < services; index++) {
    parts.push(`virtual_server ${serviceAddress(index)} 80 {
${timing.map(line => `    ${line}\n`).join('')}    lvs_sched rr
    lvs_method NAT
    protocol TCP
`);
    for (let server = 0; server < serversPerService; server++) {
      parts.push(`    real_server 127.${server + 1}.${byteOf(index, 1)}.${byteOf(index, 0)} 80 {
        weight ${weightOf(index, server)}
        TCP_CHECK {
            connect_timeout 3
        }
    }
`);
    }
    parts.push('}\n');
  }
  return parts.join('');
}
