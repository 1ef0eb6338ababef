/** A request that is sent again under the same Idempotency-Key is answered as before, and done once. */
import { answerOnce, digestRequest, idempotencyKeySchema } from '../../security-info/admin/idempotency.ts';
import { InvalidInput } from '../../security-info/errors.ts';
import type { Answer, Operation, RawCall } from './operation.ts';

/**
 * Runs the request, or answers what its first run answered.
 * @throws {IdempotencyKeyReused | IdempotencyKeyInUse | InvalidInput} the last where the key is none
 */
export type RepeatedRequests = (
  key: string,
  operation: Operation,
  call: RawCall,
  run: () => Promise<Answer>,
) => Promise<Answer>;

/** Makes it. */
export function createRepeatedRequests(ports: Parameters<typeof answerOnce>[0]): RepeatedRequests {
  return async (given, operation, call, run) => {
    const key = idempotencyKeySchema.safeParse(given);
    if (!key.success) throw new InvalidInput([{ field: 'Idempotency-Key', code: 'invalid_value' }]);
    // A file is not read for this: its repeat is known by the key alone.
    const body = operation.body?.schema ? JSON.stringify(call.body) : '';
    const request = {
      key: key.data,
      actor: call.by.actor,
      requestDigest: digestRequest(
        operation.id,
        JSON.stringify([call.path, call.query]),
        body,
        call.ifMatch ?? '',
      ),
    };
    const { status, headers, body: text } = await answerOnce(ports, request, async () => kept(await run()));
    return answerOf(status, headers, text);
  };
}

function kept(answer: Answer) {
  if ('stream' in answer) throw new TypeError('what is streamed cannot be kept');
  if (answer.status === 204) return { status: 204, headers: {}, body: '' };
  const { tag, location } = answer;
  return {
    status: answer.status,
    headers: { ...(tag === undefined ? {} : { tag }), ...(location === undefined ? {} : { location }) },
    body: JSON.stringify(answer.body),
  };
}

function answerOf(status: number, headers: Readonly<Record<string, string>>, text: string): Answer {
  if (status === 204) return { status };
  const { tag, location } = headers;
  return {
    status: status === 201 || status === 202 ? status : 200,
    body: JSON.parse(text),
    ...(tag === undefined ? {} : { tag }),
    ...(location === undefined ? {} : { location }),
  };
}
