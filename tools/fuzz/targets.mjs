/** The parts of the fuzzer by name: what makes an input from its number, and what it runs it through. */
export async function loadTarget(part, dist, seed) {
  if (part === 'packets') return (await import('./packet-target.mjs')).packetTarget(dist, seed);
  if (part === 'growth') return (await import('./growth-target.mjs')).growthTarget(dist, seed);
  if (part === 'texts') return (await import('./text-target.mjs')).textTarget(dist, seed);
  return (await import('./configuration-target.mjs')).configurationTarget(dist, seed);
}
