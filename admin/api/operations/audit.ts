/** The audit log: by page as JSON, whole as JSON Lines. No operation changes it. */
import { z } from 'zod';
import { adminEvent } from '../../../security-info/admin/acting-admin.ts';
import { auditEntries, describeEntry } from '../../../security-info/audit.ts';
import { eventTypes } from '../../../security-info/events.ts';
import { jsonLines } from '../../../security-info/reports/export.ts';
import { noBody, nothing, type Operation, operation } from '../operation.ts';
import type { ApiParts } from '../parts.ts';
import { instant } from '../query.ts';
import { idText, methodTypeName, moment, pageOf, paging } from '../shapes.ts';

const entryShape = z
  .object({
    id: z.string(),
    type: z.string(),
    activity: z.string().describe('The name of the event, as docs/audit-events.md lists it.'),
    category: z.string().nullable(),
    at: moment,
    accountId: z.string().nullable().describe('Whom it happened to.'),
    actor: z.string().describe('user, admin:<account id>, client:<client id>, cli or job:<name>.'),
    result: z.enum(['success', 'failure']),
    reason: z.string().nullable(),
    methodType: z.string().nullable(),
    callerAddress: z.string().nullable(),
    clientId: z.string().nullable(),
    device: z.string().nullable().optional(),
    changes: z
      .array(z.object({ setting: z.string(), before: z.unknown(), after: z.unknown() }))
      .nullable()
      .optional(),
    noticeCount: z.int(),
  })
  .meta({ id: 'AuditEvent' });

const query = nothing.extend({
  ...paging,
  accountId: idText.optional(),
  actor: idText.optional(),
  type: z.enum(eventTypes).optional(),
  result: z.enum(['success', 'failure']).optional(),
  clientId: idText.optional(),
  methodType: methodTypeName.optional(),
  from: instant.optional().describe('From this moment on.'),
  to: instant.optional().describe('Before this moment.'),
});

/** The operations. */
export function auditOperations({ ports, auditLog }: ApiParts): readonly Operation[] {
  return [
    operation(
      {
        id: 'listAuditEvents',
        method: 'get',
        address: '/auditEvents',
        scope: 'audit:read',
        tag: 'Audit',
        summary: 'What happened, newest first',
        description: 'No secret, number or address. A page may be short, even empty, and yet not the last.',
        answers: { 200: { description: 'A page of entries.', schema: pageOf(entryShape, 'AuditEvents') } },
        streams: ['application/jsonl'],
        problems: ['invalid_cursor'],
      },
      { path: nothing, query, body: noBody },
      async ({ by, query: { cursor = null, limit, ...filter }, accepts, signal }) => {
        if (accepts === 'application/json') {
          const { entries, nextCursor } = await auditLog.list({ filter, cursor, limit });
          return { status: 200, body: { value: entries.map(describeEntry), nextCursor } };
        }
        const about = { reason: 'auditEvents' };
        await ports.eventLog.insert([adminEvent(by, 'report_exported', ports.clock.now(), about)]);
        return {
          status: 200,
          stream: jsonLines(described(auditEntries(auditLog, filter, signal))),
          type: accepts,
        };
      },
    ),
  ];
}

async function* described(
  entries: ReturnType<typeof auditEntries>,
): AsyncGenerator<ReturnType<typeof describeEntry>> {
  for await (const entry of entries) yield describeEntry(entry);
}
