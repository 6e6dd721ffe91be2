import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../src/lab/wait.ts';
import { count, DaemonHost, routerText, virtualAddress } from './daemon-host.testkit.ts';

const second = '10.0.0.101';

describe('a reload', () => {
  let one: DaemonHost;

  beforeAll(async () => {
    one = await DaemonHost.open();
  });

  afterEach(() => one.reset());

  afterAll(() => one.close());

  it('adds and removes addresses of a master that stays master', async () => {
    const daemon = await one.startAsMaster();
    one.configure(routerText([second]));
    await one.kill('HUP', one.parent);
    await daemon.waitForLine('Reloading ...');
    await daemon.waitForLine('Reload complete');
    await one.untilHeld(second, daemon);
    await waitFor(() => !one.host.holds(virtualAddress), { what: 'the old address to go' });
    expect(count(daemon, 'Entering MASTER STATE')).toBe(1);
    expect(count(daemon, 'Entering BACKUP STATE')).toBe(1);
    await daemon.stop();
  });

  it('refuses a bad configuration, says everything about it and keeps the old one', async () => {
    const daemon = await one.startAsMaster();
    one.configure(
      'vrrp_instance V1 {\n  interface eth0\n  priority 300\n  virtual_ipaddress {\n    10.0.0.300\n  }\n}\n',
    );
    const at = daemon.position;
    await one.kill('HUP', one.parent);
    await daemon.waitForLine('New config failed validation', { after: at });
    const said = daemon.lines.slice(at).map(line => line.text);
    expect(said.some(line => line.includes('keepalived.conf: Line 3)'))).toBe(true);
    expect(said.some(line => line.includes('Reload complete'))).toBe(false);
    expect(one.host.holds(virtualAddress)).toBe(true);
    // The old configuration is what a restarted child gets.
    await one.kill('KILL', one.child);
    await daemon.waitForLine('Entering MASTER STATE', { after: at });
    await one.untilHeld(virtualAddress, daemon);
    await daemon.stop();
  });

  it('may be asked of the VRRP process, too', async () => {
    const daemon = await one.startAsMaster();
    one.configure(routerText([virtualAddress, second]));
    await one.kill('HUP', one.child);
    await daemon.waitForLine('Reload complete');
    await one.untilHeld(second, daemon);
    await daemon.stop();
  });

  it('is one when all processes are asked at once', async () => {
    const daemon = await one.startAsMaster();
    await one.kill('HUP', one.parent, one.child);
    await daemon.waitForLine('Reload complete');
    await one.host.must(['sleep', '0.3']);
    expect(count(daemon, 'Reloading ...')).toBe(1);
    await daemon.stop();
  });

  it('starts a VRRP process that has become necessary, and stops one that no longer is', async () => {
    const daemon = await one.start('global_defs {\n  router_id one\n}\n');
    one.configure(routerText());
    await one.kill('HUP', one.parent);
    await daemon.waitForLine('Entering MASTER STATE');
    await one.untilHeld(virtualAddress, daemon);
    one.configure('global_defs {\n  router_id one\n}\n');
    const after = daemon.position;
    await one.kill('HUP', one.parent);
    await waitFor(() => !one.host.holds(virtualAddress), { what: 'the address to go', evidence: () => daemon.output });
    await daemon.waitForLine('VRRP child process is no longer needed: stopping it');
    await daemon.waitForLine('Reload complete', { after });
    expect(one.child).toBeUndefined();
    expect(await daemon.stop()).toEqual({ status: 0, signal: undefined });
  });

  it('cannot change the instance', async () => {
    const daemon = await one.startAsMaster();
    const at = daemon.position;
    one.configure(`instance east\n${routerText()}`);
    await one.kill('HUP', one.parent);
    await daemon.waitForLine('Cannot change instance at a reload - please restart', { after: at });
    await daemon.stop();
  });
});
