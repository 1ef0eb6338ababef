/** Everything that lies sealed in a store, under a first key, to be brought under another one. */
import { randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import { rotateKeys } from '../../jobs/rotate-keys.ts';
import { accounts, mailboxContext } from '../../models/account.ts';
import { createClientStore } from '../../models/client.ts';
import { createMailboxStore } from '../../models/development-mailbox.ts';
import { createDataKeys, type SealingKeys } from '../../models/field-encryption.ts';
import { createSealedPlaces } from '../../models/sealed-places.ts';
import type { Stores } from '../../models/stores.ts';
import type { DomainEvent } from '../../security-info/events.ts';
import type { Clock } from '../../security-info/ports.ts';
import { emptyMethod, emptyRecord } from '../../security-info/record.ts';
import {
  openAddress,
  openSecret,
  sealAddress,
  sealNoticeAddress,
  sealSecret,
} from '../../security-info/sealing.ts';

const key = (id: string, byte: number) => ({ id, key: Buffer.alloc(32, byte) });
// The one is the beginning of the other, and the newest stands before the others by its name.
const ring = { first: key('k1', 1), second: key('k1-b', 2), newest: key('a', 3) };

/** The names of the keys. */
export type KeyName = keyof typeof ring;

/** The keys of a ring with these, the newest first. */
export function keysOf(...ids: KeyName[]): SealingKeys {
  return createDataKeys({ keys: ids.map((id) => ring[id]), hashKey: Buffer.alloc(32, 9) });
}

interface SealedAccount {
  _id: string;
  loginKey: string;
  mailboxCiphertext: string | null;
}

/** The job, under these keys. */
export function rotation(connection: Connection, keys: SealingKeys) {
  return rotateKeys(createSealedPlaces(connection, keys));
}

/** Runs the job. */
export function rotate(connection: Connection, keys: SealingKeys, dryRun = false) {
  const signal = new AbortController().signal;
  return rotation(connection, keys).run({ dryRun, signal, onProgress: () => {} });
}

/** Seals one of everything; the record also holds a pending event with a notice. */
export async function sealEverything(
  connection: Connection,
  stores: Pick<Stores, 'records' | 'eventLog'>,
  keys: SealingKeys,
  clock: Clock,
): Promise<void> {
  await stores.records.change('ada', () => ({
    next: {
      ...emptyRecord('ada'),
      methods: [
        {
          ...emptyMethod('m', 'email'),
          addressCiphertext: sealAddress(keys, 'ada', 'm', 'ada@home.example'),
        },
        {
          ...emptyMethod('a', 'authenticator_app'),
          secretCiphertext: sealSecret(keys, 'ada', 'a', 'JBSWY3DP'),
        },
        emptyMethod('q', 'security_questions'),
      ],
    },
    events: [event(keys, 'pending')],
    result: undefined,
  }));
  await stores.eventLog.insert([event(keys, 'queued')]);
  const account = {
    loginName: 'ada',
    loginKey: 'ada',
    displayName: 'Ada',
    isAdmin: false,
    isDisabled: false,
  };
  await connection.collection<SealedAccount>(accounts.name).insertMany([
    { ...account, _id: 'ada', mailboxCiphertext: keys.seal('ada@work.example', mailboxContext('ada')) },
    { ...account, _id: 'bob', loginKey: 'bob', mailboxCiphertext: null },
  ]);
  const secret = { client_id: 'app', client_secret: 'a secret of an app' };
  await createClientStore(connection, { clock, keys }).add(secret);
  await createClientStore(connection, { clock, keys }).add({ client_id: 'public' });
  await createMailboxStore(connection, keys).add(mail('mail-1', clock));
}

/** Not of the store's own tests: a process of its own seals, too, where there is no test runner. */
function event(keys: SealingKeys, id: string): DomainEvent {
  const addressCiphertext = sealNoticeAddress(keys, id, `${id}@work.example`);
  return {
    id,
    type: 'method_registered',
    at: new Date('2096-03-01T12:00:00Z'),
    accountId: 'ada',
    actor: 'user',
    result: 'success',
    reason: null,
    methodType: 'email',
    notify: [{ channel: 'mail', addressCiphertext, locale: 'fr', mayUndo: true }],
    callerAddress: null,
    clientId: null,
  };
}

function mail(id: string, clock: Clock) {
  const words = { from: 'x', subject: 'Hello', text: 'a code', html: '' };
  return { ...words, id, at: clock.now(), messageId: id, channel: 'mail', kind: 'code', to: 'ada' } as const;
}

/** Opens everything with these keys, and nothing else. @throws {Error} where one of them does not open */
export async function openEverything(
  connection: Connection,
  stores: Pick<Stores, 'records' | 'outbox'>,
  keys: SealingKeys,
  clock: Clock,
): Promise<readonly unknown[]> {
  const { methods, pendingEvents } = await stores.records.read('ada');
  const sealed = [
    ...pendingEvents.flatMap(({ id, notify }) => notify.map((one) => [id, one.addressCiphertext] as const)),
    ...(await stores.outbox.list({ limit: 9 })).map(
      ({ event, recipient }) => [event.id, recipient.addressCiphertext] as const,
    ),
  ];
  const people = connection.collection<SealedAccount>(accounts.name);
  const account = await people.findOne({ _id: 'ada' });
  const client = await createClientStore(connection, { clock, keys }).find('app');
  return [
    ...methods.map((method) => openAddress(keys, 'ada', method) ?? openSecret(keys, 'ada', method)),
    ...sealed.map(([id, ciphertext]) => keys.open(ciphertext, `notice:${id}`)),
    keys.open(account?.mailboxCiphertext ?? '', mailboxContext('ada')),
    client?.client_secret,
    (await createMailboxStore(connection, keys).find('mail-1'))?.text,
  ];
}

/** What it opens to. */
export const everything = [
  'ada@home.example',
  'JBSWY3DP',
  null,
  'pending@work.example',
  'queued@work.example',
  'ada@work.example',
  'a secret of an app',
  'a code',
];

/** Makes many records with one sealed address each, as quickly as the store takes them. */
export async function sealMany(connection: Connection, keys: SealingKeys, count: number): Promise<void> {
  const records = Array.from({ length: count }, () => {
    const _id = randomUUID();
    const addressCiphertext = sealAddress(keys, _id, 'm', `${_id}@home.example`);
    return {
      ...emptyRecord(_id),
      _id,
      version: 1,
      methods: [{ ...emptyMethod('m', 'email'), addressCiphertext }],
    };
  });
  await connection.collection<{ _id: string }>('security_infos').insertMany(records);
}
