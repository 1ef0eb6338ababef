/** Does what a good row says: makes the person, sets what they are called, fills in their methods. Repeatable. */
import { ownMailbox, sealRecipients } from '../../act.ts';
import { Contended, InvalidInput } from '../../errors.ts';
import type { DomainEvent } from '../../events.ts';
import type { Account } from '../../ports.ts';
import { type ActingAdmin, adminEvent } from '../acting-admin.ts';
import { type Filled, fillIn } from './fill-in.ts';
import type { ImportPorts } from './import-ports.ts';
import { type ImportProblem, problemAt } from './import-problem.ts';
import type { GoodRow } from './judge-row.ts';
import { idOf, importedPersonId, rowEventId, rowEventIds } from './rows.ts';

/** How often a record may change under our hands. */
const attempts = 20;

/** For which import and by whom. */
export interface ApplyContext {
  readonly ports: ImportPorts;
  readonly importId: string;
  readonly by: ActingAdmin;
}

/** What became of a row, by this run or by one before it. */
export type RowOutcome = 'created' | 'changed' | 'unchanged' | { readonly problem: ImportProblem };

/**
 * Applies a row.
 * @param published which of the row's events were in the audit log once its record was read
 */
export async function applyRow(
  context: ApplyContext,
  row: GoodRow,
  published: ReadonlySet<string>,
): Promise<RowOutcome> {
  const { ports, importId } = context;
  const account = row.isNew ? await makePerson(context, row) : row.account;
  // Somebody else made a person of this name since the row was judged: not the one that was judged.
  if (account === null) return { problem: problemAt(row.line, 'user', { code: 'not_saved' }) };
  const fields = Object.keys(row.profile);
  if (!row.isNew && fields.length > 0) await ports.directory.changeProfile?.(account.id, row.profile);
  const filled = await fillMethods(context, { ...row, account }, published);
  if ('refused' in filled) return { problem: problemOf(row, filled) };
  if (filled.events.length > 0) await ports.records.drainEvents(account.id, 1);
  if (account.id === importedPersonId(importId, account.loginName)) return 'created';
  const wasChanged = rowEventIds(importId, row.line).some(
    (id) => published.has(id) || row.record.pendingEvents.some((event) => event.id === id),
  );
  const isChanged = wasChanged || filled.events.length > 0 || fields.length > 0;
  return isChanged ? 'changed' : 'unchanged';
}

async function makePerson(
  { ports, importId }: ApplyContext,
  { account, profile }: GoodRow,
): Promise<Account | null> {
  const { id, loginName, isAdmin, isDisabled, mustChangePassword, passwordChangedAt, ...rest } = account;
  const person = { ...rest, ...profile };
  const fullName = [person.givenName, person.familyName].filter((name) => name !== null).join(' ');
  const displayName = profile.displayName ?? (fullName === '' ? loginName : fullName);
  const made = await ports.directory.ensurePerson?.({ ...person, id, loginName, displayName });
  return made?.id === importedPersonId(importId, loginName) ? made : null;
}

/**
 * The events of what a row does to the account, to be in the audit log before it is done: after a kill in between the
 * row comes again, and is done then.
 */
export function accountEvents(
  { ports, importId, by }: ApplyContext,
  { account, profile, isNew, line }: GoodRow,
): readonly DomainEvent[] {
  const now = ports.clock.now();
  if (isNew) {
    // Nobody is told by mail: the account is new, and whoever gave its mailbox may have mistyped it.
    const id = idOf(importId, line, 'account', 'event');
    return [
      adminEvent(by, 'account_created', now, { id, accountId: account.id, reason: `import:${importId}` }),
    ];
  }
  const fields = Object.keys(profile);
  if (fields.length === 0) return [];
  const id = rowEventId(importId, line, 'profile');
  // The mailbox that was there is told when another takes its place.
  const told = profile.mailbox === undefined ? [] : ownMailbox(account);
  const notify = sealRecipients(ports.keys, id, told, account.locale ?? 'en');
  return [
    adminEvent(by, 'account_changed', now, { id, accountId: account.id, reason: fields.join(','), notify }),
  ];
}

/**
 * Fills in on the record that was read before the audit log was: an event that was there then is in `published` or in
 * the record, so nothing is done twice, by whichever node.
 */
async function fillMethods(
  { ports, importId, by }: ApplyContext,
  row: GoodRow,
  publishedAtFirst: ReadonlySet<string>,
): Promise<Filled> {
  const { account, profile, policy, line } = row;
  const filling = { importId, line, by, policy, keys: ports.keys, now: ports.clock.now() };
  let { record } = row;
  let published = publishedAtFirst;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const fill = fillIn({ ...filling, account: { ...account, ...profile } }, row.methods, published);
    const expected = fill(record);
    if ('refused' in expected || expected.events.length === 0) return expected;
    const { version } = record;
    const outcome = await ports.records.change<Filled | null>(account.id, (current) => {
      const filled = fill(current);
      if (current.version !== version) return { unchanged: true, result: null };
      if ('refused' in filled || filled.events.length === 0) return { unchanged: true, result: filled };
      return { next: filled.next, events: filled.events, result: filled };
    });
    if (outcome !== null) return outcome;
    record = await ports.records.read(account.id);
    published = await ports.imports.findPublished(rowEventIds(importId, line));
  }
  throw new Contended();
}

function problemOf({ line }: GoodRow, filled: Extract<Filled, { refused: unknown }>): ImportProblem {
  const { refused, column } = filled;
  const [field] = refused instanceof InvalidInput ? refused.fields : [];
  return problemAt(line, column, { code: field?.code ?? refused.code });
}
