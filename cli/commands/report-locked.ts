/** `report locked`: who is locked out at the moment, and until when. */
import type { CsvColumn } from '../../security-info/reports/export.ts';
import { type LockedAccount, streamLockedAccounts } from '../../security-info/reports/locked-accounts.ts';
import { adminEvent } from '../admin-event.ts';
import type { Command } from '../command.ts';
import { reportPorts } from '../deployment.ts';
import { formatOption, readFormat, writeRows } from '../report-output.ts';
import { textTable } from '../text-table.ts';

/** Rows of a table at most. */
const mostRows = 1000;

const columns: readonly CsvColumn<LockedAccount>[] = [
  { name: 'id', value: ({ id }) => id },
  { name: 'userPrincipalName', value: ({ userPrincipalName }) => userPrincipalName },
  { name: 'userDisplayName', value: ({ userDisplayName }) => userDisplayName },
  ...(['stranger', 'known_browser', 'signed_in'] as const).map((caller) => ({
    name: `proofsClosedUntil.${caller}`,
    value: ({ proofsClosedUntil }: LockedAccount) => proofsClosedUntil[caller],
  })),
  { name: 'passwordDelayedUntil', value: ({ passwordDelayedUntil }) => passwordDelayedUntil },
];

/** The command. */
export const reportLocked: Command = {
  name: 'report locked',
  summary: 'Report who is locked out after wrong codes, or delayed after wrong passwords, and until when.',
  argument: null,
  options: { format: formatOption, group: { value: 'group', doc: 'Only members of this group.' } },
  note: 'account unlock opens all of it. Strangers, known browsers and who is signed in are counted apart.',
  read(given) {
    const format = readFormat(given);
    const query = { group: given.values['group'] };
    return {
      on: 'deployment',
      run: async (deployment, terminal) => {
        const ports = { ...reportPorts(deployment), passwordDelays: deployment.passwordDelays };
        const rows = streamLockedAccounts(ports, query, terminal.signal);
        if (format !== 'table') {
          const event = adminEvent('report_exported', ports.clock.now(), { reason: 'locked' });
          await deployment.ports.eventLog.insert([event]);
          return writeRows(terminal, format, rows, columns);
        }
        const shown: LockedAccount[] = [];
        for await (const row of rows) if (shown.push(row) === mostRows) break;
        if (shown.length === mostRows)
          terminal.tell(`These are the first ${mostRows}: --format csv has all.`);
        return { json: shown, text: shown.length === 0 ? 'Nobody is locked out.' : tableOf(shown) };
      },
    };
  },
};

function tableOf(rows: readonly LockedAccount[]): string {
  const until = (date: Date | null): string => date?.toISOString().slice(0, 16).replace('T', ' ') ?? '';
  return textTable(
    ['LOGIN NAME', 'STRANGERS', 'KNOWN BROWSERS', 'SIGNED IN', 'PASSWORD'],
    rows.map(({ userPrincipalName, proofsClosedUntil: proofs, passwordDelayedUntil }) => [
      userPrincipalName,
      ...[proofs.stranger, proofs.known_browser, proofs.signed_in, passwordDelayedUntil].map(until),
    ]),
  );
}
