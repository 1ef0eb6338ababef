/**
 * Settings of a policy as they are typed at the command line: `methodsToRegister=1`, `excludedAccounts+=id`,
 * `scope=groups:staff,guests`, `helpdeskUrl=none`. Whether the values will do is the policy's own validation.
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
const withId = z.looseObject({ id: z.string() });
/** The settings that an admin may change: the rest names and counts. */
const settings = Object.keys(policySchema.shape).filter((name) => name !== 'id' && name !== 'version');
const examples: Readonly<Record<string, unknown>> = defaultPolicy();
/** What a setting that may be empty is set to when it is. */
const nothing = 'none';

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
  const example = examples[setting];
  if (Array.isArray(example)) return { setting, how, value: readList(value) };
  if (how !== 'set') {
    throw new UsageError(`${setting} is not a list: use ${setting}=…, not ${setting}${sign}….`);
  }
  if (setting === 'scope') return { setting, how, value: readScope(value) };
  if (example === null && (value === '' || value === nothing)) return { setting, how, value: null };
  return { setting, how, value: parseJson(value) };
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
    next[setting] = how === 'add' ? added(before, named) : without(before, named);
  }
  return next;
}

/** An entry with an id takes the place of the one that has it; what is there already stays where it is. */
function added(before: readonly unknown[], named: readonly unknown[]): unknown[] {
  const kept = before.map((entry) => named.find((one) => isSame(one, entry)) ?? entry);
  return [...kept, ...named.filter((one) => !before.some((entry) => isSame(one, entry)))];
}

function without(before: readonly unknown[], named: readonly unknown[]): unknown[] {
  return before.filter((entry) => !named.some((one) => isSame(one, entry)));
}

/** Words are the same when they are equal; an object is named by its id, alone or in an object. */
function isSame(one: unknown, other: unknown): boolean {
  return nameOf(one) === nameOf(other);
}

function nameOf(entry: unknown): unknown {
  const object = withId.safeParse(entry);
  return object.success ? object.data.id : entry;
}

/** A policy as assignments that make it again, one a line. */
export function writeAssignments(policy: Policy): string {
  const values: Readonly<Record<string, unknown>> = policy;
  return settings.map((setting) => `${setting}=${writeValue(values[setting])}`).join('\n');
}

function writeValue(value: unknown): string {
  if (value === null) return nothing;
  const entries = list.safeParse(value);
  if (entries.success) {
    const isPlain = entries.data.every(
      (entry) => typeof entry === 'string' && /^[^,[{\p{C}\p{Zl}\p{Zp}]+$/u.test(entry),
    );
    return isPlain ? entries.data.join(',') : writeJson(entries.data);
  }
  if (typeof value === 'string') return value;
  const kind = z.strictObject({ kind: z.string() }).safeParse(value);
  return kind.success ? kind.data.kind : writeJson(value);
}

/** One line, without a character that a terminal might obey. */
function writeJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

function readScope(value: string): unknown {
  if (value === 'everyone' || value === 'none') return { kind: value };
  if (value.startsWith('groups:')) return { kind: 'groups', groups: readList(value.slice('groups:'.length)) };
  return parseJson(value);
}

/** Words between commas, or JSON: the whole list, or one entry that is an object. */
function readList(value: string): unknown {
  const json = parseJson(value);
  if (Array.isArray(json)) return json;
  if (typeof json === 'object' && json !== null) return [json];
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
