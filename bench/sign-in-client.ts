/** A browser and a relying party in one: signs in from the authorization request to the tokens. */
import { createHash, randomBytes } from 'node:crypto';
import { Visitor } from '../test/journeys/visitor.ts';

/** Where the relying party's callback would be; nobody listens there. */
export const redirectUri = 'http://localhost:1/callback';

/** A client that may sign people in. */
export interface BenchClient {
  readonly id: string;
  readonly secret: string;
}

/** The metadata of such a client. */
export function metadataOf({ id, secret }: BenchClient) {
  return {
    client_id: id,
    client_secret: secret,
    client_name: 'Bench',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    first_party: true,
  };
}

/** Somebody's name and password. */
export interface Credentials {
  readonly loginName: string;
  readonly password: string;
}

/** A browser without cookies. */
export function newVisitor(): Visitor {
  return new Visitor({ ends: (url) => url.href.startsWith(redirectUri) });
}

/** The authorization request, and the password where there is no session; ends where the provider leads to. */
export async function authorize(
  issuer: string,
  visitor: Visitor,
  client: BenchClient,
  person: Credentials | null,
): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const request = new URL('/auth', issuer);
  request.search = new URLSearchParams({
    client_id: client.id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  await visitor.open(request);
  if (person !== null) {
    await visitor.submit('/sign-in', { loginName: person.loginName, password: person.password });
  }
  return verifier;
}

/** The whole sign-in, from the authorization request to the tokens. @throws {Error} when it does not get there */
export async function signIn(
  issuer: string,
  visitor: Visitor,
  client: BenchClient,
  person: Credentials | null,
): Promise<void> {
  const verifier = await authorize(issuer, visitor, client, person);
  const code = visitor.page.url.searchParams.get('code');
  if (code === null)
    throw new Error(`no code, but '${visitor.page.heading}' at ${visitor.page.url.pathname}`);
  const answer = await fetch(new URL('/token', issuer), {
    method: 'POST',
    headers: {
      Authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
    },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }),
  });
  if (!answer.ok) throw new Error(`the token endpoint answered ${answer.status}`);
  await answer.arrayBuffer();
}
