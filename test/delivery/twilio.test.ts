/** SMS and calls over Twilio's protocol against a real server: what arrives, and what the log learns. */
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatewayFailure } from '../../delivery/gateway-request.ts';
import { parseGatewayUrl } from '../../delivery/gateway-url.ts';
import type { PhoneChannel } from '../../delivery/phone-content.ts';
import { createPhoneWriter } from '../../delivery/phone-content.ts';
import { createTwilioPhone } from '../../delivery/twilio.ts';
import { loadTranslators } from '../../locales/translator.ts';
import { SenderUnavailable } from '../../security-info/errors.ts';
import type { PhoneMessage, PhoneSender } from '../../security-info/ports.ts';
import type { TwilioServer } from './phone-gateway.ts';
import { startTwilioServer } from './phone-gateway.ts';

const translators = loadTranslators(fileURLToPath(new URL('../../locales', import.meta.url)));
const write = createPhoneWriter({ translators, serviceName: 'R&D <1>', issuerHost: 'id.example.com' });
const code: PhoneMessage = {
  kind: 'code',
  to: '+33639980123',
  locale: 'fr',
  code: '480263',
  expiresInMinutes: 5,
};

let server: TwilioServer;
let failures: GatewayFailure[];
beforeEach(async () => {
  server = await startTwilioServer();
  failures = [];
});
afterEach(() => server.close());

function sender(channel: PhoneChannel, url = server.smsUrl): PhoneSender {
  const gateway = parseGatewayUrl(url, channel);
  if (gateway.kind !== 'twilio') throw new Error('not an address of Twilio’s');
  return createTwilioPhone({
    gateway,
    channel,
    write,
    report: (failure) => failures.push(failure),
    timeoutMilliseconds: 500,
  });
}

describe('an SMS', () => {
  it('arrives with its code, from the number of the account', async () => {
    await sender('sms').send(code, 'code.1.1');
    const [request] = server.requests;
    expect(request?.path).toMatch(/\/Messages\.json$/);
    expect(request?.isTaken).toBe(true);
    expect(request?.form).toEqual({
      To: '+33639980123',
      From: '+12025550100',
      Body: write.writeSms(code).text,
    });
    expect(server.newestCode('+33639980123')).toBe('480263');
  });

  it('goes out through a messaging service where one is named', async () => {
    await sender('sms', server.smsUrl.replace(/from=.*/, 'from=MG03')).send(code, 'code.2.1');
    expect(server.requests[0]?.form).toMatchObject({ MessagingServiceSid: 'MG03' });
    expect(server.requests[0]?.form).not.toHaveProperty('From');
  });

  it('signs in with an API key where one is given', async () => {
    const other = await startTwilioServer({ user: 'SK02', password: 'key secret' });
    const { username } = new URL(other.smsUrl);
    const url = `${other.smsUrl.replace(username, 'SK02')}&account=${username}`;
    await sender('sms', url).send(code, 'code.3.1');
    expect(other.newestCode('+33639980123')).toBe('480263');
    await other.close();
  });

  it('is refused where the sign-in is wrong, and the log learns Twilio’s number for it', async () => {
    const url = server.smsUrl.replace(/:[^:@/]+@/, ':wrong@');
    await expect(sender('sms', url).send(code, 'code.4.1')).rejects.toBeInstanceOf(SenderUnavailable);
    expect(failures).toEqual([{ cause: 'status', status: 401, problem: 20003 }]);
  });

  it.each(['{"code":480263}', '{"code":"+12025550123"}', '480263', 'null', '{"code":12.5}', ''])(
    'teaches the log nothing by a refusal that says %s',
    async (body) => {
      server.answer({ status: 400, body });
      await expect(sender('sms').send(code, 'code.5.1')).rejects.toBeInstanceOf(SenderUnavailable);
      expect(failures).toEqual([{ cause: 'status', status: 400, problem: null }]);
    },
  );

  it('is sent once when nothing comes back', async () => {
    server.answer('hang');
    await expect(sender('sms').send(code, 'code.6.1')).rejects.toBeInstanceOf(SenderUnavailable);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a call', () => {
  it('speaks French to who reads French, its words escaped', async () => {
    await sender('voice').send({ ...code, locale: 'fr-CA' }, 'code.7.1');
    const [request] = server.requests;
    expect(request?.path).toMatch(/\/Calls\.json$/);
    expect(Object.keys(request?.form ?? {})).toEqual(['To', 'From', 'Twiml']);
    expect(request?.form['Twiml']).toMatch(
      /^<Response><Pause length="1"\/><Say language="fr-FR">Bonjour, ici R&amp;D &lt;1&gt;\. [^<>]*<\/Say><\/Response>$/,
    );
    expect(server.newestCode('+33639980123')).toBe('480263');
  });

  it('speaks English to who reads English', async () => {
    await sender('voice').send({ ...code, locale: 'en' }, 'code.8.1');
    expect(server.requests[0]?.form['Twiml']).toContain('<Say language="en-GB">Hello');
  });

  it('dials the extension behind the number, and gives it time to ring', async () => {
    await sender('voice').send({ ...code, to: '+442079460123;ext=0042' }, 'code.9.1');
    expect(server.requests[0]?.form).toMatchObject({ To: '+442079460123', SendDigits: 'wwww0042' });
    expect(server.requests[0]?.form['Twiml']).toContain('<Pause length="4"/>');
  });

  it('asks for no key press', async () => {
    await sender('voice').send(code, 'code.10.1');
    expect(server.requests[0]?.form['Twiml']).not.toMatch(/Gather|Record|Dial/);
  });
});

it.each([
  '12025550123',
  '+12025550123&To=+447700900123',
  '+12025550123\n',
  '+12025550123;ext=',
  '+12025550123;ext=12#',
  '+12025550123;phone-context=example.com',
  'sip:ada@example.com',
  'client:ada',
  '',
])('calls nobody at %j', async (to) => {
  await expect(sender('voice').send({ ...code, to }, 'code.11.1')).rejects.toBeInstanceOf(SenderUnavailable);
  expect(server.requests).toEqual([]);
  expect(failures).toEqual([{ cause: 'destination', status: null, problem: null }]);
});

it('sends no SMS to an extension', async () => {
  const to = '+12025550123;ext=12';
  await expect(sender('sms').send({ ...code, to }, 'code.12.1')).rejects.toBeInstanceOf(SenderUnavailable);
  expect(server.requests).toEqual([]);
});

it('gives the newest code of a number, and none of another’s or of a message that was refused', async () => {
  const phone = sender('sms');
  await phone.send({ ...code, to: '+12025550123', code: '000001' }, 'code.13.1');
  await phone.send({ ...code, to: '+12025550124', code: '000002' }, 'code.14.1');
  await sender('voice').send({ ...code, to: '+12025550123', code: '000003' }, 'code.13.2');
  server.answer({ status: 500 });
  await phone.send({ ...code, to: '+12025550123', code: '000004' }, 'code.13.3').catch(() => undefined);
  expect(server.newestCode('+12025550123')).toBe('000003');
  expect(() => server.newestCode('+12025550125')).toThrow();
});
