/** The audit log: newest first, narrowed by its filters, with names in the reader's language; and its export. */
import type { Translator } from '../../../locales/translator.ts';
import { adminEvent } from '../../../security-info/admin/acting-admin.ts';
import {
  type AuditFilter,
  type AuditRecord,
  auditEntries,
  describeEntry,
} from '../../../security-info/audit.ts';
import { activityKey } from '../../../security-info/audit-catalogue.ts';
import { eventTypes } from '../../../security-info/events.ts';
import type { Ports } from '../../../security-info/ports.ts';
import type { AdminStep, ConsoleTable } from '../console-routes.ts';
import { answerWith } from '../download.ts';
import type { ConsoleParts } from '../parts.ts';
import { type PageProblem, problemOf, queryOf } from '../refusal.ts';
import { sections } from '../sections.ts';
import { filterOf, shownFilter } from './filter.ts';

const pageSize = 50;

/** Adds the pages. */
export function auditPages(table: ConsoleTable, { auditLog, ports }: ConsoleParts): void {
  const { directory, eventLog, clock } = ports;
  const base = sections.audit;

  const showLog = async (
    step: AdminStep,
    given: Readonly<Record<string, string>>,
    page: { readonly entries: readonly AuditRecord[]; readonly nextCursor: string | null },
    problem: PageProblem | null,
  ): Promise<void> => {
    const { words } = step;
    const names = await loginNames(directory, page.entries);
    const { cursor, ...filter } = shownFilter(given);
    const shown = {
      problem,
      filter,
      types: typeChoices(words),
      entries: page.entries.map((entry) => shownEntry(entry, names, words)),
      at: `${base}?${new URLSearchParams(filter)}&`,
      nextCursor: page.nextCursor,
      isFirstPage: cursor === undefined,
    };
    await step.show('admin/audit/log', shown, { status: problem?.status ?? 200 });
  };

  table.get(base, 'audit', async (step) => {
    const given = queryOf(step.ctx.query);
    try {
      const filter: AuditFilter = await filterOf(directory, given);
      const { cursor = null } = given;
      await showLog(step, given, await auditLog.list({ filter, cursor, limit: pageSize }), null);
    } catch (error) {
      await showLog(step, given, { entries: [], nextCursor: null }, problemOf(error, step.words));
    }
  });

  table.post(`${base}/export`, 'audit', async (step) => {
    const given = queryOf(step.form);
    try {
      const filter = await filterOf(directory, given);
      await eventLog.insert([adminEvent(step.by, 'report_exported', clock.now(), { reason: 'audit' })]);
      answerWith(step.ctx, jsonLines(auditEntries(auditLog, filter)), 'application/jsonl', 'audit.jsonl');
    } catch (error) {
      await showLog(step, given, { entries: [], nextCursor: null }, problemOf(error, step.words));
    }
  });
}

async function* jsonLines(entries: AsyncIterable<AuditRecord>): AsyncGenerator<string> {
  for await (const entry of entries) yield `${JSON.stringify(describeEntry(entry))}\n`;
}

function nameOf(entry: { readonly type: string; readonly actor: string }, words: Translator): string {
  const key = activityKey(entry);
  return key === null ? entry.type : words.text(key);
}

function typeChoices(words: Translator): readonly { readonly value: string; readonly text: string }[] {
  return eventTypes
    .map((type) => ({ value: type, text: nameOf({ type, actor: 'user' }, words) }))
    .sort((a, b) => words.compare(a.text, b.text));
}

/** The login names of whom a page is about, and of the admins who acted; who is gone has none. */
async function loginNames(
  directory: Pick<Ports['directory'], 'findById'>,
  entries: readonly AuditRecord[],
): Promise<ReadonlyMap<string, string>> {
  const ids = entries.flatMap(({ accountId, actor }) => [accountId, adminOf(actor)]);
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  const found = await Promise.all(wanted.map((id) => directory.findById(id)));
  return new Map(
    found.flatMap((account) => (account === undefined ? [] : [[account.id, account.loginName]])),
  );
}

function adminOf(actor: string): string | null {
  return actor.startsWith('admin:') ? actor.slice('admin:'.length) : null;
}

function shownEntry(entry: AuditRecord, names: ReadonlyMap<string, string>, words: Translator) {
  const admin = adminOf(entry.actor);
  const method = entry.methodType === null ? null : `method.type.${entry.methodType}.name`;
  return {
    at: words.dateTime(entry.at),
    moment: entry.at.toISOString(),
    name: nameOf(entry, words),
    result: entry.result,
    accountId: entry.accountId,
    person: entry.accountId === null ? null : (names.get(entry.accountId) ?? entry.accountId),
    actor: entry.actor,
    actorName: admin === null ? entry.actor : (names.get(admin) ?? admin),
    actorKind: entry.actor.split(':', 1)[0] ?? '',
    clientId: entry.clientId,
    callerAddress: entry.callerAddress,
    reason: entry.reason,
    method: method === null ? null : words.has(method) ? words.text(method) : entry.methodType,
    changes: (entry.changes ?? []).map(({ setting, before, after }) => ({
      setting,
      before: JSON.stringify(before),
      after: JSON.stringify(after),
    })),
  };
}
