/** The setting SMTP_URL: what it says of the connection, and what it cannot say. */
import { expect, it } from 'vitest';
import { parseSmtpUrl } from '../../delivery/smtp-url.ts';

it('reads TLS from the first byte, with its port and sign-in', () => {
  expect(parseSmtpUrl('smtps://us%40er:p%3Aw@mail.example.com')).toMatchObject({
    host: 'mail.example.com',
    port: 465,
    secure: true,
    auth: { user: 'us@er', pass: 'p:w' },
  });
});

it('requires STARTTLS of any other machine unless told otherwise', () => {
  expect(parseSmtpUrl('smtp://mail.example.com')).toMatchObject({
    port: 587,
    secure: false,
    requireTLS: true,
  });
  expect(parseSmtpUrl('smtp://mail.example.com?requireTLS=false').requireTLS).toBe(false);
  expect(parseSmtpUrl('smtp://127.0.0.1:2525').requireTLS).toBe(false);
  expect(parseSmtpUrl('smtp://[::1]:2525')).toMatchObject({ host: '::1', requireTLS: false });
  expect(parseSmtpUrl('smtp://127.0.0.1.example.com').requireTLS).toBe(true);
});

it.each([
  '',
  'mail.example.com',
  'https://mail.example.com',
  'smtp://',
  'smtp://h?logger=true',
  'smtp://h?pool=false',
])('refuses %j', (url) => {
  expect(() => parseSmtpUrl(url)).toThrow(TypeError);
});

it('does not repeat a wrong setting, for it may hold a password', () => {
  expect(() => parseSmtpUrl('smtq://user:hunter2@mail.example.com')).toThrow(/^(?!.*hunter2)/);
});
