/** The operations on what is asked of one person: registering anew, reconfirming, passes, lock-outs, exceptions. */
import { z } from 'zod';
import {
  longestAccessPassHours,
  mostSnoozeDays,
  mostSnoozes,
} from '../../../security-info/admin/people-desk.ts';
import { errandOf } from '../errand.ts';
import { noBody, nothing, type Operation, operation } from '../operation.ts';
import { type ApiParts, personOf } from '../parts.ts';
import { moment, personPath } from '../shapes.ts';

const tag = 'People';
const under = '/users/{id}/authentication';
const done = { 204: { description: 'Done.', schema: null } };

/** A change without a body whose outcome is only that it is done. */
function act(
  { ports }: ApiParts,
  described: {
    readonly id: string;
    readonly method: 'post' | 'delete';
    readonly address: string;
    readonly summary: string;
    readonly description?: string;
  },
  run: (errand: ReturnType<typeof errandOf>) => Promise<unknown>,
): Operation {
  return operation(
    {
      ...described,
      scope: 'methods:write',
      tag,
      ifMatch: 'optional',
      answers: done,
      problems: ['person_not_found'],
    },
    { path: personPath, query: nothing, body: noBody },
    async (call) => {
      await run(errandOf(call, await personOf(ports, call.path.id)));
      return { status: 204 };
    },
  );
}

/** The operations. */
export function demandOperations(parts: ApiParts): readonly Operation[] {
  const { ports, people } = parts;
  return [
    act(
      parts,
      {
        id: 'requireRegistration',
        method: 'post',
        address: `${under}/requireRegistration`,
        summary: 'Require registration again',
        description: 'No method counts until its user has proved it anew. Nothing is deleted.',
      },
      (errand) => people.requireRegistration(errand),
    ),
    act(
      parts,
      {
        id: 'requireReconfirmation',
        method: 'post',
        address: `${under}/requireReconfirmation`,
        summary: 'Require reconfirmation now',
        description: 'The next sign-in asks for a review, whatever the dates. It cannot be put off.',
      },
      (errand) => people.requireReconfirmation(errand),
    ),
    act(
      parts,
      {
        id: 'cancelReconfirmation',
        method: 'delete',
        address: `${under}/requireReconfirmation`,
        summary: 'Take back that reconfirmation was required',
      },
      (errand) => people.cancelReconfirmation(errand),
    ),
    operation(
      {
        id: 'issueAccessPass',
        method: 'post',
        address: `${under}/accessPass`,
        scope: 'methods:write',
        tag,
        summary: 'Issue an access pass',
        description:
          'A one-time code with which its user registers anew. It is answered here and nowhere else, and an earlier one is void.',
        ifMatch: 'optional',
        answers: {
          201: {
            description: 'The pass, shown once.',
            schema: z.object({ accessPass: z.string(), expiresAt: moment }).meta({ id: 'AccessPass' }),
          },
        },
        problems: ['person_not_found'],
      },
      {
        path: personPath,
        query: nothing,
        body: z.strictObject({
          hours: z.int().min(1).max(longestAccessPassHours).default(24).describe('For how long it is good.'),
        }),
      },
      async (call) => {
        const errand = errandOf(call, await personOf(ports, call.path.id));
        return { status: 201, body: await people.issueAccessPass(errand, call.body.hours) };
      },
    ),
    act(
      parts,
      {
        id: 'revokeAccessPass',
        method: 'delete',
        address: `${under}/accessPass`,
        summary: 'Revoke the access pass',
      },
      (errand) => people.revokeAccessPass(errand),
    ),
    act(
      parts,
      {
        id: 'unlock',
        method: 'post',
        address: `${under}/unlock`,
        summary: 'Lift a lock-out',
        description: 'Opens the counters of wrong passwords and wrong proofs, and the lock of the directory.',
      },
      (errand) => people.unlock(errand),
    ),
    operation(
      {
        id: 'grantSnooze',
        method: 'post',
        address: `${under}/snooze`,
        scope: 'methods:write',
        tag,
        summary: 'Grant or extend ‘remind me later’',
        ifMatch: 'optional',
        answers: done,
        problems: ['person_not_found'],
      },
      {
        path: personPath,
        query: nothing,
        body: z.strictObject({
          times: z.int().min(1).max(mostSnoozes).describe('How many more.'),
          days: z.int().min(1).max(mostSnoozeDays).describe('Until when any may last, in days from now.'),
        }),
      },
      async (call) => {
        await people.grantSnooze(errandOf(call, await personOf(ports, call.path.id)), call.body);
        return { status: 204 };
      },
    ),
    ...[true, false].map((isExcluded) =>
      operation(
        {
          id: isExcluded ? 'excludeUser' : 'includeUser',
          method: isExcluded ? 'put' : 'delete',
          address: `${under}/exclusion`,
          scope: 'policy:write',
          tag,
          summary: isExcluded ? 'Exclude an emergency account' : 'Include the account again',
          description: isExcluded
            ? 'Puts the account on the default policy’s list, which holds under every policy.'
            : 'Takes the account off the default policy’s list.',
          answers: done,
          problems: ['person_not_found'],
        },
        { path: personPath, query: nothing, body: noBody },
        async (call) => {
          await people.setExcluded(errandOf(call, await personOf(ports, call.path.id)), isExcluded);
          return { status: 204 };
        },
      ),
    ),
  ];
}
