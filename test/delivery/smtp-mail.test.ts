/** Mail over SMTP against a real server: what arrives, and what the caller learns when nothing does. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { createMailWriter } from '../../delivery/mail-content.ts';
import type { MailFailure, SmtpMail } from '../../delivery/smtp-mail.ts';
import { createSmtpMail } from '../../delivery/smtp-mail.ts';
import { loadTranslators } from '../../locales/translator.ts';
import { SenderUnavailable } from '../../security-info/errors.ts';
import type { MailMessage } from '../../security-info/ports.ts';
import { headerOf, partOf, startRawServer, startRelay } from './relay.ts';

const write = createMailWriter({
  translators: loadTranslators(fileURLToPath(new URL('../../locales', import.meta.url))),
  viewsFolder: fileURLToPath(new URL('../../views', import.meta.url)),
  serviceName: 'Example',
  helpdeskUrl: 'https://help.example.com/',
});
const code: MailMessage = {
  kind: 'code',
  to: 'ada@mail.example',
  locale: 'en',
  code: '480263',
  expiresInMinutes: 5,
};
const notice: MailMessage = {
  kind: 'notice',
  to: 'ada@mail.example',
  locale: 'en',
  displayName: 'Ada Lovelace',
  event: {
    id: 'event-1',
    type: 'method_replaced',
    at: new Date('2027-03-04T05:06:07Z'),
    accountId: 'account-1',
    actor: 'user',
    result: 'success',
    reason: null,
    methodType: 'email',
    notify: [],
    callerAddress: '203.0.113.9',
    clientId: 'app',
  },
};

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function sender(url: string, timeoutMilliseconds = 8000, failures: MailFailure[] = []): SmtpMail {
  const mail = createSmtpMail({
    url,
    from: 'Example sign-in <no-reply@id.example.com>',
    write,
    timeoutMilliseconds,
    report: (failure) => failures.push(failure),
  });
  closers.push(() => mail.close());
  return mail;
}
async function relay(options?: Parameters<typeof startRelay>[0]) {
  const started = await startRelay(options);
  closers.push(() => started.close());
  return started;
}

/** The refusal and how long it took, in milliseconds. */
async function refusalOf(sending: Promise<void>): Promise<{ refusal: unknown; took: number }> {
  const began = performance.now();
  const refusal: unknown = await sending.then(
    () => 'sent',
    (error: unknown) => error,
  );
  return { refusal, took: performance.now() - began };
}

describe('a message that arrives', () => {
  it('is text and HTML, with the code in both and in no header', async () => {
    const server = await relay();
    await sender(server.url).send(code, 'challenge-1.1');
    const [message] = server.messages;
    const source = message?.source ?? '';
    expect(message?.recipients).toEqual(['ada@mail.example']);
    expect(message?.from).toBe('no-reply@id.example.com');
    expect(partOf(source, 'text/plain')).toContain('480263');
    expect(partOf(source, 'text/plain')).toContain('for 5 minutes');
    expect(partOf(source, 'text/html')).toContain('>480263</p>');
    expect(source.split('\r\n\r\n', 1)[0]).not.toContain('480263');
    expect(headerOf(source, 'Subject')).toBe('Your code for Example');
  });

  it('keeps its Message-ID when it is sent again, and stops automatic answers', async () => {
    const server = await relay();
    const mail = sender(server.url);
    await mail.send(notice, 'event-1.0');
    await mail.send(notice, 'event-1.0');
    expect(server.messages.map(({ source }) => headerOf(source, 'Message-ID'))).toEqual([
      '<event-1.0@id.example.com>',
      '<event-1.0@id.example.com>',
    ]);
    for (const { source } of server.messages) {
      expect(headerOf(source, 'Auto-Submitted')).toBe('auto-generated');
    }
  });

  it('is in French for who reads French', async () => {
    const server = await relay();
    await sender(server.url).send({ ...code, locale: 'fr-CA' }, 'challenge-2.1');
    await sender(server.url).send({ ...notice, locale: 'fr' }, 'event-2.0');
    const [first = '', second = ''] = server.messages.map(({ source }) => source);
    expect(partOf(first, 'text/plain')).toContain('Saisissez ce code');
    expect(partOf(first, 'text/html')).toContain('lang="fr"');
    expect(partOf(second, 'text/plain')).toContain('4 mars 2027');
  });

  it('reaches an internationalised mailbox as written', async () => {
    const server = await relay();
    await sender(server.url).send({ ...code, to: 'zoé@mail.example' }, 'challenge-3.1');
    expect(server.messages[0]?.recipients).toEqual(['zoé@mail.example']);
  });

  it('can be sent by many at once', async () => {
    const server = await relay();
    const mail = sender(server.url);
    await Promise.all(Array.from({ length: 20 }, (_, index) => mail.send(code, `challenge-4.${index}`)));
    expect(new Set(server.messages.map(({ source }) => headerOf(source, 'Message-ID'))).size).toBe(20);
  });
});

describe('a message that cannot be handed over', () => {
  it('is refused when nothing listens', async () => {
    const server = await relay();
    await server.close();
    const failures: MailFailure[] = [];
    const { refusal } = await refusalOf(sender(server.url, 8000, failures).send(code, 'challenge-5.1'));
    expect(refusal).toBeInstanceOf(SenderUnavailable);
    expect(failures).toEqual([{ cause: 'ESOCKET', responseCode: null }]);
  });

  it.each([
    ['says nothing', undefined],
    ['says a little now and then, which no idle time-out notices', 20],
  ])('is refused in time when the server %s', async (_, drip) => {
    const server = await startRawServer((socket) => {
      if (drip === undefined) return;
      socket.write('220 hello\r\n');
      const timer = setInterval(() => socket.write('250-wait\r\n'), drip);
      socket.on('close', () => clearInterval(timer));
    });
    closers.push(() => server.close());
    const { refusal, took } = await refusalOf(sender(server.url, 600).send(code, 'challenge-6.1'));
    expect(refusal).toBeInstanceOf(SenderUnavailable);
    expect(took).toBeLessThan(1500);
  });

  it('is refused in time when every connection of the pool hangs', async () => {
    const server = await startRawServer();
    closers.push(() => server.close());
    const mail = sender(server.url, 600);
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, index) => refusalOf(mail.send(code, `challenge-7.${index}`))),
    );
    for (const { refusal, took } of results) {
      expect(refusal).toBeInstanceOf(SenderUnavailable);
      expect(took).toBeLessThan(1500);
    }
  });

  it.each(['onRcptTo', 'onMailFrom'] as const)('is refused when the server refuses %s', async (step) => {
    const failures: MailFailure[] = [];
    const server = await relay({
      [step]: (address: { address: string }, _session: unknown, done: (error?: Error) => void) =>
        done(Object.assign(new Error(`no such mailbox ${address.address}`), { responseCode: 550 })),
    });
    const { refusal } = await refusalOf(sender(server.url, 8000, failures).send(code, 'challenge-8.1'));
    expect(refusal).toBeInstanceOf(SenderUnavailable);
    expect(failures).toEqual([{ cause: 'EENVELOPE', responseCode: 550 }]);
  });

  it('tells neither the address nor the code in what it throws and reports', async () => {
    const failures: MailFailure[] = [];
    const server = await relay({
      onData: (stream, _session, done) => {
        stream.resume();
        stream.on('end', () =>
          done(Object.assign(new Error('ada@mail.example is full'), { responseCode: 452 })),
        );
      },
    });
    const { refusal } = await refusalOf(sender(server.url, 8000, failures).send(code, 'challenge-9.1'));
    const told = JSON.stringify([refusal, failures, String(refusal)]);
    expect(refusal).toBeInstanceOf(SenderUnavailable);
    expect(told).not.toMatch(/ada@|480263/);
  });

  it('is refused when the server wants a sign-in and the password is wrong', async () => {
    const failures: MailFailure[] = [];
    const server = await relay({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(new Error('no')),
    });
    const url = server.url.replace('smtp://', 'smtp://user:secret@');
    const { refusal } = await refusalOf(sender(url, 8000, failures).send(code, 'challenge-10.1'));
    expect(refusal).toBeInstanceOf(SenderUnavailable);
    expect(failures[0]?.cause).toBe('EAUTH');
  });

  it('goes out again once the server is back', async () => {
    let isDown = true;
    const server = await relay({
      onConnect: (_session, done) =>
        done(isDown ? Object.assign(new Error('down'), { responseCode: 421 }) : undefined),
    });
    const mail = sender(server.url, 2000);
    await expect(mail.send(code, 'challenge-11.1')).rejects.toBeInstanceOf(SenderUnavailable);
    isDown = false;
    await mail.send(code, 'challenge-11.1');
    expect(server.messages).toHaveLength(1);
  });
});

describe('hostile input', () => {
  it.each([
    'ada@mail.example\r\nBcc: eve@evil.example',
    'ada@mail.example, eve@evil.example',
    'Ada <ada@mail.example>',
    'ada@mail.example>\r\nRCPT TO:<eve@evil.example',
    '"ada"@mail.example',
    'ada',
    '',
  ])('refuses %j as a recipient and sends nothing', async (to) => {
    const server = await relay();
    await expect(sender(server.url).send({ ...code, to }, 'challenge-12.1')).rejects.toBeInstanceOf(
      SenderUnavailable,
    );
    expect(server.messages).toEqual([]);
  });

  it('takes no header from a Message-ID or the sender address', async () => {
    const server = await relay();
    await expect(sender(server.url).send(code, 'x>\r\nBcc: <eve@evil.example')).rejects.toBeInstanceOf(
      TypeError,
    );
    expect(() =>
      createSmtpMail({ url: server.url, from: 'a@id.example\r\nBcc: eve@evil.example', write }),
    ).toThrow(TypeError);
  });

  it('lets a name neither break the line nor the page', async () => {
    const server = await relay();
    const displayName = 'Ada</p><a href="http://evil.example">x</a>\r\n\r\nYour account is closed. \u202E';
    await sender(server.url).send({ ...notice, displayName }, 'event-13.0');
    const source = server.messages[0]?.source ?? '';
    expect(partOf(source, 'text/html')).not.toContain('<a href="http://evil');
    expect(partOf(source, 'text/plain').split(/\r?\n/)[0]).toMatch(/^Hello Ada.*,$/);
    expect(source).not.toContain('\u202E');
  });
});
