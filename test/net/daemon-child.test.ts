import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../src/lab/wait.ts';
import { count, DaemonHost, routerText, untilEnded, virtualAddress } from './daemon-host.testkit.ts';

describe('the VRRP process', () => {
  let one: DaemonHost;

  beforeAll(async () => {
    one = await DaemonHost.open();
  });

  afterEach(() => one.reset());

  afterAll(() => one.close());

  it('is restarted when it is killed, and its instance returns', async () => {
    const daemon = await one.startAsMaster();
    const first = one.child;
    const at = daemon.position;
    await one.kill('KILL', first);
    await daemon.waitForLine(`VRRP child process(${first}) died: Respawning`, { after: at });
    await daemon.waitForLine('Restart of VRRP process delayed 0 seconds', { after: at });
    await daemon.waitForLine('Entering MASTER STATE', { after: at });
    await one.untilHeld(virtualAddress, daemon);
    expect(one.child).not.toBe(first);
    // The second death in a row costs a second.
    await one.kill('KILL', one.child);
    await daemon.waitForLine('Restart of VRRP process delayed 1 seconds', { after: at });
    expect(await daemon.stop()).toEqual({ status: 0, signal: undefined });
  });

  it('is not restarted with -R: the daemon ends', async () => {
    const daemon = await one.startAsMaster(routerText(), ['-R']);
    await one.kill('KILL', one.child);
    expect((await untilEnded(daemon)).status).toBe(0);
    expect(daemon.output).toContain('died: Exiting');
    expect(await one.remaining()).toEqual([]);
  });

  it('hands over when its parent is killed, and the next start is undisturbed', async () => {
    const daemon = await one.startAsMaster();
    await one.kill('KILL', one.parent);
    await waitFor(async () => (await one.remaining()).length === 0, { what: 'the child to end' });
    expect(daemon.output).toContain('The parent process is gone: handing over');
    expect(count(daemon, 'sent 0 priority')).toBe(1);
    expect(one.host.holds(virtualAddress)).toBe(false);
    const second = await one.startAsMaster();
    expect(await second.stop()).toEqual({ status: 0, signal: undefined });
  });

  it('starts over after everything was killed, and removes what was left', async () => {
    const daemon = await one.startAsMaster(routerText([virtualAddress, '10.0.0.101']));
    await one.kill('KILL', one.parent, one.child);
    await untilEnded(daemon);
    expect(one.host.holds(virtualAddress)).toBe(true);
    // The second address is no longer ours to hold; the first comes back with the mastership.
    const second = await one.start();
    await second.waitForLine('Entering MASTER STATE');
    await one.untilHeld(virtualAddress, second);
    await second.stop();
    expect(one.host.holds(virtualAddress)).toBe(false);
  });

  it('is killed when it does not end in time', async () => {
    const daemon = await one.startAsMaster(`child_wait_time 1\n${routerText()}`);
    await one.kill('STOP', one.child);
    await one.kill('TERM', one.parent);
    expect((await untilEnded(daemon)).status).toBe(0);
    expect(daemon.output).toContain('VRRP child process did not end within 1 s: killing it, addresses may stay behind');
  });

  it.each([
    ['of a timer', 'new DeadlineTimer(new Poller(), fail).arm(1);'],
    ['of a signal', 'onSignal(fail); setInterval(() => {}, 1e6); process.kill(process.pid, 36);'],
  ])('ends with its stack and a status that is worth a restart when a callback %s throws', async (_name, text) => {
    const [node = '', program = ''] = one.program;
    const dist = path.join(path.dirname(program), '../dist');
    const script = `
      await import('${dist}/daemon/take-over.js');
      const { Poller } = await import('${dist}/linux/poller.js');
      const { DeadlineTimer } = await import('${dist}/linux/timer.js');
      const { onSignal } = await import('${dist}/linux/signals.js');
      const fail = () => { throw new Error('thrown into C'); };
      ${text}`;
    const { status, stderr } = await one.host.run([node, '--input-type=module', '-e', script]);
    expect(status).toBe(70);
    expect(stderr).toMatch(/^Error: thrown into C\n {4}at fail /);
  });

  it('says how late it was after it was frozen', async () => {
    const daemon = await one.startAsMaster();
    const at = daemon.position;
    await one.kill('STOP', one.child);
    await one.host.must(['sleep', '0.5']);
    await one.kill('CONT', one.child);
    await daemon.waitForLine(/The VRRP process woke \d{3} ms late/, { after: at });
    await daemon.stop();
  });
});
