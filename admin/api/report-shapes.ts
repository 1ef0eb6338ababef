/** The shapes of the reports. */
import { z } from 'zod';
import { reportStatuses } from '../../security-info/reports/registration-details.ts';
import { maybeMoment, methodTypeName, moment } from './shapes.ts';

const day = z.string().describe('UTC, YYYY-MM-DD.');
const counts = z.int().min(0);

/** A row of the registration report. */
export const registrationShape = z
  .object({
    id: z.string(),
    userPrincipalName: z.string(),
    userDisplayName: z.string(),
    isAdmin: z.boolean(),
    isDisabled: z.boolean(),
    isInScope: z.boolean(),
    scopeReason: z.enum(['in_scope', 'scope', 'excluded_account', 'excluded_group', 'account_disabled']),
    isRegistered: z.boolean(),
    isCapable: z.boolean().describe('Registered, in scope, and able to reset a password with it now.'),
    methodsRegistered: z.array(methodTypeName),
    methodsRequired: counts,
    methodsCounted: counts,
    methods: z.array(
      z.object({
        methodType: methodTypeName,
        verifiedAt: maybeMoment,
        confirmedAt: maybeMoment,
        dueAt: maybeMoment,
        counts: z.boolean(),
        isPrefilled: z.boolean(),
        isCoolingOff: z.boolean(),
        mustBeProvedAnew: z.boolean(),
      }),
    ),
    status: z.enum(reportStatuses),
    dueAt: maybeMoment,
    mark: z.object({ by: z.enum(['interval', 'admin', 'campaign']), at: moment }).nullable(),
    snoozedUntil: maybeMoment,
    isLocked: z.boolean(),
    lastUpdatedAt: maybeMoment,
    policyId: z.string(),
  })
  .meta({ id: 'UserRegistrationDetailsRow' });

/** Counts by method. */
export const byMethodShape = z
  .object({
    totalUserCount: counts,
    inScopeUserCount: counts,
    registeredUserCount: counts,
    capableUserCount: counts,
    methods: z.array(z.object({ methodType: methodTypeName, userCount: counts, prefilledUserCount: counts })),
  })
  .meta({ id: 'UsersRegisteredByMethod' });

/** Counts by day. */
export const duePerDayShape = z
  .object({
    registrationRequired: counts,
    overdue: counts,
    snoozed: counts,
    days: z.array(z.object({ date: day, count: counts })),
    later: counts,
    never: counts,
  })
  .meta({ id: 'UsersDuePerDay' });

/** Somebody who is locked out. */
export const lockedShape = z
  .object({
    id: z.string(),
    userPrincipalName: z.string(),
    userDisplayName: z.string(),
    proofsClosedUntil: z.object({
      stranger: maybeMoment,
      known_browser: maybeMoment,
      signed_in: maybeMoment,
    }),
    passwordDelayedUntil: maybeMoment,
  })
  .meta({ id: 'LockedUser' });

/** The numbers of a day. */
export const coverageShape = z
  .object({
    day,
    takenAt: moment,
    accounts: counts,
    inScope: counts,
    registered: counts,
    capable: counts,
    byMethod: z.record(methodTypeName, counts),
    due: counts,
    overdue: counts,
    snoozed: counts,
    locked: counts,
    interrupted: counts,
    failed: counts,
    events: z.array(z.object({ type: z.string(), success: counts, failure: counts })),
  })
  .meta({ id: 'CoverageOfADay' });

/** When and why somebody is interrupted. */
const interruption = z.object({
  at: z
    .union([moment, z.literal('now')])
    .nullable()
    .describe('`now` is at the next sign-in; null is never.'),
  reason: z
    .enum([
      'registration_required',
      'reconfirmation_interval',
      'reconfirmation_admin',
      'reconfirmation_campaign',
    ])
    .nullable(),
  missing: counts,
});
const change = z.enum(['newly_interrupted', 'freed', 'sooner', 'later', 'unchanged']);
const twice = z.object({ before: counts, after: counts });

/** What a change of policy is to somebody. */
export const previewRowShape = z
  .object({
    id: z.string(),
    userPrincipalName: z.string(),
    userDisplayName: z.string(),
    isAdmin: z.boolean(),
    isInScope: z.boolean(),
    policyId: z.string(),
    change,
    before: interruption,
    after: interruption,
  })
  .meta({ id: 'PolicyPreviewRow' });

/** What a change of policy would do. */
export const previewShape = z
  .object({
    accounts: counts,
    inScope: twice,
    interruptedNow: z.object({
      before: counts,
      after: counts,
      reasons: z.array(z.object({ reason: z.string(), count: counts })),
      missing: z.array(z.object({ methods: counts, count: counts })),
    }),
    changes: z.record(change, counts),
    dueAtOnce: counts.describe('Who becomes due at once by this change.'),
    spreadable: counts,
    spread: z
      .object({
        spreadFrom: day.nullable(),
        spreadDays: counts,
        spreadFormerDays: counts.nullable(),
        spreadFormerMethods: counts.nullable(),
        perDay: counts,
      })
      .nullable()
      .describe('The spread that is advised.'),
    days: z.array(z.object({ date: day, before: counts, after: counts })),
    later: twice,
    never: twice,
    adminsLockedOut: z.object({ count: counts, of: counts, isActingAdmin: z.boolean() }),
    warnings: z.array(
      z.object({ code: z.string(), values: z.record(z.string(), z.union([z.string(), z.number()])) }),
    ),
  })
  .meta({ id: 'PolicyPreview' });
