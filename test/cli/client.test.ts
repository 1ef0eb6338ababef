/** The client commands: what is registered, what is printed once, and which addresses are refused. */
import { describe, expect, test } from 'vitest';
import { run } from '../../cli/run.ts';
import { createHost, createWorld, type World } from './deployment.ts';

const callback = 'https://app.example.com/callback';

async function cli(world: World, ...line: string[]): Promise<{ code: number; out: string; err: string }> {
  const host = createHost(async () => world.deployment);
  const code = await run(line, host);
  return { code, out: host.printed.join('\n'), err: host.told.join('\n') };
}

test('registers a web app with a secret that is printed once', async () => {
  const world = createWorld();
  const { code, out } = await cli(
    world,
    ...['client', 'add', '--name', 'Payroll', '--redirect-uri', callback, '--redirect-uri', `${callback}/2`],
    ...['--post-logout-redirect-uri', 'https://app.example.com/', '--exempt', '--silent', 'strict'],
    ...['--first-party', '--json'],
  );
  const { clientId, clientSecret } = JSON.parse(out);
  expect(code).toBe(0);
  expect(world.clients.get(clientId)).toMatchObject({
    client_name: 'Payroll',
    client_secret: clientSecret,
    redirect_uris: [callback, `${callback}/2`],
    post_logout_redirect_uris: ['https://app.example.com/'],
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'client_secret_basic',
    security_info_exempt: true,
    security_info_silent: 'strict',
    first_party: true,
  });
  expect(clientSecret).toHaveLength(43);
  expect(world.audit).toMatchObject([
    { type: 'policy_changed', reason: 'client_added', clientId, actor: 'cli' },
  ]);
  expect(JSON.stringify(world.audit)).not.toContain(clientSecret);

  const list = await cli(world, 'client', 'list');
  expect(list.out).toContain('first-party, exempt, strict');
  expect((await cli(world, 'client', 'list', '--json')).out).not.toContain(clientSecret);
});

test('a public client has no secret, a device needs no redirect URI, and neither is exempt or strict unasked', async () => {
  const world = createWorld();
  const spa = JSON.parse(
    (await cli(world, 'client', 'add', '--public', '--redirect-uri', callback, '--json')).out,
  );
  const tv = JSON.parse((await cli(world, 'client', 'add', '--public', '--device', '--json')).out);
  expect(spa.clientSecret).toBeNull();
  expect(world.clients.get(spa.clientId)).toMatchObject({
    token_endpoint_auth_method: 'none',
    security_info_exempt: false,
    security_info_silent: 'grace',
    first_party: false,
  });
  expect(world.clients.get(tv.clientId)).toMatchObject({
    response_types: [],
    grant_types: ['refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  });
});

test('removes a client once', async () => {
  const world = createWorld();
  const { clientId } = JSON.parse(
    (await cli(world, 'client', 'add', '--redirect-uri', callback, '--json')).out,
  );
  expect((await cli(world, 'client', 'remove', clientId)).code).toBe(0);
  expect(world.clients.size).toBe(0);
  const again = await cli(world, 'client', 'remove', clientId);
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining(`no client '${clientId}'`) });
  expect(world.audit.map(({ reason }) => reason)).toEqual(['client_added', 'client_removed']);
});

describe('a redirect URI', () => {
  test.each([
    [callback],
    ['http://localhost:8080/callback'],
    ['http://[::1]/callback'],
    ['com.example.app:/callback', '--native'],
  ])('may be %s %s', async (uri, ...options) => {
    const { code, err } = await cli(createWorld(), 'client', 'add', '--redirect-uri', uri, ...options);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test.each([
    ['/callback', 'takes a whole address'],
    ['https://*.example.com/callback', 'takes a whole address'],
    ['https://app.example.com/callback#part', 'may have no fragment'],
    ['http://app.example.com/callback', 'must begin with https:'],
    ['javascript:alert(1)', '--native'],
    ['myapp:/callback', 'reversed', '--native'],
  ])('may not be %s', async (uri, message, ...options) => {
    const world = createWorld();
    for (const option of ['--redirect-uri', '--post-logout-redirect-uri']) {
      const line = ['client', 'add', '--redirect-uri', callback, option, uri, ...options];
      expect(await cli(world, ...line)).toMatchObject({ code: 2, err: expect.stringContaining(message) });
    }
    expect(world.clients.size).toBe(0);
  });

  test('is needed', async () => {
    const { code, err } = await cli(createWorld(), 'client', 'add');
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('--redirect-uri is missing') });
  });
});

test('a program for the admin API has scopes, a secret and no redirect URI', async () => {
  const world = createWorld();
  const added = await cli(world, 'client', 'add', '--machine', '--admin-scope', 'reports:read', '--json');
  const { clientId } = JSON.parse(added.out);
  expect(world.clients.get(clientId)).toMatchObject({
    grant_types: ['client_credentials'],
    response_types: [],
    admin_scopes: ['reports:read'],
  });
  expect((await cli(world, 'client', 'add', '--machine')).code).not.toBe(0);
  const unknown = await cli(world, 'client', 'add', '--machine', '--admin-scope', 'everything');
  expect(unknown.err).toContain('--admin-scope takes one of');
});
