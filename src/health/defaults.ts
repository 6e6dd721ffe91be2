import { seconds } from '../base/duration.ts';

/** What keepalived takes where neither checker nor real nor virtual server says anything. */
export const defaultDelayLoop = seconds(60);
export const defaultTimeout = seconds(5);
export const defaultDelayBeforeRetry = seconds(1);
export const webDelayBeforeRetry = seconds(3);
export const dnsRetries = 3;
/** Greets SMTP servers where neither helo_name nor smtp_helo_name is given. */
export const defaultHeloName = 'smtpchecker.keepalived.org';
