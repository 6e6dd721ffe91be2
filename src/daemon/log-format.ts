import path from 'node:path';

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Fri Nov 20 05:18:16 2026`, local time: as ctime(3) writes it and as keepalived's console lines begin. */
export function consoleTimestamp(date: Date): string {
  return `${days[date.getDay()]} ${monthDayTime(date)} ${date.getFullYear()}`;
}

/** `Nov 20 05:18:16`, local time, the day padded with a blank: RFC 3164 section 4.1.2. */
export function monthDayTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = String(date.getDate()).padStart(2, ' ');
  return `${months[date.getMonth()]} ${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `/var/log/ha.log` becomes `/var/log/ha_vrrp.log`: the suffix goes before the last dot of the file's own name. */
export function logFileFor(file: string, suffix: string): string {
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, `${name}${suffix}${ext}`);
}

/** Lines fit for a log: split at newlines, other control characters made visible, trailing blanks cut. */
export function logLines(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd').trimEnd())
    .filter(line => line !== '');
}
