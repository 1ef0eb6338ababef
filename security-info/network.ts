/**
 * Network addresses as a host sees them: which network one belongs to, for counters, and how it is shown coarsely. An
 * IPv4 address that is written as IPv6 is the IPv4 address.
 * @see RFC 4291 §2.2, §2.5.5.2
 */

/**
 * What a counter counts by: an IPv4 address, or the /64 of an IPv6 address, for whoever has one address of it has
 * 2^64. What is neither stays as it is.
 * @see RFC 4291 §2.5.1; RFC 6177 §2 (the smallest network that somebody is given is a /64)
 */
export function networkOf(address: string): string {
  const read = readAddress(address);
  if (read === null) return address;
  return typeof read === 'string' ? read : `${hexOf(read.slice(0, 4))}::/64`;
}

/**
 * A network address that names an area and not a household: IPv4 by its /24, IPv6 by its /48.
 * @returns null for what is no address
 */
export function coarseAddress(address: string): string | null {
  const read = readAddress(address);
  if (read === null) return null;
  return typeof read === 'string' ? read.replace(/\d+$/, 'x') : `${hexOf(read.slice(0, 3))}::x`;
}

/** An IPv4 address, the eight groups of an IPv6 address, or null for what is neither. */
function readAddress(text: string): string | readonly number[] | null {
  const address = text.split('%', 1)[0] ?? '';
  if (octetsOf(address) !== null) return address;
  const groups = groupsOf(address);
  if (groups === null) return null;
  const [high = 0, low = 0] = groups.slice(6);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return isMapped ? [high >> 8, high & 255, low >> 8, low & 255].join('.') : groups;
}

function octetsOf(text: string): readonly number[] | null {
  const octets = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) ? text.split('.').map(Number) : [];
  return octets.length === 4 && octets.every((octet) => octet <= 255) ? octets : null;
}

/** With or without `::`, and with the last 32 bits in either form. */
function groupsOf(address: string): readonly number[] | null {
  const [head = '', tail, ...more] = address.split('::');
  const before = readGroups(head);
  const after = readGroups(tail ?? '');
  if (before === null || after === null || more.length > 0) return null;
  const missing = 8 - before.length - after.length;
  if (tail === undefined) return missing === 0 ? before : null;
  return missing > 0 ? [...before, ...Array.from({ length: missing }, () => 0), ...after] : null;
}

function readGroups(text: string): readonly number[] | null {
  if (text === '') return [];
  const groups = text.split(':').flatMap((group, index, all) => {
    const octets = index === all.length - 1 ? octetsOf(group) : null;
    if (octets === null) return [/^[0-9a-f]{1,4}$/i.test(group) ? Number.parseInt(group, 16) : Number.NaN];
    const [a = 0, b = 0, c = 0, d = 0] = octets;
    return [a * 256 + b, c * 256 + d];
  });
  return groups.some(Number.isNaN) ? null : groups;
}

function hexOf(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}
