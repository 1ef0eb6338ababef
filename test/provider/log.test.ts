/** The log: what must not be in it is taken out, an error is told without what the driver hangs on it. */
import { expect, test } from 'vitest';
import { createLog } from '../../provider/log.ts';
import { requestIdOf, requestScope } from '../../provider/request-scope.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog('debug', { write: (line: string) => void lines.push(line) }));
  return lines.join('');
}

test('credentials and forms are not written, wherever they stand', () => {
  const headers = { authorization: 'Basic c2VjcmV0', cookie: 'session=c2VjcmV0', 'set-cookie': ['c2VjcmV0'] };
  const line = logged((log) => {
    log.info({ headers, req: { headers, body: { otp: 'c2VjcmV0' } }, ...headers }, 'request');
    log.info({ form: { password: 'c2VjcmV0' }, account: { mailbox: 'c2VjcmV0', id: 'a1' } }, 'form');
  });
  expect(line).not.toContain('c2VjcmV0');
  expect(line).toContain('[redacted]');
  expect(line).toContain('"id":"a1"');
});

test('an error is told with its cause, and without what was looked for or what was there', () => {
  const cause = Object.assign(
    new Error(
      'E11000 duplicate key error collection: db.accounts index: loginKey dup key: { loginKey: "ada" }',
    ),
    { code: 11000, keyValue: { loginKey: 'ada' }, errorResponse: { keyValue: { loginKey: 'ada' } } },
  );
  const error = new Error('cannot connect to mongodb://app:ada-lovelace@db.example/', { cause });
  const line = logged((log) => log.error({ err: error }, 'request failed'));
  expect(line).not.toMatch(/"ada\b|ada-lovelace|\\"ada\\"/);
  expect(JSON.parse(line).err).toMatchObject({ type: 'Error', cause: { code: 11000 } });
  expect(JSON.parse(line).err.stack).toContain('log.test.ts');
  expect(logged((log) => log.error({ err: 'a text' }, 'failed'))).toContain('a text');
});

test('each line of a request has its id, also after waiting', async () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line: string) => void lines.push(line) });
  await requestScope.run({ requestId: 'request-1' }, async () => {
    await new Promise(setImmediate);
    log.warn('in the course of it');
  });
  log.warn('outside');
  expect(lines.map((line) => JSON.parse(line).requestId)).toEqual(['request-1', undefined]);
});

test('an id comes from a proxy that is ours, where it looks like one', () => {
  expect(requestIdOf('a-request-of-the-proxy', 1)).toBe('a-request-of-the-proxy');
  for (const given of [
    'short',
    'x'.repeat(200),
    'with space in it',
    '{"a":1}xxxxx',
    ['two-of-them', 'more'],
    undefined,
  ]) {
    expect(requestIdOf(given, 1)).toMatch(/^[0-9a-f-]{36}$/);
  }
  expect(requestIdOf('a-request-of-the-proxy', 0)).toMatch(/^[0-9a-f-]{36}$/);
});
