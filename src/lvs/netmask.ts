/** What C's inet_aton takes: one to four numbers, the last of which fills what is left. */
export function isLooseAddress(text: string): boolean {
  if (!/^[0-9]+(\.[0-9]+){0,3}$/.test(text)) return false;
  const parts = text.split('.').map(Number);
  const last = parts.pop()!;
  return parts.every(part => part <= 255) && last < 256 ** (4 - parts.length);
}
