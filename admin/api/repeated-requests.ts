/** A request that is sent again under the same Idempotency-Key is answered as before, and done once. */
import type { Answer, Operation, RawCall } from './operation.ts';

/**
 * Runs the request, or answers what its first run answered.
 * @throws {ApiProblem} `idempotency_key_reused`, `idempotency_key_in_use`
 */
export type RepeatedRequests = (
  key: string,
  operation: Operation,
  call: RawCall,
  run: () => Promise<Answer>,
) => Promise<Answer>;
