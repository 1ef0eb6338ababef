/** Access tokens of the admin API for a journey: a program's, and those that are good for nothing. */
import { clientCredentialsGrant } from 'openid-client';
import { adminScopeNames } from '../../admin/scopes.ts';
import { createAdmin, proveApp } from './console.ts';
import { redeem, signIn } from './steps.ts';
import type { Person, World } from './world.ts';

/** Of the admin API. */
export function resourceOf({ issuer }: Pick<World, 'issuer'>): string {
  return `${issuer}/admin/api/v1`;
}

/** A token by client credentials, with these scopes or with all. */
export async function machineToken(
  world: World,
  scopes: readonly string[] = adminScopeNames,
): Promise<string> {
  const app = await world.client({
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    admin_scopes: scopes,
  });
  const parameters = { scope: scopes.join(' '), resource: resourceOf(world) };
  return (await clientCredentialsGrant(app.configuration, parameters)).access_token;
}

/** A program's app that signs admins in: public, PKCE. */
export function publicApp(world: World, metadata: Readonly<Record<string, unknown>> = {}) {
  return world.client({
    token_endpoint_auth_method: 'none',
    admin_scopes: adminScopeNames,
    ...metadata,
  });
}

/** A token by the sign-in of an admin, who proves a method. */
export async function adminToken(world: World): Promise<{ readonly token: string; readonly admin: Person }> {
  const party = await publicApp(world);
  const admin = await createAdmin(world);
  const scope = ['openid', ...adminScopeNames].join(' ');
  const journey = await signIn(world, admin, { scope, resource: resourceOf(world) }, { party });
  await proveApp(world, admin, journey.visitor);
  const { tokens } = await redeem(journey);
  return { token: tokens.access_token, admin };
}

/** An access token of an ordinary app for an ordinary user: good, and for something else. */
export async function ordinaryToken(world: World): Promise<string> {
  const person = await world.person({
    methods: [
      { type: 'authenticator_app', verifiedDaysAgo: 10 },
      { type: 'email', verifiedDaysAgo: 10 },
    ],
  });
  return (await redeem(await signIn(world, person))).tokens.access_token;
}
