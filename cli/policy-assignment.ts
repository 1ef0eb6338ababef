/**
 * Settings of a policy as they are typed at the command line: `methodsToRegister=1`, `excludedAccounts+=id`,
 * `scope=groups:staff,guests`. Whether the values will do is the policy's own validation.
 */
import { z } from 'zod';
import { defaultPolicy, type Policy, policySchema } from '../security-info/policy.ts';
import { UsageError } from './failures.ts';

/** One setting to be changed, and how. */
export interface PolicyAssignment {
  readonly setting: string;
  readonly how: 'set' | 'add' | 'remove';
  readonly value: unknown;
}

const typed = /^([A-Za-z]+)(\+=|-=|=)(.*)$/s;
const ways = { '=': 'set', '+=': 'add', '-=': 'remove' } as const;
const list = z.array(z.unknown());
/** The settings that an admin may change: the rest names and counts. */
const settings = Object.keys(policySchema.shape).filter((name) => name !== 'id' && name !== 'version');
const examples: Readonly<Record<string, unknown>> = defaultPolicy();

/** Reads `setting=value`. @throws {UsageError} naming what is right */
export function readAssignment(text: string): PolicyAssignment {
  const [, setting = '', sign = '', value = ''] = typed.exec(text) ?? [];
  const how = sign === '=' || sign === '+=' || sign === '-=' ? ways[sign] : undefined;
  if (how === undefined) {
    throw new UsageError(`'${text}' is not setting=value, such as methodsToRegister=1.`);
  }
  if (!settings.includes(setting)) {
    throw new UsageError(`A policy has no setting '${setting}'. It has: ${settings.join(', ')}.`);
  }
  const isList = Array.isArray(examples[setting]);
  if (how !== 'set' && !isList) {
    throw new UsageError(`${setting} is not a list: use ${setting}=…, not ${setting}${sign}….`);
  }
  if (setting === 'scope') return { setting, how, value: readScope(value) };
  return { setting, how, value: isList ? readList(value) : parseJson(value) };
}

/** What the assignments make of a policy: not yet validated. */
export function assign(policy: Policy, assignments: readonly PolicyAssignment[]): Record<string, unknown> {
  const next: Record<string, unknown> = { ...policy };
  for (const { setting, how, value } of assignments) {
    if (how === 'set') {
      next[setting] = value;
      continue;
    }
    const before = list.parse(next[setting]);
    const named = list.parse(value);
    const others = before.filter((entry) => !named.includes(entry));
    next[setting] = how === 'add' ? [...before, ...named.filter((entry) => !before.includes(entry))] : others;
  }
  return next;
}

/** A policy as assignments that make it again, one a line. */
export function writeAssignments(policy: Policy): string {
  const values: Readonly<Record<string, unknown>> = policy;
  return settings.map((setting) => `${setting}=${writeValue(values[setting])}`).join('\n');
}

function writeValue(value: unknown): string {
  const words = list.safeParse(value);
  if (words.success) {
    const isPlain = words.data.every((word) => typeof word === 'string' && !/[,[]/.test(word));
    return isPlain ? words.data.join(',') : JSON.stringify(words.data);
  }
  if (typeof value === 'string') return value;
  const kind = z.strictObject({ kind: z.string() }).safeParse(value);
  return kind.success ? kind.data.kind : JSON.stringify(value);
}

function readScope(value: string): unknown {
  if (value === 'everyone' || value === 'none') return { kind: value };
  if (value.startsWith('groups:')) return { kind: 'groups', groups: readList(value.slice('groups:'.length)) };
  return parseJson(value);
}

function readList(value: string): unknown {
  const json = parseJson(value);
  if (Array.isArray(json)) return json;
  return value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** Numbers, true, false and what else is JSON; all other text is itself. */
function parseJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
