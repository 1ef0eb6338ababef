/** The development mailbox over HTTP: what it shows, and to whom. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MailboxMessage } from '../../delivery/development-mailbox.ts';
import { createDevelopmentMailbox, createDevelopmentPhone } from '../../delivery/development-mailbox.ts';
import { createMailWriter } from '../../delivery/mail-content.ts';
import { createPhoneWriter } from '../../delivery/phone-content.ts';
import type { Listening } from '../../demo/listen.ts';
import { listen, PortTaken } from '../../demo/listen.ts';
import { createMailboxApp } from '../../demo/mailbox/app.ts';
import { loadTranslators } from '../../locales/translator.ts';

const folderOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const translators = loadTranslators(folderOf('locales'));
const clock = { now: () => new Date(59_000) };
const messages: MailboxMessage[] = [];
let server: Listening;
let origin: string;

beforeAll(async () => {
  const publicFolder = mkdtempSync(join(tmpdir(), 'mailbox-'));
  writeFileSync(join(publicFolder, 'style.css'), 'body{}');
  const store = {
    add: async (message: MailboxMessage) => {
      messages.unshift(message);
    },
    list: async () => messages,
    find: async (id: string) => messages.find((message) => message.id === id),
  };
  const mail = createDevelopmentMailbox({
    store,
    clock,
    from: 'Demo <no-reply@example.com>',
    write: createMailWriter({
      translators,
      viewsFolder: folderOf('views'),
      serviceName: 'A & <B>',
      helpdeskUrl: null,
    }),
  });
  const write = createPhoneWriter({ translators, serviceName: 'A & <B>', issuerHost: null });
  const phone = (channel: 'sms' | 'voice') => createDevelopmentPhone({ store, clock, write, channel });
  const code = { kind: 'code', code: '123456', expiresInMinutes: 5 } as const;
  await phone('sms').send({ ...code, to: '+12025550123', locale: 'en', code: '480263' }, 'code.1.1');
  await phone('voice').send({ ...code, to: '+33639980123;ext=12', locale: 'fr', code: '480264' }, 'code.2.1');
  await mail.send({ ...code, to: 'ada@home.example', locale: 'en' }, 'first');
  await mail.send({ ...code, to: '"><b>@home.example', locale: 'fr' }, 'second');
  // The port is known only once it listens, and the site has to know its own name.
  let handler: ReturnType<ReturnType<typeof createMailboxApp>['callback']> | undefined;
  server = await listen((req, res) => void handler?.(req, res), 0);
  origin = `http://localhost:${server.port}`;
  const app = createMailboxApp({
    origin,
    translators,
    viewsFolder: folderOf('views'),
    publicFolder,
    store,
    clock,
    proofs: async () => ({
      authenticators: [{ loginName: 'current', secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' }],
      questions: [{ loginName: 'every', answers: [{ questionId: 'first_car', answer: 'demo <car>' }] }],
    }),
  });
  handler = app.callback();
});

afterAll(() => server.close());

const page = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(`${origin}${path}`, init);
  return { response, html: await response.text() };
};

test('lists every message, its words escaped', async () => {
  const { response, html } = await page('/');
  expect(response.status).toBe(200);
  expect(html).toContain('Your code for A &amp; &lt;B&gt;');
  expect(html).toContain('ada@home.example');
  expect(html).not.toContain('"><b>@home.example');
  expect(html).not.toContain('&amp;amp;');
});

test('shows the messages of one recipient', async () => {
  const { html } = await page('/?to=ada%40home.example');
  expect(html.match(/href="\/messages\//g)).toHaveLength(1);
});

test('opens a message, with its code', async () => {
  const [newest] = messages;
  const { html } = await page(`/messages/${newest?.id}`);
  expect(html).toContain('123456');
  expect(html).toContain(newest?.messageId.replace(/[<>]/g, '') ?? 'a message id');
});

test.each([
  ['+12025550123', 'SMS', '480263 is your code for A &amp; &lt;B&gt;'],
  ['+33639980123;ext=12', 'Call', '4, 8, 0, 2, 6, 4'],
])(
  'shows what would have gone to %s as %s, with its words and nothing of a mail',
  async (to, word, words) => {
    const message = messages.find((one) => one.to === to);
    const list = await page(`/?to=${encodeURIComponent(to)}`);
    expect(list.html).toMatch(new RegExp(`<small>${word} · `));
    expect(list.html).not.toMatch(/48026|4, 8/);
    const { html } = await page(`/messages/${message?.id}`);
    expect(html).toContain(`<dd>${word}</dd>`);
    expect(html).toContain(words);
    expect(html).not.toMatch(/\/html"|<dt>From/);
    expect((await page(`/messages/${message?.id}/html`)).response.status).toBe(404);
  },
);

test.each(['+12025550123', '+33639980123;ext=12'])(
  'shows what went to %s alone, as the list’s form asks for it',
  async (to) => {
    const all = (await page('/')).html;
    expect(all).toContain(`<option value="${to}">`);
    const { html } = await page(`/?${new URLSearchParams({ to })}`);
    expect(html.match(/<li>/g)).toHaveLength(1);
    expect(html).toContain(`<option value="${to}" selected>`);
  },
);

test('tells mails from SMS and calls', async () => {
  const { html } = await page('/');
  expect(html.match(/<small>E-mail · /g)).toHaveLength(2);
  expect((await page('/', { headers: { 'Accept-Language': 'fr' } })).html).toContain('<small>Appel · ');
});

test('shows a message’s HTML where it can run nothing', async () => {
  const { response } = await page(`/messages/${messages[0]?.id}/html`);
  expect(response.headers.get('content-security-policy')).toContain('sandbox');
});

test('answers in the browser’s language', async () => {
  const { html } = await page('/', { headers: { 'Accept-Language': 'fr' } });
  expect(html).toContain('<html lang="fr">');
});

test.each(['/messages/none', '/messages/..%2f', '/nowhere'])(
  'says plainly that %s is not there',
  async (path) => {
    const { response, html } = await page(path);
    expect(response.status).toBe(404);
    expect(html).toContain('There is no such page.');
  },
);

test('shows the codes of the demo accounts’ authenticator apps', async () => {
  const { html } = await page('/codes');
  expect(html).toContain('287082');
});

test('shows the answers to the demo accounts’ security questions, each question in the reader’s language', async () => {
  const { html } = await page('/codes');
  expect(html).toMatch(/model of your first car\?<\/dt>\s*<dd>demo &lt;car&gt;</);
  const { html: french } = await page('/codes', { headers: { 'Accept-Language': 'fr' } });
  expect(french).toContain('votre première voiture');
});

test('shows the code of a key that is typed', async () => {
  const body = new URLSearchParams({ key: 'gezd gnbv gy3t qojq gezd gnbv gy3t qojq' });
  const { response, html } = await page('/codes', { method: 'POST', body });
  expect(response.status).toBe(200);
  expect(html.match(/287082/g)).toHaveLength(2);
});

test.each(['', 'no key', 'A'.repeat(5000), '"><script>'])(
  'says beside the field that %j is no key',
  async (key) => {
    const { response, html } = await page('/codes', { method: 'POST', body: new URLSearchParams({ key }) });
    expect(response.status).toBe(422);
    expect(html).toContain('aria-invalid="true"');
    expect(html).not.toContain('<script>');
  },
);

test('answers only under this machine’s own names', async () => {
  const status = await new Promise((resolve, reject) => {
    const asked = request(`${origin}/`, { headers: { Host: 'rebound.example' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', reject).end();
  });
  expect(status).toBe(421);
});

test('tells a taken port from other errors', async () => {
  await expect(listen(() => undefined, server.port)).rejects.toThrow(PortTaken);
});
