import { seconds } from '../base/duration.ts';
import type { MailSettings } from '../ports/mail.ts';

export const mailSettings: MailSettings = {
  routerId: 'LVS_ONE',
  host: '192.0.2.25',
  port: 25,
  heloName: 'one',
  timeout: seconds(30),
  sender: { name: undefined, address: 'holdfast@example.org' },
  recipients: [{ name: undefined, address: 'ops@example.org' }],
};
