/** The settings SMS_URL and VOICE_URL: which gateway they name, and what they cannot say. */
import { describe, expect, it } from 'vitest';
import { parseGatewayUrl } from '../../delivery/gateway-url.ts';

describe('an address of Twilio’s', () => {
  it('signs in with the account’s token', () => {
    expect(parseGatewayUrl('twilio://AC01:to%2Fk%3Aen@api.twilio.com?from=%2B12025550123', 'voice')).toEqual({
      kind: 'twilio',
      origin: 'https://api.twilio.com',
      accountSid: 'AC01',
      user: 'AC01',
      password: 'to/k:en',
      from: '+12025550123',
    });
  });

  it('signs in with an API key of the account that is named', () => {
    expect(
      parseGatewayUrl('twilio://SK02:secret@api.twilio.com/?account=AC01&from=%2B12025550123', 'sms'),
    ).toMatchObject({ accountSid: 'AC01', user: 'SK02', password: 'secret' });
  });

  it('takes a number whose plus sign was written as it is', () => {
    expect(parseGatewayUrl('twilio://AC01:token@api.twilio.com?from=+12025550123', 'sms')).toMatchObject({
      from: '+12025550123',
    });
  });

  it('lets a messaging service send SMS, and make no calls', () => {
    const url = 'twilio://AC01:token@api.twilio.com?from=MG03';
    expect(parseGatewayUrl(url, 'sms')).toMatchObject({ from: 'MG03' });
    expect(() => parseGatewayUrl(url, 'voice')).toThrow(/from/);
  });

  it.each(['127.0.0.1:4010', 'localhost:4010', '[::1]:4010'])('is plain http at %s', (host) => {
    expect(parseGatewayUrl(`twilio+http://AC01:token@${host}?from=%2B12025550123`, 'sms')).toMatchObject({
      origin: `http://${host}`,
    });
  });
});

describe('a webhook', () => {
  it.each(['https://sms.example.com/send?to=phones', 'http://127.0.0.1:4010/send'])('is %s', (url) => {
    expect(parseGatewayUrl(url, 'voice')).toEqual({ kind: 'webhook', url });
  });
});

it.each([
  '',
  'sms.example.com',
  'ftp://hunter2@sms.example.com/',
  'http://hunter2.example.com/send',
  'http://127.0.0.1.example.com/hunter2',
  'https://user:hunter2@sms.example.com/send',
  'https://:hunter2@sms.example.com/send',
  'https://sms.example.com/send#hunter2',
  'twilio+http://AC01:hunter2@api.twilio.com?from=%2B12025550123',
  'twilio://AC01@api.twilio.com?from=%2B12025550123',
  'twilio://hunter2:token@api.twilio.com?from=%2B12025550123',
  'twilio://AC01:hunter2@api.twilio.com',
  'twilio://AC01:hunter2@api.twilio.com?from=hunter2',
  'twilio://AC01:hunter2@api.twilio.com?from=%2B12025550123%0D%0A',
  'twilio://AC01:hunter2@api.twilio.com?from=%2B12025550123&sender=hunter2',
  'twilio://AC01:hunter2@api.twilio.com/2010-04-01?from=%2B12025550123',
  'twilio://AC01:hunter2@api.twilio.com?from=%2B12025550123&account=AC02',
  'twilio://SK02:hunter2@api.twilio.com?from=%2B12025550123',
  'twilio://SK02:hunter2@api.twilio.com?from=%2B12025550123&account=AC01/../AC02',
  'twilio://AC01:%zzhunter2@api.twilio.com?from=%2B12025550123',
])('refuses %j without repeating it', (url) => {
  expect(() => parseGatewayUrl(url, 'sms')).toThrow(TypeError);
  expect(() => parseGatewayUrl(url, 'sms')).toThrow(/^(?!.*hunter2)/);
});
