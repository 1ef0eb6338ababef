/** The reminding job on a store: who is reminded, when, why, and that nobody is reminded twice whatever happens. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RemindOptions, remind } from '../../jobs/remind.ts';
import type { Stores } from '../../models/stores.ts';
import { SenderUnavailable } from '../../security-info/errors.ts';
import type { Policy } from '../../security-info/policy.ts';
import type { Account, MailMessage } from '../../security-info/ports.ts';
import { openModels, type TestModels } from '../models/open-models.ts';
import {
  createHost,
  day,
  idOf,
  reconfirm,
  runJob,
  type Seed,
  savePolicy,
  seed,
  type TestHost,
} from './bulk.ts';

type Reminder = Extract<MailMessage, { kind: 'reminder' }>;

let models: TestModels;
let host: TestHost;
let sent: { message: Reminder; messageId: string }[];
let send: () => Promise<void>;

beforeEach(async () => {
  models = await openModels();
  host = createHost();
  sent = [];
  send = async () => {};
});
afterEach(() => models.close());

const at = (days: number): Date => new Date(models.clock.now().getTime() + days * day);
const nextDay = (days = 1): void => models.clock.advance((days * day) / 1000);

function run(stores: Stores = models, options: Partial<RemindOptions> = {}, dryRun = false) {
  const mail = {
    isAvailable: true,
    send: async (message: MailMessage, messageId: string) => {
      await send();
      if (message.kind === 'reminder') sent.push({ message, messageId });
    },
  };
  const { clock, keys } = models;
  const own = { clock, keys, directory: host.directory, mail, pauseMilliseconds: 0 };
  return runJob(remind({ ...stores, ...own, ownPageUrl: 'https://id.example/security-info', ...options }), {
    dryRun,
  });
}

/** A record and its account. */
async function person(record: Seed, account: Partial<Account> = {}): Promise<void> {
  host.add(record.id, account);
  await seed(models, [record]);
}
const told = (): string[] => sent.map(({ message: { to, isDue } }) => `${to.split('@')[0]} ${isDue}`).sort();

test('some days before the due date and again on it, once each, in the person’s language', async () => {
  await person({ id: 'ada', confirmedAt: at(-165) }, { locale: 'fr', displayName: 'Ada Byron' });
  expect(await run()).toEqual({ before: 0, due: 0, failed: 0 });
  nextDay();
  expect(await run()).toEqual({ before: 1, due: 0, failed: 0 });
  for (let days = 0; days < 13; days += 1) {
    nextDay();
    expect(await run()).toEqual({ before: 0, due: 0, failed: 0 });
  }
  nextDay();
  expect(await run()).toEqual({ before: 0, due: 1, failed: 0 });
  nextDay(30);
  expect(await run()).toEqual({ before: 0, due: 0, failed: 0 });
  const common = {
    ...{ kind: 'reminder', to: 'ada@work.example', locale: 'fr', displayName: 'Ada Byron' },
    ...{ reason: 'interval', url: 'https://id.example/security-info', helpdeskUrl: null },
    dueAt: new Date('2096-03-16T12:00:00Z'),
  };
  expect(sent.map(({ message }) => message)).toEqual([
    { ...common, isDue: false },
    { ...common, isDue: true },
  ]);
  expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(2);
});

test('of the next due date, once the person has confirmed', async () => {
  await person({ id: 'ada', confirmedAt: at(-170) });
  await run();
  await reconfirm(models, ['ada'], at(0));
  expect(await run()).toMatchObject({ before: 0 });
  nextDay(170);
  expect(await run()).toMatchObject({ before: 1 });
});

test('of a campaign’s mark, with its reason; the date that had passed before is the due date', async () => {
  await person({ id: 'ada', confirmedAt: at(-30), mark: { by: 'campaign', at: at(-1) } });
  await person({ id: 'bob', confirmedAt: at(-200), mark: { by: 'interval', at: at(-1) } });
  await person({ id: 'cyd', confirmedAt: at(-200), mark: { by: 'campaign', at: at(-1) } });
  expect(await run()).toMatchObject({ due: 3 });
  expect(
    Object.fromEntries(sent.map(({ message: { to, reason, dueAt } }) => [to, { reason, dueAt }])),
  ).toEqual({
    'ada@work.example': { reason: 'campaign', dueAt: at(-1) },
    'bob@work.example': { reason: 'interval', dueAt: at(-20) },
    'cyd@work.example': { reason: 'campaign', dueAt: at(-20) },
  });
  expect(await run()).toMatchObject({ due: 0 });
});

describe('nobody is told who', () => {
  test.each<[string, Partial<Account>, Partial<Policy>]>([
    ['is disabled', { isDisabled: true }, {}],
    ['has no mailbox', { mailbox: null }, {}],
    ['is excluded', {}, { excludedAccounts: ['ada'] }],
    ['is in an excluded group', { groups: ['guests'] }, { excludedGroups: ['guests'] }],
    ['is out of scope', {}, { scope: { kind: 'groups', groups: ['staff'] } }],
    ['is asked nothing', {}, { scope: { kind: 'none' } }],
    ['never has to confirm', {}, { reconfirmAfterDays: 0 }],
    ['has a policy without reminders', {}, { remindByMail: false }],
    ['has confirmed within the interval', {}, { reconfirmAfterDays: 365 }],
    ['has methods missing, of which the sign-in tells', {}, { methodsToRegister: 3 }],
  ])('%s', async (_, account, settings) => {
    await person({ id: 'ada', confirmedAt: at(-200) }, account);
    await savePolicy(models, settings);
    expect(await run()).toEqual({ before: 0, due: 0, failed: 0 });
    expect(await models.connection.collection('reminders').countDocuments()).toBe(0);
  });

  test('is gone, or was marked by an admin, whose notice tells of it', async () => {
    await seed(models, [{ id: 'gone', confirmedAt: at(-200) }]);
    await person({ id: 'ada', confirmedAt: at(-30), mark: { by: 'admin', at: at(-1) } });
    expect(await run()).toEqual({ before: 0, due: 0, failed: 0 });
  });

  test('has just confirmed under an interval that is shorter than the days before', async () => {
    await savePolicy(models, { reconfirmAfterDays: 10, remindDaysBefore: 30 });
    await person({ id: 'ada', confirmedAt: at(-4) });
    expect(await run()).toMatchObject({ before: 0 });
    nextDay();
    expect(await run()).toMatchObject({ before: 1 });
  });
});

test('a dry run counts who would be told, and tells and claims nobody', async () => {
  await person({ id: 'ada', confirmedAt: at(-170) });
  await person({ id: 'bob', confirmedAt: at(-200) });
  expect(await run(models, {}, true)).toEqual({ before: 1, due: 1, failed: 0 });
  expect(sent).toEqual([]);
  expect(await run()).toEqual({ before: 1, due: 1, failed: 0 });
});

describe('nobody twice', () => {
  const many = async (count: number): Promise<void> => {
    const ids = Array.from({ length: count }, (_, number) => idOf(number));
    for (const id of ids) host.add(id);
    await seed(
      models,
      ids.map((id) => ({ id, confirmedAt: at(-200) })),
    );
  };

  test('by two holders at once', async () => {
    await many(400);
    const [one, other] = await Promise.all([run(), run(models.anotherNode())]);
    expect(Number(one['due']) + Number(other['due'])).toBe(400);
    expect(new Set(told()).size).toBe(400);
    expect(sent).toHaveLength(400);
  });

  test('after a kill between claim and send: that one is lost, the rest goes on', async () => {
    await many(3);
    send = async () => {
      send = async () => {};
      throw new Error('killed');
    };
    await expect(run()).rejects.toThrow('killed');
    expect(await run()).toEqual({ before: 0, due: 2, failed: 0 });
    expect(sent).toHaveLength(2);
    const claims = await models.connection.collection('reminders').find({}).toArray();
    expect(claims.map(({ sentAt }) => sentAt !== null).sort()).toEqual([false, true, true]);
  });

  test('by a sender that fails: it is left alone after three in a row', async () => {
    await many(5);
    send = () => Promise.reject(new SenderUnavailable());
    expect(await run()).toEqual({ before: 0, due: 0, failed: 3 });
    send = async () => {};
    expect(await run()).toEqual({ before: 0, due: 2, failed: 0 });
  });

  test('and no more in a run than the relay bears', async () => {
    await many(5);
    expect(await run(models, { mailsPerRun: 3 })).toMatchObject({ due: 3 });
    expect(await run(models, { mailsPerRun: 3 })).toMatchObject({ due: 2 });
  });

  test('nor claimed where no mail can be sent', async () => {
    await many(1);
    const mail = { isAvailable: false, send: () => Promise.reject(new Error('not asked')) };
    expect(await run(models, { mail })).toEqual({ before: 0, due: 0, failed: 0 });
    expect(await run()).toMatchObject({ due: 1 });
  });
});
