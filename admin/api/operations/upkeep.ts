/** The operations for those who look after the deployment: jobs, and messages that could not be delivered. */
import { z } from 'zod';
import { noBody, nothing, type Operation, operation } from '../operation.ts';
import type { ApiParts } from '../parts.ts';
import { maybeMoment, moment, pageOf, paging } from '../shapes.ts';

const tag = 'Upkeep';

const runShape = z
  .object({
    startedAt: moment,
    endedAt: maybeMoment,
    result: z.string().nullable(),
    error: z.string().nullable(),
    counts: z.record(z.string(), z.number()),
    durationMilliseconds: z.number().nullable(),
  })
  .meta({ id: 'JobRun' });
const jobShape = z
  .object({
    name: z.string(),
    schedule: z.string().describe('A cron expression, in UTC.'),
    isRunning: z.boolean(),
    nextRunAt: maybeMoment,
    lastDoneAt: maybeMoment,
    lastRun: runShape.nullable(),
  })
  .meta({ id: 'Job' });
const letterShape = z
  .object({
    key: z.string(),
    type: z.string().describe('What it tells of.'),
    accountId: z.string().nullable(),
    channel: z.enum(['mail', 'sms', 'voice']),
    tries: z.int(),
    lastError: z.string().nullable(),
    createdAt: moment,
    diedAt: moment,
  })
  .meta({ id: 'DeadLetter' });

/** The operations. */
export function upkeepOperations({ listJobs, deadLetters }: ApiParts): readonly Operation[] {
  return [
    operation(
      {
        id: 'listJobs',
        method: 'get',
        address: '/jobs',
        scope: 'reports:read',
        tag,
        summary: 'Every job with its last run and its next',
        answers: { 200: { description: 'The jobs.', schema: pageOf(jobShape, 'Jobs') } },
      },
      { path: nothing, query: nothing, body: noBody },
      async () => {
        const jobs = await listJobs();
        const value = jobs.map(({ name, schedule, isRunning, nextRunAt, lastDoneAt, lastRun }) => ({
          ...{ name, schedule, isRunning, nextRunAt, lastDoneAt },
          lastRun:
            lastRun === null
              ? null
              : {
                  startedAt: lastRun.startedAt,
                  endedAt: lastRun.endedAt,
                  result: lastRun.result,
                  error: lastRun.error,
                  counts: lastRun.counts,
                  durationMilliseconds: lastRun.durationMilliseconds,
                },
        }));
        return { status: 200, body: { value, nextCursor: null } };
      },
    ),
    operation(
      {
        id: 'listDeadLetters',
        method: 'get',
        address: '/deadLetters',
        scope: 'reports:read',
        tag,
        summary: 'Messages that were given up',
        description: 'What they tell of and why they could not be delivered; no address.',
        answers: { 200: { description: 'A page of messages.', schema: pageOf(letterShape, 'DeadLetters') } },
      },
      { path: nothing, query: nothing.extend(paging), body: noBody },
      async ({ query: { cursor = null, limit } }) => {
        const { messages, nextCursor } = await deadLetters.listDead({ cursor, limit });
        const value = messages.map(({ key, event, recipient, tries, lastError, createdAt, diedAt }) => ({
          ...{ key, type: event.type, accountId: event.accountId, channel: recipient.channel },
          ...{ tries, lastError, createdAt, diedAt },
        }));
        return { status: 200, body: { value, nextCursor } };
      },
    ),
    operation(
      {
        id: 'retryDeadLetters',
        method: 'post',
        address: '/deadLetters/retry',
        scope: 'methods:write',
        tag,
        summary: 'Have messages tried again: one, or all',
        answers: {
          200: {
            description: 'How many are queued anew.',
            schema: z.object({ count: z.int() }).meta({ id: 'RetriedDeadLetters' }),
          },
        },
      },
      {
        path: nothing,
        query: nothing,
        body: z.strictObject({
          key: z.string().max(300).nullable().describe('Of one message; null for all.'),
        }),
      },
      async ({ body: { key } }) => {
        const count =
          key === null ? await deadLetters.retryAllDead() : Number(await deadLetters.retryDead(key));
        return { status: 200, body: { count } };
      },
    ),
  ];
}
