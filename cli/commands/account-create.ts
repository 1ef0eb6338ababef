/** `account create`: makes an account with a password for one use. */
import { readLocale, readMailbox, readName } from '../account-description.ts';
import { accountEvent } from '../admin-event.ts';
import type { Command } from '../command.ts';
import { oneTimePasswordNote } from '../find-account.ts';
import { generateOneTimePassword } from '../one-time-password.ts';

/** The command. */
export const accountCreate: Command = {
  name: 'account create',
  summary: 'Make an account, and print its first password, which is for one use.',
  argument: {
    name: 'login name',
    doc: 'What the person will sign in with.',
    isRequired: true,
    isRepeatable: false,
  },
  options: {
    'display-name': {
      value: 'name',
      doc: 'The whole name, as pages and mails show it; else the login name.',
    },
    'given-name': { value: 'name', doc: 'The given name.' },
    'family-name': { value: 'name', doc: 'The family name.' },
    mailbox: { value: 'address', doc: "The account's own mailbox, which is told of what happens to it." },
    locale: { value: 'language', doc: 'The language of mails, such as en or fr.' },
    group: { value: 'group', isRepeatable: true, doc: 'A group that the account is in.' },
    admin: { doc: 'It administers this service: two methods are asked of it, whatever the policy says.' },
  },
  note: oneTimePasswordNote,
  read({ positionals, values, lists, switches }) {
    const loginName = readName('<login name>', positionals[0] ?? '');
    const named = (option: string): string | null => {
      const text = values[option];
      return text === undefined ? null : readName(`--${option}`, text);
    };
    const { mailbox, locale } = values;
    const description = {
      loginName,
      displayName: named('display-name') ?? loginName,
      givenName: named('given-name'),
      familyName: named('family-name'),
      mailbox: mailbox === undefined ? null : readMailbox(mailbox),
      locale: locale === undefined ? null : readLocale(locale),
      groups: [...new Set((lists['group'] ?? []).map((group) => readName('--group', group)))],
      isAdmin: switches['admin'] === true,
      mustChangePassword: true,
    };
    return {
      on: 'deployment',
      run: async ({ directory, ports }) => {
        const password = generateOneTimePassword();
        const account = await directory.create({ ...description, password });
        const event = accountEvent('account_created', ports.clock.now(), account, ports.keys);
        // Nobody is told by mail: the account is new, and whoever gave its mailbox may have mistyped it.
        await ports.eventLog.insert([{ ...event, notify: [] }]);
        return {
          json: { accountId: account.id, loginName: account.loginName, oneTimePassword: password },
          text: `Account ${account.loginName} (${account.id}) is made.\nPassword, for one use: ${password}`,
        };
      },
    };
  },
};
