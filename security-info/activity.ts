/** What happened lately on an account, as its owner may see it: coarse, and without anybody's address in full. */
import type { DomainEvent } from './events.ts';

/** One thing that happened. */
export interface ActivityEntry
  extends Pick<
    DomainEvent,
    'type' | 'at' | 'actor' | 'result' | 'methodType' | 'callerAddress' | 'clientId'
  > {
  /** The kind of device, in the fixed words of the edge; null where there was no browser, or it is not known. */
  readonly device: string | null;
  /** What the app is called, or null where nobody knows. */
  readonly clientName: string | null;
}

/** The audit log as one account's owner reads it. */
export interface ActivityLog {
  /** The newest entries about an account, newest first. */
  recent(accountId: string, limit: number): Promise<readonly ActivityEntry[]>;
}

/**
 * A network address that names an area and not a household: IPv4 by its /24, IPv6 by its /48.
 * @returns null for what is no address
 * @see RFC 4291 §2.2
 */
export function coarseAddress(address: string): string | null {
  const v4 = /^(?:::ffff:)?(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/i.exec(address)?.[1];
  if (v4 !== undefined) return `${v4}.x`;
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::');
  if (!/^[0-9a-f:]+$/i.test(address.split('%', 1)[0] ?? '') || !address.includes(':')) return null;
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined
      ? before
      : [...before, ...Array(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after];
  if (groups.length !== 8) return null;
  return `${groups
    .slice(0, 3)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::x`;
}
