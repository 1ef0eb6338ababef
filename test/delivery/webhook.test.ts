/** SMS and calls over a webhook against a real server that checks signatures by the specification. */
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatewayFailure } from '../../delivery/gateway-request.ts';
import type { PhoneChannel } from '../../delivery/phone-content.ts';
import { createPhoneWriter } from '../../delivery/phone-content.ts';
import { createWebhookPhone, readWebhookSecret, signWebhook } from '../../delivery/webhook.ts';
import { loadTranslators } from '../../locales/translator.ts';
import { SenderUnavailable } from '../../security-info/errors.ts';
import type { PhoneMessage, PhoneSender } from '../../security-info/ports.ts';
import type { WebhookServer } from './phone-gateway.ts';
import { startWebhookServer } from './phone-gateway.ts';

const translators = loadTranslators(fileURLToPath(new URL('../../locales', import.meta.url)));
const write = createPhoneWriter({ translators, serviceName: 'Example', issuerHost: null });
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const code: PhoneMessage = {
  kind: 'code',
  to: '+447700900123',
  locale: 'fr-CA',
  code: '480263',
  expiresInMinutes: 4,
};
const notice: PhoneMessage = {
  kind: 'notice',
  to: '+12025550123;ext=42',
  locale: 'en',
  event: {
    id: 'event-1',
    type: 'password_changed',
    at: new Date('2027-03-04T05:06:07Z'),
    accountId: 'account-1',
    actor: 'user',
    result: 'success',
    reason: null,
    methodType: null,
    notify: [],
    callerAddress: '203.0.113.9',
    clientId: 'app',
  },
};

let server: WebhookServer;
let failures: GatewayFailure[];
beforeEach(async () => {
  server = await startWebhookServer(secret);
  failures = [];
});
afterEach(() => server.close());

function sender(channel: PhoneChannel, key = secret): PhoneSender {
  return createWebhookPhone({
    gateway: { kind: 'webhook', url: server.url },
    secret: key,
    channel,
    write,
    clock: { now: () => new Date('2027-03-04T05:06:07.890Z') },
    report: (failure) => failures.push(failure),
    timeoutMilliseconds: 500,
  });
}

it('is told of an SMS, signed', async () => {
  await sender('sms').send(code, 'code.0a1b.1');
  expect(server.requests).toEqual([
    {
      id: 'code-0a1b-1',
      timestamp: Date.parse('2027-03-04T05:06:07Z') / 1000,
      isTaken: true,
      message: {
        id: 'code-0a1b-1',
        channel: 'sms',
        to: '+447700900123',
        extension: null,
        locale: 'fr',
        kind: 'code',
        text: '480263 est votre code pour Example. Il est valable 4 minutes. Ne le donnez à personne.',
        code: '480263',
        expiresInMinutes: 4,
      },
    },
  ]);
});

it('is told of a call, with the language of the words and what to dial', async () => {
  await sender('voice').send(notice, 'event-1.0');
  expect(server.requests[0]?.message).toEqual({
    id: 'event-1-0',
    channel: 'voice',
    to: '+12025550123',
    extension: '42',
    locale: 'en-GB',
    kind: 'notice',
    spoken: write.writeCall(notice).spoken,
  });
});

it('has the same id when a message is sent again, and another for another', async () => {
  const phone = sender('sms');
  await phone.send(code, 'code.1.1');
  await phone.send(code, 'code.1.1');
  await phone.send(code, 'code.1.2');
  expect(server.requests.map(({ id }) => id)).toEqual(['code-1-1', 'code-1-1', 'code-1-2']);
});

describe('the signature', () => {
  it('is that of the specification', () => {
    // Made with openssl: printf 'msg_1.1674087231.{"a":1}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:… -binary | base64
    const key = readWebhookSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    const sent = { id: 'msg_1', timestamp: 1_674_087_231, body: '{"a":1}' };
    expect(signWebhook(sent, key)).toBe('v1,ufv45WIonjonlsB4RtxC24Ig4CisWfbJI1o6/4Uarps=');
  });

  it('made with another secret is refused', async () => {
    const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
    await expect(sender('sms', other).send(code, 'code.2.1')).rejects.toBeInstanceOf(SenderUnavailable);
    expect(failures).toEqual([{ cause: 'status', status: 401, problem: null }]);
  });
});

it('takes a secret without whsec_ as it stands', () => {
  expect(readWebhookSecret('k'.repeat(32))).toEqual(Buffer.from('k'.repeat(32)));
});

it.each([
  'hunter2',
  `whsec_${'hunter2!'.repeat(8)}`,
  `whsec_${Buffer.alloc(20, 1).toString('base64')}`,
  `whsec_${Buffer.alloc(65, 1).toString('base64')}`,
])('refuses the secret %j without repeating it', (wrong) => {
  expect(() => sender('sms', wrong)).toThrow(TypeError);
  expect(() => sender('sms', wrong)).toThrow(new RegExp(`^(?!.*(hunter2|${wrong.slice(-8)}))`));
});

it.each([
  ['voice', 'tel:+12025550123'],
  ['voice', '+12025550123","to":"+447700900123'],
  ['sms', '+12025550123;ext=12'],
] as const)('tells nobody of a message by %s to %j', async (channel, to) => {
  await expect(sender(channel).send({ ...code, to }, 'code.3.1')).rejects.toBeInstanceOf(SenderUnavailable);
  expect(server.requests).toEqual([]);
});

it('takes no header from an id', async () => {
  await expect(sender('sms').send(code, 'x\r\nX-Evil: 1')).rejects.toBeInstanceOf(TypeError);
  expect(server.requests).toEqual([]);
});

it('tells neither number nor code when it fails, whatever the answer repeats', async () => {
  server.answer({ status: 500, body: JSON.stringify({ code: 48026, to: code.to }) });
  const refusal: unknown = await sender('sms')
    .send(code, 'code.4.1')
    .catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(SenderUnavailable);
  expect(failures).toEqual([{ cause: 'status', status: 500, problem: null }]);
  expect(JSON.stringify([refusal, String(refusal)])).not.toMatch(/900123|48026/);
});

it('is told once when it says nothing', async () => {
  server.answer('hang');
  await expect(sender('voice').send(code, 'code.5.1')).rejects.toBeInstanceOf(SenderUnavailable);
  expect(server.requests).toHaveLength(1);
});
