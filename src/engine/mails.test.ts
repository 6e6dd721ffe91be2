import { describe, expect, it } from 'vitest';
import { seconds } from '../base/duration.ts';
import { instanceText, load } from './configuration.testkit.ts';

const server = (inside: string, real = ''): string =>
  `virtual_server 192.0.2.1 80 {\nlvs_sched rr\nlvs_method NAT\nprotocol TCP\n${inside}\nreal_server 10.0.0.1 80 {\n${real}\n}\n}\n`;
const globals = (inside: string): string => `global_defs {\n${inside}\n}\n`;
const route = 'smtp_server 192.0.2.25\nnotification_email {\na@example.org\nb@example.org\n}\n';
const group = (inside: string): string => `vrrp_sync_group G {\ngroup {\nV\n}\n${inside}\n}\n`;

function alerts(text: string): string {
  const { configuration } = load(text);
  const { vrrp, lvs } = configuration!;
  const shown: Record<string, boolean | undefined> = {
    instance: vrrp.instances[0]?.notify.mail,
    group: vrrp.syncGroups[0]?.notify.mail,
    virtual: lvs.virtualServers[0]?.mail,
    real: lvs.virtualServers[0]?.realServers[0]?.mail,
  };
  return Object.keys(shown)
    .filter(name => shown[name])
    .join(' ');
}

describe('who sends mails', () => {
  it.each([
    ['', '', '', '', '', 'real'],
    ['smtp_alert true', '', '', '', '', 'instance group virtual real'],
    ['smtp_alert false', '', '', '', '', ''],
    ['smtp_alert_vrrp on', '', '', '', '', 'instance group real'],
    ['smtp_alert', '', '', '', '', 'instance group virtual real'],
    ['smtp_alert_vrrp', '', '', '', '', 'instance group real'],
    ['smtp_alert_checker', '', '', '', '', 'virtual real'],
    ['smtp_alert_checker on', '', '', '', '', 'virtual real'],
    ['smtp_alert true\nsmtp_alert_vrrp false', '', 'smtp_alert', '', '', 'group virtual real'],
    ['smtp_alert_checker off', 'smtp_alert', '', 'smtp_alert yes', '', 'instance virtual'],
    ['smtp_alert true', 'smtp_alert no', '', '', 'smtp_alert off', 'group virtual'],
  ])('%j, %j, %j, %j, %j: %s', (global, instance, ofGroup, virtual, real, expected) => {
    const text = globals(`${route}${global}`) + instanceText(instance) + group(ofGroup) + server(virtual, real);
    expect(alerts(text)).toBe(expected);
  });
});

describe('how mails are sent', () => {
  const settings = (inside: string) =>
    load(globals(`smtp_alert true\n${inside}`) + instanceText()).configuration!.vrrp.mails;

  it('has keepalived’s defaults', () => {
    expect(settings(route)).toEqual({
      settings: {
        routerId: 'one',
        host: '192.0.2.25',
        port: 25,
        heloName: 'one',
        timeout: seconds(30),
        sender: { name: undefined, address: 'root@one' },
        recipients: [
          { name: undefined, address: 'a@example.org' },
          { name: undefined, address: 'b@example.org' },
        ],
      },
      faults: true,
    });
  });

  it('calls this host by its full name', () => {
    const hosts = '127.0.0.1 localhost\n127.0.1.1 one.example.org one # us\n192.0.2.7 other one\n';
    const text = globals(`smtp_alert true\n${route}`) + instanceText();
    expect(load(text, { files: { '/etc/hosts': hosts } }).configuration!.vrrp.mails?.settings).toMatchObject({
      routerId: 'one.example.org',
      heloName: 'one.example.org',
      sender: { address: 'root@one.example.org' },
    });
  });

  it('is what the file says', () => {
    const text = `${route}smtp_server [2001:db8::25] 2525\nrouter_id R\nsmtp_helo_name one\nsmtp_connect_timeout 5\nno_email_faults\nnotification_email_from "Ops <ops@example.org>"`;
    expect(settings(text)).toMatchObject({
      settings: {
        routerId: 'R',
        host: '2001:db8::25',
        port: 2525,
        heloName: 'one',
        timeout: seconds(5),
        sender: { name: 'Ops', address: 'ops@example.org' },
      },
      faults: false,
    });
  });

  it('takes a name before an address for what it is, quoted or not', () => {
    const sender = { name: 'Ops Team', address: 'ops@example.org' };
    for (const written of [
      'Ops Team <ops@example.org>',
      '"Ops Team <ops@example.org>"',
      '"Ops Team" <ops@example.org>',
    ]) {
      expect(settings(`${route}notification_email_from ${written}`)?.settings.sender).toEqual(sender);
    }
  });

  it('adds the recipients of several blocks up', () => {
    const more = 'notification_email {\nc@example.org d@example.org\nCarol C <e@example.org>\n}';
    expect(settings(`${route}${more}`)?.settings.recipients.map(({ address }) => address.slice(0, 1))).toEqual([
      ...'abcde',
    ]);
  });

  it('is said per part: only servers here', () => {
    const { configuration } = load(globals(`${route}no_checker_emails`) + instanceText() + server(''));
    expect(configuration?.vrrp.mails).toBeUndefined();
    expect(configuration?.lvs.mails).toMatchObject({ eachChecker: false });
  });
});

describe('what is said', () => {
  const told = (text: string, advise = false): readonly string[] => load(text, {}, advise).told;

  it('of mails that can never come', () => {
    expect(told(globals('smtp_alert true') + instanceText())).toEqual(['mail-never-sent 2:1']);
    expect(told(globals('smtp_server 192.0.2.25') + instanceText('smtp_alert'))).toEqual(['mail-never-sent 7:1']);
    expect(told(globals('smtp_alert off\nsmtp_server 192.0.2.25') + instanceText('smtp_alert no'))).toEqual([]);
    expect(told(globals(route) + server('')).filter(code => code.startsWith('mail'))).toEqual([]);
    expect(load(globals('smtp_alert true') + instanceText()).text).toContain(
      'without smtp_server and notification_email no mail is sent',
    );
  });

  it('of settings that nothing uses, to whoever wants advice', () => {
    expect(told(globals(route) + instanceText())).toEqual([]);
    expect(told(globals(route) + instanceText(), true)).toContain('mail-never-sent 2:1');
    expect(told(globals(route) + instanceText('smtp_alert'), true)).not.toContain('mail-never-sent 2:1');
  });

  it.each([
    ['smtp_server 192.0.2.25 x', 'bad-value 2:24', 5],
    ['smtp_server "a b"', 'bad-value 2:13', 5],
    ['smtp_connect_timeout 0', 'bad-value 2:22', 5],
    ['smtp_connect_timeout 5000', 'bad-value 2:22', 5],
    ['notification_email {\n}', 'bad-value 2:1', 5],
    ['smtp_alert maybe', 'bad-value 2:12', 5],
    // keepalived sends there, and no mail reaches anybody.
    ['notification_email {\n邮件 a@b\n}', 'bad-value 3:1', 0],
    ['notification_email_from a@b@c', 'bad-value 2:25', 0],
  ])('of %j', (line, expected, exitStatus) => {
    const loaded = load(globals(line) + instanceText());
    expect(loaded.told).toEqual([expected]);
    expect(loaded.testExitStatus).toBe(exitStatus);
  });
});
