/** The shapes that several operations answer with, and what they read in a path or a query. */
import { z } from 'zod';
import { methodTypes } from '../../security-info/record.ts';

/** A moment, RFC 3339 in UTC. */
export const moment = z.iso.datetime().describe('RFC 3339, UTC.');
/** A moment, or null. */
export const maybeMoment = moment.nullable();
/** An account id or another id of ours, as it stands in a path. */
export const idText = z.string().min(1).max(200);

/** The `{id}` of a person. */
export const personPath = z.strictObject({
  id: idText.describe('The account id, or the login name after `name:`.'),
});
/** The `{id}` of a person and the `{methodId}` of one of their methods. */
export const personMethodPath = personPath.extend({ methodId: idText });

/** How lists are paged. */
export const paging = {
  cursor: z.string().max(1000).optional().describe('`nextCursor` of the page before; none for the first.'),
  limit: z.coerce.number().int().min(1).max(500).default(100).describe('Entries on a page at most.'),
};

/** A page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item, id: string) {
  return z
    .object({
      value: z.array(item),
      nextCursor: z.string().nullable().describe('For the next page; null on the last.'),
    })
    .meta({ id });
}

/** The name of a type of method. */
export const methodTypeName = z.enum(methodTypes);

const seen = {
  id: z.string(),
  type: methodTypeName,
  name: z.string().nullable().describe('What its user calls it.'),
  verifiedAt: maybeMoment,
  confirmedAt: maybeMoment,
  lastUsedAt: maybeMoment,
  coolingOffUntilAt: maybeMoment,
};

/** A method as it is shown before numbers and addresses are asked for. */
export const maskedMethod = z
  .object({
    ...seen,
    maskedAddress: z.string().nullable(),
    isPrefilled: z.boolean(),
    isVerified: z.boolean(),
    counts: z.boolean().describe('It counts for the policy today.'),
    mustBeProvedAnew: z.boolean(),
    isNoLongerOffered: z.boolean(),
    isPreferred: z.boolean(),
    dueAt: maybeMoment,
  })
  .meta({ id: 'MaskedMethod' });

/** A method with its number or address. */
export const clearMethod = z
  .object({
    ...seen,
    address: z
      .string()
      .nullable()
      .describe('The number (E.164, `;ext=` for an extension) or e-mail address.'),
    questions: z.int().describe('How many security questions are answered; the answers are shown to nobody.'),
    prefilledAt: maybeMoment,
    proveAnewAt: maybeMoment,
    replacedById: z.string().nullable().describe('What has taken its place, while that is cooling off.'),
  })
  .meta({ id: 'Method' });

/** What sign-in needs of somebody. */
export const statusShape = z
  .object({
    kind: z.enum(['out_of_scope', 'registration_required', 'reconfirmation_due', 'snoozed', 'satisfied']),
    reason: z.string().nullable().describe('Why out of scope, or what made the reconfirmation due.'),
    missing: z.int().describe('Methods that are missing.'),
    dueAt: maybeMoment.describe('Since when a reconfirmation is due, or from when on the next one is.'),
    snoozedUntilAt: maybeMoment,
  })
  .meta({ id: 'Status' });

/** An account, as far as the directory tells. */
export const accountShape = z
  .object({
    id: z.string(),
    userPrincipalName: z.string().describe('The login name.'),
    displayName: z.string(),
    groups: z.array(z.string()),
    isAdmin: z.boolean(),
    isDisabled: z.boolean(),
  })
  .meta({ id: 'User' });
