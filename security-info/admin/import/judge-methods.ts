/** The methods that a row fills in: each read as its own form reads it, then tried out on the record as it is. */
import { InvalidInput } from '../../errors.ts';
import { contractOf } from '../../methods/registry.ts';
import type { EffectivePolicy } from '../../policy.ts';
import type { Account } from '../../ports.ts';
import type { MethodType, SecurityInfoRecord } from '../../record.ts';
import { addressField } from '../../registration-rules.ts';
import { openAddress } from '../../sealing.ts';
import { atCommandLine } from '../acting-admin.ts';
import { type ImportColumn, type MethodColumn, methodTypesByColumn } from './columns.ts';
import { fillIn } from './fill-in.ts';
import type { CellError } from './judge-profile.ts';
import type { JudgeContext } from './judge-row.ts';

/** A method that is to be filled in. */
export interface MethodChange {
  readonly column: MethodColumn;
  readonly type: MethodType;
  /** As the method's contract spells it. */
  readonly address: string;
}

/** What methods are judged by. */
export interface MethodContext extends JudgeContext {
  /** As it will be once the row is applied. */
  readonly account: Account;
  readonly policy: EffectivePolicy;
  readonly record: SecurityInfoRecord;
  readonly line: number;
}

/** Reads the cells of methods. What is registered already is not judged: it stays as it is. */
export function judgeMethods(
  texts: ReadonlyMap<ImportColumn, string>,
  context: MethodContext,
): { readonly changes: readonly MethodChange[]; readonly errors: readonly CellError[] } {
  const { account, record, ports } = context;
  const changes: MethodChange[] = [];
  const errors: CellError[] = [];
  for (const [column, type] of methodTypesByColumn) {
    const text = texts.get(column);
    const present = record.methods.find((one) => one.type === type && one.replacedById === null);
    const isThere = present !== undefined && openAddress(ports.keys, account.id, present) === text;
    if (text === undefined || isThere) continue;
    const read = readAddress(type, text, texts.get('country'), context);
    if ('address' in read) changes.push({ column, type, address: read.address });
    else errors.push(...read.errors.map((error) => ({ ...error, column: error.column ?? column })));
  }
  return errors.length > 0 ? { changes, errors } : { changes, errors: tryOut(changes, context) };
}

function readAddress(
  type: MethodType,
  text: string,
  rowCountry: string | undefined,
  { account, policy, ownEmailDomains, job: { options } }: MethodContext,
):
  | { readonly address: string }
  | { readonly errors: readonly (Omit<CellError, 'column'> & { readonly column?: ImportColumn })[] } {
  if (!policy.methods.includes(type)) return { errors: [{ code: 'method_not_offered' }] };
  const { channels, draft } = contractOf(type);
  const country = rowCountry?.toUpperCase() ?? options.country;
  const input = { [addressField(type)]: text, ...(country === null ? {} : { country }) };
  const read = draft(input, { account, policy, channels, ownEmailDomains, questionWords: () => [] });
  if ('errors' in read) {
    const errors = read.errors.map(({ field, code, values }) => ({
      code,
      ...(values === undefined ? {} : { values }),
      ...(field === 'country' && rowCountry !== undefined ? { column: 'country' as const } : {}),
    }));
    return { errors };
  }
  return read.address === null ? { errors: [{ code: 'required' }] } : { address: read.address };
}

/** What the record itself refuses. Whoever does it does not matter to that. */
function tryOut(changes: readonly MethodChange[], context: MethodContext): readonly CellError[] {
  const { ports, job } = context;
  const act = { ...context, keys: ports.keys, now: ports.clock.now(), by: atCommandLine, importId: job.id };
  const filled = fillIn(act, changes, new Set())(context.record);
  if (!('refused' in filled)) return [];
  const [field] = filled.refused instanceof InvalidInput ? filled.refused.fields : [];
  const { column, refused } = filled;
  return [{ column, code: field?.code ?? refused.code }];
}
