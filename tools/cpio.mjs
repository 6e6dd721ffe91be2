// An archive as the kernel takes for its first file system: cpio in the format "newc" (Documentation/driver-api/early-userspace).

const regular = 0o100755;
const directory = 0o040755;

const hexadecimal = number => number.toString(16).padStart(8, '0');

const padded = buffer => Buffer.concat([buffer, Buffer.alloc((4 - (buffer.length % 4)) % 4)]);

function entry({ name, folder = false, content = Buffer.alloc(0) }, inode) {
  const nameBytes = Buffer.from(`${name}\0`);
  const mode = folder ? directory : regular;
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, nameBytes.length, 0];
  const header = Buffer.from(`070701${fields.map(hexadecimal).join('')}`);
  return Buffer.concat([padded(Buffer.concat([header, nameBytes])), padded(content)]);
}

/** Files `{ name, content }` and folders `{ name, folder: true }`, a folder before what is in it; all may be executed. */
export function archiveOf(entries) {
  return Buffer.concat([...entries, { name: 'TRAILER!!!' }].map((each, place) => entry(each, place + 1)));
}
