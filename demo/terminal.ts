/** What the terminal says at the start, and nothing else: the addresses, the accounts, what to try. */
import { demoAccounts, demoPassword } from './accounts.ts';
import type { MissingPort } from './ports.ts';

/** What there is to tell. */
export interface DemoSummary {
  readonly issuer: string;
  readonly demoUrl: string;
  /** Null where mail really goes out. */
  readonly mailboxUrl: string | null;
  readonly hasDemoAccounts: boolean;
  /** Where the embedded store keeps its data; null with a MongoDB. */
  readonly dataDirectory: string | null;
}

/** The words for the terminal: two columns, no wider than 100 characters. */
export function describeDemo(summary: DemoSummary): string {
  const addresses = [
    ['Demo app', summary.demoUrl, 'begin here'],
    ...(summary.mailboxUrl === null
      ? []
      : [['Mailbox', summary.mailboxUrl, 'every message that would have gone out']]),
    ['Console', `${summary.issuer}/admin/`, 'policies, people, reports; sign in as an admin'],
    ['Provider', summary.issuer, 'what apps are told: its discovery address'],
  ];
  const accounts = summary.hasDemoAccounts
    ? [
        `  Accounts (the password of each is ${demoPassword})`,
        ...demoAccounts.map(({ loginName, story }) => `    ${loginName.padEnd(11)}${story}`),
        '',
        '  No phone? The mailbox shows every SMS and call, and the codes of authenticator apps, too.',
      ]
    : [
        '  There are no accounts to try. Make one, in another terminal with the same settings:',
        '    npx oidc-security-info account create ada --display-name "Ada Lovelace"',
      ];
  const ending =
    summary.dataDirectory === null
      ? '  Ctrl-C stops everything.'
      : `  Ctrl-C stops everything. The data stays in ${summary.dataDirectory}; delete it to begin afresh.`;
  return [
    '',
    ...addresses.map(([name = '', url = '', what = '']) => `  ${name.padEnd(12)}${url.padEnd(32)}${what}`),
    '',
    ...accounts,
    '',
    ending,
    '',
  ].join('\n');
}

/** Why nothing started: another program, or another of the demo's own servers, has the port. */
export function describeMissingPort({ port, setting, sameAs }: MissingPort): string {
  const why =
    sameAs === null
      ? `Port ${port} is taken by another program, or may not be used. Stop that one, or set ${setting}`
      : `${setting} and ${sameAs} are both ${port}. Set ${setting}`;
  const free = port + 1000 <= 65_535 ? port + 1000 : port - 1000;
  return `${why} to a free port, such as:\n  ${setting}=${free} npm start`;
}

/** Why nothing started: these settings are those of a deployment. */
export function describeNoDemo(issuer: string): string {
  return [
    `npm start is for trying things out on this computer, but ISSUER is ${issuer} or NODE_ENV is production.`,
    'Leave both out to try it, or run the deployment itself:',
    '  npm run build && npm run serve',
  ].join('\n');
}
