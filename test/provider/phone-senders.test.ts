/** Which sender carries SMS and which makes calls, by the settings. */
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MailboxMessage } from '../../delivery/development-mailbox.ts';
import { loadTranslators } from '../../locales/translator.ts';
import { readSettings } from '../../provider/config.ts';
import { createPhoneSenders, type PhoneSettings } from '../../provider/phone-senders.ts';
import { SenderUnavailable } from '../../security-info/errors.ts';
import type { PhoneMessage } from '../../security-info/ports.ts';
import { startTwilioServer, startWebhookServer } from '../delivery/phone-gateway.ts';

const translators = loadTranslators(fileURLToPath(new URL('../../locales', import.meta.url)));
const code: PhoneMessage = {
  kind: 'code',
  to: '+12025550123',
  locale: 'en',
  code: '480263',
  expiresInMinutes: 5,
};

let kept: MailboxMessage[];
let logged: unknown[];
const closers: (() => Promise<void>)[] = [];
beforeEach(() => {
  kept = [];
  logged = [];
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function senders(settings: Partial<PhoneSettings>, hasMailbox = true) {
  const mailboxStore = {
    add: async (message: MailboxMessage) => void kept.push(message),
    list: async () => kept,
    find: async (id: string) => kept.find((message) => message.id === id),
  };
  return createPhoneSenders(
    { ...readSettings({}), ...settings },
    {
      translators,
      mailboxStore: hasMailbox ? mailboxStore : null,
      clock: { now: () => new Date('2027-03-04T05:06:07Z') },
      log: { warn: (details, message) => logged.push([details, message]) },
    },
  );
}

describe('without a gateway', () => {
  it('the development mailbox gets what would have gone out', async () => {
    const { sms, voice } = senders({});
    expect([sms.isAvailable, voice.isAvailable]).toEqual([true, true]);
    await sms.send(code, 'code.1.1');
    await voice.send(code, 'code.1.2');
    expect(kept.map(({ channel, subject, to }) => [channel, subject, to])).toEqual([
      ['sms', 'SMS with a code', '+12025550123'],
      ['voice', 'Call with a code', '+12025550123'],
    ]);
    expect(kept[0]?.text).toMatch(/480263 is your code for Security info\./);
    expect(kept[1]?.text).toContain('4, 8, 0, 2, 6, 3');
  });

  it.each([
    ['in production', { isDevelopment: false }, true],
    ['where there is no mailbox', {}, false],
  ])('nothing is on offer %s', async (_, settings, hasMailbox) => {
    const { sms, voice } = senders(settings, hasMailbox);
    expect([sms.isAvailable, voice.isAvailable]).toEqual([false, false]);
    await expect(sms.send(code, 'code.1.1')).rejects.toBeInstanceOf(SenderUnavailable);
    expect(kept).toEqual([]);
  });
});

it('each channel has the gateway of its own setting', async () => {
  const server = await startTwilioServer();
  closers.push(server.close);
  const { sms, voice } = senders({ smsUrl: server.smsUrl, issuer: 'https://id.example.com' });
  await sms.send(code, 'code.2.1');
  await voice.send(code, 'code.2.2');
  expect(server.requests.map(({ path }) => path.split('/').at(-1))).toEqual(['Messages.json']);
  expect(server.requests[0]?.form['Body']).toContain('\n@id.example.com #480263');
  expect(kept.map(({ channel }) => channel)).toEqual(['voice']);
});

it('a webhook is signed with the secret of the settings', async () => {
  const webhookSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const server = await startWebhookServer(webhookSecret);
  closers.push(server.close);
  const { voice } = senders({ voiceUrl: server.url, webhookSecret, isDevelopment: false });
  await voice.send(code, 'code.3.1');
  expect(server.requests.map(({ isTaken }) => isTaken)).toEqual([true]);
  expect(() => senders({ smsUrl: server.url })).toThrow(/WEBHOOK_SECRET/);
});

it('the log learns of a failure by its cause, channel and status, and of no number, code or secret', async () => {
  const server = await startTwilioServer();
  closers.push(server.close);
  const { sms } = senders({ smsUrl: server.smsUrl });
  server.answer({ status: 400, body: '{"code":21211,"message":"+12025550123 is no number"}' });
  await expect(sms.send(code, 'code.4.1')).rejects.toBeInstanceOf(SenderUnavailable);
  const failure = { cause: 'status', status: 400, problem: 21211 };
  expect(logged).toEqual([[{ channel: 'sms', failure }, 'a message to a telephone was not accepted']]);
});
