/** The filters of the audit log as a form sends them. */
import { z } from 'zod';
import type { AuditFilter } from '../../../security-info/audit.ts';
import { type FieldError, InvalidInput } from '../../../security-info/errors.ts';
import { eventTypes } from '../../../security-info/events.ts';
import type { Ports } from '../../../security-info/ports.ts';

const dayMilliseconds = 86_400_000;

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .transform((text) => new Date(`${text}T00:00:00Z`))
  .refine((at) => !Number.isNaN(at.getTime()));

const fields = z.object({
  person: z.string().max(300).optional(),
  actor: z.string().max(300).optional(),
  type: z.enum(eventTypes).optional(),
  result: z.enum(['success', 'failure']).optional(),
  client: z.string().max(300).optional(),
  from: day.optional(),
  to: day.optional(),
});

/** What can be said in the form, as it was said; nothing else. */
export function shownFilter(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = [...Object.keys(fields.shape), 'cursor'];
  return Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
}

/**
 * The filter of a form. A person is named by login name or id; one who is gone by the id.
 * @throws {InvalidInput} `invalid_input`
 */
export async function filterOf(
  directory: Pick<Ports['directory'], 'findByLoginName'>,
  given: Readonly<Record<string, string>>,
): Promise<AuditFilter> {
  const read = fields.safeParse(given);
  if (!read.success) {
    const wrong = [...new Set(read.error.issues.map(({ path }) => String(path[0] ?? '')))];
    throw new InvalidInput(
      wrong.map((field): FieldError => ({ field, code: isDay(field) ? 'not_a_day' : 'unknown_choice' })),
    );
  }
  const { person, actor, type, result, client, from, to } = read.data;
  const account = person === undefined ? undefined : await directory.findByLoginName(person);
  return {
    accountId: account?.id ?? person,
    ...{ actor, type, result, clientId: client, from },
    // The last day is wanted whole.
    to: to === undefined ? undefined : new Date(to.getTime() + dayMilliseconds),
  };
}

function isDay(field: string): boolean {
  return field === 'from' || field === 'to';
}
