/** Finds the account that a command names. */
import type { Account, AccountDirectory } from '../security-info/ports.ts';
import { CommandFailed } from './failures.ts';

/** The argument of every command about one account. */
export const accountArgument = {
  name: 'login name',
  doc: 'The name that the person signs in with, or the account id.',
  isRequired: true,
  isRepeatable: false,
} as const;

/**
 * The account with this login name, else with this id.
 * @throws {CommandFailed} `account_not_found`
 */
export async function findAccount(directory: AccountDirectory, named: string): Promise<Account> {
  const account = (await directory.findByLoginName(named)) ?? (await directory.findById(named));
  if (account) return account;
  throw new CommandFailed(
    'account_not_found',
    `There is no account '${named}'. 'oidc-security-info account list' shows all.`,
  );
}

/** What is said of a printed password. */
export const oneTimePasswordNote =
  'The password is printed once, and must be changed at the sign-in. Hand it over to the person and nobody else.';
