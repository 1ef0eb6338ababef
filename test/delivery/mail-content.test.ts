/** The words of every message, in every language. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createMailWriter, noticeTypes } from '../../delivery/mail-content.ts';
import { languages, loadTranslators } from '../../locales/translator.ts';
import type { DomainEvent } from '../../security-info/events.ts';
import { eventTypes } from '../../security-info/events.ts';
import { methodTypes } from '../../security-info/record.ts';

const viewsFolder = fileURLToPath(new URL('../../views', import.meta.url));
const translators = loadTranslators(fileURLToPath(new URL('../../locales', import.meta.url)));
const options = {
  translators,
  viewsFolder,
  serviceName: 'Example & Co',
  helpdeskUrl: 'https://help.example.com/',
};
const write = createMailWriter(options);
const event: DomainEvent = {
  id: 'event-1',
  type: 'method_registered',
  at: new Date('2027-03-04T05:06:07Z'),
  accountId: 'account-secret-1',
  actor: 'admin:account-secret-2',
  result: 'success',
  reason: 'reason-secret',
  methodType: null,
  notify: [{ channel: 'mail', addressCiphertext: 'sealed', locale: 'en' }],
  callerAddress: '203.0.113.9',
  clientId: 'client-secret',
};
const noticeOf = (changes: Partial<DomainEvent>, locale = 'en') =>
  write({
    kind: 'notice',
    to: 'ada@mail.example',
    locale,
    displayName: 'Ada',
    event: { ...event, ...changes },
  });

describe.each(languages)('in %s', (language) => {
  it.each(eventTypes)('tells of %s without naming an address, an id or a way to act', (type) => {
    for (const methodType of [null, ...methodTypes]) {
      const { subject, text, html } = noticeOf({ type, methodType }, language);
      for (const part of [subject, text, html]) {
        expect(part).not.toMatch(/\{\{|undefined|secret|203\.0|ada@|sealed/);
      }
      expect(html.match(/href="[^"]*"/g)).toEqual(['href="https://help.example.com/"']);
      expect(text).toContain('2027');
      expect(subject).not.toMatch(/[\r\n]/);
    }
  });

  it('has words of its own for each notice', () => {
    const subjects = noticeTypes.map((type) => noticeOf({ type }, language).subject);
    expect(new Set(subjects).size).toBe(noticeTypes.length);
  });

  it.each([1, 5])('says how long a code works when that is %i', (expiresInMinutes) => {
    const content = write({
      kind: 'code',
      to: 'a@b.example',
      locale: language,
      code: '480263',
      expiresInMinutes,
    });
    expect(content.text).toContain(`${expiresInMinutes} minute`);
    expect(content.subject).not.toContain('480263');
  });
});

it('says who did it: the user, an administrator, the service', () => {
  expect(noticeOf({ actor: 'user' }).text).toContain('signed in as you');
  for (const actor of ['admin:x', 'cli']) expect(noticeOf({ actor }).text).toContain('an administrator');
  expect(noticeOf({ actor: 'job:mark' }).text).toContain('automatically');
});

it('escapes in HTML and not in text', () => {
  const { html, text } = noticeOf({});
  expect(html).toContain('Example &amp; Co');
  expect(text).toContain('Example & Co');
});

it('names no helpdesk where there is none', () => {
  const content = createMailWriter({ ...options, helpdeskUrl: null })({
    kind: 'notice',
    to: 'a@b.example',
    locale: 'en',
    displayName: '',
    event,
  });
  expect(content.html).not.toContain('href=');
  expect(content.text).not.toContain('Help:');
  expect(content.text).toMatch(/^Hello,/);
});

it('refuses a helpdesk address that would run a script', () => {
  expect(() => createMailWriter({ ...options, helpdeskUrl: 'javascript:alert(1)' })).toThrow();
});

it.each(languages)(
  'in %s, the code that undoes a change stands in the text, and neither in the subject nor in a link',
  (language) => {
    const undo = { code: '0123-4567-89AB-CDEF-GHJK', url: 'https://id.example.com/security-info/undo' };
    const message = { kind: 'notice', to: 'ada@mail.example', locale: language, displayName: 'Ada' } as const;
    const content = write({ ...message, event: { ...event, type: 'method_replaced' }, undo });
    expect(content.subject).not.toContain(undo.code);
    for (const part of [content.text, content.html]) {
      expect(part).toContain(undo.code);
      expect(part).toContain(undo.url);
    }
    expect(content.html.match(/href="[^"]*"/g)).toEqual(['href="https://help.example.com/"']);
  },
);

describe.each(languages)('a reminder in %s', (language) => {
  const url = 'https://id.example.com/security-info';
  const reminderOf = (reason: 'interval' | 'campaign', isDue: boolean, link: string | null) =>
    write({
      ...{ kind: 'reminder', to: 'ada@mail.example', locale: language, displayName: 'Ada' },
      ...{ reason, isDue, url: link, dueAt: new Date('2027-03-04T05:06:07Z') },
    });

  it.each(['interval', 'campaign'] as const)('says when, why (%s) and where', (reason) => {
    for (const isDue of [true, false]) {
      const { subject, text, html } = reminderOf(reason, isDue, url);
      for (const part of [text, html]) {
        expect(part).toContain(url);
        expect(part).toContain('2027');
        expect(part).toContain('Ada');
        expect(part).not.toMatch(/\{\{|undefined|mail\.reminder/);
      }
      expect(html).toContain(`href="${url}"`);
      expect(subject).not.toContain(url);
    }
  });

  it('differs by reason and by whether it is due, and follows no link where there is no page', () => {
    const texts = [
      reminderOf('interval', true, url).text,
      reminderOf('campaign', true, url).text,
      reminderOf('interval', false, url).text,
      reminderOf('interval', false, null).text,
    ];
    expect(new Set(texts).size).toBe(texts.length);
    expect(reminderOf('interval', true, null).html.match(/href="[^"]*"/g)).toEqual([
      'href="https://help.example.com/"',
    ]);
  });
});
