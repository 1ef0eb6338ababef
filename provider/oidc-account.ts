/**
 * node-oidc-provider's Account over the host's: what findAccount answers, and which claims it has. Recovery methods
 * are in no claim.
 */
import type { Account as OidcAccount } from 'oidc-provider';
import type { Account } from '../security-info/ports.ts';

const hostAccounts = new WeakMap<object, Account>();

/** The scopes and the claims that each gives. `acr`, `amr` and `auth_time` come from the session. */
export const claimsByScope = {
  openid: ['sub', 'acr', 'amr', 'auth_time'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username', 'locale'],
  email: ['email', 'email_verified'],
};

/** The library's account of a host's account. */
export function oidcAccountOf(account: Account): OidcAccount {
  const made: OidcAccount = {
    accountId: account.id,
    claims: () => claimsOf(account),
  };
  hostAccounts.set(made, account);
  return made;
}

/** The host's account within the library's; undefined where there is none. */
export function hostAccountOf(account: OidcAccount | undefined): Account | undefined {
  return account === undefined ? undefined : hostAccounts.get(account);
}

function claimsOf(account: Account): { sub: string; [claim: string]: string | boolean } {
  const { displayName, givenName, familyName, loginName, locale, mailbox } = account;
  const optional = { given_name: givenName, family_name: familyName, locale, email: mailbox };
  const known = Object.entries(optional).flatMap(([claim, value]) =>
    value === null ? [] : [[claim, value]],
  );
  return {
    sub: account.id,
    name: displayName,
    preferred_username: loginName,
    ...Object.fromEntries(known),
    // The host's administrator has set it; nobody has proved it to us.
    ...(mailbox === null ? {} : { email_verified: false }),
  };
}
