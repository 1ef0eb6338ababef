/** Requests to a gateway: when a message is tried again, when it must not be, and what is told of a failure. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatewayFailure, GatewayRequestOptions } from '../../delivery/gateway-request.ts';
import { postToGateway } from '../../delivery/gateway-request.ts';
import { SenderUnavailable } from '../../security-info/errors.ts';
import type { TwilioServer } from './phone-gateway.ts';
import { startTwilioServer } from './phone-gateway.ts';

let server: TwilioServer;
let failures: GatewayFailure[];
let pauses: number[];
beforeEach(async () => {
  server = await startTwilioServer();
  failures = [];
  pauses = [];
});
afterEach(() => server.close());

/** Posts `To=+12025550123&Body=480263`; nothing waits, and each pause is written down. */
function post(
  options: GatewayRequestOptions & { readonly during?: () => Promise<void> } = {},
): Promise<void> {
  const { during, ...others } = options;
  const { username, password } = new URL(server.smsUrl);
  const credentials = Buffer.from(`${username}:${decodeURIComponent(password)}`).toString('base64');
  return postToGateway(
    {
      url: `${server.origin}/2010-04-01/Accounts/${username}/Messages.json`,
      headers: {
        Authorization: `Basic ${credentials}`,
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: 'To=%2B12025550123&From=%2B12025550100&Body=480263',
    },
    {
      report: (failure) => failures.push(failure),
      pause: async (milliseconds) => {
        pauses.push(milliseconds);
        await during?.();
      },
      ...others,
    },
  );
}

async function refusalOf(posting: Promise<void>): Promise<unknown> {
  return posting.then(
    () => 'taken',
    (error: unknown) => error,
  );
}

it('hands a message over once', async () => {
  await post();
  expect(server.requests.map(({ isTaken }) => isTaken)).toEqual([true]);
  expect(failures).toEqual([]);
});

it('makes a connection for each message: none is lost on one that is just being closed', async () => {
  for (let sent = 0; sent < 3; sent += 1) await post();
  expect(server.connections()).toBe(3);
});

describe('a second try', () => {
  it('is made where the connection was refused', async () => {
    await server.stopListening();
    await post({ during: () => server.listenAgain() });
    expect(pauses).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });

  it('is the last one where the connection is refused again', async () => {
    await server.stopListening();
    expect(await refusalOf(post())).toBeInstanceOf(SenderUnavailable);
    expect(pauses).toHaveLength(1);
    expect(failures).toEqual([{ cause: 'ECONNREFUSED', status: null, problem: null }]);
  });

  it('is made where the host was not found', async () => {
    // An empty label is no name: the system says so without asking the network.
    const url = 'http://gateway..invalid/';
    const sending = postToGateway(
      { url, headers: {}, body: '' },
      { pause: async (milliseconds) => void pauses.push(milliseconds) },
    );
    expect(await refusalOf(sending)).toBeInstanceOf(SenderUnavailable);
    expect(pauses).toHaveLength(1);
  });

  it.each([
    [{}, 250],
    [{ 'Retry-After': '1' }, 1000],
    [{ 'Retry-After': '2' }, 2000],
  ])('is made where the gateway put it off with %j', async (headers, milliseconds) => {
    server.answer({ status: 429, headers });
    await post();
    expect(pauses).toEqual([milliseconds]);
    expect(server.requests.map(({ isTaken }) => isTaken)).toEqual([false, true]);
  });

  it('is the last one where it is put off again', async () => {
    server.answer({ status: 429 }, { status: 429 });
    expect(await refusalOf(post())).toBeInstanceOf(SenderUnavailable);
    expect(server.requests).toHaveLength(2);
    expect(failures).toEqual([{ cause: 'status', status: 429, problem: null }]);
  });

  it('is not made where the time is up before it', async () => {
    server.answer({ status: 429, headers: { 'Retry-After': '2' } });
    const options = { report: (failure: GatewayFailure) => failures.push(failure), timeoutMilliseconds: 150 };
    const url = `${server.origin}/`;
    expect(await refusalOf(postToGateway({ url, headers: {}, body: '' }, options))).toBeInstanceOf(
      SenderUnavailable,
    );
    expect(server.requests).toHaveLength(1);
    expect(failures).toEqual([{ cause: 'status', status: 429, problem: null }]);
  });

  it.each(['3', '86400', 'Wed, 21 Oct 2099 07:28:00 GMT', 'soon'])(
    'is not made where the gateway wants to be left alone for %s',
    async (retryAfter) => {
      server.answer({ status: 429, headers: { 'Retry-After': retryAfter } });
      expect(await refusalOf(post())).toBeInstanceOf(SenderUnavailable);
      expect(server.requests).toHaveLength(1);
    },
  );

  it('is not made after a time-out: the message may have gone out', async () => {
    server.answer('hang');
    expect(await refusalOf(post({ timeoutMilliseconds: 200 }))).toBeInstanceOf(SenderUnavailable);
    expect(server.requests).toHaveLength(1);
    expect(pauses).toEqual([]);
    expect(failures).toEqual([{ cause: 'timeout', status: null, problem: null }]);
  });

  it('is not made after a connection that broke in the middle', async () => {
    server.answer('reset');
    expect(await refusalOf(post())).toBeInstanceOf(SenderUnavailable);
    expect(server.requests).toHaveLength(1);
    expect(failures).toEqual([{ cause: 'ECONNRESET', status: null, problem: null }]);
  });

  it.each([400, 401, 404, 408, 410, 500, 502, 503, 504])('is not made after %i', async (status) => {
    server.answer({ status, headers: { 'Retry-After': '1' } });
    expect(await refusalOf(post())).toBeInstanceOf(SenderUnavailable);
    expect(server.requests).toHaveLength(1);
    expect(failures).toEqual([{ cause: 'status', status, problem: null }]);
  });
});

it.each([301, 302, 307, 308])('follows no redirection (%i)', async (status) => {
  const other = await startTwilioServer();
  server.answer({ status, headers: { Location: `${other.origin}/2010-04-01/Accounts/` } });
  expect(await refusalOf(post())).toBeInstanceOf(SenderUnavailable);
  expect(other.requests).toEqual([]);
  await other.close();
});

it('takes a message for sent once the gateway said so, whatever it goes on to say', async () => {
  server.answer({ status: 201, body: 'x'.repeat(10_000), isEndless: true });
  await post({ timeoutMilliseconds: 800 });
  expect(failures).toEqual([]);
});

it('reads no more than the beginning of a refusal', async () => {
  server.answer({ status: 400, body: '480263 '.repeat(1000), isEndless: true });
  let read = '';
  const readProblem = (text: string) => {
    read = text;
    return null;
  };
  const sending = postToGateway({ url: `${server.origin}/`, headers: {}, body: '', readProblem });
  expect(await refusalOf(sending)).toBeInstanceOf(SenderUnavailable);
  expect(read).toHaveLength(16_384);
});

it.each([{ status: 500, body: '480263 to +12025550123' }, 'reset', 'hang'] as const)(
  'tells neither number nor code in what it throws and reports (%j)',
  async (answer) => {
    server.answer(answer);
    const refusal = await refusalOf(post({ timeoutMilliseconds: 200 }));
    expect(refusal).toBeInstanceOf(SenderUnavailable);
    expect(failures).toHaveLength(1);
    const stack = refusal instanceof Error ? `${refusal.stack} ${String(refusal.cause)}` : '';
    expect(JSON.stringify([refusal, failures, String(refusal), stack])).not.toMatch(/2025550123|480263/);
  },
);
