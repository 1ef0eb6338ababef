/** What a journey leaves behind: what was written down, whom it told, and all that lies in the store. */
import { z } from 'zod';
import { openNoticeAddress } from '../../security-info/sealing.ts';
import type { Person, World } from './world.ts';

const auditEntry = z.object({
  type: z.string(),
  at: z.date(),
  accountId: z.string().nullish(),
  result: z.string(),
  reason: z.string().nullish(),
  methodType: z.string().nullish(),
});

/** An entry of the audit log, as far as journeys look at it. */
export type Entry = z.infer<typeof auditEntry>;

/** The entries about somebody, or about nobody where `person` is null; the oldest first. */
export async function auditOf({ deployment }: World, person: Person | null): Promise<Entry[]> {
  const { connection, ports } = deployment.composition;
  if (person !== null) await ports.records.drainEvents(person.account.id, 1);
  const all = await connection.collection('audit_events').find().toArray();
  return all
    .map((entry) => auditEntry.parse(entry))
    .filter(({ accountId }) => (accountId ?? null) === (person?.account.id ?? null))
    .sort((one, other) => one.at.getTime() - other.at.getTime());
}

const notice = z.object({
  recipient: z.object({ channel: z.string(), addressCiphertext: z.string() }),
  event: z.object({ id: z.string(), type: z.string(), accountId: z.string().nullish() }),
});

/** Whom events of a type told about somebody's account, as `channel address`, sorted. */
export async function toldOf({ deployment }: World, { account }: Person, type: string): Promise<string[]> {
  const { connection, ports } = deployment.composition;
  await ports.records.drainEvents(account.id, 1);
  const all = await connection.collection('outbox').find().toArray();
  return all
    .map((message) => notice.parse(message))
    .filter(({ event }) => event.type === type && event.accountId === account.id)
    .map(({ event, recipient: { channel, addressCiphertext } }) => {
      return `${channel} ${openNoticeAddress(ports.keys, event.id, addressCiphertext)}`;
    })
    .sort();
}

/** All that lies in the store, as text. */
export async function everythingStored({ deployment }: World): Promise<string> {
  const { connection } = deployment.composition;
  const collections = await connection.listCollections();
  const contents = await Promise.all(
    collections.map(({ name }) => connection.collection(name).find().toArray()),
  );
  return JSON.stringify(contents);
}
