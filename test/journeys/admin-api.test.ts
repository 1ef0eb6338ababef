/** The admin API over HTTP: tokens by client credentials and by an admin's own sign-in, and what they may do. */
import { clientCredentialsGrant } from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
