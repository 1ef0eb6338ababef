/** The delivering job: drains, sends each notice at least once, and puts back what could not be sent. */
import { beforeEach, describe, expect, test } from 'vitest';
import { deliver } from '../../jobs/deliver.ts';
import type { JobCounts } from '../../jobs/job.ts';
import { SenderUnavailable } from '../../security-info/errors.ts';
import type { DomainEvent } from '../../security-info/events.ts';
import { policySchema } from '../../security-info/policy.ts';
import type { MailMessage, OutboxMessage, PhoneMessage } from '../../security-info/ports.ts';
import type { Channel } from '../../security-info/record.ts';
import { ada, keys } from '../security-info/sample-record.ts';

const now = new Date('2026-03-01T12:00:00Z');
const event: DomainEvent = {
  id: 'e1',
  type: 'password_changed',
  at: now,
  accountId: 'ada',
  actor: 'user',
  result: 'success',
  reason: null,
  methodType: null,
  notify: [],
  callerAddress: null,
  clientId: null,
};

let queue: OutboxMessage[];
let undrained: number;
let sent: { message: MailMessage; messageId: string }[];
let ended: string[];
let called: { channel: 'sms' | 'voice'; message: PhoneMessage; messageId: string }[];
let callPhone: () => Promise<void>;
let smsLeft: number;
let alarms: string[];
let send: (message: MailMessage) => Promise<void>;

beforeEach(() => {
  [queue, undrained, sent, ended, called, alarms] = [[], 0, [], [], [], []];
  send = async () => {};
  callPhone = async () => {};
  smsLeft = 5;
});

function queued(key: string, tries = 0, channel: Channel = 'mail'): OutboxMessage {
  return {
    key,
    tries,
    claimId: '',
    state: 'queued',
    lastError: null,
    createdAt: now,
    sentAt: null,
    recipient: { channel, addressCiphertext: `sealed ${key}`, locale: 'fr' },
    event,
  };
}

async function run({
  isAvailable = true,
  signal = new AbortController().signal,
  dryRun = false,
} = {}): Promise<JobCounts> {
  const notUsed = (): never => {
    throw new Error('not used by the job');
  };
  const phone = (channel: 'sms' | 'voice') => ({
    isAvailable: true,
    send: async (message: PhoneMessage, messageId: string) => {
      called.push({ channel, message, messageId });
      await callPhone();
    },
  });
  const job = deliver({
    clock: { now: () => now },
    openAddress: ({ recipient }) => {
      if (recipient.addressCiphertext === 'sealed lost-key') throw new Error('no such key');
      const name = recipient.addressCiphertext.slice('sealed '.length);
      return recipient.channel === 'mail' ? `${name}@work.example` : '+12025550123';
    },
    records: {
      read: notUsed,
      readForSignIn: notUsed,
      change: notUsed,
      setPolicyId: notUsed,
      markDue: notUsed,
      countDue: notUsed,
      drainEvents: async (accountId, limit) => {
        expect(accountId).toBeNull();
        const drained = Math.min(undrained, limit);
        undrained -= drained;
        return drained;
      },
    },
    directory: {
      findById: async (id) => ada({ id, displayName: 'Ada Lovelace' }),
      findByLoginName: notUsed,
      list: notUsed,
      ownEmailDomains: notUsed,
      checkPassword: notUsed,
      setPassword: notUsed,
      unlock: notUsed,
    },
    keys,
    policies: {
      current: async () => ({ defaultPolicy: policySchema.parse({}), groupPolicies: [] }),
      latest: notUsed,
      save: notUsed,
      remove: notUsed,
    },
    throttles: {
      change: notUsed,
      reset: notUsed,
      uncount: async () => undefined,
      count: async (key) => {
        if (!key.endsWith(':sms')) return 1;
        smsLeft -= 1;
        return smsLeft < 0 ? null : 1;
      },
    },
    eventLog: { insert: async (events) => void alarms.push(...events.map(({ type }) => type)) },
    sms: phone('sms'),
    voice: phone('voice'),
    mail: {
      isAvailable,
      send: async (message, messageId) => {
        await send(message);
        sent.push({ message, messageId });
      },
    },
    deadLetters: { bury: async ({ key }, error) => ended.push(`${key} dead ${error}`) > 0 },
    backlog: { count: async () => ({ undrained, waiting: queue.length, dead: 0 }) },
    outbox: {
      claim: async (_seconds, without = []) => {
        const at = queue.findIndex(({ recipient }) => !without.includes(recipient.channel));
        const [message] = at < 0 ? [] : queue.splice(at, 1);
        return message ? { ...message, tries: message.tries + 1, claimId: 'claim' } : null;
      },
      markSent: async ({ key }) => ended.push(`sent ${key}`) > 0,
      putBack: async ({ key }, { error, retryAt }) =>
        ended.push(`${key} ${error} after ${(retryAt.getTime() - now.getTime()) / 60_000} min`) > 0,
      list: notUsed,
    },
  });
  return job.run({ dryRun, signal, onProgress: () => {} });
}

test('drains all records and sends what waits, each under its own key', async () => {
  undrained = 250;
  queue = [queued('one'), queued('two')];
  expect(await run()).toEqual({ drained: 250, sent: 2, failed: 0, dropped: 0, dead: 0 });
  expect(sent).toEqual([
    {
      message: {
        kind: 'notice',
        to: 'one@work.example',
        locale: 'fr',
        event,
        displayName: 'Ada Lovelace',
        helpdeskUrl: null,
      },
      messageId: 'one',
    },
    { message: expect.objectContaining({ to: 'two@work.example' }), messageId: 'two' },
  ]);
  expect(ended).toEqual(['sent one', 'sent two']);
});

describe('a sender that is down', () => {
  beforeEach(() => {
    send = () => Promise.reject(new SenderUnavailable());
  });

  test('is left alone after three failures in a row; the rest waits untouched', async () => {
    queue = ['one', 'two', 'three', 'four'].map((key) => queued(key));
    expect(await run()).toEqual({ drained: 0, sent: 0, failed: 3, dropped: 0, dead: 0 });
    expect(queue.map(({ key }) => key)).toEqual(['four']);
  });

  test('is tried again later and later, up to an hour', async () => {
    queue = [queued('first'), queued('third', 2), queued('tenth', 9)];
    await run();
    expect(ended).toEqual([
      'first sender_unavailable after 2 min',
      'third sender_unavailable after 8 min',
      'tenth sender_unavailable after 60 min',
    ]);
  });
});

describe('a notice that goes out no more', () => {
  const old = (key: string, tries: number, days: number): OutboxMessage => ({
    ...queued(key, tries),
    createdAt: new Date(now.getTime() - days * 86_400_000),
  });
  beforeEach(() => {
    send = () => Promise.reject(new SenderUnavailable({ cause: 'EENVELOPE' }));
  });

  test('is given up once it is both old and often tried, and the audit log says so', async () => {
    queue = [old('often', 11, 5)];
    expect(await run()).toMatchObject({ failed: 0, dead: 1 });
    expect(ended).toEqual(['often dead sender_unavailable EENVELOPE']);
    expect(alarms).toEqual(['delivery_failed']);
  });

  test('is put back while it is young, or hardly tried', async () => {
    queue = [old('young', 50, 4.9), old('untried', 10, 30)];
    expect(await run()).toMatchObject({ failed: 2, dead: 0 });
    expect(ended.map((end) => end.split(' ')[1])).toEqual(['sender_unavailable', 'sender_unavailable']);
    expect(alarms).toEqual([]);
  });

  test('is given up too where its key is gone, and after three the rest waits', async () => {
    queue = ['lost-key', 'two', 'three', 'four'].map((key) => old(key, 11, 9));
    expect(await run()).toMatchObject({ dead: 3 });
    expect(ended[0]).toBe('lost-key dead address_unreadable');
    expect(queue).toHaveLength(1);
  });
});

test('a dry run counts what is there and touches nothing', async () => {
  undrained = 2;
  queue = [queued('one')];
  expect(await run({ dryRun: true })).toEqual({ undrained: 2, waiting: 1, dead: 0 });
  expect([sent, queue.length]).toEqual([[], 1]);
});

test('without a sender everything is drained and nothing is claimed', async () => {
  undrained = 3;
  queue = [queued('one')];
  expect(await run({ isAvailable: false })).toEqual({ drained: 3, sent: 0, failed: 0, dropped: 0, dead: 0 });
  expect(queue).toHaveLength(1);
});

describe('notices to telephones', () => {
  test('go out by SMS and call, each under its own key, whether or not there is mail', async () => {
    queue = [queued('mail'), queued('text', 0, 'sms'), queued('call', 0, 'voice')];
    expect(await run({ isAvailable: false })).toEqual({
      drained: 0,
      sent: 2,
      failed: 0,
      dropped: 0,
      dead: 0,
    });
    const message = { kind: 'notice', to: '+12025550123', locale: 'fr', event };
    expect(called).toEqual([
      { channel: 'sms', message, messageId: 'text' },
      { channel: 'voice', message, messageId: 'call' },
    ]);
    expect(queue.map(({ key }) => key)).toEqual(['mail']);
  });

  test('are ended before they are sent, and one that fails is not tried again', async () => {
    callPhone = async () => {
      expect(ended).toEqual(['sent text']);
      throw new SenderUnavailable();
    };
    queue = [queued('text', 0, 'sms')];
    expect(await run()).toEqual({ drained: 0, sent: 0, failed: 0, dropped: 1, dead: 0 });
    expect(ended).toEqual(['sent text']);
  });

  test('stop where the day has no SMS left, and say so', async () => {
    smsLeft = 1;
    queue = [queued('one', 0, 'sms'), queued('two', 0, 'sms'), queued('call', 0, 'voice')];
    expect(await run()).toEqual({ drained: 0, sent: 2, failed: 0, dropped: 1, dead: 0 });
    expect(called.map(({ channel }) => channel)).toEqual(['sms', 'voice']);
    expect(alarms).toEqual(['send_budget_spent']);
  });
});

test('a notice whose key is gone waits long and holds up nobody', async () => {
  queue = [queued('lost-key'), queued('two')];
  expect(await run()).toEqual({ drained: 0, sent: 1, failed: 1, dropped: 0, dead: 0 });
  expect(ended).toEqual(['lost-key address_unreadable after 60 min', 'sent two']);
});

test('a mistake of ours is put back before the job fails', async () => {
  send = () => Promise.reject(new TypeError('no template for ada@work.example'));
  queue = [queued('one')];
  await expect(run()).rejects.toThrow(TypeError);
  expect(ended).toEqual(['one failed after 2 min']);
});

test('ends between two messages when it is told to', async () => {
  const stop = new AbortController();
  send = async () => stop.abort();
  queue = [queued('one'), queued('two')];
  expect(await run({ signal: stop.signal })).toEqual({ drained: 0, sent: 1, failed: 0, dropped: 0, dead: 0 });
  expect(queue).toHaveLength(1);
});
