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
