/** `audit list` and `audit export`: what happened, newest first, with filters; as a table or as JSON Lines. */
import {
  type AuditFilter,
  type AuditRecord,
  auditEntries,
  describeEntry,
} from '../../security-info/audit.ts';
import { activityName } from '../../security-info/audit-catalogue.ts';
import { eventTypes } from '../../security-info/events.ts';
import { methodTypes } from '../../security-info/record.ts';
import { adminEvent } from '../admin-event.ts';
import { readWholeNumber } from '../arguments.ts';
import type { Command, GivenArguments, OptionDescription } from '../command.ts';
import type { AdministeredDeployment } from '../deployment.ts';
import { readMoment, readOneOf, writeRows } from '../report-output.ts';
import { textTable } from '../text-table.ts';

const defaultLimit = 50;
const mostRows = 10_000;

const filters: Readonly<Record<string, OptionDescription>> = {
  account: { value: 'login name', doc: 'Only what happened to this account; its id will do, too.' },
  actor: {
    value: 'actor',
    doc: 'Only by this one: user, admin:<account id>, client:<client id>, cli, job:<name>.',
  },
  type: { value: 'type', doc: 'Only events of this type, as docs/audit-events.md has them.' },
  result: { value: 'result', doc: 'success or failure.' },
  client: { value: 'client id', doc: 'Only through this app.' },
  method: { value: 'type', doc: `Only about this type of method: ${methodTypes.join(', ')}.` },
  from: { value: 'date', doc: 'From this day or moment on (ISO 8601, UTC).' },
  to: { value: 'date', doc: 'Before this day or moment.' },
};

/** `audit list`. */
export const auditList: Command = {
  name: 'audit list',
  summary: 'List what happened, the newest first.',
  argument: null,
  options: {
    limit: { value: 'number', doc: `Entries at most; ${defaultLimit} unless told otherwise.` },
    ...filters,
  },
  note: 'docs/audit-events.md describes each type.',
  read(given) {
    const readFilter = filterReader(given);
    const { limit: typed } = given.values;
    const limit = typed === undefined ? defaultLimit : readWholeNumber('limit', typed, 1, mostRows);
    return {
      on: 'deployment',
      run: async (deployment, { signal }) => {
        const shown: AuditRecord[] = [];
        for await (const entry of auditEntries(deployment.auditLog, await readFilter(deployment), signal)) {
          if (shown.push(entry) === limit) break;
        }
        return {
          json: shown.map(describeEntry),
          text: shown.length === 0 ? 'Nothing like that happened.' : tableOf(shown),
        };
      },
    };
  },
};

/** `audit export`. */
export const auditExport: Command = {
  name: 'audit export',
  summary: 'Write what happened as JSON Lines, the newest first.',
  argument: null,
  options: filters,
  note: 'Streamed: however much it is, it is not held in memory. The export itself is in the audit log.',
  read(given) {
    const readFilter = filterReader(given);
    return {
      on: 'deployment',
      run: async (deployment, terminal) => {
        const { ports, auditLog } = deployment;
        const filter = await readFilter(deployment);
        // What follows the export is not part of it, the export's own entry least of all.
        const now = ports.clock.now();
        const to = filter.to !== undefined && filter.to < now ? filter.to : now;
        await ports.eventLog.insert([adminEvent('report_exported', now, { reason: 'audit' })]);
        const entries = auditEntries(auditLog, { ...filter, to }, terminal.signal);
        return writeRows(terminal, 'jsonl', described(entries), []);
      },
    };
  },
};

async function* described(entries: AsyncIterable<AuditRecord>) {
  for await (const entry of entries) yield describeEntry(entry);
}

/** Reads the filters; an account's name is looked up, and what is none may be the id of one that is gone. */
function filterReader({ values }: GivenArguments) {
  const filter: AuditFilter = {
    actor: values['actor'],
    type: readOneOf('type', values['type'], eventTypes),
    result: readOneOf('result', values['result'], ['success', 'failure']),
    clientId: values['client'],
    methodType: readOneOf('method', values['method'], methodTypes),
    from: readMoment('from', values['from']),
    to: readMoment('to', values['to']),
  };
  const { account } = values;
  return async ({ directory }: AdministeredDeployment): Promise<AuditFilter> => {
    if (account === undefined) return filter;
    return { ...filter, accountId: (await directory.findByLoginName(account))?.id ?? account };
  };
}

function tableOf(entries: readonly AuditRecord[]): string {
  return textTable(
    ['AT (UTC)', 'ACTIVITY', 'RESULT', 'ACCOUNT ID', 'BY', 'REASON', 'METHOD', 'CLIENT', 'FROM'],
    entries.map((entry) => [
      entry.at.toISOString().slice(0, 19).replace('T', ' '),
      activityName(entry),
      entry.result,
      entry.accountId ?? '',
      entry.actor,
      entry.reason ?? '',
      entry.methodType ?? '',
      entry.clientId ?? '',
      entry.callerAddress ?? '',
    ]),
  );
}
