/** The words of SMS and calls, in every language. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { countSmsParts, writeInGsm } from '../../delivery/gsm-text.ts';
import { createPhoneWriter, phoneNoticeTypes } from '../../delivery/phone-content.ts';
import { languages, loadTranslators } from '../../locales/translator.ts';
import type { DomainEvent } from '../../security-info/events.ts';
import { eventTypes } from '../../security-info/events.ts';
import type { PhoneMessage } from '../../security-info/ports.ts';

/** The basic letters of 3GPP TS 23.038, written down apart from the code. */
const gsm = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]*$/;
const translators = loadTranslators(fileURLToPath(new URL('../../locales', import.meta.url)));
const serviceName = 'Example & Co Sign-in';
const writerFor = (name = serviceName, issuerHost: string | null = 'id.example.com') =>
  createPhoneWriter({ translators, serviceName: name, issuerHost });
const write = writerFor();
const codeIn = (locale: string, expiresInMinutes = 5): PhoneMessage => ({
  kind: 'code',
  to: '+12025550123',
  locale,
  code: '480263',
  expiresInMinutes,
});
const event: DomainEvent = {
  id: 'event-1',
  type: 'method_registered',
  at: new Date('2027-03-04T05:06:07Z'),
  accountId: 'account-secret-1',
  actor: 'admin:account-secret-2',
  result: 'success',
  reason: 'reason-secret',
  methodType: null,
  notify: [{ channel: 'sms', addressCiphertext: 'sealed', locale: 'en' }],
  callerAddress: '203.0.113.9',
  clientId: 'client-secret',
};
const noticeIn = (locale: string, type: DomainEvent['type']): PhoneMessage => ({
  kind: 'notice',
  to: '+12025550123',
  locale,
  event: { ...event, type },
});

it('counts the letters of the name that the limits are tested with', () => {
  expect(serviceName).toHaveLength(20);
});

describe.each(languages)('in %s, an SMS', (language) => {
  it.each([1, 5, 60])('with a code is one part in 7-bit letters, valid for %i minutes', (minutes) => {
    const { text, subject } = write.writeSms(codeIn(language, minutes));
    expect(text).toMatch(gsm);
    expect(text.length).toBeLessThanOrEqual(160);
    expect(text).toContain(serviceName);
    expect(text).toContain('480263');
    expect(text).toMatch(new RegExp(`\\b${minutes} minute${minutes === 1 ? '\\b(?!s)' : 's'}`));
    expect(text).toMatch(/Never give it to anybody|Ne le donnez à personne/);
    expect(subject).not.toContain('480263');
  });

  it('binds the code to the host, in the last line', () => {
    expect(write.writeSms(codeIn(language)).text.split('\n').slice(1)).toEqual(['@id.example.com #480263']);
  });

  it.each([
    ['none is known', null],
    ['it would take another part', `${'a'.repeat(60)}.${'b'.repeat(20)}.example.com`],
    ['it has a port, for which the format has no place', 'id.example.com:8443'],
    ['it is this machine itself', 'localhost:3000'],
    ['it is an address', '192.0.2.1'],
  ])('names no host where %s', (_, host) => {
    const { text } = writerFor(serviceName, host).writeSms(codeIn(language));
    expect(text).not.toMatch(/[@#\n]/);
  });

  it.each(eventTypes)('of %s is one part, says whom to tell, and has no link', (type) => {
    const { text } = write.writeSms(noticeIn(language, type));
    expect(text).toMatch(gsm);
    expect(text.length).toBeLessThanOrEqual(160);
    expect(text).toMatch(/helpdesk|assistance/);
    expect(text).not.toMatch(/https?:|www\.|\{\{|secret|203\.0|sealed|\d/);
  });

  it('stays one part with the longest name that is shown', () => {
    const long = writerFor(`A University of Many Towns and ${'Sciences '.repeat(10)}`, null);
    for (const message of [codeIn(language), ...phoneNoticeTypes.map((type) => noticeIn(language, type))]) {
      expect(long.writeSms(message).text).toContain('A University of Many Towns and');
      expect(long.writeSms(message).text.length).toBeLessThanOrEqual(160);
    }
  });

  it('has words of its own for each notice', () => {
    const texts = [...phoneNoticeTypes, 'signed_in' as const].map(
      (type) => write.writeSms(noticeIn(language, type)).text,
    );
    expect(new Set(texts).size).toBe(phoneNoticeTypes.length + 1);
  });
});

describe.each(languages)('in %s, a call', (language) => {
  const { spoken, subject } = write.writeCall(codeIn(language));

  it('greets with the name and says the digits one by one, twice', () => {
    expect(spoken).toMatch(/^(Hello, this is|Bonjour, ici) Example & Co Sign-in\./);
    expect(spoken.match(/\b4, 8, 0, 2, 6, 3\b/g)).toHaveLength(2);
    expect(spoken.replaceAll('4, 8, 0, 2, 6, 3', '')).not.toMatch(/\d/);
    expect(subject).not.toMatch(/\d/);
  });

  it('says that nobody will ask for the code, and asks for no key press', () => {
    expect(spoken).toMatch(/Nobody will ask you|Personne ne vous demandera/);
    expect(spoken).not.toMatch(/press|appuyez|touche|dial|https?:/i);
  });

  it.each(eventTypes)('of %s says so twice, and whom to tell', (type) => {
    const { spoken } = write.writeCall(noticeIn(language, type));
    expect(spoken.match(/helpdesk|assistance/g)).toHaveLength(2);
    expect(spoken).not.toMatch(/\{\{|secret|203\.0|sealed|https?:/);
  });
});

it('is spoken with a voice of the language that the words are in', () => {
  expect(write.writeCall(codeIn('fr-CA')).language).toBe('fr-FR');
  expect(write.writeCall(codeIn('en')).language).toBe('en-GB');
  expect(write.writeCall(codeIn('de')).language).toBe('en-GB');
});

it.each([
  ['Château d’Œuvre – “garçon”', 'Chateau d\'OEuvre - "garcon"'],
  ['Société\r\n\tGénérale\u202E\u00A0', 'Société Générale'],
  ['Zu\u0308rich', 'Zürich'],
  ['Ελλάδα', 'Ελλάδα'],
])('writes the name %j as %j', (name, written) => {
  expect(writerFor(name, null).writeSms(codeIn('en')).text).toContain(`for ${written}. It`);
});

it('takes no words from a name: it is one line, and its braces are letters', () => {
  const { text } = writerFor('{{code}}\n@evil.example #1').writeSms(codeIn('en'));
  expect(text).toContain('for {{code}} @evil.example #1.');
  expect(text.split('\n').at(-1)).toBe('@id.example.com #480263');
});

it('counts the parts of an SMS as the network does', () => {
  expect(countSmsParts('a'.repeat(160))).toBe(1);
  expect(countSmsParts('a'.repeat(161))).toBe(2);
  expect(countSmsParts('a'.repeat(307))).toBe(3);
  expect(countSmsParts('€'.repeat(80))).toBe(1);
  expect(countSmsParts('€'.repeat(81))).toBe(2);
  expect(countSmsParts('ж'.repeat(70))).toBe(1);
  expect(countSmsParts('ж'.repeat(71))).toBe(2);
});

it('leaves letters alone that the alphabet has or has no equal for', () => {
  expect(writeInGsm('éèàùÇ€ жとa')).toBe('éèàùÇ€ жとa');
});

describe.each(languages)('in %s, a change that can be undone', (language) => {
  const undo = { code: '0123-4567-89AB-CDEF-GHJK', url: 'https://id.example.com/security-info/undo' };
  const replaced = noticeIn(language, 'method_replaced');

  it('is told by SMS with the code, in two parts at most', () => {
    const message: PhoneMessage = replaced.kind === 'notice' ? { ...replaced, undo } : replaced;
    const { text, subject } = write.writeSms(message);
    expect(text).toMatch(gsm);
    expect(text).toContain(`id.example.com/security-info/undo`);
    expect(text).toContain(undo.code);
    expect(countSmsParts(text)).toBeLessThanOrEqual(2);
    expect(subject).not.toContain(undo.code);
  });

  it('is told without the code where it would take more, and in a call', () => {
    const long = { ...undo, url: `https://${'a'.repeat(60)}.${'b'.repeat(60)}.example/${'c'.repeat(120)}` };
    const message: PhoneMessage = replaced.kind === 'notice' ? { ...replaced, undo: long } : replaced;
    expect(write.writeSms(message).text).not.toContain(undo.code);
    expect(write.writeCall(message).spoken).not.toContain(undo.code);
  });
});
