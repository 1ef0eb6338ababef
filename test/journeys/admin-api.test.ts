/** The admin API over HTTP: tokens by client credentials and by an admin's own sign-in, and what they may do. */
import { clientCredentialsGrant } from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { adminScopeNames } from '../../admin/scopes.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** A token by client credentials. */
async function machineToken(scope = adminScopeNames.join(' '), allowed: readonly string[] = adminScopeNames) {
  const app = await world.client({
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    admin_scopes: allowed,
  });
  const resource = `${world.issuer}/admin/api/v1`;
  const { access_token: token, scope: given } = await clientCredentialsGrant(app.configuration, {
    scope,
    resource,
  });
  return { token, given };
}

async function call(
  token: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const response = await fetch(`${world.issuer}/admin/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
}

describe('a program with client credentials', () => {
  test('gets the scopes that its client has, and no others', async () => {
    const { given } = await machineToken('policy:read reports:read', ['policy:read']);
    expect(given).toBe('policy:read');
    await expect(machineToken('policy:read', [])).rejects.toThrow();
  });

  test('reads and changes a policy, and does not overwrite what somebody else has saved', async () => {
    const { token } = await machineToken();
    const read = await call(token, 'GET', '/policies/securityInfo/default');
    expect(read.status).toBe(200);
    const tag = read.headers.get('etag') ?? '';
    const changed = await call(
      token,
      'PATCH',
      '/policies/securityInfo/default',
      { snoozes: 3 },
      { 'if-match': tag },
    );
    expect(changed).toMatchObject({ status: 200, body: { snoozes: 3 } });
    const late = await call(
      token,
      'PATCH',
      '/policies/securityInfo/default',
      { snoozes: 4 },
      { 'if-match': tag },
    );
    expect(late).toMatchObject({ status: 412, body: { code: 'policy_changed_meanwhile' } });
    const blind = await call(token, 'PATCH', '/policies/securityInfo/default', { snoozes: 4 });
    expect(blind).toMatchObject({ status: 428, body: { code: 'precondition_required' } });
  });

  test('fills in a phone, reads it, and the read is in the audit log', async () => {
    const { token } = await machineToken();
    await world.policy({ methods: ['mobile_phone', 'email', 'authenticator_app'] });
    const { account } = await world.person();
    const path = `/users/${account.id}/authentication/phoneMethods`;
    const made = await call(token, 'POST', path, { phoneType: 'mobile', phoneNumber: '+1 202 555 0123' });
    expect(made).toMatchObject({ status: 201, body: { isChanged: true } });
    const methods = await call(token, 'GET', path);
    expect(methods.body.value).toMatchObject([{ type: 'mobile_phone', address: '+12025550123' }]);
    const person = await call(token, 'GET', `/users/${account.id}`);
    expect(person.status).toBe(200);
    expect(JSON.stringify(person.body)).not.toContain('2025550123');
  });
});

describe('what admins read and begin', () => {
  test.each([
    '/policies/securityInfo',
    '/users',
    '/campaigns',
    '/imports',
    '/reports/userRegistrationDetails',
    '/reports/usersRegisteredByMethod',
    '/reports/usersDuePerDay',
    '/reports/lockedUsers',
    '/reports/coverage',
    '/auditEvents',
    '/jobs',
    '/deadLetters',
  ])('%s is answered', async (path) => {
    const { token } = await machineToken();
    await world.person();
    const { status, body } = await call(token, 'GET', path);
    expect(status, JSON.stringify(body)).toBe(200);
  });

  test.each([
    ['/reports/userRegistrationDetails', 'text/csv'],
    ['/reports/userRegistrationDetails', 'application/jsonl'],
    ['/auditEvents', 'application/jsonl'],
    ['/exports/users', 'text/csv'],
  ])('%s is exported as %s', async (path, accept) => {
    const { token } = await machineToken();
    const { account } = await world.person();
    await call(token, 'GET', `/users/${account.id}/authentication/methods`);
    const response = await fetch(`${world.issuer}/admin/api/v1${path}`, {
      headers: { authorization: `Bearer ${token}`, accept },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain(accept);
    expect(await response.text()).toContain(path === '/auditEvents' ? account.id : account.loginName);
  });

  test('an import is checked, applied and reported, and a repeat under its key is no second one', async () => {
    const { token } = await machineToken();
    const { account } = await world.person();
    await world.policy({ methods: ['mobile_phone', 'email', 'authenticator_app'] });
    const file = `user,mobilePhone\n${account.loginName},+12025550147\nnobody-such,12\n`;
    const send = () =>
      fetch(`${world.issuer}/admin/api/v1/imports?onErrors=skip&unknownPeople=report`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'text/csv',
          'idempotency-key': 'one-import',
        },
        body: file,
      });
    const begun = await send();
    expect(begun.status).toBe(202);
    const { id } = z.object({ id: z.string() }).parse(await begun.json());
    expect(await (await send()).json()).toMatchObject({ id });
    await expect
      .poll(async () => (await call(token, 'GET', `/imports/${id}`)).body)
      .toMatchObject({ state: 'done', counts: { rows: 2, bad: 1, changed: 1 } });
    const problems = await call(token, 'GET', `/imports/${id}/problems`);
    expect(problems.body.value[0]).toMatchObject({ line: 3 });
    expect(JSON.stringify(problems.body)).not.toContain('nobody-such');
  });

  test('a campaign is begun, paused by who has seen it, and not by who has not', async () => {
    const { token } = await machineToken();
    const made = await call(token, 'POST', '/campaigns', {
      name: 'Spring',
      target: { kind: 'everyone' },
      days: 3,
    });
    expect(made.status).toBe(201);
    const tag = made.headers.get('etag') ?? '';
    const path = `/campaigns/${made.body.id}`;
    expect(await call(token, 'POST', `${path}/pause`, undefined, { 'if-match': tag })).toMatchObject({
      status: 200,
      body: { state: 'paused' },
    });
    expect((await call(token, 'POST', `${path}/resume`, undefined, { 'if-match': tag })).status).toBe(412);
    expect((await call(token, 'GET', path)).body.progress.asked).toBe(0);
  });

  test('a policy that would lock everybody out, or make many due at once, says so first', async () => {
    const { token } = await machineToken();
    const days = (count: number) => ({ verifiedDaysAgo: count });
    await world.policy({ reconfirmAfterDays: 180 });
    await world.person({
      methods: [
        { type: 'authenticator_app', ...days(60) },
        { type: 'email', ...days(60) },
      ],
    });
    const path = '/policies/securityInfo/default';
    const read = await call(token, 'GET', path);
    const headers = { 'if-match': read.headers.get('etag') ?? '' };
    const preview = await call(token, 'POST', `${path}/preview`, {
      policy: { ...read.body, reconfirmAfterDays: 30 },
    });
    expect(preview.status).toBe(200);
    expect(preview.body.dueAtOnce).toBeGreaterThan(0);
    const refused = await call(token, 'PATCH', path, { reconfirmAfterDays: 30 }, headers);
    expect(refused).toMatchObject({ status: 409, body: { code: 'policy_makes_due' } });
    const spread = await call(
      token,
      'PATCH',
      `${path}?dueAtOnce=spread&spreadDays=10`,
      { reconfirmAfterDays: 30 },
      headers,
    );
    expect(spread).toMatchObject({ status: 200, body: { spreadDays: 10, spreadFormerDays: 180 } });
  });
});
