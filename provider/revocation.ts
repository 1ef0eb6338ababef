/**
 * Revocation by date: what was issued for a sign-in before the last change of the credentials is refused, without
 * finding and deleting any of it.
 */
import type { FindAccount, KoaContextWithOIDC } from 'oidc-provider';
import { z } from 'zod';
import type { Account, AccountDirectory, Ports } from '../security-info/ports.ts';
import type { SignInRecord } from '../security-info/record.ts';
import { isBeforeCredentialsChange, knowSignInRecord } from './interaction-policy/evaluation.ts';
import type { JointReads } from './joint-reads.ts';
import { oidcAccountOf } from './oidc-account.ts';

/** A token or code: when its user signed in or, where it does not say, when it was issued; in epoch seconds. */
const datedToken = z.object({
  accountId: z.string().optional(),
  authTime: z.number().optional(),
  iat: z.number().optional(),
});

/** Whether a token was issued for a sign-in before the last change of the credentials. */
export function isRevokedToken(token: unknown, record: Pick<SignInRecord, 'credentialsChangedAt'>): boolean {
  const dated = datedToken.safeParse(token);
  if (!dated.success) return true;
  return isBeforeCredentialsChange(dated.data.authTime ?? dated.data.iat, record);
}

/** The routes that evaluate the interaction policy, which looks at the record, and at the grant. */
const evaluatingRoutes: ReadonlySet<string> = new Set([
  ...['authorization', 'resume', 'code_verification', 'device_resume'],
]);

/**
 * Makes node-oidc-provider's findAccount: undefined for an account that is gone or disabled, and for a token from
 * before the last change of the credentials. A session (no token) is judged by the login checks.
 */
export function createFindAccount(
  directory: Pick<AccountDirectory, 'findById'>,
  joint: Pick<JointReads, 'of'>,
): FindAccount {
  return async ({ oidc }, sub, token) => {
    if (token === undefined && !evaluatingRoutes.has(oidc.route)) {
      const account = await directory.findById(sub);
      return isUsable(account) ? oidcAccountOf(account) : undefined;
    }
    const { account, record } = await joint.of(oidc, sub, { grantId: grantIdOf(oidc) });
    if (!isUsable(account)) return undefined;
    if (token !== undefined && isRevokedToken(token, record)) return undefined;
    if (token === undefined) knowSignInRecord(oidc, record);
    return oidcAccountOf(account);
  };
}

/** The grant that loadExistingGrant will look at. */
function grantIdOf({ session, client, result }: KoaContextWithOIDC['oidc']): string | undefined {
  return result?.consent?.grantId ?? (client && session?.grantIdFor(client.clientId));
}

/** A host's own findAccount, which then refuses a token from before the last change of the credentials. */
export function guardFindAccount(findAccount: FindAccount, { records }: Pick<Ports, 'records'>): FindAccount {
  return async (ctx, sub, token) => {
    const [account, record] = await Promise.all([
      findAccount(ctx, sub, token),
      token === undefined ? undefined : records.readForSignIn(sub),
    ]);
    return record !== undefined && isRevokedToken(token, record) ? undefined : account;
  };
}

/** Whether an introspected token is still good: its account can sign in, and its sign-in is not revoked. */
export async function isGoodToken(
  token: unknown,
  directory: Pick<AccountDirectory, 'findById'>,
  { records }: Pick<Ports, 'records'>,
): Promise<boolean> {
  const { accountId } = datedToken.catch({}).parse(token);
  // A client's own token (client_credentials) is of no account.
  if (accountId === undefined) return true;
  const [account, record] = await Promise.all([
    directory.findById(accountId),
    records.readForSignIn(accountId),
  ]);
  return isUsable(account) && !isRevokedToken(token, record);
}

function isUsable(account: Account | undefined): account is Account {
  return account !== undefined && !account.isDisabled;
}
