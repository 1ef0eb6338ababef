/**
 * Judges the access tokens of the admin API: looked up at each request, so that what is revoked, of an admin no longer
 * one, or of a client that may no more is refused at once.
 */
import type { Provider } from 'oidc-provider';
import type { JudgeToken, TokenVerdict } from '../admin/tokens.ts';
import type { AccountDirectory, Ports } from '../security-info/ports.ts';
import { adminResourceOf, adminScopesOf } from './admin-resource.ts';
import { isGoodToken } from './revocation.ts';

/** What the judgement looks at. */
export interface AdminTokensOptions {
  readonly provider: Provider;
  readonly issuer: string;
  readonly directory: Pick<AccountDirectory, 'findById'>;
  readonly ports: Pick<Ports, 'records'>;
}

const bearer = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;
/** Longer than any token of ours. */
const longestToken = 200;

/** Makes the judge. */
export function createAdminTokens({ provider, issuer, directory, ports }: AdminTokensOptions): JudgeToken {
  const resource = adminResourceOf(issuer);

  async function findToken(value: string) {
    const ofUser = await provider.AccessToken.find(value);
    return ofUser ?? (await provider.ClientCredentials.find(value));
  }

  return async (ctx): Promise<TokenVerdict> => {
    const header = ctx.get('Authorization');
    if (header === '') return { kind: 'missing' };
    const value = bearer.exec(header)?.[1];
    if (value === undefined || value.length > longestToken) return { kind: 'invalid' };
    const token = await findToken(value);
    if (token === undefined || !token.isValid || token.aud !== resource) return { kind: 'invalid' };
    const { clientId } = token;
    const client = clientId === undefined ? undefined : await provider.Client.find(clientId);
    if (client === undefined || clientId === undefined) return { kind: 'invalid' };
    // What the client may no longer ask for, its tokens may no longer do.
    const allowed = new Set<string>(adminScopesOf(client));
    const scopes = new Set((token.scope ?? '').split(' ').filter((scope) => allowed.has(scope)));
    const from = { callerAddress: ctx.ip, clientId, device: null };
    if (token.kind === 'ClientCredentials') {
      return { kind: 'good', scopes, by: { actor: `client:${clientId}`, accountId: null, ...from } };
    }
    if (!('accountId' in token) || !(await isGoodToken(token, directory, ports))) return { kind: 'invalid' };
    const account = await directory.findById(token.accountId);
    if (account === undefined || account.isDisabled || !account.isAdmin) return { kind: 'forbidden' };
    return { kind: 'good', scopes, by: { actor: `admin:${account.id}`, accountId: account.id, ...from } };
  };
}
