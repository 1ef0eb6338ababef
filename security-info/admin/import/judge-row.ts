/** Judges one row: who it is about, what it would change, or everything that is wrong with it. Changes nothing. */
import { effectivePolicy } from '../../effective-policy.ts';
import { subjectOf } from '../../operations/situation.ts';
import type { EffectivePolicy, PolicySet } from '../../policy.ts';
import type { Account } from '../../ports.ts';
import type { SecurityInfoRecord } from '../../record.ts';
import { emptyRecord } from '../../record.ts';
import { foldLoginName } from '../../throttles.ts';
import type { ImportColumn } from './columns.ts';
import type { ImportJob, ImportPorts } from './import-ports.ts';
import { type ImportProblem, problemAt } from './import-problem.ts';
import { judgeMethods, type MethodChange } from './judge-methods.ts';
import { judgeProfile, type ProfileChanges } from './judge-profile.ts';
import { readPersonName } from './person-fields.ts';
import type { FileRow } from './read-file.ts';
import { importedPersonId, personDigest } from './rows.ts';

/** What rows are judged by. */
export interface JudgeContext {
  readonly ports: Pick<ImportPorts, 'records' | 'keys' | 'directory' | 'clock'>;
  readonly job: Pick<ImportJob, 'id' | 'columns' | 'options'>;
  readonly policies: PolicySet;
  readonly ownEmailDomains: readonly string[];
}

/** A row that will do. */
export interface GoodRow {
  readonly line: number;
  readonly account: Account;
  /** The account is still to be made. */
  readonly isNew: boolean;
  readonly profile: ProfileChanges;
  readonly record: SecurityInfoRecord;
  /** As it is once the row is applied. */
  readonly policy: EffectivePolicy;
  readonly methods: readonly MethodChange[];
}

/** What became of it. */
export interface Judgement {
  readonly line: number;
  /** The digest of whom it is about; null where it names nobody. */
  readonly person: string | null;
  readonly outcome: { readonly good: GoodRow } | { readonly problems: readonly ImportProblem[] };
}

/** Judges a row by what is there now. */
export async function judgeRow(context: JudgeContext, row: FileRow): Promise<Judgement> {
  const { ports, job } = context;
  const { line } = row;
  const cells = readCells(job.columns, row);
  if ('problem' in cells) return { line, person: null, outcome: { problems: [cells.problem] } };
  const user = cells.texts.get('user') ?? '';
  if (user === '') {
    const problem = problemAt(line, 'user', { code: 'required' });
    return { line, person: null, outcome: { problems: [problem] } };
  }
  const found = (await ports.directory.findByLoginName(user)) ?? (await ports.directory.findById(user));
  const person = personDigest(ports.keys, job.id, found?.id ?? `new:${foldLoginName(user)}`);
  const account = found ?? newAccount(context, user);
  if ('code' in account) return { line, person, outcome: { problems: [problemAt(line, 'user', account)] } };
  const isNew = found === undefined;
  const { changes, errors } = judgeProfile(cells.texts, account, {
    mayChange: isNew || ports.directory.changeProfile !== undefined,
  });
  const after: Account = { ...account, ...changes };
  const policy = effectivePolicy(context.policies, subjectOf(after));
  const record = isNew ? emptyRecord(account.id) : await ports.records.read(account.id);
  const methods = judgeMethods(cells.texts, { ...context, account: after, policy, record, line });
  const problems = [
    ...errors.map(({ column, ...error }) => problemAt(line, column, error)),
    ...methods.errors.map(({ column, ...error }) => problemAt(line, column, error)),
  ];
  if (problems.length > 0) return { line, person, outcome: { problems } };
  const good = { line, account, isNew, profile: changes, record, policy, methods: methods.changes };
  return { line, person, outcome: { good } };
}

/** The texts of the cells that are not empty, by column. */
function readCells(
  columns: readonly ImportColumn[],
  { line, cells }: FileRow,
): { readonly texts: ReadonlyMap<ImportColumn, string> } | { readonly problem: ImportProblem } {
  // More cells than columns may be empty ones, as a spreadsheet leaves them behind.
  const surplus = cells.slice(columns.length).some((cell) => cell !== '');
  if (surplus || cells.length < columns.length) {
    const values = { expected: columns.length, found: cells.length };
    return { problem: problemAt(line, null, { code: 'cell_count', values }) };
  }
  const filled = columns.flatMap((column, place): [ImportColumn, string][] => {
    const text = cells[place] ?? '';
    return text === '' ? [] : [[column, text]];
  });
  return { texts: new Map(filled) };
}

/** Somebody as they will be made: without a password, so that nobody can sign in before an admin gives one. */
function newAccount({ ports, job }: JudgeContext, user: string): Account | { readonly code: string } {
  if (job.options.unknownPeople === 'report' || ports.directory.ensurePerson === undefined) {
    return { code: 'person_not_found' };
  }
  const name = readPersonName(user);
  if ('code' in name) return name;
  const loginName = name.value;
  return {
    // The same each time: so it is known again after a kill whether this import made them.
    id: importedPersonId(job.id, loginName),
    loginName,
    displayName: loginName,
    givenName: null,
    familyName: null,
    locale: null,
    mailbox: null,
    groups: [],
    isAdmin: false,
    isDisabled: false,
    mustChangePassword: false,
    passwordChangedAt: null,
  };
}
