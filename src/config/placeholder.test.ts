import { describe, expect, it } from 'vitest';
import { instanceText, load } from '../engine/configuration.testkit.ts';

const said = (text: string): readonly string[] =>
  load(text).diagnostics.map(({ code, line, column, message }) => `${line}:${column} [${code}] ${message}`);

describe('a placeholder that nobody filled in', () => {
  it.each([
    ['priority {{ vrrp_priority }}', '4:10', '{{ vrrp_priority }}', 2],
    ['priority <%= @priority %>', '4:10', '<%= @priority %>', 5],
    ['priority %PRIORITY%', '4:10', '%PRIORITY%', 5],
    ['priority @PRIORITY@', '4:10', '@PRIORITY@', 5],
    ['priority <priority>', '4:10', '<priority>', 5],
    ['track_interface {\n__NIC__\n}', '5:1', '__NIC__', 5],
    ['track_interface {\n[eth0 | ens3]\n}', '5:1', '[eth0 | ens3]', 5],
    ['unicast_peer {\n<-- peer -->\n}', '5:1', '<-- peer -->', 5],
    ['unicast_peer {\nXXX.XXX.XXX.XXX/24\n}', '5:1', 'XXX.XXX.XXX.XXX', 5],
    ['unicast_peer {\n10.0.0.x\n}', '5:1', '10.0.0.x', 5],
    ['unicast_peer {\n<peer>/24\n}', '5:1', '<peer>', 5],
  ])('is what is wrong with "%s"', (line, place, placeholder, exit) => {
    const { testExitStatus } = load(instanceText(line));
    expect(said(instanceText(line)).filter(text => text.includes('placeholder'))).toEqual([
      `${place} [unfilled-placeholder] "${placeholder}" is a placeholder that nobody filled in`,
    ]);
    expect(testExitStatus).toBe(exit);
  });

  it('is said once for a line, whatever follows from it, and refuses where that does', () => {
    const { diagnostics, startExitStatus } = load('{% for x in y %}\nvrrp_instance {{ x.name }} {\n}\n');
    expect(diagnostics.filter(({ line }) => line <= 2).map(({ code, refuses }) => [code, refuses])).toEqual([
      ['unfilled-placeholder', true],
      ['unfilled-placeholder', true],
    ]);
    expect(startExitStatus).toBe(2);
  });

  it('may be a definition that is none, which has its own advice', () => {
    const { text, told } = load(instanceText(`priority \${PRIORITY}`));
    expect(told).toEqual(['unfilled-placeholder 4:10']);
    expect(text).toContain(`"\${PRIORITY}" is not defined`);
    expect(text).toContain(`define it further up, $PRIORITY=VALUE; a variable of the environment is \${_ENV PRIORITY}`);
    expect(load(instanceText(`priority \${PRIORITY:-100}`)).text).toContain(
      'there are no defaults here: define it further up, $PRIORITY=VALUE',
    );
    expect(load(instanceText('state $state')).text).toContain('"$state" is not defined');
  });

  it('may look like a condition', () => {
    const text = instanceText('unicast_peer {\n@PEER@\n}', '10.0.0.1\n@VIP@/24');
    expect(said(text).filter(line => line.includes('placeholder'))).toEqual([
      expect.stringContaining('5:1 [unfilled-placeholder] "@PEER@" is a placeholder'),
      expect.stringContaining('[unfilled-placeholder] "@VIP@/24" is a placeholder'),
    ]);
    expect(load(instanceText('@other priority 5')).codes).toEqual([]);
  });

  it('is not what is wrong where something else is', () => {
    expect(load(`$PRIORITY=high\n${instanceText('priority $PRIORITY')}`).codes).toEqual(['bad-value']);
    expect(load(instanceText('authentication {\nauth_type PASS\nauth_pass a{{b}}cdefgh\n}')).codes).not.toEqual([]);
    expect(load(instanceText('authentication {\nauth_type PASS\nauth_pass 12$words789\n}')).codes).toEqual([
      'password-truncated',
    ]);
    expect(load(instanceText('priority 1000 # <priority>x')).codes).toEqual(['bad-value']);
  });

  it('costs no more on a long line that is wrong in many ways', () => {
    const line = '{'.repeat(20_000);
    expect(load(`${line}\n`).diagnostics.length).toBeGreaterThan(0);
  });
});
